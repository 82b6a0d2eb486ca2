import { Socket } from 'phoenix';
import Pusher from 'pusher-js';
import { WebSocket } from 'ws';

/**
 * A stock client that receives one side's events and only counts them. Arguments: which client, the server's port. Prints
 * how many came when it is interrupted.
 */
const [kind, port] = process.argv.slice(2);
let events = 0;
const count = () => void events++;

const CLIENTS = {
  'pusher-js'() {
    const client = new Pusher('key', {
      cluster: '',
      wsHost: '127.0.0.1',
      wsPort: port,
      forceTLS: false,
      enabledTransports: ['ws'],
      enableStats: false,
    });
    client.subscribe('feed-rep-1').bind('feed-item', count);
  },
  phoenix() {
    const socket = new Socket(`ws://127.0.0.1:${port}/socket`, { transport: WebSocket });
    socket.connect();
    const channel = socket.channel('feed:rep-1');
    channel.on('item_created', count);
    channel.join();
  },
  ws() {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/socket/websocket?vsn=2.0.0`, { perMessageDeflate: false });
    socket.on('open', () => socket.send('["1","1","feed:rep-1","phx_join",{}]'));
    // The first is the answer.
    socket.on('message', count);
    events--;
  },
};

process.on('SIGINT', () => {
  process.stdout.write(`${events}\n`, () => process.exit());
});
CLIENTS[kind]();

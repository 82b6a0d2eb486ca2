import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocket, WebSocketServer, type RawData } from 'ws';
import { itemOf, seeded } from '../data.js';

/**
 * A server of both feeds with nothing behind it: events are framed beforehand, and written as fast as the socket takes
 * them. It speaks as much of Pusher (protocol 7) and of Phoenix Channels (serializer V2) as a client needs to subscribe.
 * Its parent asks it for events by message: see Order and Told.
 */
export interface Order {
  readonly side: 'control' | 'candidate';
  readonly from: number;
  readonly count: number;
}

/** `port` once, `subscribed` for each subscription, `sent` when the client has received all that was ordered. */
export type Told = { readonly port: number } | { readonly subscribed: Order['side'] } | 'sent';

type Side = Order['side'];

const EVENTS = Number(process.argv[2]);
const SEED = 7;

const random = seeded(SEED);
const items = Array.from({ length: EVENTS }, (_, n) => itemOf(n, random));
const frames: Record<Side, readonly Buffer[]> = {
  control: items.map(({ control }) =>
    framed(JSON.stringify({ channel: 'feed-rep-1', event: 'feed-item', data: control })),
  ),
  candidate: items.map((item) => framed(`[null,null,"feed:rep-1","item_created",${item.candidate(false)}]`)),
};

/** An unmasked text frame (RFC 6455, section 5.2). */
function framed(text: string): Buffer {
  const payload = Buffer.from(text);
  if (payload.length < 126) return Buffer.concat([Buffer.from([0x81, payload.length]), payload]);
  return Buffer.concat([Buffer.from([0x81, 126, payload.length >> 8, payload.length & 0xff]), payload]);
}

const clients = new Map<Side, { readonly socket: WebSocket; readonly wire: Socket }>();
const server = createServer();
new WebSocketServer({ server, perMessageDeflate: false }).on(
  'connection',
  (socket: WebSocket, request: IncomingMessage) => {
    const side: Side = request.url?.startsWith('/app/') === true ? 'control' : 'candidate';
    clients.set(side, { socket, wire: request.socket });
    const say = (message: unknown): void => socket.send(JSON.stringify(message));
    const talk = side === 'control' ? talkPusher : talkPhoenix;
    if (side === 'control') {
      say({
        event: 'pusher:connection_established',
        data: JSON.stringify({ socket_id: '1.1', activity_timeout: 120 }),
      });
    }
    socket.on('message', (data: RawData) => talk(JSON.parse((data as Buffer).toString()), say));
  },
);

function talkPusher(
  message: { readonly event: string; readonly data?: { readonly channel?: string } },
  say: Say,
): void {
  if (message.event === 'pusher:ping') say({ event: 'pusher:pong', data: {} });
  if (message.event !== 'pusher:subscribe') return;
  say({ event: 'pusher_internal:subscription_succeeded', channel: message.data?.channel, data: '{}' });
  tell({ subscribed: 'control' });
}

function talkPhoenix([join, ref, topic, event]: readonly (string | null)[], say: Say): void {
  say([join, ref, topic, 'phx_reply', { status: 'ok', response: {} }]);
  if (event === 'phx_join') tell({ subscribed: 'candidate' });
}

type Say = (message: unknown) => void;

function tell(told: Told): void {
  process.send?.(told);
}

const BLOCK_BYTES = 256 * 1024;

async function send({ side, from, count }: Order): Promise<void> {
  const client = clients.get(side);
  if (client === undefined) throw new Error(`nobody listens to ${side}`);
  let block: Buffer[] = [];
  let bytes = 0;
  const flush = async (): Promise<void> => {
    const written = client.wire.write(Buffer.concat(block));
    block = [];
    bytes = 0;
    if (!written) await once(client.wire, 'drain');
  };
  for (const frame of frames[side].slice(from, from + count)) {
    block.push(frame);
    bytes += frame.length;
    if (bytes >= BLOCK_BYTES) await flush();
  }
  await flush();
  // Whoever answers this has received everything before it.
  client.socket.ping();
  await once(client.socket, 'pong');
  tell('sent');
}

process.on('message', (order: Order) => void send(order));
process.on('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => tell({ port: (server.address() as AddressInfo).port }));

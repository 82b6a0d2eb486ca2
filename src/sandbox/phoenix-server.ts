import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { CallError } from '../model/errors.js';
import type { FeedServer } from './feed-server.js';
import { type Application, OPEN_APPLICATION } from './phoenix/application.js';
import { type Build, habitsOf, STOPPED } from './phoenix/habits.js';
import { Connection, type Endpoint } from './phoenix/connection.js';
import { judgeUpgrade, refuse } from './phoenix/handshake.js';
import type { Payload } from './phoenix/serializer.js';
import { type Channel, Topics } from './phoenix/topics.js';

export type { Answer, Application, Joined } from './phoenix/application.js';
export type { Channel } from './phoenix/topics.js';

/** Options of `startPhoenixServer`; what the application leaves out is open to everyone. */
export interface PhoenixOptions extends Partial<Application>, Partial<Build> {
  /** Loopback port; 0, the default, takes a free one. */
  readonly port?: number;
  /** Where the socket is mounted; clients connect to `{path}/websocket`. Default `/socket`. */
  readonly path?: string;
  /** Whether channels track and announce who is there. Default no. */
  readonly presence?: boolean;
  /** A connection ends when its client sent nothing for this long, in milliseconds. Default 60,000. */
  readonly idleTimeoutMs?: number;
}

/** A Phoenix Channels server. Counts are of connections touched. */
export interface PhoenixServer extends FeedServer {
  /** For the client's constructor: `ws://127.0.0.1:PORT/socket`. */
  readonly url: string;
  /** Broadcasts an event to the topic. Bytes make a binary frame, which `vsn` 2 alone knows. */
  publish(topic: string, event: string, payload: Payload): number;
  /** Sends an event from each channel process of the topic, as one does that intercepts it: with its join_ref. */
  push(topic: string, event: string, payload: Payload): number;
  /** Crashes the topic's channels: `phx_error`, after which clients join again. */
  crash(topic: string): number;
  /** Disconnects the user as a broadcast of `disconnect` on the socket id does, with the build's close code. */
  disconnectUser(user: string): number;
}

/** How long a client may leave our close frame unanswered, in milliseconds. */
const CLOSE_TIMEOUT_MS = 1_000;

/**
 * Starts a Phoenix Channels server on 127.0.0.1, as Phoenix 1.7 or 1.8 on Bandit or Cowboy behaves on the wire
 * (default: 1.8 on Bandit). Stopped, it may be started again on the same port. Throws a CallError if the port is taken.
 */
export async function startPhoenixServer(options: PhoenixOptions = {}): Promise<PhoenixServer> {
  const { port = 0, path = '/socket', presence = false, idleTimeoutMs = 60_000 } = options;
  const { version = '1.8', server = 'bandit' } = options;
  const habits = habitsOf({ version, server });
  const topics = new Topics(presence);
  const refused = new Set<string>();
  const refuses = (topic: string): boolean => refused.has(topic);
  const endpoint: Endpoint = { application: applicationOf(options), habits, topics, idleTimeoutMs, refuses };
  const connections = new Set<Connection>();
  const http = serve(endpoint, path, connections);
  await listen(http, port);
  const bound = (http.address() as AddressInfo).port;

  const each = (topic: string, touch: (channel: Channel) => void): number => {
    const channels = topics.channels(topic);
    channels.forEach(touch);
    return channels.length;
  };
  return {
    port: bound,
    url: `ws://127.0.0.1:${bound}${path}`,
    publish: (topic, event, payload) => topics.broadcast(topic, event, payload),
    push: (topic, event, payload) =>
      topics.muted.has(topic) ? 0 : each(topic, (channel) => channel.push(event, payload)),
    listeners: (topic) => topics.channels(topic).length,
    disconnect: (topic, how) =>
      each(topic, ({ connection }) => (how === 'abrupt' ? connection.cut() : connection.close(how.code, how.reason))),
    disconnectUser(user) {
      const theirs = [...connections].filter((connection) => connection.user === user);
      for (const connection of theirs) connection.close(habits.closeCodes.forced);
      return theirs.length;
    },
    mute: (topic, on) => void (on ? topics.muted.add(topic) : topics.muted.delete(topic)),
    refuse: (topic, on) => void (on ? refused.add(topic) : refused.delete(topic)),
    sendRaw: (topic, text) => each(topic, ({ connection }) => connection.sendRaw(text)),
    endSubscription: (topic) => each(topic, (channel) => channel.connection.end(channel, 'phx_close')),
    crash: (topic) => each(topic, (channel) => channel.connection.end(channel, 'phx_error')),
    stop(how = 'orderly') {
      const ended = closed(http);
      for (const connection of connections) {
        if (how === 'abrupt') connection.cut();
        else connection.close(STOPPED);
      }
      return ended;
    },
  };
}

/** The HTTP server that judges upgrades; connections holds those that are open. */
function serve(endpoint: Endpoint, path: string, connections: Set<Connection>): Server {
  const { application, habits } = endpoint;
  const sockets = new WebSocketServer(socketOptions(habits.closeCodes.echo, habits.subprotocol));
  const http = createServer((request, response) => {
    // A plain GET of the socket's own path is an upgrade gone wrong; long polling is not offered.
    const own = request.url?.split('?')[0] === `${path}/websocket`;
    response.writeHead(own ? 400 : 404, { 'content-type': 'text/plain' }).end(own ? 'not an upgrade' : 'not found');
  });
  return http.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const handshake = judgeUpgrade(request, path, application, habits.subprotocol);
    if ('status' in handshake) return refuse(socket, handshake);
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const connection = new Connection(webSocket, handshake.user, handshake.serializer, endpoint);
      connections.add(connection);
      webSocket.on('close', () => connections.delete(connection));
    });
  });
}

function applicationOf(options: PhoenixOptions): Application {
  return {
    connect: options.connect ?? OPEN_APPLICATION.connect,
    join: options.join ?? OPEN_APPLICATION.join,
    onPush: options.onPush ?? OPEN_APPLICATION.onPush,
    onJoin: options.onJoin ?? OPEN_APPLICATION.onJoin,
    onLeave: options.onLeave ?? OPEN_APPLICATION.onLeave,
  };
}

/** Phoenix compresses nothing by default, accepts no sub-protocol but its own, and Bandit gives a close its code. */
function socketOptions(
  echo: number | undefined,
  subprotocol: boolean,
): ConstructorParameters<typeof WebSocketServer>[0] {
  class EchoingSocket extends WebSocket {
    override close(code: number | undefined = echo, reason?: string | Buffer): void {
      super.close(code, reason);
    }
  }
  const options = {
    noServer: true,
    perMessageDeflate: false,
    // Not in the types yet: how long ws waits for the close frame's echo before it destroys the socket.
    closeTimeout: CLOSE_TIMEOUT_MS,
    WebSocket: EchoingSocket,
    handleProtocols: (offered: Set<string>) => (subprotocol && offered.has('phoenix') ? 'phoenix' : false),
  } as const;
  return options;
}

function listen(http: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code ?? cause.message;
      reject(
        new CallError(`The sandbox could not listen on 127.0.0.1:${port} (${why}); choose another port.`, { cause }),
      );
    });
    http.listen(port, '127.0.0.1', resolve);
  });
}

/** Frees the port and ends what is not upgraded yet; resolves once the last socket, upgraded or not, is closed. */
function closed(http: Server): Promise<void> {
  return new Promise((resolve) => {
    http.close(() => resolve());
    http.closeAllConnections();
  });
}

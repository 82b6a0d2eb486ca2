import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { CallError } from '../model/errors.js';
import type { FeedServer } from './feed-server.js';
import { PusherApp } from './pusher/app.js';
import { authenticateUser, authorizeChannel } from './pusher/auth-endpoint.js';
import type { Authority } from './pusher/auth-endpoint.js';
import { Connection } from './pusher/connection.js';
import { receive } from './pusher/frames.js';
import { answer } from './pusher/http-api.js';
import type { Answer } from './pusher/http-api.js';
import type { AppKeys } from './pusher/signatures.js';

export interface PusherServerOptions extends Partial<AppKeys>, Authority {
  /** Loopback port; 0 for any free one. */
  readonly port?: number;
  /** Told to clients, and kept to: seconds of silence before `pusher:ping`. Hosted Pusher says 120. */
  readonly activityTimeoutS?: number;
  /** Seconds to wait for the pong; 30 as the protocol recommends. */
  readonly pongTimeoutS?: number;
  /** Whether clients may send events to each other; off, as on hosted Pusher. */
  readonly clientEvents?: boolean;
  /** Seconds in which a client must sign in, or else is closed with 4009; no duty if not given. */
  readonly signInWithinS?: number;
  /** Connections at a time; one more is closed with 4100. */
  readonly maxConnections?: number;
  /** A disabled app closes every connection with 4003. */
  readonly disabled?: boolean;
}

/** The sandbox's legacy feed: what a client and a publisher need to know of it, and the switches. */
export interface PusherServer extends FeedServer, AppKeys {
  readonly host: '127.0.0.1';
  /** Empty: a cluster only names hosts of the hosted service. */
  readonly cluster: '';
  /** Address of `POST /pusher/auth`. */
  readonly authEndpoint: string;
}

const host = '127.0.0.1';
/** Far above what ten events of 10 KB need, even with every byte escaped. */
const maxBodyBytes = 1024 * 1024;
/** How long a client may take over the closing handshake before its socket is destroyed. */
const farewellMs = 1000;

/**
 * Starts a server of the Pusher Channels protocol, version 7, with its signed HTTP API, on loopback. It can be started
 * again on the port of one that has stopped.
 * @throws CallError when the port cannot be had.
 */
export async function startPusherServer(options: PusherServerOptions = {}): Promise<PusherServer> {
  const { appId = 'app-1', key = 'app-key', secret = 'app-secret', port = 0 } = options;
  const app = new PusherApp({ appId, key, secret }, options.clientEvents ?? false);
  const http = createServer(httpListener(app, options));
  const sockets = new WebSocketServer({ server: http, perMessageDeflate: false, maxPayload: maxBodyBytes });
  sockets.on('connection', (socket, request) => admit(app, options, socket, request.url ?? '/'));
  sockets.on('error', () => undefined); // ws repeats the HTTP server's error here; listen() tells it once.
  const bound = await listen(http, port);
  let stopped: Promise<void> | undefined;
  return {
    appId,
    key,
    secret,
    host,
    cluster: '',
    port: bound,
    authEndpoint: `http://${host}:${bound}/pusher/auth`,
    publish: (channel, event, payload) => app.publish(channel, event, payload),
    listeners: (channel) => app.listeners(channel).length,
    disconnect: (channel, how) =>
      touch(app, channel, (connection) =>
        how === 'abrupt' ? connection.destroy() : connection.end(how.code, how.reason ?? ''),
      ),
    mute: (channel, on) => void (on ? app.muted.add(channel) : app.muted.delete(channel)),
    refuse: (channel, on) => void (on ? app.refused.add(channel) : app.refused.delete(channel)),
    sendRaw: (channel, text) => touch(app, channel, (connection) => connection.sendText(text)),
    endSubscription: (channel) =>
      touch(app, channel, (connection) => connection.end(4009, 'You got disconnected by the app.')),
    stop: (how = 'orderly') => (stopped ??= stop(http, sockets, app, how)),
  };
}

/** Lets a new WebSocket in, or tells it in an error frame why not and closes it: always after HTTP 101. */
function admit(app: PusherApp, options: PusherServerOptions, socket: WebSocket, url: string): void {
  const { activityTimeoutS = 120, pongTimeoutS = 30, signInWithinS } = options;
  // A faulty frame makes ws close the connection by itself, and tell the fault here.
  socket.on('error', () => undefined);
  const connection: Connection = new Connection(socket, { activityTimeoutS, pongTimeoutS }, () =>
    app.remove(connection),
  );
  const obstacle = obstacleTo(app, options, url);
  if (obstacle !== undefined) return connection.end(...obstacle);
  app.connections.add(connection);
  socket.on('message', (data, isBinary) => {
    // ws gives text frames as one Buffer; the protocol has no binary ones.
    if (!isBinary && connection.open) receive(app, connection, (data as Buffer).toString('utf8'));
  });
  if (signInWithinS !== undefined) expectSignIn(socket, connection, signInWithinS);
  const established = JSON.stringify({ socket_id: connection.socketId, activity_timeout: activityTimeoutS });
  connection.send({ event: 'pusher:connection_established', data: established });
}

/** Closes a connection on which nobody has signed in by then. */
function expectSignIn(socket: WebSocket, connection: Connection, withinS: number): void {
  const timer = setTimeout(() => {
    if (connection.userId === undefined) connection.end(4009, 'Connection not authorized within timeout.');
  }, withinS * 1000);
  socket.on('close', () => clearTimeout(timer));
}

/** Close code and words for a connection that must not be: path, key, protocol version, app's state, crowding. */
function obstacleTo(
  app: PusherApp,
  options: PusherServerOptions,
  url: string,
): [code: number, message: string] | undefined {
  const [path = '', query = ''] = url.split('?');
  const [, key] = /^\/app\/([^/]+)$/.exec(path) ?? [];
  const protocol = new URLSearchParams(query).get('protocol');
  if (key === undefined) return [4005, 'Path not found.'];
  if (key !== app.keys.key) return [4001, `App key ${key} does not exist.`];
  if (options.disabled === true) return [4003, 'The app is not enabled.'];
  if (protocol === null) return [4008, 'No protocol version supplied.'];
  if (!/^\d+$/.test(protocol)) return [4006, 'Invalid version string format.'];
  if (Number(protocol) !== 7) return [4007, 'Unsupported protocol version.'];
  if (app.connections.size < (options.maxConnections ?? Number.POSITIVE_INFINITY)) return undefined;
  return [4100, 'The current concurrent connections quota has been reached.'];
}

function touch(app: PusherApp, channel: string, each: (connection: Connection) => void): number {
  const touched = app.listeners(channel);
  for (const connection of touched) each(connection);
  return touched.length;
}

function httpListener(app: PusherApp, authority: Authority): RequestListener {
  return (request, response) => void respond(app, authority, request, response);
}

async function respond(
  app: PusherApp,
  authority: Authority,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request);
  if (body === 'broken off') return;
  const { status, body: text } = body === 'too large' ? tooLarge : route(app, authority, request, body);
  const type = typeof text === 'string' ? 'text/plain' : 'application/json';
  response.writeHead(status, { 'content-type': type });
  response.end(typeof text === 'string' ? text : JSON.stringify(text));
}

const tooLarge: Answer = { status: 413, body: `A request has at most ${maxBodyBytes} bytes` };

function route(app: PusherApp, authority: Authority, request: IncomingMessage, body: Buffer): Answer {
  const method = request.method ?? '';
  const [path = '', query = ''] = (request.url ?? '').split('?');
  if (path.startsWith('/apps/')) {
    return answer(app, { method, path, query: new URLSearchParams(query), body }, Date.now() / 1000);
  }
  if (method === 'POST' && path === '/pusher/auth') {
    return authorizeChannel(app, authority, request.headers, body.toString('utf8'));
  }
  if (method === 'POST' && path === '/pusher/user-auth') {
    return authenticateUser(app, authority, request.headers, body.toString('utf8'));
  }
  return { status: 404, body: 'Not found' };
}

/** The whole body, unless it is larger than anything that may be sent here or the client went away. */
async function readBody(request: IncomingMessage): Promise<Buffer | 'too large' | 'broken off'> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      // The rest is read and forgotten: who is cut off while still sending never sees the answer.
      if (bytes <= maxBodyBytes) chunks.push(chunk);
    }
  } catch {
    return 'broken off';
  }
  return bytes > maxBodyBytes ? 'too large' : Buffer.concat(chunks);
}

async function listen(http: Server, port: number): Promise<number> {
  try {
    http.listen(port, host);
    await once(http, 'listening');
  } catch (error) {
    const message = `Could not start the sandbox's Pusher server on ${host}:${port} (${(error as Error).message}): `;
    throw new CallError(`${message}choose another port, or 0 for any free one.`, { cause: error });
  }
  return (http.address() as AddressInfo).port;
}

async function stop(http: Server, sockets: WebSocketServer, app: PusherApp, how: 'orderly' | 'abrupt'): Promise<void> {
  if (!http.listening) return;
  const closed = once(http, 'close');
  http.close();
  const destroy = (): void => {
    for (const socket of sockets.clients) socket.terminate();
  };
  if (how === 'abrupt') destroy();
  else for (const connection of app.connections) connection.end(4200, 'Server closed. Please reconnect shortly.');
  const farewell = setTimeout(destroy, farewellMs);
  http.closeAllConnections();
  await closed;
  clearTimeout(farewell);
}

import { once } from 'node:events';
import { WebSocket } from 'ws';
import { bodyMd5, channelAuth, requestSignature } from '../../src/sandbox/pusher/signatures.js';
import type { PusherServer } from '../../src/sandbox/pusher-server.js';

/** A bare client of the Pusher protocol: it sends what it is told and keeps what it gets, in order. */
export class Peer {
  /** Frames that nobody has read yet. */
  readonly unread: string[] = [];
  /** Close code, once closed. */
  readonly closed: Promise<number>;
  readonly socket: WebSocket;
  /** From the first frame, once `greeted`. */
  socketId = '';

  constructor(server: Pick<PusherServer, 'port' | 'key'>, path = `/app/${server.key}?protocol=7`) {
    this.socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`);
    this.socket.on('message', (data) => {
      this.unread.push((data as Buffer).toString('utf8'));
      this.socket.emit('unread');
    });
    this.socket.on('error', () => undefined);
    this.closed = once(this.socket, 'close').then(([code]) => code as number);
  }

  static async greeted(server: PusherServer): Promise<Peer> {
    const peer = new Peer(server);
    peer.greet(await peer.next());
    return peer;
  }

  greet(established: string): void {
    const { data } = JSON.parse(established) as { data: string };
    this.socketId = (JSON.parse(data) as { socket_id: string }).socket_id;
  }

  send(frame: string | object): void {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** Subscribes with a right signature and waits for the acknowledgement. */
  async subscribe(server: PusherServer, channel: string, channelData?: string): Promise<string> {
    const auth = channelAuth(server, this.socketId, channel, channelData);
    this.send({ event: 'pusher:subscribe', data: { channel, auth, channel_data: channelData } });
    return this.next();
  }

  /** The next frame, waited for; fails when the connection ends first. */
  async next(): Promise<string> {
    while (this.unread.length === 0) {
      if (this.socket.readyState === WebSocket.CLOSED) throw new Error('closed while a frame was awaited');
      await Promise.race([once(this.socket, 'unread'), this.closed]);
    }
    return this.unread.shift() ?? '';
  }

  /** Resolves once the server has handled all that was sent, and all it sent before that is here. */
  async settled(): Promise<void> {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    const pong = once(this.socket, 'pong');
    this.socket.ping();
    await Promise.race([pong, this.closed]);
  }
}

/** Calls the signed HTTP API with a body as it is; `spoil` changes the parameters after they were signed. */
export async function callApi(
  server: PusherServer,
  method: 'GET' | 'POST',
  path: string,
  body = '',
  { atS = Date.now() / 1000, query = {}, spoil = {} }: Tampering = {},
): Promise<{ status: number; text: string }> {
  const full = `/apps/${server.appId}${path}`;
  const params = new URLSearchParams({
    auth_key: server.key,
    auth_timestamp: String(Math.floor(atS)),
    auth_version: '1.0',
    ...(body === '' ? {} : { body_md5: bodyMd5(body) }),
    ...query,
  });
  params.set('auth_signature', requestSignature(server.secret, { method, path: full, query: params }));
  for (const [name, value] of Object.entries(spoil)) params.set(name, value);
  const response = await fetch(`http://127.0.0.1:${server.port}${full}?${params.toString()}`, {
    method,
    ...(body === '' ? {} : { body }),
  });
  return { status: response.status, text: await response.text() };
}

interface Tampering {
  readonly atS?: number;
  readonly query?: Readonly<Record<string, string>>;
  readonly spoil?: Readonly<Record<string, string>>;
}

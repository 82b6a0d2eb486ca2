import Module from 'pusher-js';
import { type RawData, WebSocket } from 'ws';
import { type End, WIRE, closeSocket, whenEnded } from './wire.js';

/** The client's class. Its declarations describe an ES module, but under Node the CommonJS bundle is loaded. */
export const Pusher = Module as unknown as typeof Module.default;
export type PusherClient = InstanceType<typeof Pusher>;

/** Whoever taps the sockets of one client. */
export interface Tap {
  /** The client wants a socket. Throwing refuses it. */
  createSocket(url: string): PusherSocket;
  /** A message arrived, not parsed yet. Must not throw: ws delivers nothing more after a throw. */
  message(socket: PusherSocket, data: RawData, binary: boolean): void;
  ended(socket: PusherSocket, end: End): void;
  /** The client itself closes the socket, because a pong or the handshake did not come. */
  abandoned(socket: PusherSocket): void;
}

/**
 * The socket that pusher-js is given: a `ws` socket behind the members it uses. It hands over only what the tap
 * gives it, and is never told of a close, since its own answers to closes are not wanted (see Redial).
 */
export class PusherSocket {
  onopen: (() => void) | undefined;
  onmessage: ((message: { data: string }) => void) | undefined;
  onerror: unknown;
  onclose: unknown;
  readonly #socket: WebSocket;
  readonly #tap: Tap;

  constructor(url: string, tap: Tap) {
    this.#tap = tap;
    this.#socket = new WebSocket(url, WIRE);
    this.#socket.once('open', () => this.onopen?.());
    this.#socket.on('message', (data: RawData, binary: boolean) => tap.message(this, data, binary));
    whenEnded(this.#socket, (end) => tap.ended(this, end));
  }

  send(text: string): void {
    // pusher-js defers what it sends, so the socket may be gone by then; its end is told by the tap.
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(text);
  }

  /** Called by pusher-js. */
  close(): void {
    this.#tap.abandoned(this);
  }

  /** Closes the socket; resolves when it is closed. */
  hangUp(): Promise<void> {
    return closeSocket(this.#socket);
  }
}

const taps = new Map<string, Tap>();
const TAPPED = /\/parity-tap-\d+(?=\/)/;
let opened = 0;

/**
 * The path under which a client has to ask for its sockets (its option `wsPath`) for them to go through a tap, until it is
 * closed. It never leaves this process: what a socket is asked for says whose it is, and is dialled without it.
 */
export function openTap(tap: Tap): string {
  if (opened === 0) install();
  const path = `/parity-tap-${++opened}`;
  taps.set(path, tap);
  return path;
}

export function closeTap(path: string): void {
  taps.delete(path);
}

/** pusher-js has one socket factory a process: clients that are not ours keep the original. */
function install(): void {
  const runtime = Pusher.Runtime as { createWebSocket: (url: string) => unknown };
  const original = runtime.createWebSocket.bind(runtime);
  runtime.createWebSocket = (url) => {
    const path = TAPPED.exec(url)?.[0];
    if (path === undefined) return original(url);
    const tap = taps.get(path);
    if (tap === undefined) throw new Error('pusher-js dials after its end');
    return tap.createSocket(url.replace(path, ''));
  };
}

import { randomInt } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { WebSocket } from 'ws';

/** How long a connection may be silent. */
export interface Patience {
  /** Seconds without a word from the client before the server asks with `pusher:ping`. */
  readonly activityTimeoutS: number;
  /** Seconds the client then has to answer before the close with 4201. */
  readonly pongTimeoutS: number;
}

/** Client events a connection may send in one second (Pusher's documented limit; more are answered with 4301). */
const clientEventsPerSecond = 10;

/** One client's WebSocket: its socket id, what it may still send, and how it ends. */
export class Connection {
  /** Matches `^\d+\.\d+$` and is new for every connection. */
  readonly socketId = `${randomInt(1, 2 ** 40)}.${randomInt(1, 2 ** 40)}`;
  /** Id of the user that signed in, once one has. */
  userId: string | undefined;
  private readonly socket: WebSocket;
  private readonly patience: Patience;
  private readonly silence: NodeJS.Timeout;
  private pong: NodeJS.Timeout | undefined;
  private readonly onGone: () => void;
  private clientEventsAtMs: number[] = [];

  /** `onGone` is called, once or more, as soon as the connection is ending or gone. */
  constructor(socket: WebSocket, patience: Patience, onGone: () => void) {
    this.socket = socket;
    this.patience = patience;
    this.onGone = onGone;
    this.silence = setTimeout(() => this.askForLife(), patience.activityTimeoutS * 1000);
    socket.on('message', () => this.heard());
    socket.on('ping', () => this.heard());
    socket.on('close', () => this.retire());
  }

  get open(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }

  send(frame: Readonly<Record<string, unknown>>): void {
    this.sendText(JSON.stringify(frame));
  }

  /** Sends text as it is, be it a frame or not. */
  sendText(text: string): void {
    if (this.open) this.socket.send(text);
  }

  /** Tells the client of a fault; the connection stays. A null code is Pusher's for "none of the numbered ones". */
  complain(code: number | null, message: string): void {
    this.send({ event: 'pusher:error', data: { code, message } });
  }

  /**
   * Closes with a code. Pusher's own codes (4000 and above) are told in an error frame first, as captured; 4201 is
   * not, since there nobody listens any more.
   */
  end(code: number, reason: string): void {
    this.retire();
    if (code >= 4000 && code !== 4201) this.complain(code, reason);
    // Captured closes carry no reason; the words are in the error frame.
    this.socket.close(code, code >= 4000 ? '' : reason);
  }

  /** Destroys the TCP socket, as a sudden death of the server would: the client sees 1006. */
  destroy(): void {
    this.retire();
    this.socket.terminate();
  }

  /** Counts one client event; false when it is one too many within the last second. */
  mayTalk(): boolean {
    const nowMs = performance.now();
    this.clientEventsAtMs = this.clientEventsAtMs.filter((atMs) => nowMs - atMs < 1000);
    if (this.clientEventsAtMs.length >= clientEventsPerSecond) return false;
    this.clientEventsAtMs.push(nowMs);
    return true;
  }

  private heard(): void {
    clearTimeout(this.pong);
    if (this.open) this.silence.refresh();
  }

  private askForLife(): void {
    this.send({ event: 'pusher:ping', data: {} });
    this.pong = setTimeout(() => this.end(4201, ''), this.patience.pongTimeoutS * 1000);
  }

  private retire(): void {
    this.onGone();
    clearTimeout(this.silence);
    clearTimeout(this.pong);
  }
}

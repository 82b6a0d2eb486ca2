import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { WebSocket } from 'ws';

/** A bare websocket client: keeps every frame as text (a binary one as `BIN` and its hex), and waits for what comes. */
export class WireClient {
  readonly frames: string[] = [];
  /** The close code, once closed. */
  readonly closed: Promise<number>;
  readonly socket: WebSocket;
  #taken = 0;
  #arrived = (): void => undefined;

  private constructor(url: string, protocols: string[]) {
    this.socket = new WebSocket(url, protocols);
    this.socket.on('message', (data, binary) => {
      const bytes = data as Buffer;
      this.frames.push(binary ? `BIN ${bytes.toString('hex')}` : bytes.toString());
      this.#arrived();
    });
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code: number) => {
        resolve(code);
        this.#arrived();
      });
    });
  }

  static async open(url: string, protocols: string[] = []): Promise<WireClient> {
    const client = new WireClient(url, protocols);
    await once(client.socket, 'open');
    return client;
  }

  send(frame: string | Buffer): void {
    this.socket.send(frame);
  }

  /** The next frame that was not yet taken. Fails if the socket closes before it comes. */
  async next(): Promise<string> {
    while (this.frames.length <= this.#taken) {
      if (this.socket.readyState === WebSocket.CLOSED) throw new Error(`Closed after ${this.frames.length} frames.`);
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    }
    this.#taken += 1;
    return this.frames[this.#taken - 1] ?? '';
  }

  /** Every frame not yet taken, through the answer to a heartbeat that is sent now: proof that no more is on its way. */
  async settle(ref = 'settle'): Promise<string[]> {
    this.send(JSON.stringify([null, ref, 'phoenix', 'heartbeat', {}]));
    const answer = `[null,"${ref}","phoenix","phx_reply",{"response":{},"status":"ok"}]`;
    const frames: string[] = [];
    for (let frame = await this.next(); frame !== answer; frame = await this.next()) frames.push(frame);
    return frames;
  }

  /** Joins a topic and gives the reply back. */
  async join(topic: string, ref = '1'): Promise<string> {
    this.send(JSON.stringify([ref, ref, topic, 'phx_join', {}]));
    return this.next();
  }

  /** Closes without a code, and gives the code of the server's answer. */
  close(): Promise<number> {
    this.socket.close();
    return this.closed;
  }
}

/** The HTTP answer that refuses an upgrade. */
export async function refusal(url: string): Promise<{ status: number | undefined; body: string }> {
  const socket = new WebSocket(url);
  socket.on('error', () => undefined);
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
  return { status: response.statusCode, body: await textOf(response) };
}

import type { Frame, Ms, Side } from './timeline.js';

/**
 * A frame whose payload stays bytes until somebody asks for its text. Bytes and text are no members of its own, so that
 * a copy with another payload has no bytes that say something else.
 */
export class BytesFrame implements Frame {
  readonly kind = 'frame';
  readonly #bytes: Buffer;
  readonly #from: number;
  readonly #to: number;
  #isWalked = false;

  constructor(
    readonly t: Ms,
    readonly side: Side,
    readonly account: string,
    readonly channel: string,
    readonly event: string,
    bytes: Buffer,
    from = 0,
    to = bytes.length,
  ) {
    this.#bytes = bytes;
    this.#from = from;
    this.#to = to;
  }

  get payload(): string {
    return this.#bytes.toString('utf8', this.#from, this.#to);
  }

  get bytes(): Buffer {
    return this.#bytes;
  }

  get from(): number {
    return this.#from;
  }

  get to(): number {
    return this.#to;
  }

  get isWalked(): boolean {
    return this.#isWalked;
  }

  /** Says that the bytes are exactly one JSON value without a line feed, so that nobody has to look again. */
  walked(): void {
    this.#isWalked = true;
  }

  /** The same frame at another time. */
  at(t: Ms): BytesFrame {
    return new BytesFrame(t, this.side, this.account, this.channel, this.event, this.#bytes, this.#from, this.#to);
  }
}

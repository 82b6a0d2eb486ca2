import type { Ms } from '../model/timeline.js';

/** A block of bytes with payloads in it, and when the last of them came that were asked for. */
interface Chunk {
  readonly bytes: Buffer;
  t: Ms;
}

/** Places in one chunk: no chunk is as long. */
const SPAN = 2 ** 32;

/** Where payloads of the last minute lie: the blocks they came in, which nobody changes, for as long as they may be asked for. */
export class PayloadLog {
  readonly #keptMs: Ms;
  #chunks: Chunk[] = [];
  /** How many chunks were dropped. */
  #dropped = 0;

  constructor(keptMs: Ms) {
    this.#keptMs = keptMs;
  }

  /** Remembers where a payload lies that came at `t`. Returns its place. */
  keep(bytes: Buffer, from: number, t: Ms): number {
    let last = this.#chunks.length - 1;
    // Sources fill blocks in turn, and go back to none.
    if (this.#chunks[last]?.bytes !== bytes) {
      last = this.#chunks.findIndex((chunk) => chunk.bytes === bytes);
      if (last === -1) {
        this.#forget(t);
        last = this.#chunks.push({ bytes, t }) - 1;
      }
    }
    // Stamps of a recording may go back; what is kept for an earlier one stays.
    const chunk = this.#chunks[last] as Chunk;
    chunk.t = Math.max(chunk.t, t);
    return (this.#dropped + last) * SPAN + from;
  }

  read(place: number, length: number): string {
    const from = place % SPAN;
    return this.#bytesAt(place).toString('utf8', from, from + length);
  }

  copy(place: number, length: number, to: Buffer, at: number): void {
    const from = place % SPAN;
    this.#bytesAt(place).copy(to, at, from, from + length);
  }

  #bytesAt(place: number): Buffer {
    const chunk = this.#chunks[Math.floor(place / SPAN) - this.#dropped];
    if (chunk === undefined) throw new Error('a payload was forgotten before its key');
    return chunk.bytes;
  }

  #forget(t: Ms): void {
    const first = this.#chunks.findIndex((chunk) => chunk.t + this.#keptMs >= t);
    const old = first === -1 ? this.#chunks.length : first;
    this.#chunks = this.#chunks.slice(old);
    this.#dropped += old;
  }
}

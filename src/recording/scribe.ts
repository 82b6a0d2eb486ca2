import type { Kernel } from '../kernel/kernel.js';
import type { Ms, Side } from '../model/timeline.js';
import { Shelf } from './shelf.js';

/** A line that is still to be written; see kernel/wasm/lines.ts. */
const ROW = 24;
const ROWS_MOST = 1024;
/** In place of a row's milliseconds: the time is in its head, or the line is all there. */
const STAMPED = -1;
const FINISHED = -2;

/** Bytes of a frame's line besides its head and payload, at most: its time, with the name of that member, and its end. */
export const FRAME_MOST = 42;
/** A UTF-16 code unit takes at most so many bytes in UTF-8. */
export const UTF8_MOST = 3;
/** Where a payload begins and ends, as 32 bits each. */
export const PLACE = 8;

/** Has the kernel write lines of a recording into its memory, many at a time. */
export class Scribe {
  readonly #kernel: Kernel;
  readonly #rows: number;
  readonly #shelves: Readonly<Record<Side, Shelf>>;
  /** Heads are the same for nearly all frames. */
  readonly #heads: Shelf;
  readonly #headPlaces = new Map<Buffer, number>();
  #waiting = 0;
  #waitingPayloads = 0;
  #waitingBytes = 0;
  #at = 0;
  #places = 0;

  /** `size`: no line is longer. */
  constructor(kernel: Kernel, size: number) {
    this.#kernel = kernel;
    this.#rows = kernel.reserve(ROWS_MOST * ROW);
    this.#shelves = { control: new Shelf(kernel, size), candidate: new Shelf(kernel, size) };
    this.#heads = new Shelf(kernel, size);
  }

  /** From now on lines are written from `at` on, and to `places` where their payloads are. None may wait. */
  begin(at: number, places: number): void {
    this.#at = at;
    this.#places = places;
  }

  /** Behind all lines so far, at most. */
  get end(): number {
    return this.#at + this.#waitingBytes;
  }

  /** A line that is finished. */
  line(bytes: Buffer): void {
    const shelf = this.#shelfFor('control', bytes.length);
    this.#row(FINISHED, 0, shelf.put(bytes, 0, bytes.length), bytes.length);
    this.#waiting++;
  }

  /** A frame whose payload is at [from, to) of bytes that do not change until all is written. */
  frame(side: Side, t: Ms, head: Buffer, payload: Buffer, from: number, to: number): void {
    const shelf = this.#shelfFor(side, to - from);
    this.#begin(t, head);
    const at = shelf.put(payload, from, to);
    this.#end(at, at + to - from);
  }

  /** A frame whose payload is a text, and a well-formed one. */
  textFrame(side: Side, t: Ms, head: Buffer, payload: string): void {
    const shelf = this.#shelfFor(side, payload.length * UTF8_MOST);
    this.#begin(t, head);
    const { from, to } = shelf.write(payload);
    this.#end(from, to);
  }

  /** Writes the lines that wait. Returns the place behind all lines so far. */
  write(): number {
    if (this.#waiting === 0) return this.#at;
    const { control, candidate } = this.#shelves;
    for (const shelf of [this.#heads, control, candidate]) shelf.copy();
    this.#at = this.#kernel.run.writeLines(this.#rows, this.#waiting, this.#at, this.#places);
    this.#places += this.#waitingPayloads * PLACE;
    control.clear();
    candidate.clear();
    this.#waiting = this.#waitingPayloads = this.#waitingBytes = 0;
    return this.#at;
  }

  /** A shelf with room for so many bytes, and room for a row. */
  #shelfFor(side: Side, size: number): Shelf {
    const { control, candidate } = this.#shelves;
    const shelf = side === 'control' ? control : candidate;
    if (this.#waiting === ROWS_MOST || !shelf.hasRoom(size)) this.write();
    return shelf;
  }

  /** Begins a frame's row. */
  #begin(t: Ms, head: Buffer): void {
    const ms = Math.trunc(t) | 0;
    const micros = Math.round((t - ms) * 1000) | 0;
    // Stamps are whole microseconds: of those the digits are known without looking for the shortest that mean the same number.
    if (t >= 0 && micros >= 0 && micros <= 999 && (ms * 1000 + micros) / 1000 === t) {
      this.#row(ms, micros, this.#placeOf(head), head.length);
    } else {
      const stamped = Buffer.concat([Buffer.from(`{"t":${t}`), head]);
      this.#row(STAMPED, 0, this.#placeOf(stamped), stamped.length);
    }
  }

  #placeOf(head: Buffer): number {
    const known = this.#headPlaces.get(head);
    if (known !== undefined) return known;
    if (!this.#heads.hasRoom(head.length)) {
      // Rows that are waiting may begin with any of them.
      this.write();
      this.#heads.clear();
      this.#headPlaces.clear();
    }
    const place = this.#heads.put(head, 0, head.length);
    this.#headPlaces.set(head, place);
    return place;
  }

  #row(ms: number, micros: number, head: number, size: number): void {
    const { i32 } = this.#kernel;
    const row = (this.#rows + this.#waiting * ROW) >> 2;
    i32[row] = ms;
    i32[row + 1] = micros;
    i32[row + 2] = head;
    i32[row + 3] = head + size;
    this.#waitingBytes += size + FRAME_MOST;
  }

  /** Ends a row, with where its payload will lie. */
  #end(from: number, to: number): void {
    const { i32 } = this.#kernel;
    const row = (this.#rows + this.#waiting * ROW) >> 2;
    i32[row + 4] = from;
    i32[row + 5] = to;
    this.#waiting++;
    this.#waitingPayloads++;
    this.#waitingBytes += to - from;
  }
}

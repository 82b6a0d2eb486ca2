import { microseconds, type Ms, type TimelineEntry } from '../model/timeline.js';
import { ROW, STATUS, type Rows, type Stretch } from '../model/rows.js';
import { at } from './merge.js';

/** What finds frames in the bytes of lines, without making objects (see scan/tape.ts). */
export interface LineScanner extends Rows {
  /** Whether it can see what lies in a buffer. */
  canScan(bytes: Buffer): boolean;
  /** Scans whole lines at [from, to) of a buffer whose first byte lies at `offset` of the file; returns how many rows there are. */
  scan(bytes: Buffer, from: number, to: number, offset: number): number;
  /** The latest stamp that was seen before what is scanned next. */
  latest: Ms;
  /** Behind the last line scanned. */
  readonly stoppedAt: number;
  /** Of the last scan: lines, those that have to be parsed, and stamps that lay before an earlier one. */
  readonly passed: {
    readonly lines: number;
    readonly odd: number;
    readonly backwards: number;
    readonly backwardsMostMs: Ms;
  };
  /** The bytes are about to be those of other lines: what was scanned lies there no more. */
  leave(): void;
  rowAt(index: number): number;
  lineOf(row: number): string;
}

/** Lines of a recording. Valid until the next batch is asked for. */
export interface Batch {
  /** The lines as rows, in order; undefined where each is an entry. */
  readonly rows: Stretch | undefined;
  /** By place, for lines that are no rows. */
  readonly entries: readonly TimelineEntry[];
}

/** Whatever takes a recording in. */
export interface Taker {
  /** The latest stamp so far. */
  readonly t: Ms;
  add(entry: TimelineEntry): void;
  /** Takes rows in until a stretch is empty or, with that stretch, until one comes that is an entry. */
  addRows(a: Stretch, b?: Stretch): Stretch | undefined;
}

/** A recording's batches, one item at a time or as stretches of rows. */
export class Cursor {
  /** The rows that are next, where lines are rows. */
  stretch: Stretch | undefined;
  #entries: readonly TimelineEntry[] = [];
  /** Of lines that are rows, where the first lies. */
  #first = 0;
  /** Of lines that are none, which is next. */
  #next = 0;
  readonly #batches: AsyncGenerator<Batch>;
  /** Bytes of a row. */
  readonly #step: number;
  readonly #offsetMs: Ms;

  /** With an offset, stamps are later by that much. */
  constructor(batches: AsyncGenerator<Batch>, step: number, offsetMs: Ms = 0) {
    this.#batches = batches;
    this.#step = step;
    this.#offsetMs = offsetMs;
  }

  /** Whether the next batch has to be fetched before there is an item again. */
  get isEmpty(): boolean {
    const { stretch } = this;
    if (stretch === undefined) return this.#next >= this.#entries.length;
    const { i32 } = stretch.rows;
    while (stretch.at < stretch.end && i32[(stretch.at + ROW.status) >> 2] === STATUS.skip) stretch.at += this.#step;
    return stretch.at >= stretch.end;
  }

  /** Of the item that is next: ask `isEmpty` before. */
  get t(): Ms {
    const { stretch } = this;
    if (stretch !== undefined) return stretch.rows.f64[(stretch.at + ROW.t) >> 3] as Ms;
    return this.#shifted((this.#entries[this.#next] as TimelineEntry).t);
  }

  /** Fetches the next batch, if this one is through. False when there is none. */
  async fetch(): Promise<boolean> {
    while (this.isEmpty) {
      const next = await this.#batches.next();
      if (next.done === true) return false;
      this.#begin(next.value);
    }
    return true;
  }

  #begin({ rows, entries }: Batch): void {
    this.#entries = entries;
    this.#next = 0;
    this.stretch = undefined;
    if (rows === undefined) return;
    this.stretch = rows;
    this.#first = rows.at;
    if (this.#offsetMs === 0) return;
    const { f64 } = rows.rows;
    for (let row = rows.at; row < rows.end; row += this.#step) {
      const at = (row + ROW.t) >> 3;
      f64[at] = this.#shifted(f64[at] as Ms);
    }
  }

  /** Gives the item that is next away, and goes on to the one behind it. */
  give(taker: Taker): void {
    const { stretch } = this;
    if (stretch === undefined) return taker.add(this.#at(this.#entries[this.#next++] as TimelineEntry));
    const one = { rows: stretch.rows, at: stretch.at, end: stretch.at + this.#step };
    if (taker.addRows(one) !== undefined) this.giveEntry(taker);
    else stretch.at += this.#step;
  }

  /** Gives away the item that is next and is an entry among rows. */
  giveEntry(taker: Taker): void {
    const stretch = this.stretch as Stretch;
    taker.add(this.#at(this.#entries[(stretch.at - this.#first) / this.#step] as TimelineEntry));
    stretch.at += this.#step;
  }

  #at(entry: TimelineEntry): TimelineEntry {
    return this.#offsetMs === 0 ? entry : at(entry, this.#shifted(entry.t));
  }

  #shifted(t: Ms): Ms {
    return this.#offsetMs === 0 ? t : microseconds(t + this.#offsetMs);
  }
}

import { microseconds, type Ms, type TimelineEntry } from '../model/timeline.js';
import { ROW, STATUS, type Rows } from '../model/rows.js';
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
  rowAt(index: number): number;
  lineOf(row: number): string;
}

/** Lines of a recording, each of which is an entry or a row. Valid until the next batch is asked for. */
export interface Batch {
  readonly count: number;
  /** By place, for lines that are no rows. */
  readonly entries: readonly TimelineEntry[];
  readonly scanner: LineScanner;
}

/** Whatever takes a recording in. */
export interface Taker {
  add(entry: TimelineEntry): void;
  addRow(rows: Rows, row: number): void;
}

/** A recording's batches, one item at a time. */
export class Cursor {
  /** Of the item that is next. */
  t: Ms = Infinity;
  #batch: Batch | undefined;
  #at = 0;
  readonly #batches: AsyncGenerator<Batch>;
  readonly #offsetMs: Ms;

  /** With an offset, stamps are later by that much. */
  constructor(batches: AsyncGenerator<Batch>, offsetMs: Ms = 0) {
    this.#batches = batches;
    this.#offsetMs = offsetMs;
  }

  /** Whether the next batch has to be fetched before there is an item again. */
  get isEmpty(): boolean {
    return this.#batch === undefined;
  }

  /** Fetches the next batch. False when there is none. */
  async fetch(): Promise<boolean> {
    while (this.#batch === undefined) {
      const next = await this.#batches.next();
      if (next.done === true) return false;
      this.#batch = next.value;
      this.#at = -1;
      this.#step();
    }
    return true;
  }

  /** Gives the item that is next away, and goes on to the one behind it. */
  give(taker: Taker): void {
    const { entries, scanner } = this.#batch as Batch;
    const entry = entries[this.#at];
    if (entry === undefined) taker.addRow(scanner, scanner.rowAt(this.#at));
    else taker.add(this.#offsetMs === 0 ? entry : at(entry, this.t));
    this.#step();
  }

  #step(): void {
    const { count, entries, scanner } = this.#batch as Batch;
    for (this.#at++; this.#at < count; this.#at++) {
      const entry = entries[this.#at];
      if (entry !== undefined) {
        this.t = this.#shifted(entry.t);
        return;
      }
      const row = scanner.rowAt(this.#at);
      if (scanner.i32[row >> 2] !== STATUS.skip) {
        this.t = this.#shifted(scanner.f64[(row + ROW.t) >> 3] as Ms);
        if (this.#offsetMs !== 0) scanner.f64[(row + ROW.t) >> 3] = this.t;
        return;
      }
    }
    this.#batch = undefined;
    this.t = Infinity;
  }

  #shifted(t: Ms): Ms {
    return this.#offsetMs === 0 ? t : microseconds(t + this.#offsetMs);
  }
}

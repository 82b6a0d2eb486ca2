import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Ms, TimelineEntry } from '../model/timeline.js';

/** The most entries that are handed out at once. */
const BATCH = 1_024;

/**
 * The one queue between the sources and the line. Pushing is synchronous and cheap; taking costs one await a batch.
 * When it is full, frames and marks are dropped and counted, and a late tick tells the line from when to when it was
 * blind, so that what was dropped is never blamed on a side. It has one consumer.
 */
export class EntryQueue {
  readonly #capacity: number;
  readonly #leastLateMs: Ms;
  #batches: TimelineEntry[][] = [];
  #size = 0;
  #dropped = 0;
  #blindFrom: Ms | undefined;
  #latest: Ms = 0;
  #isEnded = false;
  #wake: (() => void) | undefined;

  /** `stallMs`: the lateness that the line still tolerates. Blindness is told as longer, since it did lose entries. */
  constructor(capacity: number, stallMs: Ms = 0) {
    this.#capacity = capacity;
    this.#leastLateMs = stallMs + 1;
  }

  /** How many entries found no room. */
  get dropped(): number {
    return this.#dropped;
  }

  push(entry: TimelineEntry): void {
    if (this.#isEnded) return;
    this.#latest = Math.max(this.#latest, entry.t);
    if (this.#size >= this.#capacity && entry.kind !== 'link' && entry.kind !== 'tick') {
      this.#dropped++;
      this.#blindFrom ??= entry.t;
    } else this.#append(entry);
  }

  /** No entry comes after this; those that wait are still handed out. */
  end(): void {
    this.#isEnded = true;
    this.#wake?.();
  }

  /**
   * Batches in the order of arrival. Before each the event loop has its turn, so that everything the sockets hold has
   * been stamped before the line begins to work.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<TimelineEntry[], void, undefined> {
    for (;;) {
      if (this.#size === 0 && !this.#isEnded) await new Promise<void>((resolve) => (this.#wake = resolve));
      this.#wake = undefined;
      await nextTurn();
      const batch = this.#take();
      if (batch !== undefined) yield batch;
      else if (this.#isEnded) return;
    }
  }

  #append(entry: TimelineEntry): void {
    const last = this.#batches.at(-1);
    if (last !== undefined && last.length < BATCH) last.push(entry);
    else this.#batches.push([entry]);
    this.#size++;
    this.#wake?.();
  }

  #take(): TimelineEntry[] | undefined {
    const batch = this.#batches.shift();
    if (batch === undefined) return undefined;
    this.#size -= batch.length;
    if (this.#blindFrom !== undefined) this.#tellBlindness(this.#blindFrom);
    return batch;
  }

  /** There is room again: whatever came from the first dropped entry until now may be incomplete. */
  #tellBlindness(from: Ms): void {
    const t = this.#latest;
    this.#blindFrom = undefined;
    this.#append({ kind: 'tick', t, lateMs: Math.max(t - from, this.#leastLateMs) });
  }
}

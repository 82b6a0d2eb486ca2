import { CallError } from '../model/errors.js';
import type { Ms, TimelineEntry } from '../model/timeline.js';

/** Characters of payloads that wait at a time; more would be a good part of the memory that Node takes. */
const WAITING_MOST = 256 * 1024 * 1024;

/**
 * Puts the entries of a file whose stamps go back in the order of their stamps, as an export that begins with the newest
 * needs it: waits end when stamps pass, so that in another order some would never end. An entry waits until nothing
 * earlier can follow. Where no stamp goes back, none waits.
 */
export class InOrder {
  #waiting: TimelineEntry[] = [];
  #characters = 0;
  #latest: Ms = -Infinity;
  #earliest: Ms = Infinity;

  /** `backMs` is how far a stamp of the file lies before one ahead of it, at most. */
  constructor(
    private readonly file: string,
    private readonly backMs: Ms,
    private readonly waitingMost = WAITING_MOST,
  ) {}

  /**
   * Takes entries in, and gives those that nothing earlier can follow.
   * @throws CallError where too many have to wait
   */
  take(entries: readonly TimelineEntry[]): readonly TimelineEntry[] {
    if (this.backMs === 0) return entries;
    for (const entry of entries) {
      this.#waiting.push(entry);
      this.#characters += sizeOf(entry);
      this.#latest = Math.max(this.#latest, entry.t);
      this.#earliest = Math.min(this.#earliest, entry.t);
    }
    const passed = this.#letGo(this.#latest - this.backMs);
    if (this.#characters <= this.waitingMost) return passed;
    throw new CallError(
      `${this.file}: its lines go back in time by up to ${this.backMs / 1000} s, and are too many to be put in order here; sort the file by time first`,
    );
  }

  /** All that still waits: nothing follows. */
  rest(): readonly TimelineEntry[] {
    return this.#letGo(Infinity);
  }

  #letGo(until: Ms): readonly TimelineEntry[] {
    if (this.#earliest > until) return [];
    this.#waiting.sort((a, b) => a.t - b.t);
    const end = this.#waiting.findIndex(({ t }) => t > until);
    const passed = this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
    this.#earliest = this.#waiting[0]?.t ?? Infinity;
    for (const entry of passed) this.#characters -= sizeOf(entry);
    return passed;
  }
}

function sizeOf(entry: TimelineEntry): number {
  return entry.kind === 'frame' ? entry.payload.length : 0;
}

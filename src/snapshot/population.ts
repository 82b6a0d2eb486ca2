import type { Side } from '../model/timeline.js';
import { SIDES } from '../model/timeline.js';
import type { Judged } from './judge.js';
import type { Item, Reading } from './reading.js';

/**
 * The items of one account that the first attempt saw, and what is known of each. Lagging systems settle: a finding stands
 * only while every further attempt repeats it, and an item that was once read clean is not looked at again. What comes to
 * the lists later is not judged, so that there is an end under traffic.
 */
export class Population {
  #items: ReadonlyMap<string, Judged>;
  /** Out of order in every attempt. */
  readonly #unordered: Record<Side, ReadonlyMap<string, Item>>;
  #reread = 0;
  #settled = 0;

  constructor(first: ReadonlyMap<string, Judged>, readings: Record<Side, readonly Reading[]>) {
    this.#items = first;
    this.#unordered = { control: unorderedIn(readings.control), candidate: unorderedIn(readings.candidate) };
  }

  /** Takes a further attempt in. */
  again(judged: ReadonlyMap<string, Judged>, readings: Record<Side, readonly Reading[]>): void {
    const items = new Map(this.#items);
    for (const [id, before] of this.#items) {
      if (isClean(before)) continue;
      this.#reread++;
      const now = withCommonCopies(before, judged.get(id) ?? gone(before));
      if (isClean(now)) this.#settled++;
      items.set(id, now.outcome === 'outside' ? gone(before) : now);
    }
    this.#items = items;
    for (const side of SIDES) {
      const still = unorderedIn(readings[side]);
      this.#unordered[side] = new Map([...this.#unordered[side]].filter(([id]) => still.has(id)));
    }
  }

  /** Items that a further attempt might clear. */
  get open(): number {
    let open = this.#unordered.candidate.size + this.#unordered.control.size;
    for (const judged of this.#items.values()) if (!isClean(judged)) open++;
    return open;
  }

  get items(): Iterable<Judged> {
    return this.#items.values();
  }

  unordered(side: Side): readonly Item[] {
    return [...this.#unordered[side].values()];
  }

  /** How often an item was looked at again, and how many of them turned out to agree. */
  get churn(): { readonly reread: number; readonly settled: number } {
    return { reread: this.#reread, settled: this.#settled };
  }
}

function isClean({ outcome, copies }: Judged): boolean {
  const agrees = outcome === 'match' || outcome === 'allowed' || outcome === 'outside';
  return agrees && copies.control.length + copies.candidate.length === 0;
}

/** A copy stands only if both attempts show one. */
function withCommonCopies(before: Judged, now: Judged): Judged {
  const common = (side: Side) => now.copies[side].slice(0, before.copies[side].length);
  return { ...now, copies: { control: common('control'), candidate: common('candidate') } };
}

function gone({ control, candidate }: Judged): Judged {
  return {
    outcome: 'inconclusive',
    ...(control === undefined ? {} : { control }),
    ...(candidate === undefined ? {} : { candidate }),
    reason: 'it left the lists before it could be read again',
    copies: { control: [], candidate: [] },
  };
}

/** Of several readings, what is out of order in each. */
function unorderedIn(readings: readonly Reading[]): Map<string, Item> {
  const [first, ...others] = readings.map(({ unordered }) => new Map(unordered.map((item) => [item.id, item])));
  return new Map([...(first ?? [])].filter(([id]) => others.every((other) => other.has(id))));
}

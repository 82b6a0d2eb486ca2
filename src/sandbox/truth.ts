import type { Ms, Side } from '../model/timeline.js';
import type { Outcome } from '../model/verdict.js';
import type { Item, ItemType } from './scenario.js';

/** As what a watcher should find a fault: an outcome, a frame that cannot be read, or an inversion of order. */
export type Finding = Outcome | 'unreadable' | 'reordered' | 'page edge' | 'no answer';

/** What a fault did, in its own words: the edited path, the delay, and so on. */
export type Detail = Readonly<Record<string, string | number>>;

/** A fault as it was injected. */
export interface Injected {
  readonly fault: string;
  readonly account: string;
  readonly side: Side;
  /** When, in milliseconds since the sandbox's start. */
  readonly atMs: Ms;
  readonly expects: Finding;
  /** Of the event that is to be found so. A fault of a link has none: it concerns whatever comes while it lasts. */
  readonly type?: ItemType;
  readonly key?: string;
  /** How long a fault of a link lasts. */
  readonly forMs?: Ms;
  readonly detail: Detail;
}

/** An item that was published, and whom it reached. */
export interface Published {
  readonly index: number;
  readonly account: string;
  readonly type: ItemType;
  readonly key: string;
  readonly atMs: Ms;
  /** Deliveries on each side: connections reached, counting each copy. */
  readonly delivered: Readonly<Record<Side, number>>;
  /** Why the notifications service did not broadcast it. */
  readonly withheld?: Withheld;
  /** The fault that was put on this item. */
  readonly fault?: string;
  /** Faults of the account's links that were at work while it passed. */
  readonly during: readonly string[];
}

export type Withheld = 'not connected' | 'flag off';

/** Written by the systems as they go. */
type Draft = { -readonly [Name in keyof Published]: Published[Name] } & {
  delivered: Record<Side, number>;
  during: string[];
};

/** Items remembered one by one; of older ones only the totals are known. */
const KEPT = 100_000;

/** The ledger of truth: what the sandbox published, whom it reached, and what it did wrong on purpose. */
export class Truth {
  readonly faults: readonly Injected[] = [];
  private readonly items = new Map<number, Draft>();
  private readonly sums = { published: 0, control: 0, candidate: 0 };

  /** Items published, and deliveries by side. */
  get totals(): Readonly<{ published: number } & Record<Side, number>> {
    return this.sums;
  }

  /** What was published, oldest first; of a long life, the last hundred thousand at least. */
  get published(): readonly Published[] {
    return [...this.items.values()];
  }

  injected(entry: Injected): void {
    (this.faults as Injected[]).push(entry);
  }

  /** An item enters the monolith. */
  enters({ index, account, type, key }: Item, atMs: Ms, during: readonly string[], fault?: string): void {
    this.sums.published++;
    const delivered = { control: 0, candidate: 0 };
    const marked = fault === undefined ? {} : { fault };
    this.items.set(index, { index, account, type, key, atMs, delivered, during: [...during], ...marked });
    if (this.items.size > KEPT) for (const oldest of this.items.keys()) return void this.items.delete(oldest);
  }

  /** A copy of the item went out on a side, to so many connections. */
  delivered({ index, key }: Item, side: Side, connections: number, during: readonly string[]): void {
    this.sums[side] += connections;
    const draft = this.items.get(index);
    // A ghost shares its place with the item that it was made of.
    if (draft?.key !== key) return;
    draft.delivered[side] += connections;
    for (const name of during) if (!draft.during.includes(name)) draft.during.push(name);
  }

  /** The notifications service had a reason not to broadcast the item. */
  withheld({ index }: Item, reason: Withheld, during: readonly string[]): void {
    const draft = this.items.get(index);
    if (draft === undefined) return;
    draft.withheld = reason;
    for (const name of during) if (!draft.during.includes(name)) draft.during.push(name);
  }
}

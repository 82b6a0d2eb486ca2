import type { Ms, Side } from '../model/timeline.js';
import { SIDES } from '../model/timeline.js';
import { controlPayload } from './monolith.js';
import { controlEvent } from './names.js';
import { candidatePayload } from './notifications.js';
import type { Item, ItemType } from './scenario.js';
import { makeItem } from './scenario.js';

/** An item as a list remembers it: everything else about it follows from the seed. */
export interface Listed {
  readonly index: number;
  readonly type: ItemType;
  readonly key: string;
  /** When the side's system had it, since the sandbox's start. */
  readonly atMs: Ms;
  /** Set where the list shows what the record held before. */
  readonly isStale?: boolean;
}

/** Items that are kept, shared out among the accounts; older ones leave the lists. */
const KEPT = 100_000;
const KEPT_LEAST = 200;

/** What each side's database holds for its lists, newest first when read. */
export class Shelves {
  readonly #seed: number;
  readonly #most: number;
  /** By account, in the order of the feed, oldest first. */
  readonly #shelves: Record<Side, Map<string, Listed[]>> = { control: new Map(), candidate: new Map() };

  constructor(seed: number, accounts: readonly string[]) {
    this.#seed = seed;
    this.#most = Math.max(KEPT_LEAST, Math.floor(KEPT / accounts.length));
    for (const side of SIDES) for (const account of accounts) this.#shelves[side].set(account, []);
  }

  /** A side's system has an item. Items may come out of order; the list is in order. */
  add(side: Side, { index, account, type, key }: Item, atMs: Ms): void {
    const shelf = this.#shelves[side].get(account);
    if (shelf === undefined || (side === 'control' && controlEvent(type) === undefined)) return;
    let place = shelf.length;
    while (place > 0 && (shelf[place - 1] as Listed).index > index) place--;
    const listed = { index, type, key, atMs };
    if (place === shelf.length) shelf.push(listed);
    else shelf.splice(place, 0, listed);
    if (shelf.length > 2 * this.#most) shelf.splice(0, shelf.length - this.#most);
  }

  /** The account's items of some types, newest first, as they were at a moment. */
  list(side: Side, account: string, types: readonly ItemType[], asOfMs: Ms): Listed[] {
    const shelf = this.#shelves[side].get(account) ?? [];
    return shelf
      .slice(-this.#most)
      .filter(({ type, atMs }) => types.includes(type) && atMs <= asOfMs)
      .reverse();
  }

  /** An item's text as the side's API spells it: the same as in its stream. */
  payload(side: Side, account: string, { index, type, isStale }: Listed): string {
    const item = makeItem(this.#seed, index, account, type);
    const shown = isStale === true ? { ...item, record: { ...item.record, person: stale(item) } } : item;
    return side === 'control' ? controlPayload(shown) : candidatePayload(shown);
  }
}

function stale({ record }: Item): Item['record'] {
  return { ...(record['person'] as Item['record']), title: 'as it was before' };
}

import type { ListSort } from '../../src/model/snapshot.js';
import type { Side } from '../../src/model/timeline.js';
import { idOf, type Item, type Reading } from '../../src/snapshot/reading.js';
import { path } from '../given.js';

export const NEWEST_FIRST: ListSort = {
  by: path('$.at'),
  as: 'number',
  direction: 'descending',
  tie: path('$.id'),
};

/** An item of a list: its key, its place in the order, its page and what it says. */
export function item(key: string, at: number | undefined, some: Partial<Item> = {}): Item {
  const type = 'email_opened';
  const payload = `{"id":${JSON.stringify(key)}}`;
  const where = { list: 0, page: 1, sort: at === undefined ? undefined : { by: at, tie: key } };
  return {
    account: 'rep-1',
    type,
    key,
    id: idOf(type, key),
    t: 1,
    event: 'e',
    channel: 'c',
    payload,
    ...where,
    ...some,
  };
}

/** A list as it was read; cut where `end` is given. */
export function reading(side: Side, items: readonly Item[], end?: number): Reading {
  const byId = new Map<string, Item[]>();
  for (const one of items) byId.set(one.id, [...(byId.get(one.id) ?? []), one]);
  return {
    side,
    items,
    byId,
    unordered: [],
    end: end === undefined ? undefined : { by: end, tie: undefined },
    isCut: end !== undefined,
    others: [],
    cost: { side, requests: 1, bytes: 1, ms: 1, pages: 1, items: items.length, bad: [] },
  };
}

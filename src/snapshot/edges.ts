import type { ListSort } from '../model/snapshot.js';
import type { Item, Reading } from './reading.js';
import { comparing, type SortKey } from './sort.js';

interface Placed {
  readonly page: number;
  readonly sort: SortKey;
}

/** Finds between which pages of a reading an item would have to be. Each list is sorted once, when it is first asked for. */
export class Edges {
  readonly #sort: ListSort | undefined;
  readonly #placed = new WeakMap<Reading, ReadonlyMap<number, readonly Placed[]>>();
  readonly #types = new WeakMap<Reading, ReadonlyMap<string, ReadonlySet<number>>>();

  constructor(sort: ListSort | undefined) {
    this.#sort = sort;
  }

  /** `page 1 and page 2 of list 1` where the item's neighbours in order are not on one page; undefined elsewhere. */
  at(item: Item, reading: Reading): string | undefined {
    if (this.#sort === undefined || item.sort === undefined) return undefined;
    const compare = comparing(this.#sort, true);
    for (const list of this.#listsWith(item.type, reading)) {
      const placed = this.#lists(reading, compare).get(list) ?? [];
      const place = placeOf(item.sort, placed, compare);
      const [previous, next] = [placed[place - 1], placed[place]];
      if (previous !== undefined && next !== undefined && previous.page < next.page)
        return `page ${previous.page} and page ${next.page} of list ${list + 1}`;
    }
    return undefined;
  }

  #lists(reading: Reading, compare: (a: SortKey, b: SortKey) => number): ReadonlyMap<number, readonly Placed[]> {
    const known = this.#placed.get(reading);
    if (known !== undefined) return known;
    const lists = new Map<number, Placed[]>();
    for (const { list, page, sort } of reading.items) {
      if (sort === undefined) continue;
      const placed = lists.get(list);
      if (placed === undefined) lists.set(list, [{ page, sort }]);
      else placed.push({ page, sort });
    }
    for (const placed of lists.values()) placed.sort((a, b) => compare(a.sort, b.sort));
    this.#placed.set(reading, lists);
    return lists;
  }

  #listsWith(type: string, reading: Reading): ReadonlySet<number> {
    let types = this.#types.get(reading);
    if (types === undefined) {
      const found = new Map<string, Set<number>>();
      for (const { type: name, list } of reading.items) {
        const lists = found.get(name);
        if (lists === undefined) found.set(name, new Set([list]));
        else lists.add(list);
      }
      this.#types.set(reading, (types = found));
    }
    return types.get(type) ?? new Set();
  }
}

/** How many of the sorted come before the key. */
function placeOf(key: SortKey, placed: readonly Placed[], compare: (a: SortKey, b: SortKey) => number): number {
  let low = 0;
  let high = placed.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare((placed[middle] as Placed).sort, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

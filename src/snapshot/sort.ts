import { plainDecimal } from '../model/decimal.js';
import { ExactNumber, isObject, type Json } from '../model/json.js';
import type { Path } from '../model/path.js';
import type { ListSort } from '../model/snapshot.js';

/** Where an item belongs: its value, and what decides between equal ones. Whole numbers keep every digit. */
export interface SortKey {
  readonly by: Sortable;
  readonly tie: Sortable | undefined;
}

export type Sortable = number | bigint | string;

/** An item's place by the page's order; undefined where it has no such value. */
export function sortKeyOf(body: Json | undefined, { by, as, tie }: ListSort): SortKey | undefined {
  const value = at(body, by);
  const first = as === 'instant' ? instant(value) : as === 'number' ? number(value) : text(value);
  if (first === undefined) return undefined;
  const second = tie === undefined ? undefined : at(body, tie);
  return { by: first, tie: number(second) ?? text(second) };
}

/** Negative where `a` comes first. Without `ties`, items of equal value have no order. */
export function comparing({ direction }: ListSort, ties: boolean): (a: SortKey, b: SortKey) => number {
  const sign = direction === 'ascending' ? 1 : -1;
  return (a, b) => sign * (order(a.by, b.by) || (ties ? order(a.tie, b.tie) : 0));
}

/**
 * The fewest members that have to move for the others to be in order: those that are not in a longest sorted
 * subsequence (patience sorting, n log n). Equal ones are in order. Returns their places.
 */
export function outOfOrder<Key>(keys: readonly Key[], compare: (a: Key, b: Key) => number): number[] {
  /** Place of the last member of the best subsequence of each length. */
  const ends: number[] = [];
  const before: number[] = [];
  for (const [place, key] of keys.entries()) {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compare(keys[ends[middle] as number] as Key, key) <= 0) low = middle + 1;
      else high = middle;
    }
    before[place] = low === 0 ? -1 : (ends[low - 1] as number);
    ends[low] = place;
  }
  const kept = new Set<number>();
  for (let place = ends.at(-1) ?? -1; place >= 0; place = before[place] ?? -1) kept.add(place);
  return keys.flatMap((_, place) => (kept.has(place) ? [] : [place]));
}

function order(a: Sortable | undefined, b: Sortable | undefined): number {
  if (a === b || a === undefined || b === undefined) return 0;
  if (typeof a === 'string' || typeof b === 'string') return compareText(String(a), String(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function at(body: Json | undefined, { segments }: Path): Json | undefined {
  let value = body;
  for (const segment of segments) {
    if (segment.kind === 'name') value = isObject(value) ? value[segment.name] : undefined;
    else if (segment.kind === 'index') value = Array.isArray(value) ? value[segment.index] : undefined;
    else return undefined;
  }
  return value;
}

const INSTANT = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))? ?(Z|UTC|[+-]\d\d:?\d\d)$/;

/** Microseconds since 1970: a double holds them all until the year 2255. Numbers stand for themselves. */
function instant(value: Json | undefined): Sortable | undefined {
  if (typeof value !== 'string') return number(value);
  const [, day, time, fraction = '', zone = ''] = INSTANT.exec(value) ?? [];
  if (day === undefined) return undefined;
  const offset = zone === 'UTC' ? 'Z' : zone.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2');
  const ms = Date.parse(`${day}T${time}${offset}`);
  return Number.isNaN(ms) ? undefined : ms * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6));
}

const WHOLE = /^-?\d+$/;

/** Also a number in quotes, since ids often are. */
function number(value: Json | undefined): Sortable | undefined {
  if (typeof value === 'number') return value;
  const spelt = value instanceof ExactNumber ? plainDecimal(value) : value;
  if (typeof spelt !== 'string' || spelt.length > 400) return undefined;
  if (WHOLE.test(spelt)) return BigInt(spelt);
  return spelt.trim() !== '' && Number.isFinite(Number(spelt)) ? Number(spelt) : undefined;
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

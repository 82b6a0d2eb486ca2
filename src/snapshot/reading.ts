import type { Json } from '../model/json.js';
import type { Observation, Observed } from '../model/observation.js';
import type { Account } from '../model/settings.js';
import type { ListRequest, ListSort, SnapshotSettings } from '../model/snapshot.js';
import type { Frame, Ms, Side } from '../model/timeline.js';
import { noEffort, type Asker } from './ask.js';
import { rawAt } from '../model/raw-json.js';
import { stepsOf } from './items.js';
import { pagesOf, type Page } from './pages.js';
import { comparing, outOfOrder, sortKeyOf, type SortKey } from './sort.js';

/** An item of a list that is one of the declared events. Its body is read again when it is compared. */
export interface Item extends Pick<Observation, 'account' | 'type' | 'key' | 't' | 'event' | 'channel' | 'payload'> {
  /** Type and key as one name. */
  readonly id: string;
  /** Which of the side's lists, counted from 0, and where in it. */
  readonly list: number;
  readonly page: number;
  readonly sort: SortKey | undefined;
}

/** A side's lists of one account, read once and put together as the page does it. */
export interface Reading {
  readonly side: Side;
  readonly items: readonly Item[];
  readonly byId: ReadonlyMap<string, readonly Item[]>;
  /** Items that would have to move for their list to be in order. */
  readonly unordered: readonly Item[];
  /** Where the page cut the assembled list, or undefined where all was read. */
  readonly end: SortKey | undefined;
  readonly isCut: boolean;
  /** What is no event to compare. */
  readonly others: readonly { readonly frame: Frame; readonly observed: Observed }[];
  readonly cost: ReadingCost;
}

/** What one full list took. */
export interface ReadingCost {
  readonly side: Side;
  readonly requests: number;
  readonly bytes: number;
  readonly ms: Ms;
  readonly pages: number;
  readonly items: number;
  /** Answers that were none, by reason, though another try brought one. */
  readonly bad: readonly string[];
}

/** What reading lists needs besides the request. */
export interface ReadingTools {
  readonly settings: SnapshotSettings;
  readonly asker: Asker;
  readonly now: () => Ms;
  /** What a frame means: the stream's own observer. */
  readonly observe: (frame: Frame) => Observed;
  /** Types of which each repeat of a key is an event of its own. */
  readonly occurrences: ReadonlySet<string>;
  readonly onPage?: (side: Side, items: number) => void;
}

/** Reads all lists of a side at the same time, as a page does. @throws BadAnswer */
export async function readSide(tools: ReadingTools, side: Side, account: Account): Promise<Reading> {
  const { settings, asker, now } = tools;
  const effort = noEffort();
  const limits = { maxPages: settings.maxPages, most: settings.limit ?? Infinity };
  const startedAt = now();
  const pages: Page[][] = await all(
    settings[side].map(async (list, index) => {
      const read: Page[] = [];
      const place = `snapshot.${side}[${index}]`;
      for await (const page of pagesOf(list, { place, account, asker, effort, limits })) {
        tools.onPage?.(side, page.items.length);
        read.push(page);
      }
      return read;
    }),
  );
  const ms = Math.round((now() - startedAt) * 1000) / 1000;
  const count = pages.reduce((sum, list) => sum + list.length, 0);
  const { requests, bytes, bad } = effort;
  return assemble(tools, side, account.id, pages, { side, requests, bytes, ms, pages: count, bad });
}

/** Every result, or the first failure once nothing is under way any more. */
async function all<Value>(promises: readonly Promise<Value>[]): Promise<Value[]> {
  const settled = await Promise.allSettled(promises);
  return settled.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
}

function assemble(
  { settings, observe, occurrences }: ReadingTools,
  side: Side,
  account: string,
  pages: readonly (readonly Page[])[],
  cost: Omit<ReadingCost, 'items'>,
): Reading {
  const { sort, limit } = settings;
  const others: { frame: Frame; observed: Observed }[] = [];
  const lists = pages.map((list, index) =>
    list.flatMap(({ items, number, t }) =>
      items.flatMap((payload): Item[] => {
        const request = settings[side][index] as ListRequest;
        const frame = frameOf(request, { side, account, t, payload, index });
        const observed = observe(frame);
        if (observed.kind !== 'observation') {
          others.push({ frame, observed });
          return [];
        }
        // The observation's payload is without what the config hides.
        const { type, key, event, channel, body, payload: shown } = observed.observation;
        const position = sort && sortKeyOf(body, sort);
        const where = { list: index, page: number, sort: position };
        return [{ account, type, key, id: idOf(type, key), t, event, channel, payload: shown, ...where }];
      }),
    ),
  );
  const unordered = sort === undefined ? [] : lists.flatMap((list) => misplaced(list, sort));
  const [only = []] = lists;
  const merged = lists.length === 1 ? only : sort === undefined ? lists.flat() : merge(lists.flat(), sort);
  const kept = limit === undefined ? merged : merged.slice(0, limit);
  const isCut = limit !== undefined && merged.length + others.length >= limit;
  return {
    side,
    items: kept,
    byId: groupById(kept, occurrences),
    unordered,
    end: isCut && sort !== undefined ? lastOf(kept, sort) : undefined,
    isCut,
    others,
    cost: { ...cost, items: kept.length },
  };
}

/** An item as the frame by which the stream would have told of it. */
function frameOf(
  { event }: ListRequest,
  given: Pick<Frame, 'side' | 'account' | 't' | 'payload'> & { readonly index: number },
): Frame {
  const { index, ...rest } = given;
  const name = typeof event === 'string' ? event : nameIn(rest.payload, event);
  return { kind: 'frame', ...rest, channel: `${rest.side} list ${index + 1}`, event: name };
}

function nameIn(payload: string, at: Exclude<ListRequest['event'], string>): string {
  const raw = rawAt(payload, stepsOf(at)) ?? '';
  return raw.startsWith('"') ? (JSON.parse(raw) as string) : raw;
}

export function idOf(type: string, key: string): string {
  return JSON.stringify([type, key]);
}

function misplaced(list: readonly Item[], sort: ListSort): Item[] {
  const placed = list.filter((item) => item.sort !== undefined);
  const places = outOfOrder(
    placed.map((item) => item.sort as SortKey),
    comparing(sort, false),
  );
  return places.map((place) => placed[place] as Item);
}

/** As the page merges its lists; items without a sort key come last. */
function merge(items: readonly Item[], sort: ListSort): Item[] {
  const compare = comparing(sort, true);
  return items.toSorted((a, b) => {
    if (a.sort === undefined || b.sort === undefined)
      return Number(a.sort === undefined) - Number(b.sort === undefined);
    return compare(a.sort, b.sort);
  });
}

function lastOf(items: readonly Item[], sort: ListSort): SortKey | undefined {
  const compare = comparing(sort, true);
  let last: SortKey | undefined;
  for (const { sort: key } of items)
    if (key !== undefined && (last === undefined || compare(key, last) > 0)) last = key;
  return last;
}

function groupById(items: readonly Item[], occurrences: ReadonlySet<string>): Map<string, Item[]> {
  const byId = new Map<string, Item[]>();
  const seen = new Map<string, number>();
  for (const item of items) {
    let { id } = item;
    if (occurrences.has(item.type)) {
      const nth = (seen.get(id) ?? 0) + 1;
      seen.set(id, nth);
      id = `${id} ${nth}`;
    }
    const known = byId.get(id);
    if (known === undefined) byId.set(id, [item]);
    else known.push(item);
  }
  return byId;
}

/** A body as the stream's observer reads it. */
export function bodyOf(observe: ReadingTools['observe'], side: Side, item: Item): Json {
  const { account, t, channel, event, payload } = item;
  const observed = observe({ kind: 'frame', side, account, t, channel, event, payload });
  if (observed.kind !== 'observation') throw new Error('an item could not be read a second time');
  return observed.observation.body as Json;
}

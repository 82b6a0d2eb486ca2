import type { ListSort } from '../model/snapshot.js';
import type { Item, Reading } from './reading.js';
import { comparing } from './sort.js';

/** What one account saw on one side: the list it began with, what the stream brought, and a list read later. */
export interface Seen {
  /** Read once the subscription was acknowledged. */
  readonly first: Reading;
  /** Read while the stream was still open, which was then given time for what was on its way. */
  readonly closing: Reading;
  /** How often the stream brought each item. */
  readonly stream: ReadonlyMap<string, number>;
}

export interface HandedOver {
  /** Items that were judged, and those of them that came after the first list. */
  readonly judged: number;
  readonly fresh: number;
  /** Items that both the first list and the stream brought. */
  readonly overlap: number;
  readonly lost: readonly Item[];
  readonly doubled: readonly Item[];
  /** Why it cannot be told what was lost, if it cannot. */
  readonly undecided?: string;
}

/** How the page shows what it has. */
export interface Rule {
  readonly sort?: ListSort | undefined;
  readonly dedupe: boolean;
  /** Types whose keys name several events: nobody can tell which of them is where, so they take no part. */
  readonly ambiguous: ReadonlySet<string>;
}

/**
 * Whether list and stream together show every event exactly once.
 *
 * - An event is known from the first list or from the closing one. One that is only in the stream came after the closing
 *   list was read, and says nothing.
 * - It is shown as often as the first list has it and, where that is never, as the stream brought it. A page that
 *   deduplicates drops what it shows already; one that does not shows every push as well. A copy within the list counts
 *   for the former only if the closing list has it too, since items move from page to page as others come.
 * - Shown never, though the closing list has it, and not older than the end of a list that was cut: lost. Shown more than
 *   once: doubled.
 */
export function handOver({ first, closing, stream }: Seen, { sort, dedupe, ambiguous }: Rule): HandedOver {
  const lost: Item[] = [];
  const doubled: Item[] = [];
  let overlap = 0;
  let fresh = 0;
  let judged = 0;
  for (const [id, [item, ...copies]] of first.byId) {
    if (item === undefined || ambiguous.has(item.type)) continue;
    judged++;
    const pushed = stream.get(id) ?? 0;
    if (pushed > 0) overlap++;
    // A page that deduplicates shows a copy only if it is there to stay: traffic moves items from page to page.
    const shown = dedupe ? (closing.byId.get(id)?.length ?? 0) > 1 && copies.length > 0 : copies.length + pushed > 0;
    if (shown) doubled.push(item);
  }
  for (const [id, [item]] of closing.byId) {
    if (item === undefined || ambiguous.has(item.type) || first.byId.has(id) || isOlder(item, first, sort)) continue;
    fresh++;
    judged++;
    const pushed = stream.get(id) ?? 0;
    if (pushed === 0) lost.push(item);
    else if (!dedupe && pushed > 1) doubled.push(item);
  }
  const reason = doubt(first, closing, sort);
  return { judged, fresh, overlap, lost, doubled, ...(reason === undefined ? {} : { undecided: reason }) };
}

/** Whether an item was cut off the first list, rather than not there yet. */
function isOlder({ sort: key }: Item, { isCut, end }: Reading, sort: ListSort | undefined): boolean {
  if (!isCut || sort === undefined || end === undefined || key === undefined) return false;
  return comparing(sort, false)(key, end) >= 0;
}

function doubt(first: Reading, closing: Reading, sort: ListSort | undefined): string | undefined {
  if (first.isCut && sort === undefined) return 'the list is cut, and without snapshot.sort nobody knows where';
  if (!closing.isCut || first.byId.size === 0) return undefined;
  for (const id of closing.byId.keys()) if (first.byId.has(id)) return undefined;
  return 'more came than the closing list holds; try a shorter --duration, or a higher snapshot.limit';
}

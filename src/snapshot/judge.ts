import type { Comparison } from '../model/verdict.js';
import type { ListSort } from '../model/snapshot.js';
import type { Side } from '../model/timeline.js';
import type { Item, Reading } from './reading.js';
import type { Edges } from './edges.js';
import { comparing } from './sort.js';

/** What one attempt says of one item. `outside`: a list was cut before it, so that its absence says nothing. */
export interface Judged {
  readonly outcome: 'match' | 'allowed' | 'mismatch' | 'missing' | 'extra' | 'inconclusive' | 'outside';
  readonly control?: Item;
  readonly candidate?: Item;
  readonly comparison?: Comparison;
  readonly reason?: string;
  /** Where two pages meet and it was lost. */
  readonly edge?: { readonly side: Side; readonly place: string };
  /** Further copies in one list. */
  readonly copies: Readonly<Record<Side, readonly Item[]>>;
}

/** Control before, candidate, and control after it. */
export interface Readings {
  readonly before: Reading;
  readonly candidate: Reading;
  readonly after: Reading;
}

export interface Judge {
  /** Control's item against candidate's, or against control's own of another reading. */
  readonly compare: (control: Item, other: Item, otherSide: Side) => Comparison;
  readonly sort: ListSort | undefined;
  readonly edges: Edges;
}

/**
 * Judges every item of one attempt. What changed on control between its two readings is nobody's fault (the noise of
 * Diffy, an item at a time): it is inconclusive, whatever the candidate showed meanwhile.
 */
export function judgeItems(judge: Judge, { before, candidate, after }: Readings): Map<string, Judged> {
  const judged = new Map<string, Judged>();
  for (const { byId } of [before, candidate, after]) {
    for (const id of byId.keys()) {
      if (judged.has(id)) continue;
      const first = before.byId.get(id) ?? [];
      const second = after.byId.get(id) ?? [];
      const others = candidate.byId.get(id) ?? [];
      const copies = {
        // A copy that only one of two readings shows is an item that moved from page to page meanwhile.
        control: first.length > 1 ? second.slice(1) : [],
        candidate: others.slice(1),
      };
      judged.set(id, { ...judgeItem(judge, { before, candidate, after }, first[0], others[0], second[0]), copies });
    }
  }
  return judged;
}

type Alone = Omit<Judged, 'copies'>;

function judgeItem(
  judge: Judge,
  { before, candidate, after }: Readings,
  first: Item | undefined,
  other: Item | undefined,
  second: Item | undefined,
): Alone {
  const sides = { ...present('control', second ?? first), ...present('candidate', other) };
  if (first !== undefined && second !== undefined) {
    if (first.payload !== second.payload && judge.compare(first, second, 'control').outcome === 'mismatch')
      return { outcome: 'inconclusive', ...sides, reason: 'control changed it between its two readings' };
    if (other === undefined) return lost(judge, second, candidate, 'missing', sides);
    const comparison = judge.compare(second, other, 'candidate');
    return { outcome: comparison.outcome, ...sides, comparison };
  }
  if (first === undefined && second === undefined) {
    const item = other as Item;
    if (isBeyond(judge, item, before) || isBeyond(judge, item, after)) return { outcome: 'outside', ...sides };
    return lost(judge, item, after, 'extra', sides);
  }
  if (first !== undefined) {
    if (isBeyond(judge, first, after)) return { outcome: 'outside', ...sides };
    return { outcome: 'inconclusive', ...sides, reason: 'it left the control list while the candidate was read' };
  }
  return { outcome: 'inconclusive', ...sides, reason: 'it came to the control list while the candidate was read' };
}

function present(side: Side, item: Item | undefined): Partial<Record<Side, Item>> {
  return item === undefined ? {} : { [side]: item };
}

/** An item that the reading of the other side lacks. */
function lost(judge: Judge, item: Item, reading: Reading, outcome: 'missing' | 'extra', sides: Alone | object): Alone {
  if (isBeyond(judge, item, reading)) return { outcome: 'outside', ...sides };
  const place = judge.edges.at(item, reading);
  if (place === undefined) return { outcome, ...sides };
  return { outcome, ...sides, edge: { side: reading.side, place }, reason: `it falls between ${place}` };
}

/** Whether the page cut the list before the item's place, or right at it. */
function isBeyond({ sort }: Judge, item: Item, { isCut, end }: Reading): boolean {
  if (!isCut) return false;
  if (sort === undefined || end === undefined || item.sort === undefined) return true;
  return comparing(sort, false)(item.sort, end) >= 0;
}

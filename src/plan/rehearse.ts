import type { BothSides } from '../model/report.js';
import type { Ms, Side } from '../model/timeline.js';
import { measure, type Interval, type Measured } from './measure.js';
import type { Manner } from './page.js';

/** What a flip is rehearsed with: the events of a recording that came on both sides, and the moments that can be judged. */
export interface Recorded {
  readonly accounts: readonly string[];
  /** By pair: its account's place in `accounts`, and when it came on each side, in whole microseconds. */
  readonly account: ArrayLike<number>;
  readonly control: ArrayLike<number>;
  readonly candidate: ArrayLike<number>;
  /** Moments at which both sides of every account listened, in microseconds; disjoint and ascending. */
  readonly moments: readonly Interval[];
  /** Events that came on one side alone, and repeats: no flip's doing, and left out. */
  readonly unpaired: BothSides;
  readonly repeats: number;
  /** From the recording's start to its last entry. */
  readonly durationMs: Ms;
}

/** What flips at all those moments would do, as shares of the moments: of time, exactly. */
export interface Harm {
  /** Every page goes over at once: the share of flips that lose an event of anybody's, and that show one twice. */
  readonly losing: number;
  readonly doubling: number;
  /** One account's page goes over: the same, on average over the accounts. */
  readonly page: { readonly losing: number; readonly doubling: number };
  /** Events that a flip of every page loses, and shows twice, on average over the moments. */
  readonly lostPerFlip: number;
  readonly doubledPerFlip: number;
  /** The moment at which a flip would lose most; undefined where none loses any. */
  readonly worst?: { readonly t: Ms; readonly lost: number };
}

/** The least time that the old subscription has to be kept, and the pair that asks for it (none where 0 is enough). */
export interface SafeOverlap {
  readonly overlapMs: Ms;
  readonly decidedBy?: { readonly account: string; readonly controlMs: Ms; readonly candidateMs: Ms };
}

/**
 * Flips to a side at every moment of a recording. An event that comes at f on the side that is left and at g on the other is
 * shown by a page that flips at s if f < s + overlap or g >= s + reconnect: so it is lost by flips in (g - reconnect,
 * f - overlap], and shown twice by flips in (f - overlap, g - reconnect], whichever of the two is not empty. Costs
 * O(n log n).
 */
export function rehearse(recorded: Recorded, to: Side, manner: Manner): Harm {
  const { moments } = recorded;
  const totalUs = moments.reduce((sum, { from, to }) => sum + to - from, 0);
  if (totalUs === 0)
    return { losing: 0, doubling: 0, page: { losing: 0, doubling: 0 }, lostPerFlip: 0, doubledPerFlip: 0 };
  const all = harms(recorded, to, manner);
  const lost = measure(all.lost.starts, all.lost.ends, moments);
  const doubled = measure(all.doubled.starts, all.doubled.ends, moments);
  let [pageLosing, pageDoubling] = [0, 0];
  for (const members of byAccount(recorded)) {
    const { lost, doubled } = harms(recorded, to, manner, members);
    pageLosing += measure(lost.starts, lost.ends, moments).covered;
    pageDoubling += measure(doubled.starts, doubled.ends, moments).covered;
  }
  const pages = totalUs * recorded.accounts.length;
  return {
    losing: lost.covered / totalUs,
    doubling: doubled.covered / totalUs,
    page: { losing: pageLosing / pages, doubling: pageDoubling / pages },
    lostPerFlip: lost.weighed / totalUs,
    doubledPerFlip: doubled.weighed / totalUs,
    ...worstOf(lost),
  };
}

/**
 * The smallest overlap with which no flip at any of the moments loses an event. Since a longer one loses no more, each
 * pair asks for at least its own, and the largest is enough; deduplicated, nothing is shown twice either.
 */
export function smallestOverlap(recorded: Recorded, to: Side, reconnectMs: Ms): SafeOverlap {
  const [left, joined] =
    to === 'candidate' ? [recorded.control, recorded.candidate] : [recorded.candidate, recorded.control];
  const delay = micros(reconnectMs);
  let overlap = 0;
  let decider: number | undefined;
  for (let pair = 0; pair < left.length; pair++) {
    const from = firstFrom(recorded.moments, (joined[pair] as number) - delay);
    const asked = (left[pair] as number) - from;
    if (asked <= overlap) continue;
    overlap = asked;
    decider = pair;
  }
  if (decider === undefined) return { overlapMs: 0 };
  const account = recorded.accounts[recorded.account[decider] as number] as string;
  const [controlMs, candidateMs] = [recorded.control, recorded.candidate].map(
    (stamps) => (stamps[decider] as number) / 1_000,
  );
  return {
    overlapMs: overlap / 1_000,
    decidedBy: { account, controlMs: controlMs as Ms, candidateMs: candidateMs as Ms },
  };
}

interface Intervals {
  readonly starts: Float64Array;
  readonly ends: Float64Array;
}

/** The flips that lose, and those that double, one of the pairs (all of them, or these). */
function harms(
  { control, candidate }: Recorded,
  to: Side,
  { reconnectMs, overlapMs, deduplicated }: Manner,
  members?: ArrayLike<number>,
): { readonly lost: Intervals; readonly doubled: Intervals } {
  const [left, joined] = to === 'candidate' ? [control, candidate] : [candidate, control];
  const [delay, overlap] = [micros(reconnectMs), micros(overlapMs)];
  const pairs = members?.length ?? left.length;
  const [lostStarts, lostEnds] = [new Float64Array(pairs), new Float64Array(pairs)];
  const [doubledStarts, doubledEnds] = [new Float64Array(pairs), new Float64Array(pairs)];
  let [losses, doubles] = [0, 0];
  for (let nth = 0; nth < pairs; nth++) {
    const pair = members === undefined ? nth : (members[nth] as number);
    const seenBefore = (left[pair] as number) - overlap;
    const seenAfter = (joined[pair] as number) - delay;
    if (seenAfter < seenBefore) {
      lostStarts[losses] = seenAfter;
      lostEnds[losses++] = seenBefore;
    } else if (seenBefore < seenAfter && !deduplicated) {
      doubledStarts[doubles] = seenBefore;
      doubledEnds[doubles++] = seenAfter;
    }
  }
  return {
    lost: { starts: lostStarts.subarray(0, losses), ends: lostEnds.subarray(0, losses) },
    doubled: { starts: doubledStarts.subarray(0, doubles), ends: doubledEnds.subarray(0, doubles) },
  };
}

/** The places of each account's pairs. */
function byAccount({ accounts, account }: Recorded): number[][] {
  const places = accounts.map((): number[] => []);
  for (let pair = 0; pair < account.length; pair++) places[account[pair] as number]?.push(pair);
  return places;
}

/** The first moment from which on flips are judged, not before `from`; Infinity where none is. */
function firstFrom(moments: readonly Interval[], from: number): number {
  let [low, high] = [0, moments.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((moments[middle] as Interval).to > from) high = middle;
    else low = middle + 1;
  }
  return Math.max(from, moments[low]?.from ?? Infinity);
}

function worstOf({ deepest }: Measured): Pick<Harm, 'worst'> {
  return deepest === undefined ? {} : { worst: { t: deepest.at / 1_000, lost: deepest.depth } };
}

/** Stamps are told in microseconds, so that sums of them are exact. */
export function micros(ms: Ms): number {
  return Math.round(ms * 1_000);
}

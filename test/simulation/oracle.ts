import type { Outcome } from '../../src/model/verdict.js';
import { SIDES, type Side } from '../../src/model/timeline.js';
import { grouped } from './grouped.js';
import type { Copy, Published, Truth, Us } from './truth.js';

/**
 * Says what the line must find, from the truth and the rules of judgement alone, by brute force: every question is
 * asked of everything that happened, from its beginning to its end.
 */

/** A verdict that must stand at the end; `match` and `allowed` included. */
export interface Expected {
  readonly outcome: Outcome;
  readonly account: string;
  readonly type: string;
  readonly key: string;
  /** When it became certain. */
  readonly us: Us;
  readonly controlUs?: Us;
  readonly candidateUs?: Us;
  /** Places that must be told as different. */
  readonly places: readonly string[];
  readonly duplicate?: { readonly side: Side; readonly afterUs: Us; readonly sameContent: boolean };
  /** Whether nothing was done to any of the events that it speaks of. */
  readonly healthy: boolean;
}

export interface Expectation {
  readonly verdicts: readonly Expected[];
  readonly observed: Record<Side, number>;
  readonly open: Record<Side, number>;
  readonly outsideCoverage: Record<Side, number>;
  /** Lags of pairs inside the window outside of stalls, ascending. */
  readonly lagsUs: readonly Us[];
  readonly lateLagsUs: readonly Us[];
  readonly censored: number;
  readonly inStall: number;
  readonly order: { readonly pairs: number; readonly reordered: number };
  /** Differences that each rule lets through, by path. */
  readonly letThrough: ReadonlyMap<string, number>;
}

type Seen = Copy & { readonly event: Published };

/** What becomes of one key, from its first copy until it is forgotten. */
interface Life {
  readonly first: Seen;
  second?: Seen;
  readonly repeats: Seen[];
}

export function expect(truth: Truth): Expectation {
  const lives = grouped(allSeen(truth), nameOf).flatMap((seen) => livesOf(truth, seen));
  const pairs = lives.filter((life) => life.second !== undefined);
  const inTime = pairs.filter((life) => isInTime(truth, life));
  const measured = inTime.filter((life) => !stalls(truth, ...span(life)));
  const fates = lives.map((life) => ({ life, fate: fateOf(truth, life, measured) }));
  const blamed = fates.filter(({ life, fate }) => fate === 'missing' && !isInTime(truth, life));
  const ends = (fate: Fate) =>
    bySide(fates.filter((one) => one.fate === fate && one.life.second === undefined).map(({ life }) => life.first));
  return {
    verdicts: fates.flatMap(({ life, fate }) => verdictsOf(truth, life, fate)),
    observed: bySide([...allSeen(truth), ...truth.noise]),
    open: ends('open'),
    outsideCoverage: ends('outside'),
    lagsUs: measured.map(lagOf).sort((a, b) => a - b),
    lateLagsUs: blamed.filter((one) => one.life.second !== undefined).map(({ life }) => lagOf(life)),
    censored: blamed.length,
    inStall: inTime.length - measured.length,
    order: orderOf(truth, inTime),
    letThrough: letThrough(pairs),
  };
}

function allSeen(truth: Truth): Seen[] {
  const seen = truth.published.flatMap((event) => event.copies.map((copy) => ({ ...copy, event })));
  return seen.sort((a, b) => a.position - b.position);
}

function nameOf({ event }: Seen): string {
  return [event.account, event.type, event.key].join(' / ');
}

// Rules 1, 4 and 5: pairing, late, duplicate.

function livesOf(truth: Truth, seen: readonly Seen[]): Life[] {
  const lives: Life[] = [];
  for (const copy of seen) {
    const remembered = lives.filter((life) => copy.stampUs <= forgottenUs(truth, life));
    const lacking = remembered.filter((life) => life.second === undefined && life.first.side !== copy.side);
    const waiting = lacking.find((life) => copy.stampUs <= deadlineUs(truth, life.first));
    const repeats = truth.rules.occurrences.includes(copy.event.type);
    // A control event that repeats is one of its own: no window reaches back to a candidate whose wait is over.
    const partner = waiting ?? lacking.find((life) => !repeats || life.first.side === 'control');
    const repeated = repeats ? undefined : remembered[0];
    if (partner !== undefined) partner.second = copy;
    else if (repeated !== undefined) repeated.repeats.push(copy);
    else lives.push({ first: copy, repeats: [] });
  }
  return lives;
}

/** Two sockets have no order below the resolution, so a candidate may always be early by that much. */
function earlyUs({ rules }: Truth): Us {
  return Math.max(rules.beforeUs, rules.resolutionUs);
}

function deadlineUs(truth: Truth, first: Copy): Us {
  return first.stampUs + (first.side === 'control' ? truth.rules.afterUs : earlyUs(truth));
}

function forgottenUs(truth: Truth, { first, second }: Life): Us {
  return (second?.stampUs ?? deadlineUs(truth, first)) + truth.rules.tombstoneUs;
}

/** A candidate that came first may be an extra for a while, but it is never late, however long its control event took. */
function isInTime(truth: Truth, { first, second }: Life): boolean {
  return second !== undefined && (first.side === 'candidate' || second.stampUs <= deadlineUs(truth, first));
}

// Rule 3: coverage before blame.

/** What is said of a life once the wait of its first copy is over. */
type Fate = 'paired' | 'open' | 'outside' | 'missing' | 'extra' | 'inconclusive';

function fateOf(truth: Truth, life: Life, measured: readonly Life[]): Fate {
  const { first } = life;
  const { account } = first.event;
  if (isInTime(truth, life)) return 'paired';
  if (deadlineUs(truth, first) >= truth.endUs) return 'open';
  const starts = SIDES.map((side) => listening(truth, side, account)[0]?.fromUs ?? Infinity);
  if (first.stampUs < Math.max(...starts)) return 'outside';
  const [fromUs, toUs] =
    first.side === 'control'
      ? [first.stampUs - earlyUs(truth), first.stampUs + truth.rules.afterUs]
      : [first.stampUs - truth.rules.afterUs, first.stampUs + earlyUs(truth)];
  const absent: Side = first.side === 'control' ? 'candidate' : 'control';
  const heard = listening(truth, absent, account);
  if (stalls(truth, fromUs, toUs)) return 'inconclusive';
  if (heard.some((time) => time.fromUs <= fromUs && toUs <= time.toUs))
    return first.side === 'control' ? 'missing' : 'extra';
  const [beginning] = heard;
  if (first.side === 'control' || beginning === undefined || toUs > beginning.toUs) return 'inconclusive';
  return earlyExtra(first, beginning.fromUs, measured) ? 'extra' : 'inconclusive';
}

/** Pairs whose lags say how long lags are. */
const ENOUGH = 30;

/** A candidate whose control event may have come before control was listening: it is an extra if no lag comes near that time. */
function earlyExtra(candidate: Seen, sinceUs: Us, measured: readonly Life[]): boolean {
  const longestUs = Math.max(0, ...measured.map(lagOf));
  return measured.length >= ENOUGH && candidate.stampUs - sinceUs > longestUs * 1.5;
}

/** The times in which a subscription was up and had settled. */
function listening(truth: Truth, side: Side, account: string): { fromUs: Us; toUs: Us }[] {
  const turns = truth.links.filter((link) => link.side === side && link.account === account);
  return turns
    .map((turn, index) => ({
      state: turn.state,
      fromUs: turn.stampUs + truth.rules.settleUs,
      toUs: turns.slice(index + 1).find(({ state }) => state === 'down')?.stampUs ?? Infinity,
    }))
    .filter(({ state, fromUs, toUs }) => state === 'up' && fromUs < toUs);
}

/** Whether a stall of ours touches the interval: it lasts until what waited for it has been read, taken as `stall`. */
function stalls({ stalls, rules }: Truth, fromUs: Us, toUs: Us): boolean {
  return stalls.some((stall) => stall.fromUs < toUs && stall.toUs + rules.stallUs > fromUs);
}

// Verdicts.

function verdictsOf(truth: Truth, life: Life, fate: Fate): Expected[] {
  const { first, second, repeats } = life;
  const repeated = repeats.map((copy) => duplicateOf(life, copy));
  if (second === undefined) {
    if (fate === 'open' || fate === 'outside' || fate === 'paired') return repeated;
    return [verdict(fate, deadlineUs(truth, first), [first]), ...repeated];
  }
  const places = differing(first, second);
  const came = Math.max(first.stampUs, second.stampUs);
  return [verdict(pairOutcome(fate, places, first.event), came, [first, second], places), ...repeated];
}

function pairOutcome(fate: Fate, places: readonly string[], event: Published): Outcome {
  if (places.length > 0) return 'mismatch';
  if (fate === 'paired') return event.rules.length > 0 ? 'allowed' : 'match';
  return fate === 'missing' ? 'late' : 'inconclusive';
}

function duplicateOf({ first, second }: Life, copy: Seen): Expected {
  const original = first.side === copy.side ? first : (second as Seen);
  const afterUs = copy.stampUs - original.stampUs;
  const sameContent = differing(original, copy).length === 0;
  return { ...verdict('duplicate', copy.stampUs, [copy]), duplicate: { side: copy.side, afterUs, sameContent } };
}

function verdict(outcome: Outcome, us: Us, copies: readonly Seen[], places: readonly string[] = []): Expected {
  const { account, type, key } = (copies[0] as Seen).event;
  const stampOf = (side: Side) => copies.find((copy) => copy.side === side)?.stampUs;
  const [controlUs, candidateUs] = [stampOf('control'), stampOf('candidate')];
  return {
    outcome,
    account,
    type,
    key,
    us,
    ...(controlUs === undefined ? {} : { controlUs }),
    ...(candidateUs === undefined ? {} : { candidateUs }),
    places,
    healthy: copies.every((copy) => copy.event.fault === 'none'),
  };
}

/** Places that one of the copies tells otherwise than the record. */
function differing(a: Copy, b: Copy): string[] {
  const all = new Set([...a.edits, ...b.edits]);
  return [...all].filter((place) => a.edits.includes(place) !== b.edits.includes(place));
}

// Figures.

function bySide(all: readonly { readonly side: Side }[]): Record<Side, number> {
  const count = (side: Side) => all.filter((one) => one.side === side).length;
  return { control: count('control'), candidate: count('candidate') };
}

function sidesOf({ first, second }: Life): { control: Seen; candidate: Seen } {
  return first.side === 'control'
    ? { control: first, candidate: second as Seen }
    : { control: second as Seen, candidate: first };
}

function span({ first, second }: Life): [Us, Us] {
  return [first.stampUs, (second as Seen).stampUs];
}

function lagOf(life: Life): Us {
  const { control, candidate } = sidesOf(life);
  return candidate.stampUs - control.stampUs;
}

/** Rule 6: per account, a pair is reordered if one whose control event came later was complete before it. */
function orderOf(truth: Truth, pairs: readonly Life[]): { pairs: number; reordered: number } {
  const reordered = truth.accounts.flatMap((account) => {
    const mine = pairs
      .filter(({ first }) => first.event.account === account)
      .map((life) => ({ sent: sidesOf(life).control.position, complete: (life.second as Seen).position }));
    return mine.filter((pair) => mine.some((other) => other.complete < pair.complete && other.sent > pair.sent));
  });
  return { pairs: pairs.length, reordered: reordered.length };
}

function letThrough(pairs: readonly Life[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const life of pairs) {
    const { control, candidate } = sidesOf(life);
    const places = differing(control, candidate);
    for (const path of control.event.rules.filter((rule) => !places.includes(rule))) {
      counts.set(path, (counts.get(path) ?? 0) + 1);
    }
  }
  return counts;
}

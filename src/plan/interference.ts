import { upperBound } from '../ledger/evidence.js';
import type { Variant } from '../model/plan.js';
import type { Answered } from '../model/section.js';
import type { Ms } from '../model/timeline.js';
import { shiftOf, type Shift } from './signed-rank.js';

/**
 * Whether the flag does harm to a side: the side's own figures with the flag on against off, in interleaved repetitions.
 *
 * Events of one repetition share its weather (a busy machine, a queue that drains), so that thousands of them are no
 * thousand witnesses. The unit is therefore the repetition: each gives one value of each figure, the two of a pair, which
 * are neighbours in time, are subtracted, and drift that spans both cancels. Which comes first is drawn for every pair
 * (`interleaved`); by that draw alone the test is exact, whatever the weather. Leave out what comes while the flag is
 * taking effect, so that no repetition carries over into the next.
 *
 * Sixteen pairs find a slow-down of 20 % in more than 95 of 100 cases if a pair's two medians differ by chance by some 15 %
 * (test/plan/interference.test.ts); a steadier side needs fewer, a wilder one more, and an undecided answer says about how
 * many.
 */
export const PAIRS = 16;

/** What one side did in one repetition. */
export interface Repetition {
  /** Events that were sent to the side; those that did not come count as lost, and as infinitely slow. */
  readonly sent: number;
  readonly arrived: number;
  /** Of those that came: arrival after the intended time of sending. */
  readonly lagsMs: readonly Ms[];
  /** How long the side's REST calls took, where some were made. */
  readonly latenciesMs?: readonly Ms[];
}

/** Two neighbouring repetitions, in whichever order they came. */
export interface RepetitionPair {
  readonly off: Repetition;
  readonly on: Repetition;
}

export interface InterferenceOptions {
  /** That of all figures together: without an effect, the share of false alarms is at most the rest. Default 0.95. */
  readonly confidence?: number;
  /** A slow-down that is no harm, as a share of the figure. Default 0.1. */
  readonly slower?: number;
  /** Further lost events that are no harm, as a share of those sent. Default 0.01. */
  readonly lost?: number;
}

/** One figure's answer. Shifts are shares: 0.2 is 20 % slower or, of `delivery`, 20 of 100 events more that are lost. */
export interface Interfered {
  readonly figure: string;
  readonly status: Answered;
  readonly pairs: number;
  readonly shift: Shift;
  readonly tolerated: number;
  /** The median over the repetitions with the flag off, and on: a share lost, or milliseconds. */
  readonly off: number;
  readonly on: number;
  /** About how many pairs would decide; only where some number would. */
  readonly pairsNeeded?: number;
}

export interface Interference {
  readonly confidence: number;
  /** The chance of passing a bound that each figure has: together they have no more than one would alone. */
  readonly level: number;
  readonly figures: readonly Interfered[];
}

/** The order of the repetitions, drawn pair by pair. `random` gives numbers in [0, 1). */
export function interleaved(pairs: number, random: () => number): (readonly [Variant, Variant])[] {
  return Array.from({ length: pairs }, () => (random() < 0.5 ? ['off', 'on'] : ['on', 'off']));
}

/** Repetitions as pairs of neighbours, by their number; one that was cut short has none. */
export function pairsOf(off: readonly Repetition[], on: readonly Repetition[]): RepetitionPair[] {
  return off.slice(0, on.length).map((repetition, nth) => ({ off: repetition, on: on[nth] as Repetition }));
}

/**
 * Answers for each figure that was measured: `failed` where harm is certain, `passed` where it is certain that there is no
 * more than is tolerated, `undecided` between the two. No figures where nothing was measured.
 */
export function judgeInterference(pairs: readonly RepetitionPair[], options: InterferenceOptions = {}): Interference {
  const { confidence = 0.95, slower = 0.1, lost = 0.01 } = options;
  const measured = FIGURES.flatMap((figure) => {
    const values = pairs.flatMap(({ off, on }) => {
      const [before, after] = [figure.of(off), figure.of(on)];
      return before === undefined || after === undefined ? [] : [{ off: before, on: after }];
    });
    return values.length === 0 ? [] : [{ figure, values }];
  });
  const level = (1 - confidence) / Math.max(1, measured.length);
  const figures = measured.map(({ figure: { name, ratio }, values }): Interfered => {
    const differences = values.map(({ off, on }) => (ratio ? Math.log(on / off) : on - off));
    const raw = shiftOf(differences, level);
    const shift = ratio ? asShares(raw) : withUnseen(raw, pairs, level);
    const tolerated = ratio ? slower : lost;
    const status = shift.upper <= tolerated ? 'passed' : shift.lower > 0 ? 'failed' : 'undecided';
    const needed = status === 'undecided' ? pairsNeeded(values.length, shift, tolerated) : undefined;
    return {
      figure: name,
      status,
      pairs: values.length,
      shift,
      tolerated,
      off: quantile(
        values.map((value) => value.off),
        0.5,
      ),
      on: quantile(
        values.map((value) => value.on),
        0.5,
      ),
      ...(needed === undefined ? {} : { pairsNeeded: needed }),
    };
  });
  return { confidence, level, figures };
}

interface Figure {
  readonly name: string;
  /** Compared by its ratio instead of its difference. */
  readonly ratio: boolean;
  /** The repetition's value; undefined where there is nothing to tell it from. */
  readonly of: (repetition: Repetition) => number | undefined;
}

const FIGURES: readonly Figure[] = [
  { name: 'delivery', ratio: false, of: ({ sent, arrived }) => (sent === 0 ? undefined : lostShare(sent, arrived)) },
  { name: 'lag p50', ratio: true, of: (repetition) => lagAt(repetition, 0.5) },
  { name: 'lag p95', ratio: true, of: (repetition) => lagAt(repetition, 0.95) },
  { name: 'REST latency p50', ratio: true, of: ({ latenciesMs = [] }) => durationAt(latenciesMs, 0, 0.5) },
  { name: 'REST latency p95', ratio: true, of: ({ latenciesMs = [] }) => durationAt(latenciesMs, 0, 0.95) },
];

/** No wait is longer, or shorter: what never came has to have a ratio to what did. */
const LONGEST_MS = 3_600_000;
const SHORTEST_MS = 0.001;

function lostShare(sent: number, arrived: number): number {
  return Math.max(0, sent - arrived) / sent;
}

function lagAt({ sent, arrived, lagsMs }: Repetition, share: number): number | undefined {
  return durationAt(lagsMs, Math.max(0, sent - arrived), share);
}

/** A quantile of durations of which some never ended. */
function durationAt(durationsMs: readonly Ms[], endless: number, share: number): number | undefined {
  if (durationsMs.length + endless === 0) return undefined;
  const value = quantile(durationsMs, share, durationsMs.length + endless);
  return Math.min(LONGEST_MS, Math.max(SHORTEST_MS, value));
}

/** The value that the share of `count` values does not exceed (nearest rank); those beyond the given ones are infinite. */
function quantile(values: readonly number[], share: number, count = values.length): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(share * count) - 1)] ?? Infinity;
}

/** Of logarithms of ratios, how much more than the same: 0.2 for 1.2 times. */
function asShares({ estimate, lower, upper }: Shift): Shift {
  return { estimate: Math.expm1(estimate), lower: Math.expm1(lower), upper: Math.expm1(upper) };
}

/** That few events were sent and none of them was lost does not show that none would be: the bound allows for as many. */
function withUnseen(shift: Shift, pairs: readonly RepetitionPair[], level: number): Shift {
  const total = (side: (pair: RepetitionPair) => number): number => pairs.reduce((sum, pair) => sum + side(pair), 0);
  const sentOn = total(({ on }) => on.sent);
  const sentOff = total(({ off }) => off.sent);
  const lostOn = Math.max(0, sentOn - total(({ on }) => on.arrived));
  const lostOff = Math.max(0, sentOff - total(({ off }) => off.arrived));
  const unseen = upperBound(lostOn, sentOn, 1 - level) - (sentOff === 0 ? 0 : lostOff / sentOff);
  return { ...shift, upper: Math.max(shift.upper, unseen) };
}

/** The interval narrows with the root of the number of pairs, until it lies below what is tolerated or above nothing. */
function pairsNeeded(pairs: number, { estimate, lower, upper }: Shift, tolerated: number): number | undefined {
  const toPass = estimate < tolerated ? (upper - estimate) / (tolerated - estimate) : Infinity;
  const toFail = estimate > 0 ? (estimate - lower) / estimate : Infinity;
  const needed = pairs * Math.min(toPass, toFail) ** 2;
  return needed < 1_000 ? Math.max(pairs + 1, Math.ceil(needed)) : undefined;
}

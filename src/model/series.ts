import type { Ms } from './timeline.js';
import type { Outcome } from './verdict.js';

/**
 * What happened when: counts and lags in buckets of time, from the timeline's start. Bounded, and exact to merge: the
 * buckets of two shares of a run have edges in common.
 */
export interface Series {
  /** Of a bucket: 100 ms times a power of two, the smallest of which at most 240 reach to the end. */
  readonly widthMs: Ms;
  /** Un-amended verdicts by bucket, at the time that they became certain. */
  readonly outcomes: Readonly<Partial<Record<Outcome, Sparse>>>;
  /** Lags of pairs inside the window, as far as they were measured outside stalls, by the time that the pair was complete. */
  readonly lags: readonly LagBucket[];
  /** Of a lane's cell: four buckets. */
  readonly cellMs: Ms;
  /** Accounts with their own course, the most defects first, then the most events. Bounded. */
  readonly lanes: readonly Lane[];
}

/** What is not 0, as place, count, place, count, …, by place. */
export type Sparse = readonly number[];

export interface LagBucket {
  /** Which bucket, from 0. */
  readonly at: number;
  readonly count: number;
  readonly minMs: Ms;
  readonly maxMs: Ms;
  /** Pairs by bin of lag: those whose candidate came later (or at once), and those whose candidate came first. */
  readonly later: Sparse;
  readonly earlier: Sparse;
}

export interface Lane {
  readonly account: string;
  /** Un-amended verdicts by cell. */
  readonly outcomes: Readonly<Partial<Record<Outcome, Sparse>>>;
}

/** Bins of lag: eight an octave from 0.125 ms to 2.3 hours, and bin 0 for all that is shorter. */
export const LAG_BINS = 209;

/** The shortest lag of a bin; its longest is just below the next bin's. The last bin has no end. */
export function binFromMs(bin: number): Ms {
  if (bin <= 0) return 0;
  return 2 ** (Math.floor((bin - 1) / 8) - 3) * (1 + ((bin - 1) % 8) / 8);
}

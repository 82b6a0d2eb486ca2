import { binFromMs, type LagBucket, type Series, type Sparse } from '../../../model/series.js';

/** Lags of a stretch of time, or of all. */
export interface Lags {
  readonly fromMs: number;
  readonly toMs: number;
  count: number;
  minMs: number;
  maxMs: number;
  /** Pairs by bin, by which came first. */
  readonly later: Map<number, number>;
  readonly earlier: Map<number, number>;
}

/** So many pairs are needed for a quantile to say anything. */
const ENOUGH_PAIRS = 100;
const FEWEST_STRETCHES = 24;

/** The lags of each stretch of time, those in which there were none left out; so long that most have enough pairs. */
export function stretches({ widthMs, lags }: Pick<Series, 'widthMs' | 'lags'>): (Lags | undefined)[] {
  const last = lags.at(-1)?.at ?? -1;
  let width = 1;
  while (last / width >= FEWEST_STRETCHES && middle(countsBy(lags, width)) < ENOUGH_PAIRS) width *= 2;
  const found = Array.from({ length: Math.floor(last / width) + 1 }, (): Lags | undefined => undefined);
  for (const bucket of lags) {
    const at = Math.floor(bucket.at / width);
    add((found[at] ??= none(at * width * widthMs, (at + 1) * width * widthMs)), bucket);
  }
  return found;
}

/** All lags of the run as one. */
export function altogether(lags: readonly LagBucket[]): Lags {
  const sum = none(0, Infinity);
  for (const bucket of lags) add(sum, bucket);
  return sum;
}

function none(fromMs: number, toMs: number): Lags {
  return { fromMs, toMs, count: 0, minMs: Infinity, maxMs: -Infinity, later: new Map(), earlier: new Map() };
}

function add(sum: Lags, { count, minMs, maxMs, later, earlier }: LagBucket): void {
  sum.count += count;
  sum.minMs = Math.min(sum.minMs, minMs);
  sum.maxMs = Math.max(sum.maxMs, maxMs);
  for (const [bin, pairs] of pairsOf(later)) sum.later.set(bin, (sum.later.get(bin) ?? 0) + pairs);
  for (const [bin, pairs] of pairsOf(earlier)) sum.earlier.set(bin, (sum.earlier.get(bin) ?? 0) + pairs);
}

function countsBy(lags: readonly LagBucket[], width: number): number[] {
  const counts = new Map<number, number>();
  for (const { at, count } of lags) {
    const stretch = Math.floor(at / width);
    counts.set(stretch, (counts.get(stretch) ?? 0) + count);
  }
  return [...counts.values()];
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/**
 * Nearest-rank quantile in ms, negative where the candidate came first: the middle of the bin it falls into (within 6 %),
 * and never beyond the shortest or the longest lag.
 */
export function quantile(lags: Lags, q: number): number {
  let rank = Math.max(1, Math.ceil(q * lags.count));
  const within = (ms: number): number => Math.min(lags.maxMs, Math.max(lags.minMs, ms));
  for (const [bin, pairs] of [...lags.earlier].sort(([a], [b]) => b - a)) {
    rank -= pairs;
    if (rank <= 0) return within(-centre(bin));
  }
  for (const [bin, pairs] of [...lags.later].sort(([a], [b]) => a - b)) {
    rank -= pairs;
    if (rank <= 0) return within(centre(bin));
  }
  return lags.maxMs;
}

function centre(bin: number): number {
  return (binFromMs(bin) + binFromMs(bin + 1)) / 2;
}

/** Where a lag of at least 0 stands among the bins: 2.5 is the middle of bin 2. */
export function placeOf(ms: number): number {
  const first = binFromMs(1);
  if (ms < first) return ms / first;
  const octave = Math.floor(Math.log2(ms));
  return 1 + (octave + 3) * 8 + (ms / 2 ** octave - 1) * 8;
}

export function* pairsOf(sparse: Sparse): Generator<[number, number]> {
  for (let at = 0; at < sparse.length; at += 2) yield [sparse[at] as number, sparse[at + 1] as number];
}

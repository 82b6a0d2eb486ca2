import jStat from 'jstat';
import type { Bounds } from './evidence.js';

/** Shape of the mixture: most of its weight is well below the limit, where a rate has to be that is to be proven. */
const ALPHA = 0.5;
const BETA = 2;

/** A bound is found to this share of itself. */
const EXACT = 1e-9;

/**
 * Bounds on a rate that hold at all times at once, so that one may look after each event and stop when one likes what one
 * sees: a confidence sequence by the method of mixtures (Robbins 1970; for counts the beta-binomial mixture of Howard,
 * Ramdas, McAuliffe and Sekhon, "Time-uniform, nonparametric, nonasymptotic confidence sequences", Annals of Statistics
 * 49, 2021). If p is the true rate, the likelihood of what was seen, averaged over rates from Beta(a, b), divided by that
 * at p,
 *
 *   M(p) = B(a + k, b + n - k) / B(a, b) / (p^k (1 - p)^(n - k))      with k defects in n events,
 *
 * is a martingale that begins at 1, so that it ever reaches 1 / (1 - c) with probability 1 - c at most (Ville 1939). The
 * rates for which it has not done so by now lie around k / n; their ends are the bounds. Any a and b will do that do not
 * depend on what was seen: these need the fewest events to prove a rate of at most `limit`.
 */
export function anyTime(limit: number): Bounds {
  const [a, b] = [ALPHA, BETA / limit];
  const constant = jStat.betaln(a, b);
  /** Whether a rate is refuted. */
  const tester = (defects: number, events: number, confidence: number) => {
    const mixture = jStat.betaln(a + defects, b + events - defects) - constant;
    const threshold = -Math.log1p(-confidence);
    return (rate: number): boolean =>
      mixture - (defects === 0 ? 0 : defects * Math.log(rate)) - (events - defects) * Math.log1p(-rate) >= threshold;
  };
  return {
    upper: (defects, events, confidence) => {
      if (events === 0 || defects >= events) return 1;
      return edge(defects / events, 1, tester(defects, events, confidence));
    },
    lower: (defects, events, confidence) => {
      if (defects === 0) return 0;
      return edge(Math.min(defects / events, 1 - Number.EPSILON), 0, tester(defects, events, confidence));
    },
  };
}

/** Between a rate that stands and one beyond, the first (from there) that is refuted. */
function edge(stands: number, refuted: number, isRefuted: (rate: number) => boolean): number {
  while (Math.abs(refuted - stands) > EXACT * Math.max(refuted, stands)) {
    const middle = (stands + refuted) / 2;
    if (isRefuted(middle)) refuted = middle;
    else stands = middle;
  }
  return refuted;
}

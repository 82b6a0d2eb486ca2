import jStat from 'jstat';

export type Bound = (defects: number, events: number, confidence: number) => number;

/** How sure counts make us of a rate: one-sided bounds, each right with at least the probability `confidence`. */
export interface Bounds {
  readonly upper: Bound;
  readonly lower: Bound;
}

/**
 * One-sided exact binomial bounds on a rate (Clopper and Pearson 1934), for a number of events that the counts themselves
 * had no part in: with probability `confidence` the true rate lies below the upper bound, and with the same probability
 * above the lower one.
 */
export const fixedSample: Bounds = { upper: upperBound, lower: lowerBound };

export function upperBound(defects: number, events: number, confidence: number): number {
  if (events === 0 || defects >= events) return 1;
  // Without defects the bound has a closed form, 1 - (1 - c)^(1/n); expm1 keeps its digits when it is small.
  if (defects === 0) return -Math.expm1(Math.log1p(-confidence) / events);
  return jStat.beta.inv(confidence, defects + 1, events - defects);
}

export function lowerBound(defects: number, events: number, confidence: number): number {
  if (defects === 0) return 0;
  if (defects >= events) return (1 - confidence) ** (1 / events);
  return jStat.beta.inv(1 - confidence, defects, events - defects + 1);
}

/** How many more clean events bring the upper bound down to the limit; Infinity when no number up to a billion does. */
export function cleanEventsNeeded(
  defects: number,
  events: number,
  confidence: number,
  limit: number,
  { upper }: Pick<Bounds, 'upper'> = fixedSample,
): number {
  const enough = (more: number) => upper(defects, events + more, confidence) <= limit;
  if (enough(0)) return 0;
  if (limit <= 0) return Infinity;
  let high = 1;
  while (!enough(high)) {
    high *= 2;
    if (high > 1e9) return Infinity;
  }
  let low = Math.floor(high / 2);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (enough(middle)) high = middle;
    else low = middle;
  }
  return high;
}

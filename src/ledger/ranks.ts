import jStat from 'jstat';

/**
 * Distribution-free bounds on a quantile (David and Nagaraja, Order Statistics, 2003, section 7.1): how many of n events
 * lie below the q-quantile is binomial, whatever they are distributed like, so that the lag of a certain rank is above
 * (or below) it with at least the probability `confidence`. Ranks count from 1, the smallest.
 */

/** The lowest rank that is an upper bound; undefined when even the largest of n is none. */
export function upperRank(n: number, q: number, confidence: number): number | undefined {
  // Of n + 1 possible ranks the last would be beyond all.
  const rank = first(1, n + 1, (rank) => jStat.binomial.cdf(rank - 1, n, q) >= confidence);
  return rank > n ? undefined : rank;
}

/** The highest rank that is a lower bound; undefined when even the smallest of n is none. */
export function lowerRank(n: number, q: number, confidence: number): number | undefined {
  // At least `rank` of them lie below unless at most rank - 1 do, which is the likelier the higher the rank.
  const rank = first(1, n + 1, (rank) => jStat.binomial.cdf(rank - 1, n, q) > 1 - confidence) - 1;
  return rank < 1 ? undefined : rank;
}

/** The first whole number from `low` on for which something holds that goes on to hold; `high` if none below it. */
function first(low: number, high: number, holds: (at: number) => boolean): number {
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

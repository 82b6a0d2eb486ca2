/** A shift, and bounds that the true one passes with a chance of at most the level, each; infinite where too little is known. */
export interface Shift {
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
}

/**
 * By how much paired figures differ: Hodges and Lehmann's estimate (the median of the means of every two differences, each
 * with itself included) and the bounds that belong to Wilcoxon's signed-rank test, exact for any number of pairs.
 * If nothing but chance decides which figure of a pair is subtracted from which, then without an effect the lower bound is
 * above 0 with a chance of at most `level`, whatever the figures' distribution and however they depend on each other;
 * equal ones and zeros only lessen it.
 */
export function shiftOf(differences: readonly number[], level: number): Shift {
  const means: number[] = [];
  for (const [place, one] of differences.entries()) {
    for (const other of differences.slice(place)) means.push((one + other) / 2);
  }
  const sorted = Float64Array.from(means).sort();
  const beyond = meansBeyond(differences.length, level);
  return {
    estimate: middle(sorted),
    lower: beyond === 0 ? -Infinity : (sorted[beyond - 1] as number),
    upper: beyond === 0 ? Infinity : (sorted[sorted.length - beyond] as number),
  };
}

/** The fewest pairs that can show anything at a level: all of them agree by chance once in 2^pairs. */
export function fewestPairs(level: number): number {
  return Math.ceil(-Math.log2(level) - 1e-9);
}

/**
 * How many of the means lie beyond a bound: the largest k for which the rank sum is below k with a chance of at most the
 * level. Each rank counts with a chance of a half, which gives the sum's distribution rank by rank.
 */
function meansBeyond(pairs: number, level: number): number {
  const sums = new Float64Array((pairs * (pairs + 1)) / 2 + 1);
  sums[0] = 1;
  for (let rank = 1; rank <= pairs; rank++) {
    for (let sum = (rank * (rank + 1)) / 2; sum >= 0; sum--) {
      sums[sum] = ((sums[sum] as number) + (sum < rank ? 0 : (sums[sum - rank] as number))) / 2;
    }
  }
  let chance = 0;
  for (const [below, share] of sums.entries()) {
    chance += share;
    if (chance > level) return below;
  }
  return 0;
}

function middle(sorted: Float64Array): number {
  if (sorted.length === 0) return 0;
  const half = sorted.length >> 1;
  const upper = sorted[half] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] as number) + upper) / 2;
}

import type { Histogram } from 'hdr-histogram-js';

/** Sub-buckets of a histogram of three significant digits, halved: the layout of HDR histograms. */
const HALF_BITS = 10;
const HALF = 1 << HALF_BITS;
/** Values up to about 35 minutes in microseconds; longer ones are rare, and go to the histogram at once. */
export const COUNTED_MOST = 0x7fff_ffff;
const BUCKETS = 32 - (HALF_BITS + 1);

/**
 * Counts of values in front of a histogram: recording is an increment, a tenth of what the histogram takes. They fall
 * into the buckets that it would put them into, so that nothing is lost when they are poured into it.
 */
export class LagCounts {
  /** There are none in memory until the first value is counted. */
  #counts: Uint32Array | undefined;

  /** Counts a whole number from 0 to COUNTED_MOST. */
  add(value: number): void {
    const counts = (this.#counts ??= new Uint32Array((BUCKETS + 1) * HALF));
    const bucket = BUCKETS - Math.clz32(value | (2 * HALF - 1));
    const index = (bucket << HALF_BITS) + (value >> bucket);
    counts[index] = (counts[index] as number) + 1;
  }

  /** Moves everything counted so far into the histogram. */
  pour(histogram: Histogram): void {
    const counts = this.#counts;
    if (counts === undefined) return;
    this.#counts = undefined;
    for (let index = 0; index < counts.length; index++) {
      const count = counts[index] as number;
      if (count > 0) histogram.recordValueWithCount(valueOf(index), count);
    }
  }
}

/** The least value that is counted at an index. */
function valueOf(index: number): number {
  const bucket = Math.max(0, (index >> HALF_BITS) - 1);
  return (index - (bucket << HALF_BITS)) * 2 ** bucket;
}

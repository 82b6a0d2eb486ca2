/** From one place on a line to another, the first not included and the last one so. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** How much of a ground is covered by intervals that may overlap. */
export interface Measured {
  /** The length that at least one of them covers. */
  readonly covered: number;
  /** The sum of all their lengths. */
  readonly weighed: number;
  /** Where most of them lie upon each other: a place that so many cover. */
  readonly deepest: { readonly at: number; readonly depth: number } | undefined;
}

/**
 * Measures intervals (starts[i], ends[i]] upon a ground of disjoint, ascending ones. Between two neighbouring ends nothing
 * changes, so that with whole numbers every figure is exact. Sorts both arrays in place.
 */
export function measure(starts: Float64Array, ends: Float64Array, ground: readonly Interval[]): Measured {
  starts.sort();
  ends.sort();
  let [covered, weighed] = [0, 0];
  let deepest: Measured['deepest'];
  let [begun, ended] = [0, 0];
  for (const { from, to } of ground) {
    for (let at = from; at < to;) {
      while ((starts[begun] ?? Infinity) <= at) begun++;
      while ((ends[ended] ?? Infinity) <= at) ended++;
      const next = Math.min(to, starts[begun] ?? Infinity, ends[ended] ?? Infinity);
      const depth = begun - ended;
      if (depth > 0) covered += next - at;
      weighed += depth * (next - at);
      if (depth > (deepest?.depth ?? 0)) deepest = { at: next, depth };
      at = next;
    }
  }
  return { covered, weighed, deepest };
}

/**
 * The fingerprint of a body under the configured renames and rules, taken from the payload's bytes without building
 * objects. Two bodies with equal prints are equal (or differ only where a rule permits); unequal prints say nothing:
 * look closer. 64 bits in two lanes, sums over the leaves, so that the order of members does not count.
 */
export interface Print {
  /** Everything that no rule relaxes, and what the rules that relax leave to compare. */
  readonly a: number;
  readonly b: number;
  /** By rule: the values as they were spelt, 52 bits of both lanes; unequal ones were let through by that rule. */
  readonly ruled: readonly number[];
  /** Bit n set on both sides: what rule n let through cannot be told by prints (instants finer than milliseconds, say). */
  readonly fine: number;
}

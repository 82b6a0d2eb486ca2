import type { Json } from '../model/json.js';
import type { Rule } from '../model/settings.js';
import type { Difference } from '../model/verdict.js';
import { differences } from './differences.js';
import { equal } from './equal.js';
import { compileRules } from './rules.js';

/** How the contents of a pair compare. */
export type Comparison =
  | { readonly outcome: 'match' }
  | { readonly outcome: 'allowed'; readonly used: readonly number[] }
  | {
      readonly outcome: 'mismatch';
      readonly used: readonly number[];
      readonly differences: readonly Difference[];
      /** Differences beyond the told ones. */
      readonly untold: number;
    };

/** Differences told of one pair; the number of further ones is told. */
export const DIFFERENCES_TOLD = 100;

/** Compiles the rules into the comparison of two bodies: fast yes, slow no. `used` are indices of rules. */
export function comparer(rules: readonly Rule[]): (control: Json, candidate: Json) => Comparison {
  const reconcile = compileRules(rules);
  return (control, candidate) => {
    if (equal(control, candidate)) return { outcome: 'match' };
    const { body, used } = reconcile(control, candidate);
    if (equal(control, body)) return { outcome: 'allowed', used };
    const all = differences(control, body);
    const told = all.slice(0, DIFFERENCES_TOLD);
    return { outcome: 'mismatch', used, differences: told, untold: all.length - told.length };
  };
}

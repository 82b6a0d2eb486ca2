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
  | { readonly outcome: 'mismatch'; readonly used: readonly number[]; readonly differences: readonly Difference[] };

/** Compiles the rules into the comparison of two bodies: fast yes, slow no. `used` are indices of rules. */
export function comparer(rules: readonly Rule[]): (control: Json, candidate: Json) => Comparison {
  const reconcile = compileRules(rules);
  return (control, candidate) => {
    if (equal(control, candidate)) return { outcome: 'match' };
    const { body, used } = reconcile(control, candidate);
    if (equal(control, body)) return { outcome: 'allowed', used };
    return { outcome: 'mismatch', used, differences: differences(control, body) };
  };
}

import type { Json } from '../model/json.js';
import type { Rule } from '../model/settings.js';
import type { Comparison } from '../model/verdict.js';
import { differences } from './differences.js';
import { compileRules } from './rules.js';
import { unequal } from './unequal.js';

/** Differences told of one pair; the number of further ones is told. */
export const DIFFERENCES_TOLD = 100;

/** Compiles the rules into the comparison of two bodies: fast yes, slow no. `used` are indices of rules. */
export function comparer(rules: readonly Rule[]): (control: Json, candidate: Json) => Comparison {
  const reconcile = compileRules(rules);
  return (control, candidate) => {
    const before = unequal(control, candidate);
    if (before === undefined) return { outcome: 'match' };
    const { body, used } = reconcile(before.control, before.candidate);
    const after = unequal(before.control, body);
    if (after === undefined) return { outcome: 'allowed', used };
    const all = differences(after.control, after.candidate);
    const told = all.slice(0, DIFFERENCES_TOLD);
    return { outcome: 'mismatch', used, differences: told, untold: all.length - told.length };
  };
}

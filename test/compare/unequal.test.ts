import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differences } from '../../src/compare/differences.js';
import { equal } from '../../src/compare/equal.js';
import { comparer, DIFFERENCES_TOLD } from '../../src/compare/judge.js';
import type { Comparison } from '../../src/model/verdict.js';
import { compileRules } from '../../src/compare/rules.js';
import { show } from '../../src/compare/show.js';
import { unequal } from '../../src/compare/unequal.js';
import type { Json } from '../../src/model/json.js';
import type { Rule } from '../../src/model/settings.js';
import { decode } from '../../src/normalise/decode.js';
import { frozen, json } from '../json-arbitrary.js';
import { nearby, ruleSets } from './arbitrary.js';

/** The comparison without leaving anything out: rules and diff see both bodies whole. */
function wholly(rules: readonly Rule[], control: Json, candidate: Json): Comparison {
  if (equal(control, candidate)) return { outcome: 'match' };
  const { body, used } = compileRules(rules)(control, candidate);
  if (equal(control, body)) return { outcome: 'allowed', used };
  const all = differences(control, body);
  const told = all.slice(0, DIFFERENCES_TOLD);
  return { outcome: 'mismatch', used, differences: told, untold: all.length - told.length };
}

describe('what two bodies do not have in common', () => {
  it.each<[string, string, string, string, string]>([
    ['is the members that differ', '{"a":1,"b":2}', '{"b":3,"a":1}', '{"b":2}', '{"b":3}'],
    [
      'is deep inside',
      '{"a":{"b":{"c":1,"d":2}}}',
      '{"a":{"b":{"c":0,"d":2}}}',
      '{"a":{"b":{"c":1}}}',
      '{"a":{"b":{"c":0}}}',
    ],
    ['is what one side has alone', '{"a":{"b":[1]},"k":0}', '{"k":0,"c":{"d":1}}', '{"a":{"b":[1]}}', '{"c":{"d":1}}'],
    ['is unequal arrays, whole', '{"a":[1,{"b":2}]}', '{"a":[1,{"b":3}]}', '{"a":[1,{"b":2}]}', '{"a":[1,{"b":3}]}'],
    ['is values of another type, whole', '{"a":{"b":1},"k":0}', '{"a":[],"k":0}', '{"a":{"b":1}}', '{"a":[]}'],
    ['is no member that is inherited', '{"toString":1}', '{}', '{"toString":1}', '{}'],
    ['is a hostile name like any', '{"__proto__":null}', '{}', '{"__proto__":null}', '{}'],
    ['stays in the order of its side', '{"b":1,"a":1}', '{"d":1,"c":1}', '{"b":1,"a":1}', '{"d":1,"c":1}'],
  ])('%s', (_, control, candidate, ours, theirs) => {
    const found = unequal(decode(control), decode(candidate));
    expect([show(found?.control), show(found?.candidate)]).toEqual([ours, theirs]);
  });

  it('is nothing exactly where they are equal', () => {
    fc.assert(
      fc.property(nearby, ([a, b]) => (unequal(a, b) === undefined) === equal(a, b)),
      { numRuns: 2_000 },
    );
  });

  it('is enough for rules and diff to tell the same as of the whole bodies', () => {
    const seen = { match: 0, allowed: 0, mismatch: 0 };
    fc.assert(
      fc.property(ruleSets, fc.oneof(nearby, fc.tuple(json, json)), (rules, [control, candidate]) => {
        const comparison = comparer(rules)(frozen(control), frozen(candidate));
        expect(comparison).toEqual(wholly(rules, control, candidate));
        seen[comparison.outcome]++;
      }),
      { numRuns: 5_000 },
    );
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(100);
  });
});

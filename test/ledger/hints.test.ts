import { describe, expect, it } from 'vitest';
import { hints } from '../../src/ledger/hints.js';
import { Lag } from '../../src/ledger/lag.js';
import { noOutcomes } from '../../src/ledger/counts.js';
import type { OutcomeCounts, Report } from '../../src/model/report.js';
import type { Difference, Verdict } from '../../src/model/verdict.js';

const counts = (some: Partial<OutcomeCounts>): OutcomeCounts => ({ ...noOutcomes(), ...some });

function given(some: Partial<Report>): string[] {
  const nothing = {
    accounts: {},
    findings: [],
    groups: [],
    rules: [],
    outcomes: noOutcomes(),
    lag: new Lag().summary(),
    observed: { control: 0, candidate: 0 },
    duplicates: { control: 0, candidate: 0 },
  };
  return hints({ ...nothing, ...some });
}

function mismatch(difference: Partial<Difference>): Verdict {
  const differences = [{ path: '$.id', group: '$.id', kind: 'retyped' as const, ...difference }];
  return { id: 'v1', outcome: 'mismatch', account: 'rep-1', type: 'email_opened', key: '7', t: 1, differences };
}

const both = (control: number, candidate: number): Report['observed'] => ({ control, candidate });

function duplicate(type: string, side: 'control' | 'candidate'): Verdict {
  const repeat = { side, afterMs: 9, sameContent: false };
  return { id: 'v1', outcome: 'duplicate', account: 'rep-1', type, key: '7', t: 1, duplicate: repeat };
}

describe('a hint', () => {
  it('is not given where there is nothing to say', () => {
    expect(given({ accounts: { 'rep-1': counts({ match: 5 }) } })).toEqual([]);
  });

  it.each<[string, Partial<OutcomeCounts>, boolean]>([
    ['five events and no candidate', { missing: 5 }, true],
    ['four events and no candidate', { missing: 4 }, false],
    ['one match among them', { missing: 50, match: 1 }, false],
    ['one late among them', { missing: 50, late: 1 }, false],
    ['one extra among them', { missing: 50, extra: 1 }, false],
  ])('asks for the flag of an account with %s: %s', (_, outcomes, asked) => {
    const found = given({ accounts: { 'rep-1': counts(outcomes), 'rep-2': counts({ match: 9 }) } });
    expect(found).toEqual(asked ? ['rep-1: none of 5 events came on the candidate; is the flag on for them?'] : []);
  });

  it('names the first silent accounts, and how many more there are', () => {
    const accounts = Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((name) => [name, counts({ missing: 300 })]));
    expect(given({ accounts })).toEqual([
      'a, b, c and 2 more: none of 1,500 events came on the candidate; is the flag on for them?',
    ]);
  });

  it.each<[string, Pick<Report, 'observed' | 'duplicates'>, boolean]>([
    ['five of 500', { observed: both(500, 500), duplicates: both(5, 4) }, true],
    ['five of 501', { observed: both(501, 501), duplicates: both(5, 4) }, false],
    ['four of four', { observed: both(4, 500), duplicates: both(4, 4) }, false],
    ['none, and candidate many', { observed: both(500, 500), duplicates: both(0, 400) }, false],
  ])('asks for the meaning of keys that control repeats in %s events: %s', (_, repeats, asked) => {
    const types = ['send_failed', 'email_opened', 'email_opened'];
    const onControl = types.map((type) => duplicate(type, 'control'));
    const found = given({ ...repeats, findings: [...onControl, duplicate('email_replied', 'candidate')] });
    expect(found).toEqual(
      asked
        ? [
            'control repeats keys itself (email_opened, send_failed: 5 times, candidate 4 times); where a repeat is an event of its own, `repeats: occurrences` in its type pairs each, and so does a key that tells them apart',
          ]
        : [],
    );
  });

  it.each<[string, Partial<Difference>, boolean]>([
    ['a number and its text', { control: '42', candidate: '"42"' }, true],
    ['a boolean and its text', { control: '"true"', candidate: 'true' }, true],
    ['two numbers', { kind: 'changed', control: '42', candidate: '43' }, false],
    ['a number and another text', { control: '42', candidate: '"43"' }, false],
    ['a member that is gone', { kind: 'absent', control: '42' }, false],
  ])('recommends a rule for %s: %s', (_, difference, recommended) => {
    const group = {
      outcome: 'mismatch' as const,
      type: 'email_opened',
      path: '$.id',
      kind: difference.kind ?? 'retyped',
    };
    const found = given({
      findings: [mismatch(difference), mismatch(difference)],
      groups: [{ ...group, count: 2 }],
    });
    expect(found).toEqual(
      recommended ? ['$.id has the same text but another JSON type in 2 pairs; `as: string` permits that'] : [],
    );
  });

  it('speaks of idle rules once there are a hundred pairs', () => {
    const rules = [
      { path: '$.a', reason: 'r', letThrough: 0 },
      { path: '$.b', reason: 'r', letThrough: 1 },
    ];
    expect(given({ rules, outcomes: counts({ match: 99 }) })).toEqual([]);
    expect(given({ rules, outcomes: counts({ match: 50, allowed: 40, mismatch: 10 }) })).toEqual([
      'the rule for $.a let nothing through in 100 pairs; it may be removed',
    ]);
  });

  it('speaks of a candidate that comes first in at least half of a hundred pairs', () => {
    const lag = (count: number, negative: number) => given({ lag: { ...new Lag().summary(), count, negative } });
    expect(lag(100, 49)).toEqual([]);
    expect(lag(99, 99)).toEqual([]);
    expect(lag(100, 50)).toEqual(['the candidate came first in most pairs; a wider window.before may be needed']);
  });
});

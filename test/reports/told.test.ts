import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/model/report.js';
import { actualOf, evidence, reasonOfRule, runFacts, why } from '../../src/reports/told/answer.js';
import { coverage } from '../../src/reports/told/cells.js';
import { alike, differing, notKept } from '../../src/reports/told/findings.js';
import { lagRows } from '../../src/reports/told/lag.js';
import type { TimelineEntry } from '../../src/model/timeline.js';
import { Line } from '../../src/run.js';
import { down, frame, settings, tick, up } from '../given.js';
import { broken, counts, proven } from './sample.js';

describe('the first lines', () => {
  const accounts = ['rep-1', 'rep-2'].map((id) => ({ id, values: { id } }));
  const told = (entries: readonly TimelineEntry[]) => {
    const line = new Line(settings({ accounts }));
    for (const entry of entries) line.add(entry);
    const report = line.report({ startedAt: '2026-11-22T16:03:11.660Z' });
    return { why: why(report), subscribed: runFacts(report)[0]?.find((fact) => fact.startsWith('subscribed')) };
  };

  it('say that nobody was subscribed on either side', () => {
    const nowhere = down('control', 40, { reason: 'connect ECONNREFUSED 127.0.0.1:9' });
    expect(told([nowhere, tick(1_000)])).toEqual({
      why: '0 of 2 accounts were subscribed on control, 0 on candidate. Nothing was observed, and no data is never a pass.',
      subscribed: 'subscribed: 0 on control, 0 on candidate',
    });
  });

  it('say that nobody was subscribed on one side, whatever the other brought', () => {
    const { why, subscribed } = told([up('control', 0), up('control', 0, 'rep-2'), frame('control', 900, '{"id":1}')]);
    expect(why).toMatch(/^0 of 2 accounts were subscribed on candidate\. Lacking: rep-1 was never subscribed on /);
    expect(subscribed).toBe('subscribed: 2 on control, 0 on candidate');
  });

  it('count who came on each side, and forget nobody who left', () => {
    const some = [up('control', 0), up('control', 0, 'rep-2'), up('candidate', 0), down('control', 900)];
    const { why, subscribed } = told([...some, tick(2_000)]);
    expect(why).not.toContain('0 of');
    expect(subscribed).toBe('subscribed: 2 on control, 1 on candidate');
    expect(told([...some, up('candidate', 950, 'rep-2'), tick(2_000)]).subscribed).toBeUndefined();
  });
});

describe('evidence', () => {
  it('says that a bound holds however often one looks, and what that costs', () => {
    const { gate } = proven();
    const anyTime = {
      ...gate,
      evidence: {
        ...gate.evidence,
        bound: 'any-time' as const,
        fixedSample: { upperBound: 0.000_249_6, events: 2995 },
      },
    };
    expect(evidence(anyTime)).toEqual([
      '12,000 events',
      '0 defects',
      'defect rate at most 0.025 % at 95 % confidence, at whatever moment one looks',
      'with a number of events fixed before the run: at most 0.025 %, and 2,995 events would have been enough',
    ]);
    expect(why({ ...proven(), gate: anyTime })).toMatch(/at 95 % confidence, however often one looked\.$/);
  });

  it('tells how well the figure of a limit is known', () => {
    const limit = { name: 'lag.p99', limit: 'at most 2 s', actual: '872 ms', status: 'held' as const };
    expect(actualOf(limit)).toBe('872 ms');
    expect(actualOf({ ...limit, bound: 'below 910 ms' })).toBe('872 ms, below 910 ms');
  });

  it('tells whose a rule is and how long it stands', () => {
    const rule = { path: '$.a', reason: 'why', letThrough: 1 };
    expect(reasonOfRule(rule)).toBe('why');
    expect(reasonOfRule({ ...rule, owner: 'feed team', expires: '2027-03-01', usedWithin: 500 })).toBe(
      'why (owner feed team, until 2027-03-01, to be used within 500 pairs)',
    );
  });
});

describe('findings', () => {
  it('are counted exactly, however few the report still holds', () => {
    const report: Report = {
      ...broken(),
      groups: [
        { outcome: 'missing', type: 'email_opened', count: 90_000 },
        { outcome: 'mismatch', type: 'email_opened', path: '$.person.phone', kind: 'changed', count: 100_000 },
        { outcome: 'extra', type: 'nobody_kept', count: 3 },
        { outcome: 'mismatch', type: 'email_opened', path: '$.gone', kind: 'absent', count: 2 },
      ],
      groupsLeftOut: 7,
    };
    expect(differing(report).map(({ path, times, example }) => [path, times, example?.verdict.id])).toEqual([
      ['$.person.phone', 100_000, 'v1'],
      ['$.gone', 2, undefined],
    ]);
    expect(alike(report).map(({ outcome, times, verdicts }) => [outcome, times, verdicts.length])).toEqual([
      ['missing', 90_000, 10],
      ['extra', 3, 0],
    ]);
    expect(notKept(report)).toEqual([
      '9 further findings are counted above, but not kept in this report',
      'rarer kinds of findings, which count 7 events, are not told one by one',
    ]);
  });
});

describe('lag', () => {
  it('has a row for how well it is known, and one for each type with limits of its own', () => {
    const report = proven();
    const intervals = {
      confidence: 0.95,
      p50: { fromMs: 110, toMs: 115 },
      p95: { fromMs: 330, toMs: null },
      p99: { fromMs: null, toMs: null },
    };
    const slow = { ...report.lag, p50Ms: 900, p95Ms: null, censored: 3, p99Ms: null };
    const lagParts = { types: { email_opened: slow }, others: report.lag };
    expect(lagRows({ ...report, lag: { ...report.lag, intervals }, lagParts })).toEqual([
      ['every event', '112 ms', '340 ms', '872 ms', '2.3 s'],
      ['between, at 95 %', '110 ms–115 ms', '≥ 330 ms', '–', ''],
      ['email_opened', '900 ms', '≥ 10 s', '≥ 10 s', '2.3 s'],
      ['all other types', '112 ms', '340 ms', '872 ms', '2.3 s'],
    ]);
  });
});

describe('coverage', () => {
  it('tells declared types that no account saw, and first the accounts that saw least', () => {
    const accounts = ['a', 'b', 'c'];
    const seen = { a: 5, b: 0, c: 7 };
    const report: Report = {
      ...proven(),
      accounts: Object.fromEntries(accounts.map((account) => [account, counts()])),
      types: { opened: counts({ match: 12 }) },
      terms: { ...proven().terms, types: ['opened', 'clicked'] },
      cells: Object.entries(seen)
        .filter(([, match]) => match > 0)
        .map(([account, match]) => ({ type: 'opened', account, counts: counts({ match }) })),
    };
    const whole = { types: ['opened', 'clicked'], accountsLeft: 0 };
    expect(coverage(report, 3)).toEqual({
      ...whole,
      rows: [
        { account: 'a', counts: [5, 0] },
        { account: 'b', counts: [0, 0] },
        { account: 'c', counts: [7, 0] },
      ],
    });
    const opened = { ...report, terms: { ...report.terms, types: ['opened'] } };
    expect(coverage(opened, 1)).toEqual({ types: ['opened'], rows: [{ account: 'b', counts: [0] }], accountsLeft: 2 });
  });
});

import { describe, expect, it } from 'vitest';
import { LongestLag } from '../../src/ledger/early.js';
import type { TimelineEntry } from '../../src/model/timeline.js';
import { Line } from '../../src/run.js';
import { frame, settings, tick, up } from '../given.js';

describe('the longest lag', () => {
  it('is known for any moment by its rises alone', () => {
    const lag = new LongestLag();
    for (const [t, ms] of [
      [1, -3],
      [2, 8],
      [3, 8],
      [4, 2],
      [5, 9],
    ] as const)
      lag.paired(ms, t);
    expect(lag.rises).toEqual([
      { t: 1, lagMs: 0 },
      { t: 2, lagMs: 8 },
      { t: 5, lagMs: 9 },
    ]);
  });
});

describe('a candidate event soon after the start, without control,', () => {
  const outcomes = (...entries: readonly TimelineEntry[]) => {
    const line = new Line(settings());
    for (const entry of [up('control', 0), up('candidate', 0), ...entries, tick(100_000)]) line.add(entry);
    const { outcomes, types, accounts, findings } = line.report({ startedAt: '2026-11-22T16:03:11.660Z' });
    const { extra, inconclusive, match } = outcomes;
    expect(types['email_opened']).toEqual(outcomes);
    expect(accounts['rep-1']).toEqual(outcomes);
    expect(findings.filter(({ outcome }) => outcome === 'extra')).toHaveLength(extra);
    return { extra, inconclusive, match };
  };
  const pair = (t: number, lagMs: number) => [
    frame('control', t, `{"id":"at ${t}"}`),
    frame('candidate', t + lagMs, `{"id":"at ${t}"}`),
  ];

  // Control has been listening since 500, and everything is decided at 10,500.
  it.each([
    ['is inconclusive without any lag', [], 0],
    ['is extra where all lags are short', [...pair(2000, 60)], 1],
    ['is inconclusive where a lag comes near the time that control had listened', [...pair(2000, 70)], 0],
    ['is inconclusive where one of many does', [...pair(2000, 5), ...pair(3000, 70), ...pair(4000, 5)], 0],
    ['is extra whatever comes after it is decided', [...pair(2000, 5), ...pair(10_400, 100)], 1],
    ['is inconclusive where the lag is known just in time', [...pair(2000, 5), ...pair(10_399.999, 100)], 0],
  ])('%s', (_, others, extra) => {
    const found = outcomes(frame('candidate', 600, '{"id":1}'), ...others);
    expect(found).toEqual({ extra, inconclusive: 1 - extra, match: others.length / 2 });
  });

  it('that control brings after all is a pair', () => {
    const found = outcomes(frame('candidate', 600, '{"id":1}'), ...pair(2000, 5), frame('control', 5000, '{"id":1}'));
    expect(found).toEqual({ extra: 0, inconclusive: 0, match: 2 });
  });
});

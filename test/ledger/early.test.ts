import { describe, expect, it } from 'vitest';
import type { TimelineEntry } from '../../src/model/timeline.js';
import { Line } from '../../src/run.js';
import { frame, settings, tick, up } from '../given.js';

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

  const pairs = (...lagsMs: readonly number[]) => lagsMs.flatMap((lagMs, index) => pair(2000 + index * 1000, lagMs));
  const thirty = Array.from({ length: 30 }, () => 5);

  // Control has been listening since 500, for 100 ms.
  it.each([
    ['is inconclusive without any lag', [], 0],
    ['is inconclusive where too few lags are known', thirty.slice(1), 0],
    ['is extra where all of enough lags are short', [...thirty.slice(1), 60], 1],
    ['is inconclusive where one comes near the time that control had listened', [70, ...thirty.slice(1)], 0],
    ['is inconclusive where one does that comes long after it', [...thirty, ...thirty, 70], 0],
    ['is extra where candidates came first', thirty.map(() => -5), 1],
  ])('%s', (_, lagsMs, extra) => {
    const found = outcomes(frame('candidate', 600, '{"id":1}'), ...pairs(...lagsMs));
    expect(found).toEqual({ extra, inconclusive: 1 - extra, match: lagsMs.length });
  });

  it('that control brings after all is a pair', () => {
    const found = outcomes(frame('candidate', 600, '{"id":1}'), ...pairs(5), frame('control', 5000, '{"id":1}'));
    expect(found).toEqual({ extra: 0, inconclusive: 0, match: 2 });
  });
});

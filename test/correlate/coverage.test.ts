import { describe, expect, it } from 'vitest';
import { Coverage } from '../../src/correlate/coverage.js';
import type { Gap } from '../../src/model/report.js';
import type { Side, TimelineEntry } from '../../src/model/timeline.js';
import { down, tick, up } from '../given.js';

function coverage(...entries: TimelineEntry[]): Coverage {
  const result = new Coverage({ settleMs: 500, stallMs: 250 }, ['rep-1', 'rep-2']);
  for (const entry of entries) result.note(entry);
  return result;
}

/** The gaps of one side of rep-1; whoever was never subscribed has one as well. */
function gapsOf(coverage: Coverage, wanted: Side = 'control'): Gap[] {
  return coverage.gaps().filter(({ side, account }) => side === wanted && account === 'rep-1');
}

const EDGE = 0.001;

describe('a side', () => {
  it('that was never subscribed is blind at all times', () => {
    const never = coverage();
    expect(never.blind('control', 'rep-1', 0, 1e9)).toEqual({
      side: 'control',
      account: 'rep-1',
      fromMs: 0,
      toMs: null,
      reason: 'not subscribed yet',
    });
    expect(never.since('control', 'rep-1')).toBe(Infinity);
    expect(never.start('rep-1')).toBe(Infinity);
    expect(never.up('control')).toBe(0);
  });

  it('listens from its acknowledgement plus the time to settle', () => {
    const listening = coverage(up('control', 100));
    expect(listening.since('control', 'rep-1')).toBe(600);
    expect(listening.blind('control', 'rep-1', 600, 5000)).toBeUndefined();
    expect(listening.blind('control', 'rep-1', 600 - EDGE, 5000)).toMatchObject({ toMs: 600 });
    expect(listening.blind('candidate', 'rep-1', 600, 5000)).toBeDefined();
    expect(listening.blind('control', 'rep-2', 600, 5000)).toBeDefined();
  });

  it('is blind from the moment its link falls until it has settled again', () => {
    const gap = { side: 'control', account: 'rep-1', fromMs: 2000, toMs: 3500, reason: 'closed with 1006' };
    const flapped = coverage(up('control', 0), down('control', 2000), up('control', 3000));
    expect(flapped.blind('control', 'rep-1', 500, 2000)).toBeUndefined();
    expect(flapped.blind('control', 'rep-1', 500, 2000 + EDGE)).toEqual(gap);
    expect(flapped.blind('control', 'rep-1', 2500, 2600)).toEqual(gap);
    expect(flapped.blind('control', 'rep-1', 1000, 9000)).toEqual(gap);
    expect(flapped.blind('control', 'rep-1', 3500 - EDGE, 9000)).toEqual(gap);
    expect(flapped.blind('control', 'rep-1', 3500, 9000)).toBeUndefined();
    expect(flapped.since('control', 'rep-1')).toBe(500);
  });

  it('that falls while it settles has not listened in between', () => {
    const flapping = coverage(
      up('control', 0),
      down('control', 2000),
      up('control', 3000),
      down('control', 3499),
      up('control', 4000),
    );
    expect(gapsOf(flapping)).toEqual([
      { side: 'control', account: 'rep-1', fromMs: 2000, toMs: 4500, reason: 'closed with 1006' },
    ]);
  });

  it('that falls the moment it has settled begins a gap of its own', () => {
    const two = coverage(
      up('control', 0),
      down('control', 2000),
      up('control', 3000),
      down('control', 3500),
      up('control', 4000),
    );
    expect(gapsOf(two).map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
      [2000, 3500],
      [3500, 4500],
    ]);
  });

  it('that falls before it settled for the first time has never listened', () => {
    expect(coverage(up('control', 0), down('control', 499)).since('control', 'rep-1')).toBe(Infinity);
    expect(coverage(up('control', 0), down('control', 499), up('control', 700)).since('control', 'rep-1')).toBe(1200);
  });

  it('acknowledged twice listens from the first time', () => {
    const twice = coverage(up('control', 0), up('control', 5000));
    expect(twice.since('control', 'rep-1')).toBe(500);
    expect(gapsOf(twice)).toEqual([]);
  });

  it('that falls again tells why it fell, and why it was given up for good', () => {
    const lost = coverage(
      up('control', 0),
      down('control', 2000),
      down('control', 2500, { reason: 'token refused', final: true }),
    );
    expect(gapsOf(lost)).toEqual([
      {
        side: 'control',
        account: 'rep-1',
        fromMs: 2000,
        toMs: null,
        reason: 'closed with 1006',
        final: 'token refused',
      },
    ]);
  });

  it('that never came up is told with why', () => {
    const refused = coverage(down('candidate', 40, { reason: 'unmatched topic', final: true }));
    expect(gapsOf(refused, 'candidate')).toEqual([
      {
        side: 'candidate',
        account: 'rep-1',
        fromMs: 0,
        toMs: null,
        reason: 'unmatched topic',
        final: 'unmatched topic',
      },
    ]);
    expect(refused.start('rep-1')).toBe(Infinity);
  });

  it('counts as up account by account', () => {
    const both = coverage(up('control', 0), up('control', 10, 'rep-2'), down('control', 900));
    expect([both.up('control'), both.up('candidate')]).toEqual([1, 0]);
    both.note(up('control', 1000));
    expect(both.up('control')).toBe(2);
  });

  it('of an account starts when the later of both has settled', () => {
    expect(coverage(up('control', 0), up('candidate', 300)).start('rep-1')).toBe(800);
  });
});

describe('a stall of ours', () => {
  const listening = [up('control', 0), up('candidate', 0), up('control', 0, 'rep-2'), up('candidate', 0, 'rep-2')];

  it('begins only beyond the limit', () => {
    expect(coverage(...listening, tick(5000, 250)).gaps()).toEqual([]);
    expect(coverage(...listening, tick(5000, 250.001)).gaps()).toHaveLength(1);
    expect(coverage(...listening, tick(5000)).gaps()).toEqual([]);
  });

  it('blinds both sides of everyone, and a little longer than it was noticed', () => {
    const stalled = coverage(...listening, tick(5000, 1000));
    const gap = { fromMs: 4000, toMs: 5250, reason: 'this process was not running' };
    for (const side of ['control', 'candidate'] as const) {
      for (const account of ['rep-1', 'rep-2']) expect(stalled.blind(side, account, 4500, 4600)).toEqual(gap);
    }
    expect(stalled.stalled(3000, 4000)).toBe(false);
    expect(stalled.stalled(3000, 4000 + EDGE)).toBe(true);
    expect(stalled.stalled(5250 - EDGE, 9000)).toBe(true);
    expect(stalled.stalled(5250, 9000)).toBe(false);
  });

  it('that follows at once is the same stall', () => {
    expect(coverage(...listening, tick(5000, 1000), tick(6000, 750)).gaps()).toEqual([
      { fromMs: 4000, toMs: 6250, reason: 'this process was not running' },
    ]);
    expect(coverage(...listening, tick(5000, 1000), tick(6000, 749.999)).gaps()).toHaveLength(2);
  });

  it('stands behind a gap of the side itself', () => {
    const both = coverage(...listening, down('control', 4500), tick(5000, 1000));
    expect(both.blind('control', 'rep-1', 4500, 4600)).toMatchObject({ side: 'control', reason: 'closed with 1006' });
    expect(both.blind('candidate', 'rep-1', 4500, 4600)).toMatchObject({ reason: 'this process was not running' });
  });

  it('is told among the gaps in the order of time', () => {
    const all = coverage(
      ...listening,
      down('control', 1000),
      up('control', 2000),
      tick(5000, 1000),
      down('candidate', 7000, { account: 'rep-2' }),
    );
    expect(all.gaps().map(({ side, account, fromMs, toMs }) => [side, account, fromMs, toMs])).toEqual([
      ['control', 'rep-1', 1000, 2500],
      [undefined, undefined, 4000, 5250],
      ['candidate', 'rep-2', 7000, null],
    ]);
  });

  it('at the very beginning begins at zero', () => {
    expect(coverage(tick(300, 900)).gaps()).toContainEqual({
      fromMs: 0,
      toMs: 550,
      reason: 'this process was not running',
    });
  });
});

import { describe, expect, it } from 'vitest';
import { Coverage } from '../../src/correlate/coverage.js';
import type { Gap } from '../../src/model/report.js';
import type { Side, TimelineEntry } from '../../src/model/timeline.js';
import { HOLES_TOLD } from '../../src/correlate/holes.js';
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

describe('a hole in a recording', () => {
  const listening = [up('control', 0), up('candidate', 0), up('control', 0, 'rep-2'), up('candidate', 0, 'rep-2')];
  const hole = (
    t: number,
    forMs: number,
    some: { side?: Side; line?: number; lines?: number } = {},
  ): TimelineEntry => ({
    kind: 'tick',
    t,
    hole: { file: 'both.ndjson', line: 17, lines: 1, forMs, ...some },
  });
  const told = (fromMs: number, toMs: number | null, reason: string) => ({ fromMs, toMs, reason, unread: true });

  it('leaves unknown what came on both sides, at both of its ends as well', () => {
    const some = coverage(...listening, hole(4000, 1000));
    const gap = told(4000, 5000, 'both.ndjson:17 cannot be read');
    for (const side of ['control', 'candidate'] as const) {
      for (const [from, to] of [
        [4500, 4600],
        [3000, 4000],
        [5000, 6000],
      ] as const)
        expect(some.blind(side, 'rep-1', from, to)).toEqual(gap);
      expect(some.blind(side, 'rep-1', 3000, 4000 - EDGE)).toBeUndefined();
      expect(some.blind(side, 'rep-1', 5000 + EDGE, 6000)).toBeUndefined();
    }
    expect(coverage(...listening, hole(4000, 0)).blind('control', 'rep-1', 4000, 4000)).toMatchObject({ toMs: 4000 });
  });

  it('is no stall: lags that were measured in it are lags', () => {
    expect(coverage(...listening, hole(4000, 1000)).stalled(4500, 4600)).toBe(false);
  });

  it('concerns one side where the recording holds one', () => {
    const some = coverage(...listening, hole(4000, 1000, { side: 'candidate' }));
    expect(some.blind('candidate', 'rep-1', 4500, 4600)).toMatchObject({ side: 'candidate', unread: true });
    expect(some.blind('control', 'rep-1', 4500, 4600)).toBeUndefined();
  });

  it('at the end of a file has no end', () => {
    const some = coverage(...listening, hole(4000, Infinity, { lines: Infinity }));
    expect(some.blind('control', 'rep-1', 1e9, 2e9)).toEqual(
      told(4000, null, 'both.ndjson cannot be read from line 17 on'),
    );
  });

  it('stands before a gap of the side itself', () => {
    const some = coverage(...listening, down('control', 4000), hole(4000, 1000));
    expect(some.blind('control', 'rep-1', 4500, 4600)).toMatchObject({ reason: 'both.ndjson:17 cannot be read' });
  });

  it('of several is the one in which the event was lost most likely', () => {
    const some = coverage(...listening, ...[10, 20, 30, 40].map((t) => hole(1000 * t, 1000, { line: t })));
    expect(some.blind('candidate', 'rep-1', 15_000, 35_000)).toMatchObject({ reason: 'both.ndjson:20 cannot be read' });
    expect(some.blind('control', 'rep-1', 15_000, 35_000)).toMatchObject({ reason: 'both.ndjson:30 cannot be read' });
  });

  it('is found behind a later one that ends before it, as where stamps of a file go back', () => {
    const some = coverage(...listening, hole(4000, 3000), hole(4500, 1000, { line: 20 }));
    expect(some.blind('control', 'rep-1', 6000, 8000)).toMatchObject({ reason: 'both.ndjson:17 cannot be read' });
  });

  it('is told as one with those that it touches', () => {
    const some = coverage(
      ...listening,
      hole(4000, 1000),
      hole(5000, 500, { line: 20, lines: 2 }),
      hole(6000, 500, { line: 25 }),
      hole(5800, 100, { side: 'control', line: 3 }),
    );
    expect(some.gaps()).toEqual([
      told(4000, 5500, '3 lines from both.ndjson:17 on cannot be read'),
      { ...told(5800, 5900, 'both.ndjson:3 cannot be read'), side: 'control' },
      told(6000, 6500, 'both.ndjson:25 cannot be read'),
    ]);
  });

  it('of very many is told with those that are nearest to it, and judged by itself', () => {
    const many = Array.from({ length: 3 * HOLES_TOLD }, (_, n) => hole(1000 * n + (n % 3), 1, { line: n }));
    const some = coverage(...listening, ...many);
    const gaps = some.gaps();
    expect(gaps).toHaveLength(HOLES_TOLD);
    expect(gaps[0]?.fromMs).toBe(0);
    expect(gaps.at(-1)?.toMs).toBe(1000 * (3 * HOLES_TOLD - 1) + 3);
    expect(gaps.reduce((sum, { reason }) => sum + (reason.includes('lines') ? parseInt(reason, 10) : 1), 0)).toBe(
      3 * HOLES_TOLD,
    );
    expect(gaps.every(({ toMs }, index) => (toMs ?? Infinity) < (gaps[index + 1]?.fromMs ?? Infinity))).toBe(true);
    expect(some.blind('control', 'rep-1', 10_500, 10_600)).toBeUndefined();
  });
});

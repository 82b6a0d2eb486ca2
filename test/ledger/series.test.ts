import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LANES_KEPT, mergeSeries, RunningSeries, turnSeries } from '../../src/ledger/series.js';
import { binFromMs, LAG_BINS, type Series, type Sparse } from '../../src/model/series.js';
import { OUTCOMES, type Outcome } from '../../src/model/verdict.js';

interface Event {
  readonly t: number;
  readonly outcome: Outcome;
  readonly account: string;
  readonly lagMs?: number;
}

function course(events: readonly Event[], lanesKept?: number): Series {
  const running = new RunningSeries();
  for (const { t, outcome, account, lagMs } of events) {
    running.count(t, outcome, account);
    if (lagMs !== undefined) running.lag(t, lagMs);
  }
  return running.series(lanesKept);
}

/** From a single bucket to a day: courses of shares may be of very different lengths. */
const times = fc.oneof(
  fc.nat({ max: 1_000 }),
  fc.nat({ max: 60_000 }),
  fc.double({ min: 0, max: 8.64e7, noNaN: true }),
);
const events = fc.array(
  fc.record({
    t: times,
    outcome: fc.constantFrom(...OUTCOMES),
    account: fc.constantFrom('rep-1', 'rep-2', 'rep-3', '__proto__'),
    lagMs: fc.option(fc.double({ min: -20_000, max: 20_000, noNaN: true }), { nil: undefined }),
  }),
  { maxLength: 60 },
) as fc.Arbitrary<Event[]>;

describe('a course of shares', () => {
  it('is that of one run, in whatever order and grouping they are added up', () => {
    fc.assert(
      fc.property(events, events, events, (a, b, c) => {
        const [one, two, three] = [course(a), course(b), course(c)];
        const whole = course([...a, ...b, ...c].sort((x, y) => x.t - y.t));
        expect(mergeSeries(mergeSeries(one, two), three)).toEqual(whole);
        expect(mergeSeries(one, mergeSeries(two, three))).toEqual(whole);
        expect(mergeSeries(mergeSeries(three, one), two)).toEqual(whole);
      }),
    );
  });

  it('tells the same accounts, however these were shared out, when there are more than it may hold', () => {
    fc.assert(
      fc.property(events, (all) => {
        const shares = ['rep-1', 'rep-2', 'rep-3', '__proto__'].map((account) =>
          course(
            all.filter((event) => event.account === account),
            2,
          ),
        );
        const [a, b, c, d] = shares as [Series, Series, Series, Series];
        const merge = (x: Series, y: Series): Series => mergeSeries(x, y, 2);
        const whole = course(all, 2);
        expect(merge(merge(a, b), merge(c, d))).toEqual(whole);
        expect(merge(d, merge(merge(c, a), b))).toEqual(whole);
      }),
    );
  });

  it('is the same from a file', () => {
    fc.assert(
      fc.property(events, (all) => {
        const read = JSON.parse(JSON.stringify(course(all))) as Series;
        expect(mergeSeries(read, course([]))).toEqual(course(all));
      }),
    );
  });
});

describe('buckets', () => {
  it('are the shortest that reach to the end', () => {
    const widthAt = (t: number): number => course([{ t, outcome: 'match', account: 'a' }]).widthMs;
    expect(widthAt(0)).toBe(100);
    expect(widthAt(23_999.999)).toBe(100);
    expect(widthAt(24_000)).toBe(200);
    expect(widthAt(47_999)).toBe(200);
    expect(widthAt(48_000)).toBe(400);
    expect(widthAt(24 * 3_600_000)).toBe(409_600);
  });

  it('hold what happened in them, and no more', () => {
    const match = (t: number) => ({ t, outcome: 'match' as const, account: 'a' });
    const told = course([match(0), match(99.999), match(100), match(2_350), { ...match(2_399), outcome: 'missing' }]);
    expect(told.outcomes).toEqual({ match: [0, 2, 1, 1, 23, 1], missing: [23, 1] });
    expect(told.cellMs).toBe(400);
    expect(told.lanes).toEqual([{ account: 'a', outcomes: { match: [0, 3, 5, 1], missing: [5, 1] } }]);
  });

  it('lose nothing when they are joined', () => {
    const many = Array.from({ length: 5_000 }, (_, at): Event => ({
      t: at * 17,
      outcome: at % 10 === 0 ? 'missing' : 'match',
      account: `rep-${at % 3}`,
      lagMs: (at % 7) - 2,
    }));
    const told = course(many);
    expect(sum(told.outcomes.match)).toBe(4_500);
    expect(sum(told.outcomes.missing)).toBe(500);
    expect(told.lags.reduce((total, { count }) => total + count, 0)).toBe(5_000);
    expect(told.lanes.map(({ outcomes }) => sum(outcomes.match) + sum(outcomes.missing))).toEqual([1667, 1667, 1666]);
  });

  it('no longer hold what was amended, whatever came between', () => {
    const running = new RunningSeries();
    running.count(1_000, 'missing', 'a');
    running.count(500_000, 'match', 'a');
    running.count(1_000, 'missing', 'a', -1);
    running.count(500_000, 'late', 'a');
    const { outcomes, lanes } = running.series();
    expect(outcomes.missing).toBeUndefined();
    expect(outcomes.late).toEqual(outcomes.match);
    expect(lanes).toHaveLength(1);
    expect(lanes[0]?.outcomes.missing).toBeUndefined();
  });
});

it("counts verdicts as what they turned out to be, in their account's lane where it has one", () => {
  const before = course([{ t: 700, outcome: 'inconclusive', account: 'a' }]);
  const turned = turnSeries(before, [{ t: 700, account: 'a' }], 'inconclusive', 'extra');
  expect(turned).toEqual(course([{ t: 700, outcome: 'extra', account: 'a' }]));
  const without = turnSeries({ ...before, lanes: [] }, [{ t: 700, account: 'a' }], 'inconclusive', 'extra');
  expect(without).toEqual({ ...turned, lanes: [] });
});

describe('lags', () => {
  const told = (...lags: number[]) =>
    course(lags.map((lagMs) => ({ t: 5, outcome: 'match', account: 'a', lagMs }))).lags[0];

  it('are in the bin that reaches around them, by direction', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.2, max: 8e6, noNaN: true }), fc.boolean(), (ms, first) => {
        const bucket = told(first ? -ms : ms);
        const [bin = 0] = (first ? bucket?.earlier : bucket?.later) ?? [];
        // The bin is found with the digits that a float has.
        expect(binFromMs(bin)).toBeLessThanOrEqual(ms * (1 + 1e-7));
        expect(binFromMs(bin + 1)).toBeGreaterThan(ms * (1 - 1e-7));
        expect(binFromMs(bin + 1) / binFromMs(bin)).toBeLessThanOrEqual(1.126);
      }),
    );
  });

  it('of nothing, or of weeks, have a bin as well', () => {
    expect(told(0)).toMatchObject({ later: [0, 1], earlier: [], minMs: 0, maxMs: 0 });
    expect(told(0.1249)).toMatchObject({ later: [0, 1] });
    expect(told(0.125)).toMatchObject({ later: [1, 1] });
    expect(told(-1e9)).toMatchObject({ later: [], earlier: [LAG_BINS - 1, 1], minMs: -1e9 });
  });

  it('keep their extremes', () => {
    expect(told(3, -7.5, 812.25)).toMatchObject({ count: 3, minMs: -7.5, maxMs: 812.25 });
  });
});

describe('lanes', () => {
  it('are those with the most defects, then the busiest', () => {
    const accounts = Array.from({ length: LANES_KEPT + 20 }, (_, at) => `rep-${String(at).padStart(3, '0')}`);
    const all = accounts.map((account): Event => ({ t: 0, outcome: 'match', account }));
    const told = course([
      ...all,
      { t: 1, outcome: 'match', account: 'rep-519' },
      { t: 1, outcome: 'late', account: 'rep-510' },
      { t: 2, outcome: 'inconclusive', account: 'rep-511' },
    ]).lanes.map(({ account }) => account);
    expect(told).toHaveLength(LANES_KEPT);
    expect(told.slice(0, 4)).toEqual(['rep-510', 'rep-511', 'rep-519', 'rep-000']);
    expect(told).not.toContain('rep-518');
  });
});

function sum(sparse: Sparse | undefined): number {
  return (sparse ?? []).reduce((total, value, at) => (at % 2 === 1 ? total + value : total), 0);
}

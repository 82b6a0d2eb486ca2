import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Lag } from '../../src/ledger/lag.js';

function lag(pairs: readonly number[], missing = 0, late: readonly number[] = []): Lag {
  const lag = new Lag();
  for (const lagMs of pairs) lag.paired(lagMs, false);
  for (let n = 0; n < missing + late.length; n++) lag.missing();
  for (const lagMs of late) lag.late(lagMs);
  return lag;
}

/** Nearest rank over the values themselves; null among the censored. */
function nearestRank(pairs: readonly number[], censored: number, q: number): number | null {
  const rank = Math.max(1, Math.ceil(q * (pairs.length + censored)));
  return pairs.toSorted((a, b) => a - b)[rank - 1] ?? null;
}

/** A histogram of three significant digits is off by at most 0.1 %; and half a microsecond is lost in rounding. */
function near(actual: number | null, exact: number | null): void {
  if (actual === null || exact === null) expect(actual).toBe(exact);
  else expect(Math.abs(actual - exact)).toBeLessThanOrEqual(Math.abs(exact) * 0.001 + 0.001);
}

describe('lag', () => {
  it('of nothing is nothing', () => {
    const nothing = { p50Ms: null, p95Ms: null, p99Ms: null };
    const counts = { count: 0, censored: 0, inStall: 0, negative: 0, minMs: null, maxMs: null };
    expect(lag([]).summary()).toMatchObject({ ...counts, ...nothing, inWindow: nothing });
  });

  it('of one pair is that of every quantile', () => {
    expect(lag([12.5]).summary()).toMatchObject({ count: 1, p50Ms: 12.503, p99Ms: 12.503, minMs: 12.5, maxMs: 12.5 });
    expect(lag([0]).summary()).toMatchObject({ count: 1, negative: 0, p50Ms: 0, minMs: 0, maxMs: 0 });
  });

  it('is negative where the candidate came first', () => {
    const summary = lag([-2, -0.001, 1, 3]).summary();
    expect(summary).toMatchObject({ count: 4, negative: 2, minMs: -2, maxMs: 3, p50Ms: -0.001 });
    near(summary.p99Ms, 3);
  });

  it('agrees with the nearest rank over all pairs, to a thousandth', () => {
    const values = fc.array(
      fc.integer({ min: -5_000_000, max: 60_000_000 }).map((us) => us / 1000),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(
        values,
        fc.nat({ max: 20 }),
        fc.array(fc.integer({ min: 10_000, max: 70_000 }), { maxLength: 5 }),
        (pairs, missing, late) => {
          const measured = lag(pairs, missing, late);
          for (const q of [0.01, 0.5, 0.95, 0.99, 1]) {
            near(measured.quantile(q), nearestRank(pairs, missing + late.length, q));
            near(measured.quantile(q, false), nearestRank(pairs, 0, q));
          }
          const summary = measured.summary();
          expect(summary).toMatchObject({
            count: pairs.length,
            censored: missing + late.length,
            negative: pairs.filter((ms) => ms < 0).length,
          });
          expect(summary.minMs).toBe(pairs.length + late.length === 0 ? null : Math.min(...pairs, ...late));
          expect(summary.maxMs).toBe(pairs.length + late.length === 0 ? null : Math.max(...pairs, ...late));
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each([
    [98, 2, 0.98, 0.99],
    [99, 1, 0.99, 1],
    [50, 50, 0.5, 0.51],
  ])('of %d pairs and %d missing is known up to %d and beyond the window at %d', (pairs, missing, known, unknown) => {
    const measured = lag(
      Array.from({ length: pairs }, () => 5),
      missing,
    );
    near(measured.quantile(known), 5);
    expect(measured.quantile(unknown)).toBeNull();
    near(measured.quantile(unknown, false), 5);
  });

  it('of events that are all missing is beyond the window at every quantile', () => {
    expect(lag([], 3).summary()).toMatchObject({
      count: 0,
      censored: 3,
      p50Ms: null,
      p99Ms: null,
      inWindow: { p50Ms: null },
      minMs: null,
      maxMs: null,
    });
  });

  it('of late events stays censored, but is the longest there was', () => {
    expect(lag([5], 0, [12_008.143]).summary()).toMatchObject({
      count: 1,
      censored: 1,
      p99Ms: null,
      maxMs: 12_008.143,
      minMs: 5,
    });
  });

  it('measured in a stall of ours is counted apart', () => {
    const measured = lag([5]);
    measured.paired(4_000, true);
    expect(measured.summary()).toMatchObject({ count: 1, inStall: 1, maxMs: 5, p99Ms: 5.003 });
  });

  it('of weeks is counted, and told whole', () => {
    const weeks = 21 * 24 * 3_600_000;
    const summary = lag([weeks]).summary();
    expect(summary.maxMs).toBe(weeks);
    near(summary.p50Ms, weeks / 3);
  });

  it('added up from shares is that of the whole, in any order', () => {
    const stamps = fc.integer({ min: -5_000_000, max: 60_000_000 }).map((us) => us / 1000);
    const share = fc.record({
      pairs: fc.array(stamps, { maxLength: 20 }),
      stalled: fc.array(stamps, { maxLength: 3 }),
      missing: fc.nat({ max: 5 }),
      late: fc.array(fc.integer({ min: 10_000, max: 70_000 }), { maxLength: 3 }),
    });
    const of = (shares: readonly { pairs: number[]; stalled: number[]; missing: number; late: number[] }[]) => {
      const all = lag(
        shares.flatMap(({ pairs }) => pairs),
        shares.reduce((sum, { missing }) => sum + missing, 0),
        shares.flatMap(({ late }) => late),
      );
      for (const ms of shares.flatMap(({ stalled }) => stalled)) all.paired(ms, true);
      return all.summary();
    };
    fc.assert(
      fc.property(fc.array(share, { maxLength: 4 }), (shares) => {
        const { measured: _, ...whole } = of(shares);
        for (const order of [shares, shares.toReversed()]) {
          const sum = new Lag();
          for (const one of order) sum.add(of([one]));
          expect(sum.summary()).toMatchObject(whole);
        }
      }),
      { numRuns: 100 },
    );
  });
});

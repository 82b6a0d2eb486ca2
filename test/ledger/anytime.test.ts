import { describe, expect, it } from 'vitest';
import { anyTime } from '../../src/ledger/anytime.js';
import { cleanEventsNeeded, fixedSample } from '../../src/ledger/evidence.js';
import { lowerRank, upperRank } from '../../src/ledger/ranks.js';

const LIMIT = 0.001;

describe('a bound that holds at any time', () => {
  // By the closed form of the mixture, with log-beta from another library (SciPy 1.17).
  it.each([
    [0, 3_500],
    [1, 6_561],
    [2, 8_908],
    [3, 10_994],
  ])('needs, with %i defects, %i events for a rate of 0.1 percent', (defects, events) => {
    expect(defects + cleanEventsNeeded(defects, defects, 0.95, LIMIT, anyTime(LIMIT))).toBe(events);
  });

  it('is wider than that of a fixed sample, on both sides', () => {
    for (const [defects, events] of [
      [0, 1],
      [0, 3_000],
      [3, 3_000],
      [40, 3_000],
      [2_999, 3_000],
      [3_000, 3_000],
    ] as const) {
      const wide = anyTime(LIMIT);
      expect(wide.upper(defects, events, 0.95)).toBeGreaterThanOrEqual(fixedSample.upper(defects, events, 0.95));
      expect(wide.lower(defects, events, 0.95)).toBeLessThanOrEqual(fixedSample.lower(defects, events, 0.95));
      expect(wide.lower(defects, events, 0.95)).toBeLessThanOrEqual(defects / events);
      expect(wide.upper(defects, events, 0.95)).toBeGreaterThanOrEqual(defects / events);
    }
  });

  it('says nothing of no events', () => {
    expect(anyTime(LIMIT).upper(0, 0, 0.95)).toBe(1);
    expect(anyTime(LIMIT).lower(0, 0, 0.95)).toBe(0);
  });
});

describe('ranks that bound a quantile', () => {
  // Order statistics by the binomial distribution of SciPy 1.17.
  it.each([
    [10, 0.5, 2, 9],
    [10, 0.99, 9, undefined],
    [59, 0.5, 23, 37],
    [59, 0.99, 57, undefined],
    [100, 0.5, 42, 59],
    [298, 0.99, 292, undefined],
    [299, 0.99, 293, 299],
    [1_000, 0.5, 474, 527],
    [1_000, 0.99, 985, 996],
    [100_000, 0.5, 49_740, 50_261],
    [100_000, 0.99, 98_948, 99_052],
    [1, 0.5, undefined, undefined],
    [0, 0.5, undefined, undefined],
  ])('of %i events at %d are %s and %s', (n, q, low, high) => {
    expect(lowerRank(n, q, 0.95)).toBe(low);
    expect(upperRank(n, q, 0.95)).toBe(high);
  });
});

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanEventsNeeded, lowerBound, upperBound } from '../../src/ledger/evidence.js';
import { runs } from '../runs.js';

/** Probability of at most k defects among n events at rate p, term by term in logarithms. */
function atMost(k: number, n: number, p: number): number {
  let log = n * Math.log1p(-p);
  let sum = Math.exp(log);
  for (let i = 1; i <= k; i++) {
    log += Math.log((n - i + 1) / i) + Math.log(p) - Math.log1p(-p);
    sum += Math.exp(log);
  }
  return sum;
}

describe('clean pairs needed', () => {
  it.each([
    [0.01, 299],
    [0.001, 2_995],
    [0.0001, 29_956],
  ])('for a rate of %d at 95 %% are %d', (limit, pairs) => {
    expect(cleanEventsNeeded(0, 0, 0.95, limit)).toBe(pairs);
    expect(upperBound(0, pairs, 0.95)).toBeLessThanOrEqual(limit);
    expect(upperBound(0, pairs - 1, 0.95)).toBeGreaterThan(limit);
  });

  it.each([
    [0, 2_994, 1],
    [0, 2_995, 0],
    [0, 9_999, 0],
    [0, 2_583, 412],
    // With one defect 4,742 events in all are needed (tables of zero- and one-failure sampling plans).
    [1, 2_995, 1_747],
    [1, 4_742, 0],
  ])('with %d defects in %d events are %d more', (defects, events, more) => {
    expect(cleanEventsNeeded(defects, events, 0.95, 0.001)).toBe(more);
  });

  it('never suffice for a rate of zero', () => {
    expect(cleanEventsNeeded(0, 10_000, 0.95, 0)).toBe(Infinity);
    expect(cleanEventsNeeded(3, 10, 0.95, 1e-12)).toBe(Infinity);
  });

  it('suffice, and one fewer does not', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 40 }),
        fc.nat({ max: 5_000 }),
        fc.constantFrom(0.9, 0.95, 0.99),
        fc.constantFrom(0.001, 0.01, 0.1),
        (defects, clean, confidence, limit) => {
          const events = defects + clean;
          const more = cleanEventsNeeded(defects, events, confidence, limit);
          expect(upperBound(defects, events + more, confidence)).toBeLessThanOrEqual(limit);
          if (more > 0) expect(upperBound(defects, events + more - 1, confidence)).toBeGreaterThan(limit);
        },
      ),
      { numRuns: runs(100) },
    );
  });
});

describe('the bounds of Clopper and Pearson', () => {
  // One-sided upper limits at 95 %, as printed in tables of the binomial distribution.
  it.each([
    [0, 10, 0.2589],
    [1, 10, 0.3942],
    [2, 10, 0.5069],
    [3, 10, 0.6066],
    [5, 10, 0.7776],
    [9, 10, 0.9949],
    [0, 20, 0.1391],
    [1, 20, 0.2161],
    [2, 20, 0.2826],
    [0, 50, 0.0582],
    [1, 50, 0.0914],
    [0, 100, 0.0295],
    [1, 100, 0.0466],
    [5, 100, 0.1023],
  ])('%d of %d: the rate is below %d at 95 %%', (defects, events, bound) => {
    expect(upperBound(defects, events, 0.95)).toBeCloseTo(bound, 4);
    // The lower limit of the others is what is left.
    expect(lowerBound(events - defects, events, 0.95)).toBeCloseTo(1 - bound, 4);
  });

  it('leave exactly the doubt they were asked to leave', () => {
    const numbers = fc
      .tuple(fc.integer({ min: 1, max: 50_000 }), fc.nat({ max: 60 }))
      .filter(([events, defects]) => defects < events);
    fc.assert(
      fc.property(numbers, fc.constantFrom(0.8, 0.95, 0.99, 0.999), ([events, defects], confidence) => {
        expect(atMost(defects, events, upperBound(defects, events, confidence))).toBeCloseTo(1 - confidence, 6);
        if (defects > 0)
          expect(1 - atMost(defects - 1, events, lowerBound(defects, events, confidence))).toBeCloseTo(
            1 - confidence,
            6,
          );
      }),
      { numRuns: runs(300) },
    );
  });

  it('say nothing about nothing', () => {
    expect(upperBound(0, 0, 0.95)).toBe(1);
    expect(lowerBound(0, 0, 0.95)).toBe(0);
  });

  it('end at zero and at one', () => {
    expect(upperBound(7, 7, 0.95)).toBe(1);
    expect(lowerBound(0, 7, 0.95)).toBe(0);
    expect(lowerBound(1, 1, 0.95)).toBeCloseTo(0.05, 12);
    expect(lowerBound(10, 10, 0.95)).toBeCloseTo(0.7411, 4);
  });

  it('keep their digits where the rate is minute', () => {
    expect(upperBound(0, 1e9, 0.95) * 1e9).toBeCloseTo(2.995732, 5);
  });
});

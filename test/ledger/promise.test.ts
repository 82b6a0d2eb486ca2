import { afterAll, describe, expect, it } from 'vitest';
import { anyTime } from '../../src/ledger/anytime.js';
import { fixedSample, type Bounds } from '../../src/ledger/evidence.js';
import { upperRank } from '../../src/ledger/ranks.js';

/**
 * What a confidence promises, held against many runs whose truth is known: no more of them than the doubt that was left
 * may be called proven though they are not.
 */

const RUNS = process.env['CI'] === undefined ? 2_000 : 10_000;
const CONFIDENCE = 0.95;
const LIMIT = 0.01;

/** So much more than the doubt may be seen by chance in so many runs: four standard deviations. */
const MARGIN = 4 * Math.sqrt(((1 - CONFIDENCE) * CONFIDENCE) / RUNS);

const told: string[] = [];
afterAll(() => console.log(told.join('\n')));

function tell(what: string, wrong: number): number {
  const share = wrong / RUNS;
  told.push(`${what}: ${wrong} of ${RUNS} runs falsely proven (${(100 * share).toFixed(2)} %, promised at most 5 %)`);
  return share;
}

/** The same numbers each time, between 0 and 1: mulberry32. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** When, in events, the next defect comes at a rate: as if each event were drawn. */
function gap(rate: number, random: () => number): number {
  return 1 + Math.floor(Math.log1p(-random()) / Math.log1p(-rate));
}

/** After which number of events, with so many defects, a bound proves the limit: looked up, as it is asked so often. */
function proofs(bounds: Bounds, upTo: number, most: number): number[] {
  const at: number[] = [];
  let events = 0;
  for (let defects = 0; defects <= most; defects++) {
    events = Math.max(events, defects);
    // The more defects, the more events: one search goes on where the one before ended.
    while (events <= upTo && bounds.upper(defects, events, CONFIDENCE) > LIMIT) events += 1;
    at.push(events <= upTo ? events : Infinity);
    if (events > upTo) return at;
  }
  return at;
}

/** Whether a run, looked at after each event up to a number, is ever called proven. */
function isEverProven(at: readonly number[], upTo: number, rate: number, random: () => number): boolean {
  let defects = 0;
  let next = gap(rate, random);
  for (;;) {
    const proof = at[defects] ?? Infinity;
    // With so many defects the run stands until the next one comes.
    if (proof <= upTo && proof < next) return true;
    if (next > upTo) return false;
    defects++;
    next += gap(rate, random);
  }
}

describe(`of ${RUNS} runs whose defect rate is just above the limit`, () => {
  const rate = LIMIT * (1 + 1e-9);

  it.each([299, 473, 1_000])('no more are falsely proven after %i events than promised', (events) => {
    const random = seeded(events);
    let wrong = 0;
    for (let run = 0; run < RUNS; run++) {
      let defects = 0;
      for (let at = gap(rate, random); at <= events; at += gap(rate, random)) defects++;
      if (fixedSample.upper(defects, events, CONFIDENCE) <= LIMIT) wrong++;
    }
    expect(tell(`a fixed sample of ${events}`, wrong)).toBeLessThanOrEqual(1 - CONFIDENCE + MARGIN);
  });

  const UP_TO = 30_000;

  it('no more are ever proven by the bound that holds at any time, looked at after each event', () => {
    const at = proofs(anyTime(LIMIT), UP_TO, 400);
    const random = seeded(1);
    let wrong = 0;
    for (let run = 0; run < RUNS; run++) if (isEverProven(at, UP_TO, rate, random)) wrong++;
    expect(tell(`any time, looked at after each of ${UP_TO} events`, wrong)).toBeLessThanOrEqual(1 - CONFIDENCE);
    // Not by never proving anything.
    expect(wrong).toBeGreaterThan(0);
  });

  it('many more are, by a bound for a fixed sample that is looked at again and again', () => {
    const at = proofs(fixedSample, UP_TO, 400);
    const random = seeded(1);
    let wrong = 0;
    for (let run = 0; run < RUNS; run++) if (isEverProven(at, UP_TO, rate, random)) wrong++;
    expect(tell(`a fixed sample's bound, wrongly looked at after each of ${UP_TO} events`, wrong)).toBeGreaterThan(0.1);
  });
});

describe(`of ${RUNS} runs that are broken`, () => {
  it.each([2, 5])('by %i times the limit, hardly any is ever proven', (times) => {
    const at = proofs(anyTime(LIMIT), 10_000, 200);
    const random = seeded(times);
    let wrong = 0;
    for (let run = 0; run < RUNS; run++) if (isEverProven(at, 10_000, times * LIMIT, random)) wrong++;
    expect(tell(`any time, at ${times} times the limit`, wrong)).toBeLessThan(0.01);
  });
});

describe('of runs whose true quantile is known', () => {
  it.each([
    [0.5, 40],
    [0.99, 400],
  ])('no more than promised lie above the bound at %d', (q, n) => {
    const random = seeded(n);
    const rank = upperRank(n, q, CONFIDENCE) as number;
    let wrong = 0;
    for (let run = 0; run < RUNS; run++) {
      // Lags spread evenly over 0 to 1 have their quantile at q; the bound is below it when `rank` of them are.
      let below = 0;
      for (let event = 0; event < n; event++) if (random() < q) below++;
      if (below >= rank) wrong++;
    }
    expect(wrong / RUNS).toBeLessThanOrEqual(1 - CONFIDENCE + MARGIN);
    expect(wrong).toBeGreaterThan(0);
  });
});

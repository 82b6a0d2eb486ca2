import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { interferenceSection } from '../../src/plan/interference-section.js';
import {
  interleaved,
  judgeInterference,
  pairsOf,
  type Repetition,
  type RepetitionPair,
} from '../../src/plan/interference.js';
import { fewestPairs, shiftOf } from '../../src/plan/signed-rank.js';
import { FAIR, repetitions, type Weather } from './weather.js';

/** Two thousand flips in CI; fewer show the same every day, since the seeds are always the same. */
const FLIPS = process.env['CI'] ? 2_000 : 150;
const FEW = 150;

function shareFailed(weather: Weather, { confidence = 0.95, flips = FLIPS } = {}): number {
  const failed = Array.from({ length: flips }, (_, seed) =>
    judgeInterference(repetitions(seed, weather), { confidence }).figures.some(({ status }) => status === 'failed'),
  );
  return failed.filter(Boolean).length / flips;
}

describe('simulated flips', { timeout: 120_000 }, () => {
  it.each([0.95, 0.8])('without an effect raise no more false alarms than a confidence of %f allows', (confidence) => {
    const share = shareFailed(FAIR, { confidence });
    expect(share).toBeLessThanOrEqual(1 - confidence);
    // The looser one must come up now and then, or the test would see nothing at all.
    if (confidence === 0.8) expect(share).toBeGreaterThan(0);
  });

  it('that slow the side down by 20 % are found in at least 95 of 100', () => {
    expect(shareFailed({ ...FAIR, slowdown: 1.2 })).toBeGreaterThanOrEqual(0.95);
  });

  it('that lose one event of twenty are found', () => {
    expect(shareFailed({ ...FAIR, lostWithFlag: 0.05 }, { flips: FEW })).toBeGreaterThanOrEqual(0.95);
  });
});

/** Every way in which chance could have dealt out on and off within the pairs. */
function deals(differences: readonly number[]): number[][] {
  return differences.reduce<number[][]>(
    (dealt, difference) =>
      dealt.flatMap((signs) => [
        [...signs, difference],
        [...signs, -difference],
      ]),
    [[]],
  );
}

describe('the shift of paired figures', () => {
  it('is told beyond 0 in no more deals of on and off than the level allows, ties and zeros included', () => {
    const differences = fc.array(
      fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ min: -5, max: 5, noNaN: true })),
      {
        minLength: 1,
        maxLength: 9,
      },
    );
    fc.assert(
      fc.property(differences, fc.constantFrom(0.01, 0.05, 0.1, 0.25), (given, level) => {
        const all = deals(given).map((dealt) => shiftOf(dealt, level));
        expect(all.filter(({ lower }) => lower > 0).length / all.length).toBeLessThanOrEqual(level);
        expect(all.filter(({ upper }) => upper < 0).length / all.length).toBeLessThanOrEqual(level);
        for (const { estimate, lower, upper } of all) expect(lower <= estimate && estimate <= upper).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('is the signed-rank test of the textbook', () => {
    // Ten pairs without ties: the table's critical value at 0.05, one-sided, is 10, so the bound is the eleventh mean.
    const differences = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];
    const means = differences.flatMap((one, at) => differences.slice(at).map((other) => (one + other) / 2));
    const { lower, upper, estimate } = shiftOf(differences, 0.05);
    const sorted = means.sort((a, b) => a - b);
    expect({ lower, upper }).toEqual({ lower: sorted[10], upper: sorted.at(-11) });
    expect(estimate).toBe(sorted[27]);
  });

  it('is unbounded where so few pairs can show nothing', () => {
    expect(fewestPairs(0.05)).toBe(5);
    expect(fewestPairs(0.125)).toBe(3);
    expect(shiftOf([1, 1, 1, 1], 0.05)).toEqual({ estimate: 1, lower: -Infinity, upper: Infinity });
    expect(shiftOf([1, 1, 1, 1, 1], 0.05)).toEqual({ estimate: 1, lower: 1, upper: 1 });
  });
});

function repetition(some: Partial<Repetition> = {}): Repetition {
  return { sent: 500, arrived: 500, lagsMs: [19, 20, 21], latenciesMs: [40, 41], ...some };
}

function repeated(count: number, on: Partial<Repetition>, off: Partial<Repetition> = {}): RepetitionPair[] {
  return Array.from({ length: count }, () => ({ off: repetition(off), on: repetition(on) }));
}

function answers(pairs: readonly RepetitionPair[]): Record<string, string> {
  return Object.fromEntries(judgeInterference(pairs).figures.map(({ figure, status }) => [figure, status]));
}

describe('interference', () => {
  it('of none is certain', () => {
    const all = 'passed';
    expect(answers(repeated(10, {}))).toEqual({
      delivery: all,
      'lag p50': all,
      'lag p95': all,
      'REST latency p50': all,
      'REST latency p95': all,
    });
  });

  it('tells a figure that is slower from one that is not', () => {
    const { figures } = judgeInterference(repeated(10, { lagsMs: [19, 25, 26.25] }));
    expect(figures.map(({ figure, status }) => `${figure} ${status}`).slice(0, 4)).toEqual([
      'delivery passed',
      'lag p50 failed',
      'lag p95 failed',
      'REST latency p50 passed',
    ]);
    expect(figures[1]?.shift.estimate).toBeCloseTo(0.25, 10);
    expect(figures[1]).toMatchObject({ off: 20, on: 25, pairs: 10, tolerated: 0.1 });
  });

  it('counts what never came as infinitely slow', () => {
    const on = { arrived: 300, lagsMs: Array.from({ length: 300 }, () => 20) };
    const { figures } = judgeInterference(repeated(10, on, { lagsMs: Array.from({ length: 500 }, () => 20) }));
    expect(figures.map(({ figure, status }) => [figure, status]).slice(0, 3)).toEqual([
      ['delivery', 'failed'],
      ['lag p50', 'passed'],
      ['lag p95', 'failed'],
    ]);
    expect(figures[0]?.shift.estimate).toBeCloseTo(0.4, 10);
  });

  it('is not ruled out by few events, although none was lost', () => {
    const few = { sent: 5, arrived: 5, lagsMs: [20, 20, 20, 20, 20] };
    const [delivery] = judgeInterference(repeated(10, few, few)).figures;
    expect(delivery).toMatchObject({ status: 'undecided', shift: { estimate: 0, lower: 0 } });
    expect(delivery?.shift.upper).toBeGreaterThan(0.05);
  });

  it('is undecided with few pairs, and says how many it takes', () => {
    const section = interferenceSection('control', judgeInterference(repeated(3, { lagsMs: [40, 40, 40] })));
    expect(section).toMatchObject({ kind: 'interference', status: 'undecided', title: 'Interference with control' });
    expect(section.cases[1]).toEqual({
      name: 'lag p50',
      status: 'undecided',
      detail: '3 pairs can show nothing at this confidence: repeat at least 7 times',
    });
    expect(section.facts).toMatchObject({ figures: [{}, { shift: { estimate: 1, upper: null } }, {}, {}, {}] });
  });

  it('says that nothing was measured', () => {
    const nothing = { sent: 0, arrived: 0, lagsMs: [], latenciesMs: [] };
    expect(interferenceSection('control', judgeInterference(repeated(10, nothing, nothing)))).toMatchObject({
      status: 'undecided',
      cases: [{ status: 'undecided' }],
    });
  });

  it('asks about as many pairs as then decide', () => {
    const doubtful = judgeInterference(repetitions(5, { ...FAIR, pairs: 8 })).figures.find(
      ({ pairsNeeded }) => pairsNeeded,
    );
    expect(doubtful?.pairsNeeded).toBeGreaterThan(8);
  });

  it('is told with its interval', () => {
    const { cases } = interferenceSection('control', judgeInterference(repeated(10, { lagsMs: [25, 25, 25] })));
    expect(cases[1]?.detail).toBe('25 % slower (+25 % to +25 %) over 10 pairs, tolerated 10 %');
    expect(cases[3]?.detail).toBe('0 % slower (+0 % to +0 %) over 10 pairs, tolerated 10 %');
  });

  it('pairs repetitions by their number', () => {
    const [one, two, three] = [1, 2, 3].map((sent) => repetition({ sent })) as [Repetition, Repetition, Repetition];
    expect(pairsOf([one, two], [three])).toEqual([{ off: one, on: three }]);
    expect(pairsOf([one], [two, three])).toEqual([{ off: one, on: two }]);
  });

  it('draws the order within each pair', () => {
    let nth = 0;
    expect(interleaved(4, () => [0.1, 0.9, 0.5, 0.4][nth++] as number)).toEqual([
      ['off', 'on'],
      ['on', 'off'],
      ['on', 'off'],
      ['off', 'on'],
    ]);
  });
});

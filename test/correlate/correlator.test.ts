import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { earliest } from '../../src/correlate/correlator.js';
import type { MatchSettings } from '../../src/model/settings.js';
import type { Side } from '../../src/model/timeline.js';
import { MATCH } from '../given.js';
import { observation, Trial, type Arrival } from './observed.js';

const window = (beforeMs: number, afterMs: number): Partial<MatchSettings> => ({ window: { beforeMs, afterMs } });

describe('the window', () => {
  it.each<[string, Partial<MatchSettings>, Arrival[], string[]]>([
    [
      'holds a candidate at the same moment',
      {},
      [
        ['control', 1000],
        ['candidate', 1000],
      ],
      ['paired 1000+1000'],
    ],
    [
      'holds a candidate 1 ms before its end',
      {},
      [
        ['control', 1000],
        ['candidate', 10_999],
      ],
      ['paired 1000+10999'],
    ],
    [
      'holds a candidate 1 µs before its end',
      {},
      [
        ['control', 1000],
        ['candidate', 10_999.999],
      ],
      ['paired 1000+10999.999'],
    ],
    [
      'holds a candidate at its very end',
      {},
      [
        ['control', 1000],
        ['candidate', 11_000],
      ],
      ['paired 1000+11000'],
    ],
    [
      'ends before a candidate 1 µs later',
      {},
      [
        ['control', 1000],
        ['candidate', 11_000.001],
      ],
      ['control alone at 11000', 'late 1000+11000.001'],
    ],
    [
      'ends before a candidate 1 ms later',
      {},
      [
        ['control', 1000],
        ['candidate', 11_001],
      ],
      ['control alone at 11000', 'late 1000+11001'],
    ],
    [
      'holds a control 1 ms before its other end',
      window(2000, 0),
      [
        ['candidate', 1000],
        ['control', 2999],
      ],
      ['paired 2999+1000'],
    ],
    [
      'holds a control at its very other end',
      window(2000, 0),
      [
        ['candidate', 1000],
        ['control', 3000],
      ],
      ['paired 3000+1000'],
    ],
    [
      'ends before a control 1 µs later',
      window(2000, 0),
      [
        ['candidate', 1000],
        ['control', 3000.001],
      ],
      ['candidate alone at 3000', 'paired 3000.001+1000'],
    ],
    [
      'ends before a control 1 ms later',
      window(2000, 0),
      [
        ['candidate', 1000],
        ['control', 3001],
      ],
      ['candidate alone at 3000', 'paired 3001+1000'],
    ],
    [
      'without any length holds the same moment',
      window(0, 0),
      [
        ['control', 1000],
        ['candidate', 1000],
      ],
      ['paired 1000+1000'],
    ],
    [
      'without any length ends 1 µs later',
      window(0, 0),
      [
        ['control', 1000],
        ['candidate', 1000.001],
      ],
      ['control alone at 1000', 'late 1000+1000.001'],
    ],
    [
      'is as long as it says on each side',
      window(2000, 3000),
      [
        ['control', 0],
        ['candidate', 0, { key: '8' }],
        ['control', 2001, { key: '8' }],
        ['candidate', 2999],
      ],
      ['candidate alone at 2000', 'paired 2001+0', 'paired 0+2999'],
    ],
    [
      'is no shorter before than two sockets can be told apart',
      window(0, 10_000),
      [
        ['candidate', 1000],
        ['control', 1005],
      ],
      ['paired 1005+1000'],
    ],
    [
      'is no longer before than that',
      window(0, 10_000),
      [
        ['candidate', 1000],
        ['control', 1005.001],
      ],
      ['candidate alone at 1005', 'paired 1005.001+1000'],
    ],
    [
      'is what the config says where that is longer',
      window(6, 10_000),
      [
        ['candidate', 1000],
        ['control', 1006],
      ],
      ['paired 1006+1000'],
    ],
    [
      'has no resolution where none is set',
      { ...window(0, 10_000), resolutionMs: 0 },
      [
        ['candidate', 1000],
        ['control', 1000.001],
      ],
      ['candidate alone at 1000', 'paired 1000.001+1000'],
    ],
  ])('%s', (_, match, arrivals, told) => {
    const trial = new Trial(match);
    for (const arrival of arrivals) trial.see(...arrival);
    expect(trial.told).toEqual(told);
  });

  it.each([
    [0, 5, 5],
    [5, 5, 5],
    [6, 5, 6],
    [0, 0, 0],
  ])('with before %d ms and a resolution of %d ms reaches back %d ms', (beforeMs, resolutionMs, expected) => {
    expect(earliest({ window: { beforeMs, afterMs: 1 }, resolutionMs })).toBe(expected);
  });

  // Sums and differences of stamps such as 59835.558 are off by an ulp, which must not decide.
  it('is exact to the microsecond wherever it lies', () => {
    const stamps = fc.nat({ max: 3_600_000_000 });
    fc.assert(
      fc.property(stamps, fc.constantFrom(5, 250, 10_000, 30_000), (us, afterMs) => {
        const at = (lagUs: number) => (us + lagUs) / 1000;
        for (const [lagUs, first] of [
          [afterMs * 1000 - 1, 'paired'],
          [afterMs * 1000, 'paired'],
          [afterMs * 1000 + 1, 'control'],
        ] as const) {
          const trial = new Trial(window(0, afterMs)).see('control', at(0)).see('candidate', at(lagUs));
          expect(trial.told[0]).toMatch(new RegExp(`^${first}`));
        }
      }),
      {
        examples: [
          [59_835_558, 10_000],
          [252_069_791, 30_000],
          [120_908_347, 30_000],
        ],
      },
    );
  });
});

describe('a wait', () => {
  it.each([
    ['lasts while time stands at the deadline', 11_000, []],
    ['is over 1 µs later', 11_000.001, ['control alone at 11000']],
    ['is over at its deadline, however late that is noticed', 99_999, ['control alone at 11000']],
  ])('%s', (_, t, told) => {
    expect(new Trial().see('control', 1000).pass(t).told).toEqual(told);
  });

  it('ends in the order of deadlines, whichever side waits', () => {
    const trial = new Trial()
      .see('control', 0, { key: 'a' })
      .see('control', 1, { key: 'b' })
      .see('candidate', 9_990, { key: 'c' })
      .see('candidate', 9_996, { key: 'd' })
      .pass(20_000);
    expect(trial.told).toEqual([
      'candidate alone at 9995',
      'control alone at 10000',
      'control alone at 10001',
      'candidate alone at 10001',
    ]);
    expect(trial.steps.map(({ pairing }) => pairing.key)).toEqual(['c', 'a', 'b', 'd']);
  });

  it('is counted as open until its counterpart or its end comes', () => {
    const trial = new Trial();
    const open = () => ({ ...trial.correlator.open });
    expect(open()).toEqual({ control: 0, candidate: 0 });
    trial.see('control', 0, { key: 'a' }).see('control', 1, { key: 'b' }).see('candidate', 2, { key: 'c' });
    expect(open()).toEqual({ control: 2, candidate: 1 });
    trial.see('candidate', 3, { key: 'a' }).see('control', 4, { key: 'c' });
    expect(open()).toEqual({ control: 1, candidate: 0 });
    trial.see('candidate', 4, { key: 'a' });
    expect(open()).toEqual({ control: 1, candidate: 0 });
    trial.pass(10_002);
    expect(open()).toEqual({ control: 0, candidate: 0 });
    trial.see('candidate', 10_003, { key: 'b' });
    expect(open()).toEqual({ control: 0, candidate: 0 });
  });
});

describe('a key', () => {
  it.each([
    ['account', { account: 'rep-2' }],
    ['type', { type: 'call_logged' }],
    ['key', { key: '07' }],
  ])('names nothing beyond its %s', (_, other) => {
    const trial = new Trial().see('control', 0).see('candidate', 1, other).pass(20_000);
    expect(trial.told).toEqual(['candidate alone at 6', 'control alone at 10000']);
  });

  it('with a blank or a line break in it stays within its account and type', () => {
    const trial = new Trial()
      .see('control', 0, { key: 'a\ncall_logged\nb' })
      .see('candidate', 1, { key: 'b' })
      .pass(20_000);
    expect(trial.told).toEqual(['candidate alone at 6', 'control alone at 10000']);
  });

  it.each<[string, Arrival[], string[]]>([
    [
      'after a pair is a repeat',
      [
        ['control', 0],
        ['candidate', 100],
        ['candidate', 60_100],
      ],
      ['paired 0+100', 'candidate repeated at 60100'],
    ],
    [
      '1 µs after the tombstone of a pair is new',
      [
        ['control', 0],
        ['candidate', 100],
        ['candidate', 60_100.001],
      ],
      ['paired 0+100', 'candidate alone at 60105.001'],
    ],
    [
      'while it waits is a repeat',
      [
        ['control', 0],
        ['control', 9_999],
        ['candidate', 10_000],
      ],
      ['control repeated at 9999', 'paired 0+10000'],
    ],
    [
      'of either side is a repeat',
      [
        ['control', 0],
        ['candidate', 1],
        ['control', 2],
        ['candidate', 3],
      ],
      ['paired 0+1', 'control repeated at 2', 'candidate repeated at 3'],
    ],
    [
      'after a wait that ended is a repeat',
      [
        ['control', 0],
        ['control', 70_000],
      ],
      ['control alone at 10000', 'control repeated at 70000'],
    ],
    [
      '1 µs after the tombstone of a wait is new',
      [
        ['control', 0],
        ['control', 70_000.001],
      ],
      ['control alone at 10000', 'control alone at 80000.001'],
    ],
    [
      'at the end of the tombstone is late',
      [
        ['control', 0],
        ['candidate', 70_000],
      ],
      ['control alone at 10000', 'late 0+70000'],
    ],
    [
      '1 µs after the tombstone is an event nobody announced',
      [
        ['control', 0],
        ['candidate', 70_000.001],
      ],
      ['control alone at 10000', 'candidate alone at 70005.001'],
    ],
    [
      'after a late pair is a repeat for a tombstone more',
      [
        ['control', 0],
        ['candidate', 70_000],
        ['candidate', 130_000],
      ],
      ['control alone at 10000', 'late 0+70000', 'candidate repeated at 130000'],
    ],
    [
      '1 µs after the tombstone of a late pair is new',
      [
        ['control', 0],
        ['candidate', 70_000],
        ['candidate', 130_000.001],
      ],
      ['control alone at 10000', 'late 0+70000', 'candidate alone at 130005.001'],
    ],
  ])('seen again %s', (_, arrivals, told) => {
    const trial = new Trial();
    for (const arrival of arrivals) trial.see(...arrival);
    expect(trial.pass(200_000).told).toEqual(told);
  });

  it('is remembered no longer than its tombstone, even where that is shorter than the window', () => {
    const trial = new Trial({ tombstoneMs: 1000 })
      .see('control', 0)
      .see('candidate', 100)
      .see('candidate', 1100)
      .see('control', 1100.001)
      .pass(50_000);
    expect(trial.told).toEqual(['paired 0+100', 'candidate repeated at 1100', 'control alone at 11100.001']);
  });

  it('of a pair is forgotten without ending its wait a second time', () => {
    const trial = new Trial({ tombstoneMs: 0 }).see('control', 0).see('candidate', 1).pass(50_000);
    expect(trial.told).toEqual(['paired 0+1']);
    expect(trial.correlator.open).toEqual({ control: 0, candidate: 0 });
  });

  it('out of many thousands is forgotten: each is new again', () => {
    const trial = new Trial();
    const round = (from: number) => {
      for (let n = 0; n < 12_000; n++) {
        trial.see('control', from + n, { key: String(n) });
        if (n % 3 !== 0) trial.see('candidate', from + n + 0.5, { key: String(n) });
        if (n % 5 === 0) trial.see('control', from + n + 0.5, { key: String(n) });
      }
      trial.pass(from + 200_000);
      return trial.steps.splice(0).map(({ kind }) => kind);
    };
    const first = round(0);
    expect(first.filter((kind) => kind === 'alone')).toHaveLength(4_000);
    expect(first.filter((kind) => kind === 'paired')).toHaveLength(8_000);
    expect(first.filter((kind) => kind === 'repeat')).toHaveLength(2_400);
    expect(trial.correlator.open).toEqual({ control: 0, candidate: 0 });
    expect(round(1_000_000)).toEqual(first);
  });
});

describe('repeats that are events of their own', () => {
  it.each<[string, Arrival[], string[]]>([
    [
      'are paired first in, first out',
      [
        ['control', 0],
        ['control', 1],
        ['candidate', 2],
        ['candidate', 3],
      ],
      ['paired 0+2', 'paired 1+3'],
    ],
    [
      'may take turns',
      [
        ['control', 0],
        ['candidate', 1],
        ['control', 2],
        ['candidate', 3],
      ],
      ['paired 0+1', 'paired 2+3'],
    ],
    [
      'may begin on the other side',
      [
        ['candidate', 0],
        ['candidate', 1],
        ['control', 2],
        ['control', 3],
      ],
      ['paired 2+0', 'paired 3+1'],
    ],
    [
      'leave over what has no partner',
      [
        ['control', 0],
        ['candidate', 1],
        ['candidate', 2],
      ],
      ['paired 0+1', 'candidate alone at 7'],
    ],
    [
      'prefer one that still waits to one whose wait is over',
      [
        ['control', 0],
        ['control', 9_000],
        ['candidate', 10_001],
      ],
      ['control alone at 10000', 'paired 9000+10001'],
    ],
    [
      'complete late what nothing else is left for',
      [
        ['control', 0],
        ['control', 9_000],
        ['candidate', 10_001],
        ['candidate', 10_002],
      ],
      ['control alone at 10000', 'paired 9000+10001', 'late 0+10002'],
    ],
    [
      'leave an event that nobody announced to itself, whatever control sends later',
      [
        ['candidate', 0],
        ['control', 1000],
        ['candidate', 1001],
      ],
      ['candidate alone at 5', 'paired 1000+1001'],
    ],
    [
      'are forgotten one by one',
      [
        ['control', 0],
        ['control', 5_000],
        ['candidate', 70_000.001],
      ],
      ['control alone at 10000', 'control alone at 15000', 'late 5000+70000.001'],
    ],
  ])('%s', (_, arrivals, told) => {
    const trial = new Trial({}, 'occurrences');
    for (const arrival of arrivals) trial.see(...arrival);
    expect(trial.pass(500_000).told).toEqual(told);
  });

  it('are so for their own type only', () => {
    const trial = new Trial({}, 'occurrences')
      .see('control', 0, { type: 'call_logged' })
      .see('control', 1, { type: 'call_logged' });
    expect(trial.told).toEqual(['control repeated at 1']);
  });
});

const sides = fc.constantFrom<Side>('control', 'candidate');

/** Arrivals in order, at whole milliseconds, close enough for every edge to be met. */
const world = fc
  .array(fc.tuple(sides, fc.nat({ max: 9 }), fc.constantFrom('a', 'b', 'c')), { maxLength: 60 })
  .map((draws) => {
    let t = 0;
    return draws.map(([side, gap, key]): Arrival => [side, (t += gap), { key }]);
  });

/** The rules of pairing once more, over all the keys' histories instead of queues. */
function expected(arrivals: readonly Arrival[], wait: Record<Side, number>, tombstone: number): string[] {
  interface Seen {
    first: readonly [Side, number];
    second?: number;
  }
  const last = new Map<string, Seen>();
  const told: { t: number; what: string }[] = [];
  const ends = (seen: Seen) => seen.first[1] + wait[seen.first[0]];
  const closes = (seen: Seen) => seen.second ?? ends(seen);
  const bury = (seen: Seen) => {
    if (seen.second === undefined || seen.second > ends(seen))
      told.push({ t: ends(seen), what: `${seen.first[0]} alone at ${ends(seen)}` });
  };
  for (const [side, t, some] of arrivals) {
    const key = some?.key ?? '';
    const seen = last.get(key);
    if (seen === undefined || t > closes(seen) + tombstone) {
      if (seen !== undefined) bury(seen);
      last.set(key, { first: [side, t] });
    } else if (seen.second !== undefined || seen.first[0] === side) told.push({ t, what: `${side} repeated at ${t}` });
    else {
      seen.second = t;
      const [control, candidate] = side === 'candidate' ? [seen.first[1], t] : [t, seen.first[1]];
      told.push({ t, what: `${candidate - control > wait.control ? 'late' : 'paired'} ${control}+${candidate}` });
    }
  }
  for (const seen of last.values()) bury(seen);
  return told.map(({ what }) => what).sort();
}

describe('whatever comes', () => {
  it('is paired by the rules, in any order and at any distance', () => {
    const lengths = fc.nat({ max: 12 });
    fc.assert(
      fc.property(world, lengths, lengths, lengths, (arrivals, before, after, tombstone) => {
        const trial = new Trial({
          window: { beforeMs: before, afterMs: after },
          tombstoneMs: tombstone,
          resolutionMs: 0,
        });
        for (const arrival of arrivals) trial.see(...arrival);
        expect(trial.pass(10_000).told.sort()).toEqual(
          expected(arrivals, { control: after, candidate: before }, tombstone),
        );
      }),
      { numRuns: 1_000 },
    );
  });

  it.each(['duplicates', 'occurrences'] as const)(
    'out of order too, each observation ends in one place (%s)',
    (repeats) => {
      const arrivals = fc.array(fc.tuple(sides, fc.nat({ max: 300 }), fc.constantFrom('a', 'b')), { maxLength: 60 });
      fc.assert(
        fc.property(arrivals, (draws) => {
          const trial = new Trial({ window: { beforeMs: 20, afterMs: 50 }, tombstoneMs: 60 }, repeats);
          for (const [side, t, key] of draws) {
            trial.see(side, t, { key });
            expect(Math.min(trial.correlator.open.control, trial.correlator.open.candidate)).toBeGreaterThanOrEqual(0);
          }
          trial.pass(10_000);
          expect(trial.correlator.open).toEqual({ control: 0, candidate: 0 });
          const lone = new Set(trial.steps.flatMap((step) => (step.kind === 'alone' ? [step.pairing] : [])));
          const pairs = trial.steps.flatMap((step) => (step.kind === 'paired' ? [step.pairing] : []));
          expect(new Set(pairs).size).toBe(pairs.length);
          for (const pairing of pairs) lone.delete(pairing);
          const repeated = trial.steps.filter((step) => step.kind === 'repeat').length;
          expect(lone.size + 2 * pairs.length + repeated).toBe(draws.length);
        }),
      );
    },
  );

  it('is handed back as it came', () => {
    const trial = new Trial();
    const [control, candidate] = [observation('control', 1), observation('candidate', 2)];
    trial.correlator.add(control);
    const step = trial.correlator.add(candidate);
    expect(step).toMatchObject({
      kind: 'paired',
      pairing: { control, candidate, account: 'rep-1', type: 'email_opened', key: '7' },
    });
    expect(MATCH.window.afterMs).toBe(10_000);
  });
});

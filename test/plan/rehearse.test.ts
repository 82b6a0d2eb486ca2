import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Interval } from '../../src/plan/measure.js';
import type { Manner } from '../../src/plan/page.js';
import { recordedPairs } from '../../src/plan/recorded.js';
import { rehearsalSection } from '../../src/plan/rehearsal.js';
import { rehearse, smallestOverlap, type Recorded } from '../../src/plan/rehearse.js';
import { Rendered } from '../../src/plan/rendered.js';
import { SIDES, type Side, type TimelineEntry } from '../../src/model/timeline.js';
import { down, frame, settings, tick, up } from '../given.js';

/** A recording in small whole microseconds, so that between two of them nothing can happen. */
const recordings = fc
  .record({
    pairs: fc.array(fc.tuple(fc.nat(2), fc.nat(40), fc.nat(40)), { minLength: 1, maxLength: 12 }),
    cuts: fc.uniqueArray(fc.nat(50), { minLength: 2, maxLength: 6 }),
  })
  .map(({ pairs, cuts }): Recorded => ({
    accounts: ['a', 'b', 'c'],
    account: pairs.map(([account]) => account),
    control: pairs.map(([, control]) => control),
    candidate: pairs.map(([, , candidate]) => candidate),
    moments: intervals(cuts),
    unpaired: { control: 0, candidate: 0 },
    repeats: 0,
    durationMs: 0.05,
  }));

function intervals(cuts: readonly number[]): Interval[] {
  const sorted = cuts.toSorted((a, b) => a - b);
  return sorted.flatMap((to, at) => (at % 2 === 1 ? [{ from: sorted[at - 1] as number, to }] : []));
}

const manners = fc.record({
  reconnectMs: fc.nat(12).map((us) => us / 1_000),
  overlapMs: fc.nat(12).map((us) => us / 1_000),
  deduplicated: fc.boolean(),
});
const sides = fc.constantFrom(...SIDES);

/** One flip, told event by event: what a page shows that hears the left feed until then and the joined one from then on. */
function flipAt(recorded: Recorded, to: Side, manner: Manner, us: number) {
  const shown = Array.from(recorded.control, (control, pair) => {
    const candidate = recorded.candidate[pair] as number;
    const [left, joined] = to === 'candidate' ? [control, candidate] : [candidate, control];
    const before = left < us + manner.overlapMs * 1_000;
    const after = joined >= us + manner.reconnectMs * 1_000;
    return { account: recorded.account[pair] as number, times: Number(before) + Number(after) };
  });
  return {
    lost: shown.filter(({ times }) => times === 0),
    doubled: shown.filter(({ times }) => times === 2 && !manner.deduplicated),
  };
}

/** The same by trying a flip between any two microseconds. */
function bruteForce(recorded: Recorded, to: Side, manner: Manner) {
  const flips = recorded.moments.flatMap(({ from, to: end }) =>
    Array.from({ length: end - from }, (_, at) => flipAt(recorded, to, manner, from + at + 0.5)),
  );
  const share = (of: (flip: ReturnType<typeof flipAt>) => number): number =>
    flips.reduce((sum, flip) => sum + of(flip), 0) / flips.length;
  const accounts = (members: readonly { readonly account: number }[]): number =>
    new Set(members.map(({ account }) => account)).size / recorded.accounts.length;
  return {
    losing: share(({ lost }) => Math.min(1, lost.length)),
    doubling: share(({ doubled }) => Math.min(1, doubled.length)),
    page: { losing: share(({ lost }) => accounts(lost)), doubling: share(({ doubled }) => accounts(doubled)) },
    lostPerFlip: share(({ lost }) => lost.length),
    doubledPerFlip: share(({ doubled }) => doubled.length),
    most: Math.max(...flips.map(({ lost }) => lost.length)),
  };
}

describe('rehearse', () => {
  it('says what a brute-force calculation says', () => {
    fc.assert(
      fc.property(recordings, sides, manners, (recorded, to, manner) => {
        const { worst, ...shares } = rehearse(recorded, to, manner);
        const { most, ...expected } = bruteForce(recorded, to, manner);
        const all = [...numbers(shares)];
        expect(all).toHaveLength(6);
        for (const [at, value] of numbers(expected).entries()) expect(all[at]).toBeCloseTo(value, 12);
        expect(worst?.lost ?? 0).toBe(most);
        if (worst !== undefined) expect(flipAt(recorded, to, manner, worst.t * 1_000 - 0.5).lost).toHaveLength(most);
      }),
      { numRuns: 500 },
    );
  });

  it('finds the smallest overlap that trying each of them finds', () => {
    fc.assert(
      fc.property(recordings, sides, fc.nat(12), (recorded, to, delayUs) => {
        const reconnectMs = delayUs / 1_000;
        const losing = (overlapUs: number): number =>
          bruteForce(recorded, to, { reconnectMs, overlapMs: overlapUs / 1_000, deduplicated: true }).losing;
        const first = Array.from({ length: 60 }, (_, us) => us).find((us) => losing(us) === 0) as number;
        const { overlapMs, decidedBy } = smallestOverlap(recorded, to, reconnectMs);
        expect(overlapMs * 1_000).toBe(first);
        expect(decidedBy === undefined).toBe(first === 0);
      }),
      { numRuns: 300 },
    );
  });

  it('agrees with a page that really goes over at that moment', () => {
    const given = settings({ accounts: ['a', 'b', 'c'].map((id) => ({ id, values: { id } })) });
    fc.assert(
      fc.property(recordings, sides, manners, fc.nat(40), (recorded, to, manner, us) => {
        const rendered = new Rendered(
          { ...given, match: { ...given.match, settleMs: 0 } },
          to === 'candidate' ? 'control' : 'candidate',
          manner,
        );
        const steps: { readonly us: number; readonly run: () => void }[] = [
          { us, run: () => rendered.flip({ t: us / 1_000, to }) },
        ];
        for (const side of SIDES) {
          for (const id of recorded.accounts) rendered.note(up(side, 0, id));
          for (const [pair, us] of Array.from(recorded[side]).entries()) {
            const account = recorded.accounts[recorded.account[pair] as number] as string;
            const seen = { side, account, type: 'email_opened', key: String(pair), t: us / 1_000 };
            steps.push({ us, run: () => rendered.see(seen) });
          }
        }
        // A flip comes before what arrives at the same microsecond.
        for (const { run } of steps.sort((a, b) => a.us - b.us)) run();
        const { flips, apart } = rendered.end();
        const { lost, doubled } = flipAt(recorded, to, manner, us);
        expect(flips[0]).toMatchObject({ lost: lost.length, doubled: doubled.length });
        expect(apart).toMatchObject({ lost: 0, doubled: 0 });
        expect(apart.events + (flips[0]?.events ?? 0)).toBe(recorded.control.length);
      }),
      { numRuns: 300 },
    );
  });

  it('takes a million pairs', () => {
    const length = 1_000_000;
    const control = Float64Array.from({ length }, (_, nth) => nth * 2_000);
    const recorded: Recorded = {
      accounts: ['a', 'b'],
      account: Uint8Array.from({ length }, (_, nth) => nth % 2),
      control,
      // Events 2 ms apart that are 1 ms late: half of the time one is on its way.
      candidate: control.map((t) => t + 1_000),
      moments: [{ from: 0, to: length * 2_000 }],
      unpaired: { control: 0, candidate: 0 },
      repeats: 0,
      durationMs: length * 2,
    };
    const cut = { reconnectMs: 0, overlapMs: 0, deduplicated: false };
    expect(rehearse(recorded, 'control', cut)).toMatchObject({ losing: 0.5, page: { losing: 0.25 }, lostPerFlip: 0.5 });
    expect(smallestOverlap(recorded, 'control', 5).overlapMs).toBe(6);
  });
});

/** The figures of nested records, in the order of their names. */
function numbers(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  const members = Object.entries(value as Record<string, unknown>).sort(([a], [b]) => a.localeCompare(b));
  return members.flatMap(([, member]) => numbers(member));
}

async function read(entries: readonly TimelineEntry[], accounts = ['rep-1']): Promise<Recorded> {
  const blocks = async function* () {
    yield entries;
  };
  return recordedPairs({ entries: blocks() }, settings({ accounts: accounts.map((id) => ({ id, values: { id } })) }));
}

const BOTH_UP = [up('control', 0), up('candidate', 0)];

describe('what a recording is rehearsed with', () => {
  it('pairs by key, and leaves out what is no flip’s doing', async () => {
    const recorded = await read([
      ...BOTH_UP,
      frame('control', 1_000, '{"id":1}'),
      frame('candidate', 1_040, '{"id":1}'),
      frame('candidate', 1_050, '{"id":1}'),
      frame('control', 2_000, '{"id":2}'),
      frame('candidate', 3_000, '{"id":3}'),
      frame('candidate', 14_000, '{"id":2}'),
      frame('control', 15_000, '{"id":4}'),
    ]);
    expect(recorded).toMatchObject({
      accounts: ['rep-1'],
      account: [0, 0],
      control: [1_000_000, 2_000_000],
      candidate: [1_040_000, 14_000_000],
      moments: [{ from: 500_000, to: 15_000_000 }],
      unpaired: { control: 1, candidate: 1 },
      repeats: 1,
      durationMs: 15_000,
    });
  });

  it('judges no moment at which somebody was not listening', async () => {
    const recorded = await read(
      [
        ...BOTH_UP,
        up('control', 100, 'rep-2'),
        up('candidate', 1_500, 'rep-2'),
        down('candidate', 4_000),
        up('candidate', 5_000),
        tick(9_000, 1_000),
        // Of this one control alone ever came: nothing is known of its page.
        up('control', 9_000, 'rep-3'),
        tick(20_000),
      ],
      ['rep-1', 'rep-2', 'rep-3'],
    );
    expect(recorded.accounts).toEqual(['rep-1', 'rep-2']);
    expect(recorded.moments).toEqual([
      { from: 2_000_000, to: 4_000_000 },
      { from: 5_500_000, to: 8_000_000 },
      { from: 9_250_000, to: 20_000_000 },
    ]);
  });

  it('says that there is nothing to say where nothing was paired', async () => {
    const section = rehearsalSection(await read([...BOTH_UP, frame('control', 1_000, '{"id":1}'), tick(60_000)]), {
      reconnectMs: 300,
    });
    expect(section).toMatchObject({ kind: 'rehearsal', status: 'undecided' });
    expect(section.cases).toEqual([
      {
        name: 'pairs to rehearse with',
        status: 'undecided',
        detail: 'no event came on both sides (1 on control alone, 0 on candidate alone)',
      },
    ]);
  });
});

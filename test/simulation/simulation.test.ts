import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runs } from '../runs.js';
import { BytesFrame } from '../../src/model/bytes-frame.js';
import type { TimelineEntry } from '../../src/model/timeline.js';
import { CANARIES } from './canary.js';
import { withFewerTicks, withMoreTicks } from './clocks.js';
import { differences, judge } from './judge.js';
import { world } from './world.js';

/** Seeds that failed once. */
const remembered = JSON.parse(
  readFileSync(new URL('../../fixtures/seeds.json', import.meta.url), 'utf8'),
) as readonly number[];

const seeds = [...new Set([...remembered, ...Array.from({ length: runs(500) }, (_, index) => index + 1)])];
const some = seeds.filter((_, index) => index % 8 === 0);

const again = (seed: number) => `replay it with: npm run sim -- ${seed}`;

describe('a simulated world', () => {
  it.each(seeds)('of seed %i is judged as the oracle knows it', (seed) => {
    expect(differences(world(seed)), again(seed)).toEqual([]);
  });

  it.each(some)('of seed %i is judged alike by two lines, to the byte', (seed) => {
    const [one, other] = [world(seed), world(seed)];
    expect(JSON.stringify(other.entries), again(seed)).toBe(JSON.stringify(one.entries));
    const reports = [one, other].map(({ settings, entries }) => JSON.stringify(judge(settings, entries)));
    expect(reports[1], again(seed)).toBe(reports[0]);
  });

  it.each(some)('of seed %i is judged alike however often the clock ticks', (seed) => {
    const given = world(seed);
    const report = judge(given.settings, given.entries);
    expect(judge(given.settings, withFewerTicks(given)), `with fewer ticks; ${again(seed)}`).toEqual(report);
    expect(judge(given.settings, withMoreTicks(given)), `with more ticks; ${again(seed)}`).toEqual(report);
  });

  it.each(some)('of seed %i is judged alike from texts, from bytes, and from both mixed', (seed) => {
    const given = world(seed);
    const report = judge(given.settings, given.entries);
    expect(judge(given.settings, given.entries.map(inBytes)), `from bytes; ${again(seed)}`).toEqual(report);
    const mixed = given.entries.map((entry, index) => (index % 3 === 0 ? entry : inBytes(entry)));
    expect(judge(given.settings, mixed), `mixed; ${again(seed)}`).toEqual(report);
  });
});

/** The entry with its payload in bytes, if it is a frame that a source would give in bytes. */
function inBytes(entry: TimelineEntry): TimelineEntry {
  if (entry.kind !== 'frame' || entry.unreadable !== undefined) return entry;
  const { t, side, account, channel, event, payload } = entry;
  return new BytesFrame(t, side, account, channel, event, Buffer.from(payload));
}

describe.skipIf(!process.env['CI'])('what the worlds hold', () => {
  it('is every kind of verdict, and a healthy share of matches', () => {
    const counts = some.map((seed) => world(seed)).map(({ settings, entries }) => judge(settings, entries));
    const total = (of: (report: (typeof counts)[number]) => number) =>
      counts.reduce((sum, report) => sum + of(report), 0);
    for (const outcome of [
      'match',
      'allowed',
      'mismatch',
      'missing',
      'extra',
      'duplicate',
      'late',
      'inconclusive',
    ] as const) {
      expect(
        total(({ outcomes }) => outcomes[outcome]),
        outcome,
      ).toBeGreaterThan(some.length);
    }
    expect(total(({ outcomes }) => outcomes.match + outcomes.allowed)).toBeGreaterThan(
      total(({ observed }) => observed.control) / 3,
    );
    for (const side of ['control', 'candidate'] as const) {
      expect(
        total(({ open }) => open[side]),
        `open on ${side}`,
      ).toBeGreaterThan(0);
      expect(
        total(({ outsideCoverage }) => outsideCoverage[side]),
        `outside coverage on ${side}`,
      ).toBeGreaterThan(0);
      expect(
        total(({ duplicates }) => duplicates[side]),
        `duplicates on ${side}`,
      ).toBeGreaterThan(0);
    }
    expect(
      total(({ lag }) => lag.inStall),
      'lags in a stall',
    ).toBeGreaterThan(0);
    expect(
      total(({ order }) => order.reordered),
      'reordered',
    ).toBeGreaterThan(0);
  });
});

describe('a line with a broken stage is told from the real one', () => {
  const clean = seeds
    .slice(0, 100)
    .map(world)
    .filter((one) => differences(one).length === 0);

  it.each(Object.entries(CANARIES))('%s', (_, sabotage) => {
    expect(clean.length).toBeGreaterThan(0);
    expect(clean.some((one) => differences(one, sabotage).length > 0)).toBe(true);
  });
});

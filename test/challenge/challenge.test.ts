import { describe, expect, it } from 'vitest';
import { challengeSection } from '../../src/challenge/section.js';
import type { Challenge } from '../../src/challenge/challenge.js';
import type { Settings } from '../../src/model/settings.js';
import type { TimelineEntry } from '../../src/model/timeline.js';
import { down, eventType, frame, GATE, path, rule, settings, tick, up } from '../given.js';
import type { Judge } from '../../src/challenge/subjects.js';
import { blind, challenged, lineOf } from './recorded.js';

const ACCOUNTS = ['rep-1', 'rep-2'];

/** Twenty events of each of two accounts that agree, 100 ms from each other. */
function world(payload: (id: number) => unknown, count = 20): TimelineEntry[] {
  const links = ACCOUNTS.flatMap((account) => [up('control', 0, account), up('candidate', 0, account)]);
  const frames = Array.from({ length: count }, (_, nth) =>
    ACCOUNTS.flatMap((account, place) => {
      const id = (place + 1) * 1000 + nth;
      const t = 30_000 + nth * 100 + place * 7;
      const text = JSON.stringify(payload(id));
      return [frame('control', t, text, { account }), frame('candidate', t + 20, text, { account })];
    }),
  );
  return [...links, ...frames.flat().sort((a, b) => a.t - b.t), tick(60_000)];
}

function given(some: Partial<Settings>): Settings {
  return settings({ accounts: ACCOUNTS.map((id) => ({ id, values: { id } })), ...some });
}

function casesOf(found: Challenge): (readonly [name: string, status: string, detail: string])[] {
  return challengeSection(found).cases.map(({ name, status, detail }) => [name, status, detail]);
}

const item = (id: number) => ({
  id,
  name: `n-${id}`,
  at: '2026-11-22T16:02:15.482Z',
  price: id + 0.25,
  count: id,
  note: 'x',
  tags: ['a'],
});

describe('a challenge', () => {
  it('catches everything where nothing is left out', () => {
    const entries = world(item);
    const reorderedShare = 0;
    const found = challenged({ settings: given({ gate: { ...GATE, reorderedShare } }), entries });
    expect(found.events).toBe(40);
    expect(blind(found.paths)).toEqual([]);
    expect(found.score.contents.share).toBe(1);
    expect(found.score.pairing.share).toBe(1);
    expect(found.score.stream.share).toBe(1);
    expect(found.uncounted).toEqual([]);
    expect(challengeSection(found).status).toBe('passed');
    expect(challengeSection(found).summary).not.toContain('all the same');
  });

  it('expects no more of a rule than it promises', () => {
    const rules = [
      rule('$.at', { kind: 'instant' }),
      rule('$.price', { kind: 'number', tolerance: 100 }),
      rule('$.count', { kind: 'string' }),
      rule('$.note', { kind: 'nullish' }),
      rule('$..tags', { kind: 'set' }),
    ];
    const found = challenged({ settings: given({ rules }), entries: world(item) });
    expect(blind(found.paths)).toEqual([]);
    // A number that is sent as text is what these two rules are there to let pass.
    const partly = found.paths.filter(({ unnoticed }) => unnoticed > 0);
    expect(partly.map(({ path, because, foundAs }) => [path, because, foundAs])).toEqual([
      ['$.count', ['relaxed by $.count (as: string)'], { mismatch: 15 }],
      ['$.price', ['relaxed by $.price (as: number)'], { mismatch: 15 }],
    ]);
    expect(found.paths.flatMap(({ unexplained }) => unexplained)).toEqual([]);
    const { unnoticed } = found.score.contents;
    expect(unnoticed).toBeGreaterThan(0);
    const { status, summary, cases } = challengeSection(found);
    expect(status).toBe('passed');
    expect(summary).toContain(`Of the others, ${unnoticed} went unnoticed where the config says to let changes pass; `);
    expect(summary).toContain('; 20 were found, but no limit counts them (reordered). No blind spot was found.');
    expect(summary).toContain('Passed all the same, as no change was overlooked where the config compares;');
    expect(cases[2]?.detail).toBe(`what went unnoticed (${unnoticed}) is where the config says to let it pass`);
  });

  it('finds the paths that rules ignore, at any depth and behind a rename', () => {
    const rules = [rule('$..at'), rule('$.person.name'), rule('$.tags[*]')];
    const rename = [{ from: path('$.actor.name'), to: path('$.person.name') }];
    const control = (id: number) => ({ id, deep: { at: 'x' }, person: { name: `n-${id}` }, tags: ['a', 'b'] });
    const candidate = (id: number) => ({ id, deep: { at: 'y' }, actor: { name: `m-${id}` }, tags: ['c', 'd'] });
    const both = [world(control), world(candidate)] as const;
    const entries = both[0].map((entry, place) =>
      entry.kind === 'frame' && entry.side === 'candidate' ? (both[1][place] as TimelineEntry) : entry,
    );
    const found = challenged({ settings: given({ rules, rename }), entries });
    expect(blind(found.paths)).toEqual([
      'candidate $.actor.name',
      'candidate $.deep.at',
      'candidate $.tags[*]',
      'control $.deep.at',
      'control $.person.name',
      'control $.tags[*]',
    ]);
    expect([...found.paths, ...found.newFields].flatMap(({ unexplained }) => unexplained)).toEqual([]);
  });

  it('tells a config that cannot go red', () => {
    const gate = { ...GATE, counts: {} };
    const { defectRate: _, ...limitless } = gate;
    const found = challenged({ settings: given({ gate: limitless }), entries: world(item) });
    expect(found.score.contents).toMatchObject({ caught: 0, share: 0, unnoticed: 0 });
    expect(found.score.stream).toMatchObject({ caught: 0, share: 0 });
    expect(challengeSection(found).summary).not.toContain('Passed');
    expect(casesOf(found)[0]).toEqual([
      'the config can go red',
      'undecided',
      'this config cannot go red: faults were found as extra, missing, duplicate, late, reordered, mismatch, and no limit under gate counts these',
    ]);
  });

  it('counts what any limit counts, a lag limit as well', () => {
    const { defectRate: _, ...rest } = GATE;
    const gate = { ...rest, counts: {}, lag: { p99: 2_000 } };
    const found = challenged({ settings: given({ gate }), entries: world(item) });
    expect(found.uncounted).toEqual(['extra', 'duplicate', 'reordered', 'mismatch']);
    expect(casesOf(found)[1]).toEqual([
      'changed contents are noticed',
      'undecided',
      'changed contents are found, but no limit under gate counts mismatches',
    ]);
  });

  it('tells a config that compares nothing', () => {
    const body = path('$.nothing');
    const place = (side: 'control' | 'candidate') => ({ ...eventType()[side], body }) as never;
    const events = [eventType({ control: place('control'), candidate: place('candidate') })];
    const found = challenged({
      settings: given({ events, rules: [] }),
      entries: world((id) => ({ ...item(id), nothing: {} })),
    });
    // The body itself can be lost, and can hold a field that nobody announced: only values are not compared.
    expect(found.paths.filter(({ isBlind }) => !isBlind).map(({ path }) => path)).toEqual([
      '$.id',
      '$.nothing',
      '$.id',
    ]);
    expect(found.newFields.map(({ path, isBlind }) => [path, isBlind])).toEqual([
      ['$', true],
      ['$.nothing', false],
    ]);
    const ignoring = given({ rules: [rule('$..id'), rule('$..[*]')] });
    const deaf = challenged({ settings: ignoring, entries: world(item) });
    expect(deaf.score.contents).toMatchObject({ caught: 0, share: 0 });
    expect(casesOf(deaf)[1]?.[2]).toBe(
      'a candidate whose contents are all wrong would pass: the config compares no content',
    );
    expect(deaf.paths.flatMap(({ unexplained }) => unexplained)).toEqual([]);
  });

  it('puts no fault where nobody could be blamed, and says so where that leaves nothing', () => {
    const gaps = ACCOUNTS.flatMap((account) => [
      down('candidate', 29_900, { account }),
      up('candidate', 29_950, account),
    ]);
    const [links, rest] = [world(item).slice(0, 4), world(item).slice(4)];
    const found = challenged({ settings: given({}), entries: [...links, ...gaps, ...rest] });
    expect(found.events).toBe(0);
    expect(challengeSection(found)).toMatchObject({
      status: 'undecided',
      summary: 'No event could take a fault.',
      cases: [{ name: 'faults can be put into events', status: 'undecided' }],
    });
    expect(challengeSection(challenged({ settings: given({}), entries: [] })).status).toBe('undecided');
  });

  it('leaves alone what was wrong before', () => {
    const entries = world(item);
    const lost = entries.findLastIndex((entry) => entry.kind === 'frame' && entry.side === 'candidate');
    const found = challenged({ settings: given({}), entries: entries.toSpliced(lost, 1) });
    expect(found.events).toBe(39);
    expect(found.score.contents.share).toBe(1);
  });

  it('is the same with the same seed, and puts its faults elsewhere with another', () => {
    const entries = world((id) => ({ ...item(id), ...(id % 2 === 0 ? { even: true } : {}) }));
    const told: string[] = [];
    const run = (seed: number) => {
      const payloads = new Set<string>();
      const judge: Judge = (timeline) => {
        for (const entry of timeline) if (entry.kind === 'frame') payloads.add(entry.payload);
        return lineOf(given({}))(timeline);
      };
      const found = challenged({ settings: given({}), entries }, { seed, judge });
      told.push([...payloads].toSorted().join('\n'));
      return found;
    };
    const [one, same, other] = [run(7), run(7), run(8)];
    expect(same).toEqual(one);
    expect(told[1]).toBe(told[0]);
    expect(told[2]).not.toBe(told[0]);
    expect(blind(other.paths)).toEqual(blind(one.paths));
    expect(other.score.contents).toEqual(one.score.contents);
  });

  it('has facts that are JSON', () => {
    const { facts } = challengeSection(challenged({ settings: given({}), entries: world(item) }));
    expect(JSON.parse(JSON.stringify(facts))).toEqual(facts);
  });
});

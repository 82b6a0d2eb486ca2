import { describe, expect, it } from 'vitest';
import { draw } from '../../src/challenge/draw.js';
import { afflict, type ContentFault } from '../../src/challenge/faults.js';
import { standing } from '../../src/challenge/left-out.js';
import { groupOf, placesIn, withValue } from '../../src/challenge/places.js';
import { FRAMES_MOST, nameOf, Sample } from '../../src/challenge/sample.js';
import { ExactNumber, type Json } from '../../src/model/json.js';
import type { Side } from '../../src/model/timeline.js';
import { eventType, frame, path, rule, settings, tick, up } from '../given.js';

describe('a fault in a value', () => {
  const exact = new ExactNumber('9007199254740993e0', '9007199254740993');
  it.each<[ContentFault, Json, { value: Json | undefined } | undefined]>([
    ['edit', 'a', { value: 'a edited' }],
    ['edit', '', { value: ' edited' }],
    ['edit', '2026-12-31T16:02:15.482Z', { value: '2027-01-01T16:02:15.482Z' }],
    ['edit', '2026-02-28 03:04:05 UTC', { value: '2026-03-01 03:04:05 UTC' }],
    ['edit', 7, { value: 1_007_007 }],
    ['edit', 1e306, { value: 1_000_007 }],
    ['edit', true, { value: false }],
    ['edit', exact, { value: Number('9007199254740993') * 1000 + 1_000_007 }],
    ['edit', null, undefined],
    ['edit', {}, undefined],
    ['edit', [], undefined],
    ['retype', '42', { value: 42 }],
    ['retype', '042', { value: ['042'] }],
    ['retype', 42, { value: '42' }],
    ['retype', exact, { value: '9007199254740993' }],
    ['retype', false, { value: 'false' }],
    ['retype', null, { value: false }],
    ['retype', ['a'], { value: { 0: 'a' } }],
    ['retype', { a: 1 }, { value: [{ a: 1 }] }],
    ['null', 0, { value: null }],
    ['null', '', undefined],
    ['null', null, undefined],
    ['missing', 'absent', { value: undefined }],
    ['missing', null, undefined],
    ['extra field', { a: 1 }, { value: { a: 1, parity_challenge: 'unannounced' } }],
    ['extra field', [1], undefined],
  ])('%s of %j', (fault, value, altered) => {
    expect(afflict(fault, value)).toEqual(altered);
  });
});

describe('places', () => {
  it('are every value below the root, no more than asked for', () => {
    const payload = { a: [{ b: 1 }, 2], 'c d': null };
    const told = placesIn(payload, 100).map(({ steps, value }) => [groupOf(steps), value]);
    expect(told).toEqual([
      ['$.a', payload.a],
      ['$["c d"]', null],
      ['$.a[*]', { b: 1 }],
      ['$.a[*]', 2],
      ['$.a[*].b', 1],
    ]);
    expect(placesIn(payload, 3)).toHaveLength(3);
  });

  it('can be given another value, or none, without touching the payload', () => {
    const payload = JSON.parse('{"a":[{"b":1},2],"__proto__":{"c":1}}') as Json;
    const before = JSON.stringify(payload);
    expect(JSON.stringify(withValue(payload, ['a', 0, 'b'], 'x'))).toBe('{"a":[{"b":"x"},2],"__proto__":{"c":1}}');
    expect(JSON.stringify(withValue(payload, ['a', 0], undefined))).toBe('{"a":[2],"__proto__":{"c":1}}');
    expect(JSON.stringify(withValue(payload, ['__proto__', 'c'], 2))).toBe('{"a":[{"b":1},2],"__proto__":{"c":2}}');
    expect(JSON.stringify(withValue(payload, ['__proto__'], undefined))).toBe('{"a":[{"b":1},2]}');
    expect(JSON.stringify(payload)).toBe(before);
  });
});

describe('what the config makes of a place', () => {
  const place = {
    event: 'item_created',
    where: [{ path: path('$.kind.name'), value: 'x' }],
    body: path('$.data'),
    key: [path('$.data.id')],
  };
  const rules = [
    rule('$.updated_at'),
    rule('$..at'),
    rule('$.person.name'),
    rule('$.list[1]'),
    rule('$.price', { kind: 'number', tolerance: 1 }),
  ];
  const rename = [{ from: path('$.actor.name'), to: path('$.person.name') }];
  it.each([
    ['candidate', ['data'], 'pairing', undefined],
    ['candidate', ['data', 'id'], 'pairing', undefined],
    ['candidate', ['kind'], 'pairing', undefined],
    ['candidate', ['kind', 'name'], 'pairing', undefined],
    ['candidate', ['kind', 'other'], 'left out', 'outside $.data'],
    ['candidate', ['data', 'title'], 'compared', undefined],
    ['candidate', ['data', 'updated_at'], 'left out', 'ignored by $.updated_at'],
    ['candidate', ['data', 'updated_at', 'deep'], 'left out', 'ignored by $.updated_at'],
    ['candidate', ['updated_at'], 'left out', 'outside $.data'],
    ['candidate', ['data', 'opens', 0, 'at'], 'left out', 'ignored by $..at'],
    ['candidate', ['data', 'actor', 'name'], 'left out', 'ignored by $.person.name'],
    ['control', ['data', 'actor', 'name'], 'compared', undefined],
    ['candidate', ['data', 'actor'], 'compared', undefined],
    ['candidate', ['data', 'list', 1], 'left out', 'ignored by $.list[1]'],
    ['candidate', ['data', 'list', 0], 'compared', undefined],
    ['candidate', ['data', 'price'], 'compared', 'relaxed by $.price (as: number)'],
  ] as const)('%s %j is %s', (side, steps, kind, because) => {
    const expected = because === undefined ? { kind } : { kind, because };
    expect(standing({ rename, rules }, side, place, steps)).toEqual(expected);
  });
});

describe('a sample', () => {
  const two = ['email_opened', 'email_clicked'].map((name) => {
    const where = [{ path: path('$.type'), value: name }];
    const { control, candidate } = eventType();
    return eventType({ name, control: { ...control, where } as never, candidate: { ...candidate, where } as never });
  });
  const many = settings({ events: two });

  function fill(sample: Sample, count: number, type: (nth: number) => string, seen: (id: number) => number[]): Sample {
    for (let nth = 0; nth < count; nth++) {
      const payload = JSON.stringify({ id: nth, type: type(nth) });
      for (const at of seen(nth)) {
        sample.add(frame('control', at, payload));
        sample.add(frame('candidate', at + 0.5, payload));
      }
      sample.add(tick(nth + 0.7));
    }
    return sample;
  }

  it('is bounded, holds whole events, and is fair to rare types', () => {
    const sample = fill(
      new Sample(many, 1),
      20_000,
      (nth) => (nth % 100 === 0 ? 'email_clicked' : 'email_opened'),
      (nth) => [nth],
    );
    const { frames } = sample;
    expect(frames.length).toBeLessThanOrEqual(FRAMES_MOST);
    expect(frames.filter(({ type }) => type === 'email_clicked')).toHaveLength(400);
    expect(frames.filter(({ type }) => type === 'email_opened')).toHaveLength(FRAMES_MOST / 2);
    const counts = new Map<string, number>();
    for (const sampled of frames) counts.set(nameOf(sampled), (counts.get(nameOf(sampled)) ?? 0) + 1);
    expect(new Set(counts.values())).toEqual(new Set([2]));
    expect(frames.map(({ frame }) => frame.t)).toEqual(frames.map(({ frame }) => frame.t).toSorted((a, b) => a - b));
    expect(sample.isWhole).toBe(false);
    // The choice spans the whole timeline.
    expect(frames[0]?.frame.t).toBeLessThan(200);
    expect(frames.at(-1)?.frame.t).toBeGreaterThan(19_800);
  });

  it('never takes half of an event in that had to go', () => {
    const sample = new Sample(settings(), 1);
    const see = (side: Side, id: number, t: number) => sample.add(frame(side, t, JSON.stringify({ id })));
    const ids = Array.from({ length: 6_000 }, (_, id) => id);
    for (const id of ids) for (const side of ['control', 'candidate'] as const) see(side, id, id);
    const kept = new Set(sample.frames.map(({ key }) => Number(key)));
    // A control event that is drawn low makes an event of two frames go, which leaves room for one.
    const drawnLow = (id: number) =>
      draw(1, nameOf({ account: 'rep-1', type: 'email_opened', key: String(id) })) < 2 ** 20;
    let low = 6_000;
    while (!drawnLow(low)) low++;
    see('control', low, 7_000);
    expect(sample.frames).toHaveLength(FRAMES_MOST - 1);
    for (const id of ids) if (!kept.has(id)) see('candidate', id, 8_000);
    expect(sample.frames).toHaveLength(FRAMES_MOST - 1);
  });

  it('keeps links, stalls and holes, and no other tick', () => {
    const sample = new Sample(many, 1);
    const hole = { ...tick(901), hole: { file: 'both.ndjson', line: 7, lines: 1, forMs: 5 } };
    for (const entry of [up('control', 0), tick(1), tick(900, 800), tick(901), hole]) sample.add(entry);
    expect(sample.quiet.map(({ entry }) => entry)).toEqual([up('control', 0), tick(900, 800), hole]);
    expect(sample.endT).toBe(901);
    expect(sample.isWhole).toBe(true);
  });

  it('keeps a few frames of a key that never ends, and says that it is not whole', () => {
    const sample = fill(
      new Sample(many, 1),
      1,
      () => 'email_opened',
      () => [0, 1, 2, 3, 4, 5, 6, 7],
    );
    expect(sample.frames).toHaveLength(8);
    expect(sample.isWhole).toBe(false);
  });

  it('lets go of payloads that no memory should hold', () => {
    const sample = new Sample(many, 1);
    sample.add(frame('control', 0, JSON.stringify({ id: 1, type: 'email_opened', text: 'x'.repeat(70_000) })));
    expect([sample.frames, sample.tooLong, sample.isWhole]).toEqual([[], 1, false]);
  });
});

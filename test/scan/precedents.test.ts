import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparer } from '../../src/compare/judge.js';
import { Kernel } from '../../src/kernel/kernel.js';
import type { Json } from '../../src/model/json.js';
import type { Payload, Rows } from '../../src/model/rows.js';
import type { Settings } from '../../src/model/settings.js';
import type { Side } from '../../src/model/timeline.js';
import type { Comparison } from '../../src/model/verdict.js';
import { observer } from '../../src/normalise/observe.js';
import { Precedents } from '../../src/scan/precedents.js';
import { eventType, frame, path, rule, settings } from '../given.js';
import {
  near,
  renames,
  rules,
  SCALARS,
  shallowRules,
  shallowTree,
  tree,
  wideRules,
  wideTree,
  written,
  type Tree,
} from './payloads.js';
import { runs } from '../runs.js';

/** Two payloads, and what comes of comparing them. */
class Pair {
  readonly way: number;
  readonly key: string;
  /** What a report would tell of it, but for the values. */
  readonly shape: unknown;
  readonly parsedKey: string;

  constructor(config: Settings, precedents: Precedents, control: string, candidate: string) {
    const read = observer(config);
    const observed = (['control', 'candidate'] as const).map((side) => {
      const found = read(frame(side, 1, side === 'control' ? control : candidate));
      if (found.kind !== 'observation') throw new Error(found.kind);
      return found.observation;
    });
    this.parsedKey = observed[0]?.key ?? '';
    this.shape = shapeOf(comparer(config.rules)(observed[0]?.body as Json, observed[1]?.body as Json));
    this.way = precedents.wayOf(payload('control', control), payload('candidate', candidate));
    this.key = precedents.key;
  }
}

function shapeOf(comparison: Comparison): unknown {
  if (comparison.outcome !== 'mismatch') return comparison;
  const { outcome, used, differences, untold } = comparison;
  return { outcome, used, untold, groups: differences.map(({ path, group, kind }) => [kind, group, path]).sort() };
}

function payload(side: Side, text: string): Payload {
  const bytes = Buffer.from(text);
  const rows = {
    envelope: () => frame(side, 1, text),
    copy: (offset: number, length: number, to: Buffer, at: number) => bytes.copy(to, at, offset, offset + length),
  };
  return { rows: rows as unknown as Rows, envelope: 0, offset: 0, length: bytes.length };
}

const TYPE = eventType({
  control: { event: 'email-opened', where: [], body: path('$.body'), key: [path('$.id')] },
  candidate: { event: 'item_created', where: [], body: path('$.body'), key: [path('$.id')] },
});

function given(some: Partial<Settings>) {
  const config = settings({ events: [TYPE], ...some });
  const precedents = new Precedents(config, new Kernel());
  return (control: string, candidate: string) =>
    new Pair(config, precedents, `{"id":7,"body":${control}}`, `{"body":${candidate},"id":7}`);
}

/** The same tree with other values of the same sort. */
function varied(value: Tree, by: number): Tree {
  if (typeof value === 'string') {
    const alike = SCALARS.filter((other) => sort(other) === sort(value));
    return alike[(alike.indexOf(value) + by) % alike.length] ?? value;
  }
  if ('items' in value) return { items: value.items.map((item, index) => varied(item, by * (index + 1))) };
  return { members: value.members.map(([name, inner], index) => [name, varied(inner, by + index)] as const) };
}

function sort(scalar: string): string {
  return scalar.startsWith('"') ? 'text' : /^[-\d]/.test(scalar) ? 'number' : scalar;
}

const changes = fc.array(fc.nat(1000), { minLength: 12, maxLength: 12 });

describe('the way in which two payloads differ', () => {
  it('says how they are judged, whatever the payloads, rules and renames', () => {
    let same = 0;
    const ruled = fc.oneof(
      fc.tuple(fc.array(fc.tuple(tree, changes), { minLength: 3, maxLength: 6 }), rules),
      fc.tuple(fc.array(fc.tuple(shallowTree, changes), { minLength: 3, maxLength: 6 }), shallowRules),
    );
    fc.assert(
      fc.property(ruled, renames, ([pairs, some], rename) => {
        const contrast = given({ rules: some, rename });
        const known = new Map<number, unknown>();
        for (const [control, numbers] of pairs)
          for (let by = 0; by < 4; by++) {
            const ours = varied(control, by);
            for (const theirs of [near(ours, numbers), near(control, numbers)]) {
              const { way, shape, key, parsedKey } = contrast(written(ours), written(theirs));
              if (way === 0) continue;
              expect(key).toBe(parsedKey);
              if (known.has(way)) {
                same++;
                expect(shape).toEqual(known.get(way));
              } else known.set(way, shape);
            }
          }
      }),
      { numRuns: runs(2_500) },
    );
    // One that never names a way would pass the above.
    expect(same).toBeGreaterThan(runs(1_500));
  });

  it('says which rules were used, where these speak of several places', () => {
    let same = 0;
    const pairs = fc.array(fc.tuple(wideTree, wideTree), { minLength: 30, maxLength: 30 });
    fc.assert(
      fc.property(pairs, wideRules, (some, ruled) => {
        const contrast = given({ rules: ruled });
        const known = new Map<number, unknown>();
        for (const [ours, theirs] of some) {
          const { way, shape } = contrast(written(ours), written(theirs));
          if (way === 0) continue;
          if (known.has(way)) same++;
          else known.set(way, shape);
          expect(shape).toEqual(known.get(way));
        }
      }),
      { numRuns: runs(500) },
    );
    expect(same).toBeGreaterThan(runs(100));
  });

  it.each([
    { what: 'a changed value', one: ['{"a":1}', '{"a":2}'], other: ['{"a":3}', '{"a":4}'] },
    { what: 'an absent member', one: ['{"a":1,"b":1}', '{"b":1}'], other: ['{"b":[],"a":2}', '{"b":[]}'] },
    { what: 'a member of another sort', one: ['{"a":"1"}', '{"a":1}'], other: ['{"a":"x"}', '{"a":7}'] },
    {
      what: 'a moment that is another one',
      one: ['{"at":"2026-11-22T16:02:15.123Z"}', '{"at":"2026-11-22T17:02:15.123Z"}'],
      other: ['{"at":"2026-11-23T16:02:15.123Z"}', '{"at":"2026-11-23T17:02:15.123456Z"}'],
    },
    {
      what: 'a changed value beside a rename',
      one: ['{"a":1,"b":{"c":1}}', '{"a":2,"x":1}'],
      other: ['{"a":4,"b":{"c":3}}', '{"a":5,"x":3}'],
    },
  ])('is the same one for $what', ({ one, other }) => {
    const contrast = given({
      rules: [rule('$.at', { kind: 'instant' })],
      rename: [{ from: path('$.x'), to: path('$.b.c') }],
    });
    const first = contrast(...(one as [string, string]));
    expect(first.way).toBeGreaterThan(0);
    expect(contrast(...(other as [string, string])).way).toBe(first.way);
  });

  it.each([
    {
      what: 'an absent member and an absent object',
      one: ['{"x":{"a":1,"b":2}}', '{"x":{"b":2}}'],
      other: ['{"x":{"a":1}}', '{}'],
    },
    { what: 'null and a boolean', one: ['{"a":null}', '{"a":1}'], other: ['{"a":true}', '{"a":1}'] },
    {
      what: 'a text and a moment',
      one: ['{"at":1}', '{"at":"x"}'],
      other: ['{"at":"2026-11-22T16:02:15.123Z"}', '{"at":"x"}'],
    },
    { what: 'another element', one: ['[1,2]', '[1,3]'], other: ['[1,2]', '[2,2]'] },
  ])('is another one, or none, for $what', ({ one, other }) => {
    const contrast = given({ rules: [rule('$.at', { kind: 'instant' })] });
    const [first, second] = [contrast(...(one as [string, string])), contrast(...(other as [string, string]))];
    if (first.way !== 0) expect(second.way).not.toBe(first.way);
  });

  it.each([
    { what: 'a rule has to see the values', body: ['{"n":1}', '{"n":5}'] },
    {
      what: 'a moment is told in seconds only',
      body: ['{"at":"2026-11-22T16:02:15Z"}', '{"at":"2026-11-22T16:02:16.5Z"}'],
    },
    { what: 'there are many differences', body: [`[${'1,'.repeat(30)}1]`, `[${'2,'.repeat(30)}2]`] },
    { what: 'a rename has moved something, and a member is absent', body: ['{"a":1,"b":{"c":1}}', '{"x":1}'] },
    { what: 'a payload is unusual', body: ['{"a":1}', '{"a":1e1}'] },
    { what: 'nothing differs', body: ['{"a":1}', '{"a":1.0}'] },
    { what: 'a payload is long', body: [`"${'a'.repeat(70_000)}"`, '"b"'] },
  ])('has no name where $what', ({ body }) => {
    const contrast = given({
      rules: [rule('$.at', { kind: 'instant' }), rule('$.n', { kind: 'number', tolerance: 1 })],
      rename: [{ from: path('$.x'), to: path('$.b.c') }],
    });
    expect(contrast(...(body as [string, string])).way).toBe(0);
  });

  it.each([
    {
      what: 'one moment differs, and another one is spelt differently',
      rules: [rule('$[*]', { kind: 'instant' })],
      one: ['["2026-11-22T16:02:15.123Z"]', '["2026-11-22T17:02:15.123Z"]'],
      other: [
        '["2026-11-22T16:02:15.123Z","2026-11-22T16:02:15.123Z"]',
        '["2026-11-22T17:02:15.123Z","2026-11-22T16:02:15.123456Z"]',
      ],
    },
    {
      what: 'one object is none, and of another one something is ignored',
      rules: [rule('$[*].u')],
      one: ['[{"u":1},{"u":1}]', '[null,{"u":1}]'],
      other: ['[{"u":1},{"u":1}]', '[null,{"u":2}]'],
    },
  ])('has no name that does not tell whether a rule was used: $what', ({ rules: some, one, other }) => {
    const contrast = given({ rules: some });
    const [first, second] = [contrast(...(one as [string, string])), contrast(...(other as [string, string]))];
    expect(second.shape).not.toEqual(first.shape);
    if (first.way !== 0) expect(second.way).not.toBe(first.way);
  });

  it('knows the key also where it has several parts', () => {
    const key = [path('$.id'), path('$.body.k')];
    const events = [eventType({ control: { ...TYPE.control!, key }, candidate: { ...TYPE.candidate!, key } })];
    const pair = given({ events })('{"k":"x y","a":1}', '{"a":2,"k":"x y"}');
    expect(pair.way).toBeGreaterThan(0);
    expect(pair.key).toBe(pair.parsedKey);
  });
});

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparer } from '../../src/compare/judge.js';
import { compileRules } from '../../src/compare/rules.js';
import { show } from '../../src/compare/show.js';
import { equal } from '../../src/compare/equal.js';
import { ExactNumber, isObject, type Json } from '../../src/model/json.js';
import type { Segment } from '../../src/model/path.js';
import type { Permission, Rule } from '../../src/model/settings.js';
import { decode } from '../../src/normalise/decode.js';
import { rule } from '../given.js';
import { backwards, frozen, json } from '../json-arbitrary.js';
import { ruleSets } from './arbitrary.js';

const outcome = (rules: readonly Rule[], control: string, candidate: string) =>
  comparer(rules)(decode(control), decode(candidate)).outcome;

describe('a rule', () => {
  it.each<[string, string, string, string, 'allowed' | 'mismatch']>([
    ['permits its path', '$.a', '{"a":1}', '{"a":2}', 'allowed'],
    ['permits no other path', '$.a', '{"a":1,"b":1}', '{"a":2,"b":2}', 'mismatch'],
    ['permits everything below its path', '$.a', '{"a":{"b":[1]}}', '{"a":7}', 'allowed'],
    ['permits a member that only control has', '$.a.b', '{"a":{"b":1}}', '{"a":{}}', 'allowed'],
    ['permits a member that only candidate has', '$.a.b', '{"a":{}}', '{"a":{"b":1}}', 'allowed'],
    ['does not make up for a parent that candidate lacks', '$.a.b', '{"a":{"b":1}}', '{}', 'mismatch'],
    ['does not make up for a parent that control lacks', '$.a.b', '{}', '{"a":{"b":1}}', 'mismatch'],
    ['does not make up for a parent of another type', '$.a.b', '{"a":{"b":1}}', '{"a":[]}', 'mismatch'],
    ['does not make up for a parent of null', '$.a.b', '{"a":null}', '{"a":{"b":1}}', 'mismatch'],
    ['for the body permits all', '$', '{"a":1}', '[]', 'allowed'],
    ['for one index permits that element', '$.a[1]', '{"a":[1,2,3]}', '{"a":[1,9,3]}', 'allowed'],
    ['for one index permits no other element', '$.a[1]', '{"a":[1,2,3]}', '{"a":[1,9,9]}', 'mismatch'],
    ['for an index is none for a member of that name', '$.a[0]', '{"a":{"0":1}}', '{"a":{"0":2}}', 'mismatch'],
    ['for a name of digits is none for an index', "$.a['0']", '{"a":[1]}', '{"a":[2]}', 'mismatch'],
    ['for an element does not change how many there are', '$.a[2]', '{"a":[1,2]}', '{"a":[1,2,3]}', 'mismatch'],
    ['for an element does not make up for one that is lacking', '$.a[2]', '{"a":[1,2,3]}', '{"a":[1,2]}', 'mismatch'],
    ['for every element permits each', '$.a[*]', '{"a":[1,2,3]}', '{"a":[7,8,9]}', 'allowed'],
    [
      'for every element permits each member of an object',
      '$.a[*]',
      '{"a":{"x":1,"y":2}}',
      '{"a":{"x":9,"z":8}}',
      'allowed',
    ],
    ['for every element does not change how many there are', '$.a[*]', '{"a":[1,2,3]}', '{"a":[7,8]}', 'mismatch'],
    [
      'for a member of every element permits that member',
      '$.a[*].at',
      '{"a":[{"at":1,"n":1},{"at":2,"n":2}]}',
      '{"a":[{"at":8,"n":1},{"at":9,"n":2}]}',
      'allowed',
    ],
    [
      'for a member of every element permits no other',
      '$.a[*].at',
      '{"a":[{"at":1,"n":1}]}',
      '{"a":[{"at":8,"n":2}]}',
      'mismatch',
    ],
    ['at any depth permits the name at the top', '$..at', '{"at":1}', '{"at":2}', 'allowed'],
    [
      'at any depth permits the name far below',
      '$..at',
      '{"a":[{"b":{"at":1}}],"at":1}',
      '{"a":[{"b":{"at":2}}]}',
      'allowed',
    ],
    ['at any depth permits no other name', '$..at', '{"a":{"bat":1}}', '{"a":{"bat":2}}', 'mismatch'],
    [
      'at any depth below a path permits nothing beside it',
      '$.a..at',
      '{"a":{"x":{"at":1}},"at":1}',
      '{"a":{"x":{"at":2}},"at":2}',
      'mismatch',
    ],
    ['at any depth may name an element', '$..[0]', '{"a":[1,[2]]}', '{"a":[9,[8]]}', 'allowed'],
    [
      'for a hostile name is for that name',
      "$['__proto__'].a",
      '{"__proto__":{"a":1}}',
      '{"__proto__":{"a":2}}',
      'allowed',
    ],
    ['for an inherited name does not find it', '$.toString', '{"b":1}', '{"b":2}', 'mismatch'],
    ['for an inherited name permits a member of that name', '$.toString', '{"toString":1}', '{}', 'allowed'],
  ])('%s: %s', (_, at, control, candidate, expected) => {
    expect(outcome([rule(at)], control, candidate)).toBe(expected);
    expect(outcome([], control, candidate)).toBe('mismatch');
  });

  it('is not asked where the bodies are equal', () => {
    expect(comparer([rule('$.a')])({ a: 1 }, { a: 1 })).toEqual({ outcome: 'match' });
  });

  it('is named when it let something through, and only then', () => {
    const compare = comparer([rule('$.a'), rule('$.b'), rule('$.c', { kind: 'nullish' })]);
    expect(compare({ a: 1, b: 1, c: 1 }, { a: 1, b: 2, c: 1 })).toEqual({ outcome: 'allowed', used: [1] });
    expect(compare({ a: 1, b: 1, c: null, d: 1 }, { a: 2, b: 1, d: 2 })).toMatchObject({
      outcome: 'mismatch',
      used: [0, 2],
    });
  });

  it.each<[string, Permission, string]>([
    ['an object', { kind: 'ignore' }, '{"x":1}'],
    ['an array', { kind: 'ignore' }, '[1]'],
    ['an exact number', { kind: 'number', tolerance: 0 }, '9007199254740993'],
    ['an exact number as text', { kind: 'string' }, '9007199254740993'],
  ])('is not named for %s that is equal on both sides', (_, permits, value) => {
    const compared = comparer([rule('$.a', permits), rule('$.b')])(
      decode(`{"a":${value},"b":1}`),
      decode(`{"a":${value},"b":2}`),
    );
    expect(compared).toEqual({ outcome: 'allowed', used: [1] });
  });

  it('leaves in place what it does not permit, so that the differences are those of the wire', () => {
    const compared = comparer([rule('$.a')])(decode('{"a":1,"b":{"x":1}}'), decode('{"a":2,"b":{"x":2},"c":3}'));
    expect(compared).toMatchObject({
      differences: [
        { path: '$.b.x', control: '1', candidate: '2' },
        { path: '$.c', kind: 'added', candidate: '3' },
      ],
    });
  });
});

describe('rules, whatever they are and whatever they meet,', () => {
  it('never change either body', () => {
    fc.assert(
      fc.property(ruleSets, json, json, (rules, control, candidate) => {
        const before = [show(control), show(candidate)];
        comparer(rules)(frozen(control), frozen(candidate));
        compileRules(rules)(control, candidate);
        expect([show(control), show(candidate)]).toEqual(before);
      }),
      { numRuns: 1_000 },
    );
  });

  it('never turn equal bodies into unequal ones', () => {
    fc.assert(
      fc.property(ruleSets, json, (rules, value) => {
        expect(comparer(rules)(value, backwards(value))).toEqual({ outcome: 'match' });
        expect(equal(compileRules(rules)(value, backwards(value)).body, value)).toBe(true);
      }),
    );
  });

  it('permit nothing where there are none', () => {
    fc.assert(fc.property(json, json, (a, b) => comparer([])(a, b).outcome === (equal(a, b) ? 'match' : 'mismatch')));
  });
});

type Way = readonly (string | number)[];

/** Every place of a value that holds no further places. */
function leaves(value: Json, way: Way = []): Way[] {
  if (Array.isArray(value)) return value.flatMap((element, index) => leaves(element, [...way, index]));
  if (isObject(value)) return Object.keys(value).flatMap((name) => leaves(value[name] as Json, [...way, name]));
  return [way];
}

/** A copy in which the value at a place is another one. */
function changed(value: Json, way: Way): Json {
  const [step, ...rest] = way;
  if (step === undefined) return value === 'changed' ? 'changed again' : 'changed';
  if (Array.isArray(value)) return value.map((element, index) => (index === step ? changed(element, rest) : element));
  if (!isObject(value) || value instanceof ExactNumber) throw new Error('no such place');
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, name === step ? changed(member, rest) : member]),
  );
}

function ignoring(segments: readonly Segment[]): Rule {
  return { path: { text: '$…', segments }, permits: { kind: 'ignore' }, reason: 'drawn' };
}

/** The ways to rule a place, each with what it covers. */
const spellings: Record<string, (way: Way) => { rule: Rule; covers: (other: Way) => boolean }> = {
  exactly: (way) => ({
    rule: ignoring(
      way.map((step) => (typeof step === 'number' ? { kind: 'index', index: step } : { kind: 'name', name: step })),
    ),
    covers: (other) => JSON.stringify(other) === JSON.stringify(way),
  }),
  'for every element': (way) => ({
    rule: ignoring(way.map((step) => (typeof step === 'number' ? { kind: 'each' } : { kind: 'name', name: step }))),
    covers: (other) =>
      way.length <= other.length && way.every((step, at) => typeof step === 'number' || step === other[at]),
  }),
  'at any depth': (way) => {
    const name = way.findLast((step) => typeof step === 'string') ?? 'nowhere';
    return { rule: ignoring([{ kind: 'descend' }, { kind: 'name', name }]), covers: (other) => other.includes(name) };
  },
};

describe.each(Object.keys(spellings))('a place ruled %s', (spelling) => {
  const bodies = json.filter((value) => leaves(value).length > 0);

  it('may differ, and no other may', () => {
    fc.assert(
      fc.property(bodies, fc.nat(), fc.nat(), (control, first, second) => {
        const ways = leaves(control);
        const [ruled, other] = [ways[first % ways.length] as Way, ways[second % ways.length] as Way];
        const { rule, covers } = (spellings[spelling] as (typeof spellings)[string])(ruled);
        const compare = comparer([rule]);
        if (covers(ruled)) expect(compare(control, changed(control, ruled)).outcome).toBe('allowed');
        expect(compare(control, changed(control, other)).outcome).toBe(covers(other) ? 'allowed' : 'mismatch');
      }),
      { numRuns: 500 },
    );
  });
});

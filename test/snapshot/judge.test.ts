import { describe, expect, it } from 'vitest';
import { Edges } from '../../src/snapshot/edges.js';
import { judgeItems, type Judge, type Judged } from '../../src/snapshot/judge.js';
import { Population } from '../../src/snapshot/population.js';
import type { Item } from '../../src/snapshot/reading.js';
import { item, NEWEST_FIRST, reading } from './read.js';

/** Items agree when they say the same. */
const judge: Judge = {
  sort: NEWEST_FIRST,
  edges: new Edges(NEWEST_FIRST),
  compare: (a, b) =>
    a.payload === b.payload ? { outcome: 'match' } : { outcome: 'mismatch', used: [], differences: [], untold: 0 },
};

const A = item('a', 30);
const B = item('b', 20);
const C = item('c', 10);
const changed = (one: Item): Item => ({ ...one, payload: '{"changed":true}' });

/** One attempt: what each of the three readings showed, and where they were cut. */
function attempt(
  before: Item[],
  candidate: Item[],
  after: Item[],
  ends: { control?: number; candidate?: number } = {},
) {
  const readings = {
    before: reading('control', before, ends.control),
    candidate: reading('candidate', candidate, ends.candidate),
    after: reading('control', after, ends.control),
  };
  const sides = { control: [readings.before, readings.after], candidate: [readings.candidate] };
  return { judged: judgeItems(judge, readings), sides };
}

const outcomes = (judged: Iterable<Judged>) =>
  Object.fromEntries([...judged].map((one) => [(one.control ?? one.candidate)?.key, one.outcome]));

describe('one attempt', () => {
  it.each<[string, Item[], Item[], Item[], Record<string, string>]>([
    ['on both sides', [A], [A], [A], { a: 'match' }],
    ['other content', [A], [changed(A)], [A], { a: 'mismatch' }],
    ['on control alone', [A], [], [A], { a: 'missing' }],
    ['on the candidate alone', [], [A], [], { a: 'extra' }],
    ['changed on control meanwhile', [A], [A], [changed(A)], { a: 'inconclusive' }],
    ['changed on control, as the candidate has it', [A], [changed(A)], [changed(A)], { a: 'inconclusive' }],
    ['came to control meanwhile', [], [], [A], { a: 'inconclusive' }],
    ['came to both meanwhile', [], [A], [A], { a: 'inconclusive' }],
    ['left control meanwhile', [A], [A], [], { a: 'inconclusive' }],
  ])('of an item %s', (_, before, candidate, after, expected) => {
    expect(outcomes(attempt(before, candidate, after).judged.values())).toEqual(expected);
  });

  it('blames nobody for what lies beyond the end of a list that was cut', () => {
    // The candidate lost a, so that c moved up into its list.
    const { judged } = attempt([A, B], [B, C], [A, B], { control: 20, candidate: 10 });
    expect(outcomes(judged.values())).toEqual({ a: 'missing', b: 'match', c: 'outside' });
    // Ties with the last one shown: which of them is cut off is chance.
    const tied = attempt([A, B], [A, item('b2', 20)], [A, B], { control: 20, candidate: 20 });
    expect(outcomes(tied.judged.values())).toEqual({ a: 'match', b: 'outside', b2: 'outside' });
  });

  it('names the pages between which an item was lost', () => {
    const candidate = [A, { ...C, page: 2 }];
    const { judged } = attempt([A, B, C], candidate, [A, B, C]);
    expect([...judged.values()].find(({ outcome }) => outcome === 'missing')?.edge).toEqual({
      side: 'candidate',
      place: 'page 1 and page 2 of list 1',
    });
    const within = attempt([A, B, C], [A, C], [A, B, C]);
    expect([...within.judged.values()].find(({ outcome }) => outcome === 'missing')?.edge).toBeUndefined();
  });

  it('takes a copy that only one of two control readings shows for an item that moved', () => {
    const copies = (before: Item[], candidate: Item[], after: Item[]) =>
      [...attempt(before, candidate, after).judged.values()][0]?.copies;
    expect(copies([A, A], [A], [A])).toEqual({ control: [], candidate: [] });
    expect(copies([A, A], [A, A], [A, A])).toEqual({ control: [A], candidate: [A] });
  });
});

describe('several attempts', () => {
  const population = (...attempts: ReturnType<typeof attempt>[]): Population => {
    const [first, ...others] = attempts;
    if (first === undefined) throw new Error('there is no attempt');
    const found = new Population(first.judged, first.sides);
    for (const { judged, sides } of others) found.again(judged, sides);
    return found;
  };
  const missing = attempt([A, B], [B], [A, B]);
  const healthy = attempt([A, B], [A, B], [A, B]);

  it('let a lagging item settle', () => {
    const found = population(missing, healthy);
    expect(outcomes(found.items)).toEqual({ a: 'match', b: 'match' });
    expect(found.open).toBe(0);
    expect(found.churn).toEqual({ reread: 1, settled: 1 });
  });

  it('keep a finding that each of them repeats', () => {
    const found = population(missing, missing, missing);
    expect(outcomes(found.items)).toEqual({ a: 'missing', b: 'match' });
    expect(found.open).toBe(1);
  });

  it('look no more at what was read clean', () => {
    expect(outcomes(population(healthy, missing).items)).toEqual({ a: 'match', b: 'match' });
  });

  it('judge nothing that came later', () => {
    const later = attempt([item('new', 40), A, B], [A, B], [item('new', 40), A, B]);
    expect(outcomes(population(missing, later).items)).toEqual({ a: 'match', b: 'match' });
  });

  it('blame nobody for what left the lists before it could be read again', () => {
    const [a, b] = [...population(missing, attempt([B], [B], [B])).items];
    expect([a?.outcome, b?.outcome]).toEqual(['inconclusive', 'match']);
    expect(a?.reason).toBe('it left the lists before it could be read again');
  });

  it('keep copies and disorder only where each of them shows them', () => {
    const doubled = attempt([A], [A, A], [A]);
    const once = attempt([A], [A], [A]);
    expect([...population(doubled, doubled).items][0]?.copies.candidate).toHaveLength(1);
    expect(population(doubled, once).open).toBe(0);
    const late = population(attempt([A], [], [A]), doubled);
    expect(outcomes(late.items)).toEqual({ a: 'match' });
    expect(late.open).toBe(0);
    const unordered = (items: Item[]) => {
      const { judged, sides } = attempt([A, B], [A, B], [A, B]);
      return { judged, sides: { ...sides, candidate: [{ ...reading('candidate', [A, B]), unordered: items }] } };
    };
    expect(population(unordered([A]), unordered([A, B])).unordered('candidate')).toEqual([A]);
    expect(population(unordered([A]), unordered([B])).open).toBe(0);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExactNumber, type Json } from '../../src/model/json.js';
import { comparing, outOfOrder, sortKeyOf } from '../../src/snapshot/sort.js';
import { path } from '../given.js';
import { NEWEST_FIRST } from './read.js';

const ascending = (a: number, b: number) => a - b;

describe('what is out of order', () => {
  it.each<[string, number[], number[]]>([
    ['nothing in a sorted list', [1, 2, 3], []],
    ['nothing in an empty one', [], []],
    ['nothing where all are equal', [2, 2, 2], []],
    ['no tie', [1, 2, 2, 3], []],
    ['the one that moved up', [9, 1, 2, 3], [0]],
    ['the one that moved down', [2, 3, 4, 1], [3]],
    ['all but one where the list is turned round', [3, 2, 1], [0, 1]],
  ])('is %s', (_, keys, places) => {
    expect(outOfOrder(keys, ascending)).toEqual(places);
  });

  it('is as little as possible, and leaves a sorted list', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 9 }), (keys) => {
        const out = new Set(outOfOrder(keys, ascending));
        const kept = keys.filter((_, place) => !out.has(place));
        expect(kept).toEqual(kept.toSorted(ascending));
        // No choice of more members is in order.
        for (let choice = 0; choice < 2 ** keys.length; choice++) {
          const chosen = keys.filter((_, place) => (choice >> place) % 2 === 1);
          if (chosen.length > kept.length) expect(chosen).not.toEqual(chosen.toSorted(ascending));
        }
      }),
    );
  });
});

describe('a sort key', () => {
  const of = (at: Json, as: 'instant' | 'number' | 'text') => sortKeyOf({ at }, { ...NEWEST_FIRST, as })?.by;

  it.each<[Json, 'instant' | 'number' | 'text', unknown]>([
    ['2026-11-22T16:03:11.660Z', 'instant', 1_795_363_391_660_000],
    ['2026-11-22T17:03:11.660123+01:00', 'instant', 1_795_363_391_660_123],
    ['2026-11-22 16:03:11 UTC', 'instant', 1_795_363_391_000_000],
    [1_795_363_391, 'instant', 1_795_363_391],
    ['yesterday', 'instant', undefined],
    [null, 'instant', undefined],
    ['42', 'number', 42n],
    [1.5, 'number', 1.5],
    [new ExactNumber('9007199254740993e0', '9007199254740993'), 'number', 9_007_199_254_740_993n],
    ['b', 'text', 'b'],
    [7, 'text', undefined],
  ])('of %j as %s is %s', (value, as, key) => {
    expect(of(value, as)).toEqual(key);
  });

  it('takes ids that doubles confuse for the different ones they are', () => {
    const big = (text: string) => sortKeyOf({ at: 1, id: new ExactNumber(`${text}e0`, text) }, NEWEST_FIRST);
    const [lower, higher] = [big('9007199254740993'), big('9007199254740995')];
    if (lower === undefined || higher === undefined) throw new Error('there is no key');
    expect(comparing(NEWEST_FIRST, true)(higher, lower)).toBeLessThan(0);
    expect(comparing({ ...NEWEST_FIRST, direction: 'ascending' }, true)(higher, lower)).toBeGreaterThan(0);
    expect(Math.abs(comparing(NEWEST_FIRST, false)(higher, lower))).toBe(0);
  });

  it('is read at nested places', () => {
    const sort = { ...NEWEST_FIRST, by: path('$.a[1].b'), tie: path('$.none') };
    expect(sortKeyOf({ a: [0, { b: 5 }] }, sort)).toEqual({ by: 5, tie: undefined });
    expect(sortKeyOf({ a: [] }, sort)).toBeUndefined();
  });
});

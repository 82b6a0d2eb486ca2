import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { places, replaceAt } from '../../src/replay/places.js';
import { path } from '../given.js';

const found = (text: string, at: string) => places(text, path(at)).map(({ from, to }) => text.slice(from, to));

describe('places', () => {
  it.each([
    ['{"id":42}', '$.id', ['42']],
    [' { "a" : { "id" : "x\\"}" } , "id" : 9007199254740993 } ', '$.id', ['9007199254740993']],
    [' { "a" : { "id" : "x\\"}" } , "id" : 9007199254740993 } ', '$.a.id', ['"x\\"}"']],
    ['{"\\u0069d":1}', '$.id', ['1']],
    ['{"a":[10,[20],30]}', '$.a[2]', ['30']],
    ['{"a":[{"at":1},{"at":2},{}]}', '$.a[*].at', ['1', '2']],
    ['{"at":1,"a":{"at":2,"b":[{"at":3}]}}', '$..at', ['1', '2', '3']],
    ['{"id":{"id":1}}', '$.id', []],
    ['{"a":1}', '$.b', []],
    ['{"id":null}', '$.id', ['null']],
    ['[]', '$.id', []],
    ['7', '$', ['7']],
  ])('%s at %s', (text, at, expected) => {
    expect(found(text, at)).toEqual(expected);
  });

  it('a member of any JSON is found where a parser finds it, and replacing it changes nothing else', () => {
    fc.assert(
      fc.property(
        fc.json({ depthSize: 'medium' }),
        fc.json(),
        fc.constantFrom('', ' ', '\n\t'),
        (before, after, blank) => {
          const text = `{"before":${before},${blank}"key"${blank}:${blank}"old"${blank},"after":${after}}`;
          const replaced = replaceAt(text, places(text, path('$.key')), () => '"new"');
          expect(JSON.parse(replaced)).toEqual({ ...(JSON.parse(text) as object), key: 'new' });
          expect(replaced.length).toBe(text.length);
        },
      ),
    );
  });
});

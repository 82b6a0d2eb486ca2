import { describe, expect, it } from 'vitest';
import { liesAt } from '../../src/snapshot/enriched.js';
import { PageText } from '../../src/snapshot/items.js';
import { path } from '../given.js';

describe("a page's items", () => {
  it('are as they were spelt, digit by digit', () => {
    const page = new PageText('{"a":[ {"id":9007199254740993, "x":1.0} , [1,2],"a]\\"b", 1e400 ]}');
    expect(page.items(path('$.a'))).toEqual(['{"id":9007199254740993, "x":1.0}', '[1,2]', '"a]\\"b"', '1e400']);
  });

  it.each(['[]', ' [ ] '])('are none in %j', (text) => {
    expect(new PageText(text).items(path('$'))).toEqual([]);
  });

  it.each<[string, string | undefined]>([
    ['{"next":"a\\u0062"}', 'ab'],
    ['{"next":9007199254740993}', '9007199254740993'],
    ['{"next":true}', 'true'],
    ['{"next":null}', undefined],
    ['{"next":""}', undefined],
    ['{"next":false}', undefined],
    ['{}', undefined],
  ])('have in %s what follows', (text, value) => {
    expect(new PageText(text).value(path('$.next'))).toBe(value);
  });
});

describe('an enriched path', () => {
  it.each([
    ['$.person.title', '$.person.title', true],
    ['$.person', '$.person.title', true],
    ['$.person.title', '$.person.titles', false],
    ['$.person.title', '$.person', false],
    ['$.opens[*].device', '$.opens[2].device', true],
    ['$.opens[0]', '$.opens[0].device', true],
    ['$.opens[0]', '$.opens[1].device', false],
    ['$..city', '$.opens[2].location.city', true],
    ["$['full name']", '$["full name"]', true],
  ])('%s covers %s: %s', (enriched, difference, covers) => {
    expect(liesAt([path(enriched)])(difference)).toBe(covers);
  });
});

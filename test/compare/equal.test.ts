import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equal } from '../../src/compare/equal.js';
import { show } from '../../src/compare/show.js';
import { ExactNumber, type Json } from '../../src/model/json.js';
import { decode } from '../../src/normalise/decode.js';
import { backwards, json } from '../json-arbitrary.js';

/** One text for each value: members sorted, numbers marked off from texts by their JSON spelling. */
function fingerprint(value: Json): string {
  if (value instanceof ExactNumber) return value.canonical;
  if (Array.isArray(value)) return `[${value.map(fingerprint).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}:${fingerprint(member)}`);
  return `{${members.sort().join()}}`;
}

describe('equality', () => {
  it('agrees with a fingerprint of the values', () => {
    const pairs = fc.oneof(
      fc.tuple(json, json),
      json.map((value): [Json, Json] => [value, backwards(value)]),
    );
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        expect(equal(a, b)).toBe(fingerprint(a) === fingerprint(b));
        expect(equal(b, a)).toBe(equal(a, b));
      }),
      { numRuns: 2_000 },
    );
  });

  it('does not ask for the order of members', () => {
    fc.assert(fc.property(json, (value) => equal(value, backwards(value))));
  });

  it.each([
    ['{"a":null}', '{}', false],
    ['{"a":null}', '{"a":""}', false],
    ['{"a":1}', '{"b":1}', false],
    ['{"a":1}', '{"a":1,"b":2}', false],
    ['[1,2]', '[2,1]', false],
    ['[1]', '[1,null]', false],
    ['[]', '{}', false],
    ['{"0":1}', '[1]', false],
    ['null', '{}', false],
    ['"42"', '42', false],
    ['0', 'false', false],
    ['"\u00e9"', '"e\u0301"', false],
    ['{"toString":1}', '{}', false],
    ['{"__proto__":{}}', '{}', false],
    ['{"__proto__":{}}', '{"a":{}}', false],
    ['{"__proto__":{"a":1}}', '{"a":1}', false],
    ['{"__proto__":{"a":1}}', '{"__proto__":{"a":1}}', true],
    ['{"constructor":1}', '{"hasOwnProperty":1}', false],
    ['{"hasOwnProperty":1,"a":2}', '{"a":2,"hasOwnProperty":1}', true],
    ['[{"a":[{}]}]', '[{"a":[{}]}]', true],
    ['"\\u0041"', '"A"', true],
  ])('of %s and %s: %s', (a, b, expected) => {
    expect(equal(decode(a), decode(b))).toBe(expected);
    expect(equal(decode(b), decode(a))).toBe(expected);
  });

  it('of a missing value is shared by missing values alone', () => {
    expect(equal(undefined, undefined)).toBe(true);
    for (const value of [null, '', 0, false, [], {}]) expect(equal(undefined, value)).toBe(false);
  });
});

describe('a value shown', () => {
  it('is the JSON text it came from', () => {
    fc.assert(fc.property(json, (value) => equal(decode(show(value)), value)));
  });

  it.each(['-9007199254740993.50', '{"a":[1,"\\n",null,true,{"__proto__":12345678901234567891}]}'])(
    'keeps every digit: %s',
    (text) => {
      expect(show(decode(text))).toBe(text);
    },
  );
});

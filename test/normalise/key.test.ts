import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode } from '../../src/normalise/decode.js';
import { keyText, read } from '../../src/normalise/read.js';
import { path } from '../given.js';
import { decimal, respelt, spell, units } from './decimal.js';

const key = (text: string) => keyText(decode(text));

describe('a correlation key', () => {
  it.each([
    ['42', '42'],
    ['"42"', '42'],
    ['42.0', '42'],
    ['4.2e1', '42'],
    ['-7', '-7'],
    ['-0', '0'],
    ['1.5', '1.5'],
    ['"0042"', '0042'],
    ['" 42"', ' 42'],
    ['9007199254740993', '9007199254740993'],
    ['9007199254740993.0', '9007199254740993'],
    ['1e-7', '0.0000001'],
    ['-1e24', '-1000000000000000000000000'],
    ['1e999999999', '1e999999999'],
    ['"9007199254740993"', '9007199254740993'],
  ])('of %s is the text %s', (text, expected) => {
    expect(key(text)).toBe(expected);
  });

  it.each(['null', 'true', 'false', '""', '[]', '[1]', '{}', '{"id":1}'])('is not to be had from %s', (text) => {
    expect(key(text)).toBeUndefined();
  });

  it('is not to be had from nothing', () => {
    expect(keyText(undefined)).toBeUndefined();
  });

  it('of a whole number is the same whether it came as number or as text', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 21n) + 1n, max: 10n ** 21n - 1n }), (id) => {
        expect(key(String(id))).toBe(String(id));
        expect(key(`"${id}"`)).toBe(String(id));
      }),
      { examples: [[1_234_567_890_123_456_800n], [9_007_199_254_740_993n]] },
    );
  });

  it('of a 64-bit id keeps every digit, also where the id is the shortest spelling of a double', () => {
    expect(key('1234567890123456800')).toBe('1234567890123456800');
    expect(key('1234567890123456768')).toBe('1234567890123456768');
  });

  // From 1e21 on a double spells itself with an exponent.
  it('of more than 21 digits is the same whether it came as number or as text', () => {
    expect(key('1000000000000000000000')).toBe('1000000000000000000000');
  });

  it('does not depend on how a number is spelt', () => {
    fc.assert(
      fc.property(decimal, fc.nat({ max: 5 }), fc.integer({ min: -5, max: 5 }), (value, zeros, shift) => {
        expect(key(spell(respelt(value, zeros, shift)))).toBe(key(spell(value)));
      }),
      { examples: [[{ sign: '', digits: '9007199254740993', scale: 0, exponent: 0 }, 1, 0]] },
    );
  });

  it('is shared only by equal numbers', () => {
    fc.assert(
      fc.property(decimal, decimal, (a, b) => {
        if (key(spell(a)) === key(spell(b))) expect(units(a)).toBe(units(b));
      }),
    );
  });
});

describe('reading at a path', () => {
  const value = decode('{"a":{"b":[10,{"c":null}]},"toString":1}');

  it.each([
    ['$', value],
    ['$.a.b[0]', 10],
    ['$.a.b[1].c', null],
    ['$.toString', 1],
    ['$.a.b[2]', undefined],
    ['$.a.b.length', undefined],
    ['$.a.constructor', undefined],
    ['$.a[0]', undefined],
    ['$.a.b[1].c.d', undefined],
    ['$.missing.deeper', undefined],
  ])('%s', (text, expected) => {
    expect(read(value, path(text))).toEqual(expected);
  });
});

import { describe, expect, it } from 'vitest';
import { plainly } from '../../src/reports/plainly.js';
import { count, duration, integer, percent, plain, rate } from '../../src/reports/text.js';

describe('duration', () => {
  it.each([
    [0, '0 ms'],
    [0.4567, '0.46 ms'],
    [1.9712, '1.97 ms'],
    [45.26, '45.3 ms'],
    [145.4, '145 ms'],
    [999.4, '999 ms'],
    [999.6, '1 s'],
    [2310, '2.3 s'],
    [10_000, '10 s'],
    [59_940, '59.9 s'],
    [59_960, '1 m'],
    [72_310, '1 m 12 s'],
    [3_599_400, '59 m 59 s'],
    [3_599_600, '1 h'],
    [7_500_000, '2 h 5 m'],
    [86_399_000, '1 d'],
    [273_600_000, '3 d 4 h'],
    [-4.2, '−4.2 ms'],
  ])('%d ms is %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });
});

describe('percent', () => {
  it.each([
    [0, '0 %'],
    [1, '100 %'],
    [0.000_342, '0.034 %'],
    [0.000_000_012, '0.0000012 %'],
    [0.0123, '1.2 %'],
    [0.05, '5 %'],
    [0.5, '50 %'],
    [0.95, '95 %'],
    [0.99, '99 %'],
    [0.997, '99.7 %'],
    [0.9997, '99.97 %'],
    [0.999_999, '99.9999 %'],
  ])('%d is %s', (share, text) => {
    expect(percent(share)).toBe(text);
  });

  it('never calls almost all 100 %', () => {
    for (let zeros = 1; zeros <= 9; zeros++) expect(percent(1 - 1.4 * 10 ** -zeros)).not.toBe('100 %');
  });
});

it('separates thousands', () => {
  expect(integer(12_345)).toBe('12,345');
  expect(integer(999)).toBe('999');
  expect(count(1, 'pair')).toBe('1 pair');
  expect(count(12_345, 'pair')).toBe('12,345 pairs');
  expect(rate(1.234)).toBe('1.2/s');
  expect(rate(1234.5)).toBe('1,235/s');
});

describe('plain', () => {
  it.each([
    ['an escape sequence', 'a\u001b[31mred\u001b[0m', 'a[31mred[0m'],
    ['a C1 sequence', 'a\u009b31m\u0085b', 'a31m b'],
    ['line breaks', 'a\r\nb\tc\u2028d', 'a b c d'],
    ['a reversed reading direction', 'user\u202egnp.exe\u2066x\u2069', 'usergnp.exex'],
    ['deletions and nulls', 'a\u0000b\u0008\u007f', 'ab'],
    ['half a character', 'a\ud83d', 'a'],
    ['invisible blanks', 'a\u200bb\ufeff', 'ab'],
  ])('takes out %s', (_, hostile, harmless) => {
    expect(plain(hostile)).toBe(harmless);
  });

  it('keeps every letter and composed emoji', () => {
    const text = 'Grüße 日本語 हिन्दी עברית 👩‍👩‍👧';
    expect(plain(text)).toBe(text);
  });

  it('reaches every string, names included', () => {
    expect(plainly({ 'a\u001b': ['b\u0007', { c: 'd\u009b', e: 1, f: null }] })).toEqual({
      a: ['b', { c: 'd', e: 1, f: null }],
    });
  });

  it('copies nothing where nothing changes, and only what lies around what does', () => {
    const clean = { name: 'ü', list: [1, 'two', { three: null }] };
    expect(plainly(clean)).toBe(clean);
    const whole = { clean, list: [clean, 'bad\u0007', 3] };
    const made = plainly(whole);
    expect(made).toEqual({ clean, list: [clean, 'bad', 3] });
    expect(made.clean).toBe(clean);
    expect(made.list[0]).toBe(clean);
    expect(whole.list[1]).toBe('bad\u0007');
  });

  it('keeps the order of members, and one that is called __proto__', () => {
    const text = '{"a":1,"__proto__":{"b":"\\u0007"},"c\\u001b":2,"d":3}';
    expect(JSON.stringify(plainly(JSON.parse(text)))).toBe('{"a":1,"__proto__":{"b":""},"c":2,"d":3}');
  });
});

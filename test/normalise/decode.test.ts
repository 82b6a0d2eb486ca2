import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equal } from '../../src/compare/equal.js';
import { show } from '../../src/compare/show.js';
import { canonicalDecimal } from '../../src/model/decimal.js';
import { ExactNumber, type Json } from '../../src/model/json.js';
import { decode, LIMITS, Unreadable } from '../../src/normalise/decode.js';
import { json } from '../json-arbitrary.js';
import { decimal, nudged, respelt, spell, units } from './decimal.js';

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

describe('numbers', () => {
  it.each([
    ['1', '1.0', true],
    ['1', '1e0', true],
    ['1', '10e-1', true],
    ['100', '1E+2', true],
    ['0', '-0', true],
    ['0', '0e999999', true],
    ['0.10', '0.1', true],
    ['-1.50e3', '-1500', true],
    ['9007199254740993', '9007199254740992', false],
    ['9007199254740993', '9007199254740993.0', true],
    ['9007199254740993', '9007199254740994', false],
    ['0.1', '0.1000000000000000055511151231257827', false],
    ['0.30000000000000004', '0.3', false],
    ['1e400', '1e401', false],
    ['1e400', '10e399', true],
    ['1e-400', '0', false],
    ['1e-400', '1e-401', false],
    ['-1e400', '1e400', false],
    ['1e99999999999999999999', '10e99999999999999999998', true],
    ['1e99999999999999999999', '1e99999999999999999998', false],
    ['1234567890123456800', '1234567890123456768', false],
    ['1', '"1"', false],
    ['9007199254740993', '"9007199254740993"', false],
  ])('%s and %s are one value: %s', (a, b, one) => {
    expect(equal(decode(a), decode(b))).toBe(one);
    expect(equal(decode(`{"id":[${a}]}`), decode(`{"id":[${b}]}`))).toBe(one);
  });

  it('are equal exactly when their decimals are equal as values', () => {
    const pairs = fc.oneof(
      fc.tuple(decimal, decimal),
      fc
        .tuple(decimal, fc.nat({ max: 5 }), fc.integer({ min: -20, max: 20 }))
        .map(([a, zeros, shift]) => [a, respelt(a, zeros, shift)] as const),
      decimal.map((a) => [a, nudged(a)] as const),
    );
    fc.assert(
      fc.property(pairs, fc.constantFrom('e' as const, 'E' as const, 'e+' as const), ([a, b], mark) => {
        const same = units(a) === units(b);
        expect(equal(decode(spell(a)), decode(spell(b, mark)))).toBe(same);
        expect(canonicalDecimal(spell(a)) === canonicalDecimal(spell(b, mark))).toBe(same);
      }),
      { numRuns: 3_000 },
    );
  });

  it('spelt as a double spells itself stay that double, so that they are cheap', () => {
    fc.assert(
      fc.property(fc.double({ noDefaultInfinity: true, noNaN: true }), (value) => {
        const decoded = decode(JSON.stringify([value]));
        expect(decoded).toEqual([value === 0 ? expect.closeTo(0) : value]);
      }),
    );
  });

  it('that no double holds are found wherever they stand', () => {
    const numbers = ['9007199254740993', '-9007199254740993', '1e400', '-1.5E+400', '1e-400', '0.10000000000000001'];
    const beside = fc.constantFrom(
      '1',
      '-12.5',
      '12345',
      '1e3',
      '"1e400"',
      '"12345678901234567"',
      '"a-1e123"',
      'null',
      '[]',
    );
    fc.assert(
      fc.property(
        fc.array(beside),
        fc.constantFrom('', ' ', '\n\t'),
        fc.constantFrom(...numbers),
        (others, gap, number) => {
          const value = decode(
            `[${[...others, `${gap}${number}`, `{"a":${gap}${number}${gap}}`].join(',')}]`,
          ) as Json[];
          expect(value.slice(-2).map(show)).toEqual([number, `{"a":${number}}`]);
          expect(show(decode(number))).toBe(number);
        },
      ),
    );
  });

  it.each(['9007199254740993', '-1234567890.12345678', '1e400'])('such as %s are found at any distance', (number) => {
    for (let distance = 0; distance < 50; distance++) {
      expect(show(decode(`["${'x'.repeat(distance)}",${number}]`))).toContain(`,${number}]`);
    }
  });

  it('that no double holds keep the text the wire spelt', () => {
    const value = decode('-9007199254740993.50');
    expect(value).toBeInstanceOf(ExactNumber);
    expect(show(value)).toBe('-9007199254740993.50');
  });

  // An expression such as /0+$/ would try every zero as a start.
  it('of a million digits are decoded without pause', () => {
    const text = `1${'0'.repeat(LIMITS.characters - 2)}1`;
    expect(show(decode(text))).toBe(text);
  });
});

describe('structure', () => {
  it('survives decoding whatever path the text takes', () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = show(value);
        expect(equal(decode(text), value)).toBe(true);
        // A number that needs the slow path, beside the same value.
        const both = decode(`{"big":12345678901234567891,"value":${text}}`);
        expect(equal(both, { big: decode('12345678901234567891'), value })).toBe(true);
      }),
    );
  });

  it.each([
    ['', '1'],
    [' and a number beyond doubles', '12345678901234567891'],
  ])('with hostile names%s is only data', (_, number) => {
    const value = decode(
      `{"__proto__":{"admin":true},"toString":1,"constructor":{"prototype":2},"n":${number}}`,
    ) as object;
    expect(Object.keys(value)).toEqual(['__proto__', 'toString', 'constructor', 'n']);
    expect('admin' in value).toBe(false);
    expect('admin' in {}).toBe(false);
  });

  it.each([
    ['{"a":1,"a":2}', '{"a":2}'],
    ['{"a":1,"a":12345678901234567891}', '{"a":12345678901234567891}'],
    ['{"a":12345678901234567891,"a":1}', '{"a":1}'],
    ['{"__proto__":1,"__proto__":12345678901234567891}', '{"__proto__":12345678901234567891}'],
    ['{"toString":12345678901234567891,"toString":[]}', '{"toString":[]}'],
  ])('of two equal keys the last wins: %s', (twice, once) => {
    expect(equal(decode(twice), decode(once))).toBe(true);
  });
});

describe('what cannot be decoded', () => {
  it.each([
    ['one level inside the limit', nested(LIMITS.depth), undefined],
    ['one level beyond the limit', nested(LIMITS.depth + 1), 'nested deeper than 100 levels'],
    [
      'objects and arrays in turn, beyond the limit',
      `${'{"a":['.repeat(51)}${']}'.repeat(51)}`,
      'nested deeper than 100 levels',
    ],
    ['brackets inside a text', JSON.stringify('[{'.repeat(500)), undefined],
    ['brackets behind an escaped quote', JSON.stringify(`"${'['.repeat(500)}\\`), undefined],
    ['many brackets side by side', `[${'[],'.repeat(500)}{}]`, undefined],
    ['brackets that never close', '['.repeat(100_000), 'nested deeper than 100 levels'],
    ['a text of the greatest length', JSON.stringify('x'.repeat(LIMITS.characters - 2)), undefined],
    [
      'a text one character longer',
      JSON.stringify('x'.repeat(LIMITS.characters - 1)),
      `longer than ${LIMITS.characters} characters`,
    ],
    ['nothing', '', 'payload is no JSON'],
    ['blanks', ' ', 'payload is no JSON'],
    ['half an object', '{"secret":"hunter2"', 'payload is no JSON'],
    ['two values', '1 2', 'payload is no JSON'],
    ['a number with a leading zero', '007', 'payload is no JSON'],
    ['a long number with a leading zero', '012345678901234567891', 'payload is no JSON'],
    ['NaN', 'NaN', 'payload is no JSON'],
  ])('%s', (_, text, reason) => {
    if (reason === undefined) expect(() => decode(text)).not.toThrow();
    else expect(() => decode(text)).toThrow(new Unreadable(reason));
  });

  it('is told as unreadable, whatever the bytes', () => {
    const pieces = fc.array(
      fc.constantFrom(
        '{',
        '}',
        '[',
        ']',
        '"',
        ':',
        ',',
        '\\',
        '\\u12',
        '-',
        '.',
        '1',
        '0',
        'e999',
        'E+',
        'null',
        'tru',
        ' ',
        '12345678901234567',
      ),
      { maxLength: 30 },
    );
    const texts = fc.oneof(
      fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes).toString('utf8')),
      fc.string({ unit: 'binary', maxLength: 60 }),
      pieces.map((all) => all.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          decode(text);
        } catch (error) {
          expect(error).toBeInstanceOf(Unreadable);
          expect(() => void JSON.parse(text)).toThrow(SyntaxError);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparer } from '../../src/compare/judge.js';
import type { Permission } from '../../src/model/settings.js';
import { decode } from '../../src/normalise/decode.js';
import { path, rule } from '../given.js';
import { decimal, nudged, respelt, spell, units } from '../normalise/decimal.js';

/** How two bodies compare that hold these texts (or nothing) at the ruled place. */
function outcome(permits: Permission, control: string | undefined, candidate: string | undefined): string {
  const body = (value: string | undefined) => decode(value === undefined ? '{"k":1}' : `{"k":1,"v":${value}}`);
  return comparer([rule('$.v', permits)])(body(control), body(candidate)).outcome;
}

type Row = readonly [control: string | undefined, candidate: string | undefined, permitted: boolean];

/** Every row both ways: no permission prefers a side. */
function holds(permits: Permission, rows: readonly Row[]): void {
  it.each(rows)('%s and %s: %s', (control, candidate, permitted) => {
    expect(outcome(permits, control, candidate)).toBe(permitted ? 'allowed' : 'mismatch');
    expect(outcome(permits, candidate, control)).toBe(permitted ? 'allowed' : 'mismatch');
  });
}

describe('ignore permits anything', () => {
  holds({ kind: 'ignore' }, [
    ['1', '2', true],
    ['1', undefined, true],
    ['null', undefined, true],
    ['{"a":[1]}', '"text"', true],
    ['[1,2]', '[]', true],
  ]);
});

describe('an instant permits other spellings of the same moment', () => {
  holds({ kind: 'instant' }, [
    ['"2026-01-02T03:04:05Z"', '"2026-01-02T03:04:05+00:00"', true],
    ['"2026-01-02T03:04:05Z"', '"2026-01-01T22:04:05-05:00"', true],
    ['"2026-01-02T03:04:05Z"', '"2026-01-01T22:04:05-0500"', true],
    ['"2026-01-02T03:04:05Z"', '"2026-01-02T08:34:05+05:30"', true],
    ['"2026-01-02T03:04:05Z"', '"2026-01-02 03:04:05 UTC"', true],
    ['"2026-01-02T03:04:05Z"', '"2026-01-01 22:04:05 -0500"', true],
    ['"2026-01-02T03:04:05Z"', '"2026-01-02T03:04:05-05:00"', false],
    ['"2026-01-02T03:04:05.123Z"', '"2026-01-02T03:04:05.123456Z"', true],
    ['"2026-01-02T03:04:05.123Z"', '"2026-01-02T03:04:05.123999Z"', true],
    ['"2026-01-02T03:04:05.123Z"', '"2026-01-02T03:04:05.124000Z"', false],
    ['"2026-01-02T03:04:05.123Z"', '"2026-01-02T03:04:05.122999Z"', false],
    ['"2026-01-02T03:04:05.12Z"', '"2026-01-02T03:04:05.129Z"', true],
    ['"2026-01-02T03:04:05Z"', '"2026-01-02T03:04:05.999Z"', true],
    ['"2026-01-02T03:04:05.100Z"', '"2026-01-02T03:04:05.1Z"', true],
    ['"2026-01-02T03:04:05.000Z"', '"2026-01-02T03:04:05.001Z"', false],
    ['"2026-01-02T03:04:05.123456789Z"', '"2026-01-02T03:04:05.123456788Z"', false],
    ['"2026-01-02T03:04:05,123Z"', '"2026-01-02T03:04:05.123Z"', true],
    ['"2026-01-02T03:04:05"', '"2026-01-02T03:04:05Z"', false],
    ['"2026-01-02 03:04:05"', '"2026-01-02T03:04:05"', false],
    ['"2026-01-02"', '"2026-01-02T00:00:00Z"', false],
    ['"2026-01-02T03:04:05 EST"', '"2026-01-02T03:04:05-05:00"', false],
    ['"2024-02-29T00:00:00Z"', '"2024-02-29 00:00:00 UTC"', true],
    ['"2026-02-29T00:00:00Z"', '"2026-02-29 00:00:00 UTC"', false],
    ['"2026-13-02T03:04:05Z"', '"2027-01-02T03:04:05Z"', false],
    ['"2026-01-02T03:04:60Z"', '"2026-01-02T03:05:00Z"', false],
    ['"2026-01-02T03:60:00Z"', '"2026-01-02T04:00:00Z"', false],
    ['"2026-01-02T24:00:00Z"', '"2026-01-03T00:00:00Z"', true],
    ['"2026-01-02T25:00:00Z"', '"2026-01-03T01:00:00Z"', false],
    ['"0099-01-02T03:04:05Z"', '"0099-01-02 03:04:05 UTC"', true],
    ['"0099-01-02T03:04:05Z"', '"1999-01-02T03:04:05Z"', false],
    ['"2026-01-02T25:04:05Z"', '"2026-01-03T01:04:05Z"', false],
    ['1767323045', '"2026-01-02T03:04:05Z"', false],
    ['null', '"2026-01-02T03:04:05Z"', false],
    [undefined, '"2026-01-02T03:04:05Z"', false],
    ['"soon"', '"later"', false],
  ]);

  // Truncating is cutting digits off, not going towards 1970.
  it.each([
    ['"1969-12-31T23:59:59.123Z"', '"1969-12-31T23:59:59.123456Z"', 'allowed'],
    ['"1970-01-01T00:00:00.000Z"', '"1969-12-31T23:59:59.999500Z"', 'mismatch'],
  ])('before 1970: %s and %s', (control, candidate, expected) => {
    expect(outcome({ kind: 'instant' }, control, candidate)).toBe(expected);
  });

  // Date.parse takes 30 February for 2 March.
  it('whatever the digits: the common spelling is read as every other one', () => {
    const usual = fc.constantFrom('01', '02', '12');
    const edges = fc.constantFrom('00', '13', '23', '24', '28', '29', '30', '31', '32', '59', '60', '61', '1x', ':1');
    const two = fc.oneof({ weight: 4, arbitrary: usual }, { weight: 1, arbitrary: edges });
    const year = fc.constantFrom('0000', '0099', '0999', '1000', '1969', '2024', '2026', '9999');
    const fraction = fc.constantFrom('', '.', '.0', '.123', '.999999', '.123456789', '.1234567890', '.1x');
    let permitted = 0;
    fc.assert(
      fc.property(year, two, two, two, two, two, fraction, (year, month, day, hour, minute, second, fraction) => {
        const [date, time] = [`${year}-${month}-${day}`, `${hour}:${minute}:${second}${fraction}`];
        const found = outcome({ kind: 'instant' }, `"${date}T${time}Z"`, `"${date} ${time} UTC"`);
        expect(found).toBe(outcome({ kind: 'instant' }, `"${date} ${time}Z"`, `"${date} ${time} UTC"`));
        if (found === 'allowed') permitted++;
      }),
      { numRuns: 3_000 },
    );
    expect(permitted).toBeGreaterThan(50);
  });

  it('a day that does not exist is no moment', () => {
    expect(outcome({ kind: 'instant' }, '"2026-02-30T00:00:00Z"', '"2026-03-02T00:00:00Z"')).toBe('mismatch');
  });
});

describe('a number permits other spellings of the same number', () => {
  holds({ kind: 'number', tolerance: 0 }, [
    ['12.5', '"12.5"', true],
    ['"12.50"', '12.5', true],
    ['"1.25e1"', '12.5', true],
    ['0', '"-0"', true],
    ['9007199254740993', '"9007199254740993"', true],
    ['9007199254740993', '"9007199254740992"', false],
    ['"9007199254740993"', '"9007199254740992"', false],
    ['1', '1.0000001', false],
    ['1', '"one"', false],
    ['1', '""', false],
    ['0', '""', false],
    ['1', '" 1"', false],
    ['16', '"0x10"', false],
    ['1000', '"1,000"', false],
    ['1', '"1."', false],
    ['1', '"+1"', false],
    ['1', 'true', false],
    ['0', 'null', false],
    ['0', undefined, false],
    ['1', '[1]', false],
  ]);
});

describe('a number with a tolerance permits what is no further apart', () => {
  holds({ kind: 'number', tolerance: 0.5 }, [
    ['1', '1.5', true],
    ['1', '1.5000001', false],
    ['1', '"0.5"', true],
    ['-0.25', '0.25', true],
    ['9007199254740993', '9007199254740994', false],
  ]);
  holds({ kind: 'number', tolerance: 2 }, [
    ['9007199254740993', '"9007199254740995"', true],
    ['9007199254740993', '"9007199254740996"', false],
    ['90071992547409930000', '90071992547409930002', true],
    ['90071992547409930000', '90071992547409930003', false],
    ['1', '1e-999999999', true],
    ['1e999999999', '"10e999999998"', true],
    ['1e999999999', '1e999999998', false],
    ['3', '1e999999999', false],
  ]);

  // Of doubles the difference would come out an ulp too large.
  it.each([
    [0.1, '1.1', '1.0'],
    [0.01, '0.29', '0.30'],
    [0.1, '0.4', '0.3'],
    [0.25, '9007199254740993.25', '9007199254740993'],
  ])('exactly %d apart: %s and %s', (tolerance, control, candidate) => {
    expect(outcome({ kind: 'number', tolerance }, control, candidate)).toBe('allowed');
  });
});

describe('without a tolerance', () => {
  it.each([
    ['9007199254740993', '9007199254740992', 'mismatch'],
    ['1234567890123456800', '1234567890123456768', 'mismatch'],
    ['0.1', '0.10000000000000001', 'mismatch'],
    ['1e400', '"1e400"', 'allowed'],
    ['1e400', '"10e399"', 'allowed'],
  ])('only equal numbers pass: %s and %s', (control, candidate, expected) => {
    expect(outcome({ kind: 'number', tolerance: 0 }, control, candidate)).toBe(expected);
  });

  it('numbers as text pass exactly when their decimals are equal', () => {
    const pairs = fc.oneof(
      fc
        .tuple(decimal, fc.nat({ max: 5 }), fc.integer({ min: -5, max: 5 }))
        .map(([a, zeros, shift]) => [a, respelt(a, zeros, shift)] as const),
      decimal.map((a) => [a, nudged(a)] as const),
    );
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const expected = units(a) === units(b) ? 'allowed' : 'mismatch';
        expect(outcome({ kind: 'number', tolerance: 0 }, `"${spell(a)}"`, spell(b))).toBe(expected);
      }),
      {
        examples: [
          [
            [
              { sign: '', digits: '123456789012345678', scale: 10, exponent: 0 },
              { sign: '', digits: '123456789012345679', scale: 10, exponent: 0 },
            ],
          ],
        ],
      },
    );
  });
});

describe('a text permits', () => {
  describe('HTML entities', () => {
    holds({ kind: 'text', html: true }, [
      ['"a & b"', '"a &amp; b"', true],
      ['"<b>"', '"&lt;b&gt;"', true],
      ['"it\'s \\"so\\""', '"it&#39;s &quot;so&#x22;"', true],
      ['"\\u00a0"', '"&nbsp;"', true],
      ['"\\ud83d\\ude00"', '"&#128512;"', true],
      ['"&lt;"', '"&amp;lt;"', false],
      ['"<"', '"&amp;lt;"', false],
      ['"<b>x</b>"', '"x"', false],
      ['"<br>"', '"<br/>"', false],
      ['"&bogus;"', '""', false],
      ['"&#1114112;"', '"?"', false],
      ['"a  b"', '"a b"', false],
      ['"\u00e9"', '"e\u0301"', false],
      ['"1"', '1', false],
      ['""', undefined, false],
      ['"null"', 'null', false],
    ]);
  });

  describe('Unicode forms', () => {
    holds({ kind: 'text', html: false, unicode: 'nfc' }, [
      ['"\u00e9"', '"e\u0301"', true],
      ['"\ufb01"', '"fi"', false],
      ['"&"', '"&amp;"', false],
      ['"e"', '"\u00e9"', false],
    ]);
    holds({ kind: 'text', html: false, unicode: 'nfkc' }, [
      ['"\ufb01"', '"fi"', true],
      ['"\u2460"', '"1"', true],
    ]);
    holds({ kind: 'text', html: true, unicode: 'nfc' }, [['"\u00e9"', '"e&#769;"', true]]);
  });
});

describe('a string permits another JSON type for the same text', () => {
  holds({ kind: 'string' }, [
    ['"42"', '42', true],
    ['42', '"42.0"', false],
    ['42', '"042"', false],
    ['"1.5"', '1.5', true],
    ['true', '"true"', true],
    ['"9007199254740993"', '9007199254740993', true],
    ['"9007199254740992"', '9007199254740993', false],
    ['"9007199254740993"', '9007199254740993.0', true],
    ['1e21', '"1000000000000000000000"', true],
    ['1e-7', '"0.0000001"', true],
    ['1e999999999', '"1e999999999"', true],
    ['1234567890123456800', '"1234567890123456800"', true],
    ['1234567890123456800', '"1234567890123456768"', false],
    ['null', '"null"', false],
    ['null', '""', false],
    ['""', undefined, false],
    ['1', '"one"', false],
    ['[1]', '"1"', false],
  ]);

  // From 1e21 on a double spells itself with an exponent.
  it('is kept for numbers of more than 21 digits', () => {
    expect(outcome({ kind: 'string' }, '1000000000000000000000', '"1000000000000000000000"')).toBe('allowed');
  });
});

describe('nullish permits null, "" and missing for one another', () => {
  holds({ kind: 'nullish' }, [
    ['null', undefined, true],
    ['null', '""', true],
    ['""', undefined, true],
    ['null', '0', false],
    ['null', 'false', false],
    [undefined, '[]', false],
    ['""', '{}', false],
    ['""', '" "', false],
    ['""', '"null"', false],
  ]);
});

describe('a set permits another order', () => {
  holds({ kind: 'set' }, [
    ['[1,2,3]', '[3,1,2]', true],
    ['[1,1,2]', '[1,2,1]', true],
    ['[1,1,2]', '[1,2,2]', false],
    ['[1,2]', '[2,1,1]', false],
    ['[1,2]', '[2]', false],
    ['[]', '[1]', false],
    ['["1"]', '[1]', false],
    ['[{"a":1,"b":2},[0]]', '[[0],{"b":2,"a":1}]', true],
    ['[[1,2]]', '[[2,1]]', false],
    ['[9007199254740993,9007199254740992]', '[9007199254740992,9007199254740993]', true],
    ['[1]', '1', false],
    ['{"a":1}', '["a"]', false],
    ['[]', undefined, false],
  ]);

  describe('by a key', () => {
    holds({ kind: 'set', key: path('$.meta.id') }, [
      ['[{"meta":{"id":1},"x":1},{"meta":{"id":2},"x":2}]', '[{"meta":{"id":2},"x":2},{"meta":{"id":1},"x":1}]', true],
      ['[{"meta":{"id":1},"x":1},{"meta":{"id":2},"x":2}]', '[{"meta":{"id":2},"x":2},{"meta":{"id":1},"x":9}]', false],
      ['[{"meta":{"id":1}}]', '[{"meta":{"id":2}}]', false],
      ['[{"meta":{"id":1}},7]', '[7,{"meta":{"id":1}}]', true],
    ]);
  });

  it('aligns by the key, so that only what differs shows', () => {
    const compare = comparer([rule('$.people', { kind: 'set', key: path('$.id') })]);
    const compared = compare(
      decode('{"people":[{"id":1,"n":"a"},{"id":2,"n":"b"},{"id":3,"n":"c"}]}'),
      decode('{"people":[{"id":3,"n":"c"},{"id":1,"n":"z"},{"id":2,"n":"b"}]}'),
    );
    expect(compared).toEqual({
      outcome: 'mismatch',
      untold: 0,
      used: [0],
      differences: [
        { path: '$.people[0].n', group: '$.people[*].n', kind: 'changed', control: '"a"', candidate: '"z"' },
      ],
    });
  });

  it('comes before the rules for its elements, wherever it stands', () => {
    const elements = rule('$.people[*].at', { kind: 'instant' });
    const set = rule('$.people', { kind: 'set', key: path('$.id') });
    const control = decode('{"people":[{"id":1,"at":"2026-01-02T03:04:05Z"},{"id":2,"at":"2027-01-02T03:04:05Z"}]}');
    const candidate = decode(
      '{"people":[{"id":2,"at":"2027-01-02 03:04:05 UTC"},{"id":1,"at":"2026-01-02 03:04:05 UTC"}]}',
    );
    expect(comparer([elements, set])(control, candidate)).toMatchObject({
      outcome: 'allowed',
      used: expect.arrayContaining([0, 1]),
    });
    expect(comparer([set, elements])(control, candidate)).toMatchObject({
      outcome: 'allowed',
      used: expect.arrayContaining([0, 1]),
    });
  });

  it('is any shuffle of itself', () => {
    const element = fc.oneof(
      fc.integer({ min: 0, max: 3 }),
      fc.constantFrom('a', null),
      fc.record({ id: fc.nat({ max: 2 }) }),
    );
    const shuffles = fc
      .array(element, { minLength: 1, maxLength: 6 })
      .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })));
    fc.assert(
      fc.property(shuffles, ([control, candidate]) => {
        expect(comparer([rule('$', { kind: 'set' })])(control, candidate).outcome).not.toBe('mismatch');
        expect(comparer([rule('$', { kind: 'set' })])(control, [...candidate, 'more']).outcome).toBe('mismatch');
      }),
    );
  });
});

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flattenJson } from '../../src/recording/json-bytes.js';
import { runs } from '../runs.js';

/** The text as it stands after the check; undefined if it is no JSON. */
function flattened(text: string): string | undefined {
  const before = Buffer.from('}]"');
  const bytes = Buffer.concat([before, Buffer.from(text), Buffer.from('"]}{}')]);
  const to = before.length + Buffer.byteLength(text);
  return flattenJson(bytes, before.length, to) ? bytes.toString('utf8', before.length, to) : undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('a payload', () => {
  const tokens = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a"',
    '"',
    '\\',
    '0',
    '-',
    '1',
    '.',
    'e',
    '+',
    'true',
    'null',
    'fals',
    ' ',
    '\n',
    '\t',
    '\r',
    '"\\u00e9"',
    '"\\u00"',
    '"\\x"',
    '"é\u2028"',
    '"\u0001"',
    '01',
    '1.5e-3',
    '\uFEFF',
    '\u00a0',
    '\u0000',
  );
  const texts = fc.oneof(
    fc.json(),
    fc.string({ unit: 'grapheme' }),
    fc.array(tokens, { maxLength: 12 }).map((all) => all.join('')),
  );

  it('is JSON exactly where JSON.parse says so', () => {
    fc.assert(
      fc.property(texts, (text) => (flattened(text) !== undefined) === isJson(text)),
      { numRuns: runs(20_000) },
    );
  });

  it('that is damaged in one place is told as JSON.parse tells it', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), tokens, (json, nth, token) => {
        const at = nth % (json.length + 1);
        for (const text of [
          json.slice(0, at),
          json.slice(0, at) + token + json.slice(at),
          json.slice(0, at) + json.slice(at + 1),
        ]) {
          expect([text, flattened(text) !== undefined]).toEqual([text, isJson(text.toWellFormed())]);
        }
      }),
      { numRuns: runs(3_000) },
    );
  });

  it('keeps its value and its length, and loses line breaks between tokens alone', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('\n', '\r\n', '\n\t'), (value, indent) => {
        const text = JSON.stringify(value, undefined, 2).replaceAll('\n', indent);
        const flat = flattened(text) ?? '';
        expect(flat).not.toMatch(/[\n\r]/);
        expect(flat.length).toBe(text.length);
        expect(JSON.parse(flat)).toEqual(JSON.parse(text));
      }),
    );
    expect(flattened('\n{"a":\r\n"b\\nc"\n}\n')).toBe(' {"a":  "b\\nc" } ');
  });

  it('may be nested however deeply', () => {
    const deep = 200_000;
    expect(flattened('['.repeat(deep) + ']'.repeat(deep))).toHaveLength(2 * deep);
    expect(flattened('['.repeat(deep) + ']'.repeat(deep - 1))).toBeUndefined();
  });
});

declare global {
  interface String {
    toWellFormed(): string;
  }
}

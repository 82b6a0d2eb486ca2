import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Secrets } from '../../src/config/secrets.js';

test('each secret is replaced by its label, wherever it is', () => {
  const secrets = new Secrets();
  secrets.add('tok-123', 'REP1_TOKEN');
  secrets.add('literal');
  expect(secrets.redact('tok-123 and xtok-123x, literal')).toBe('[REP1_TOKEN] and x[REP1_TOKEN]x, [secret]');
});

test('the longest goes first, whatever the order they came in', () => {
  const secrets = new Secrets();
  secrets.add('abcd', 'SHORT');
  secrets.add('abcdefgh', 'LONG');
  secrets.add('abcdef', 'MIDDLE');
  expect(secrets.redact('abcdefgh abcdef abcd')).toBe('[LONG] [MIDDLE] [SHORT]');
});

test('a secret is known in a URL, in a form, in JSON and in JSON within JSON', () => {
  const secret = 'a b/c+d"é\n';
  const secrets = new Secrets();
  secrets.add(secret, 'T');
  const json = JSON.stringify({ token: secret });
  const spellings = [encodeURIComponent(secret), encodeURI(secret), new URLSearchParams({ t: secret }).toString()];
  for (const text of [secret, json, JSON.stringify({ data: json }), ...spellings]) {
    expect(secrets.redact(text)).toContain('[T]');
    expect(secrets.redact(text)).not.toMatch(/a(?:%20|\+| )b/);
  }
});

test('a secret is known as PHP, Rails, Go and Python spell it in JSON, and in a URL with small letters', () => {
  const secret = 'k/<é>&2028';
  const secrets = new Secrets();
  secrets.add(secret, 'T');
  const spelt = [
    String.raw`k\/<é>&2028`,
    String.raw`k/\u003cé\u003e\u00262028`,
    String.raw`k/\u003Cé\u003E\u00262028`,
    String.raw`k\/<\u00e9>&2028`,
    String.raw`k/\u003c\u00e9\u003e\u00262028`,
    encodeURIComponent(secret).toLowerCase(),
  ];
  for (const text of spelt) {
    expect(secrets.redact(`"${text}"`)).toBe('"[T]"');
    expect(secrets.redact(JSON.stringify(text))).toBe('"[T]"');
  }
});

test('the first name of a value stays, and short values are no secrets', () => {
  const secrets = new Secrets();
  secrets.add('same', 'FIRST');
  secrets.add('same', 'SECOND');
  secrets.add('abc', 'THREE');
  expect(secrets.redact('same abc')).toBe('[FIRST] abc');
});

test('what is spared is shown, even if it was told first', () => {
  const secrets = new Secrets();
  secrets.add('rep-1', 'USER');
  expect(secrets.redact('rep-1')).toBe('[USER]');
  secrets.spare('rep-1');
  expect(secrets.redact('rep-1')).toBe('rep-1');
});

test('no secret survives, whatever its characters', () => {
  const secret = fc.string({ unit: 'binary', minLength: 4, maxLength: 12 });
  fc.assert(
    fc.property(fc.array(secret, { minLength: 1, maxLength: 4 }), fc.string(), (values, around) => {
      const secrets = new Secrets();
      for (const value of values) secrets.add(value, '_');
      const redacted = secrets.redact(values.map((value) => `${around}\u0000${value}\u0000`).join(''));
      // A label may complete a secret by chance only if the secret holds the label's own characters.
      for (const value of values)
        if (!/[[\]_\u0000]/.test(value) && !around.includes(value)) expect(redacted).not.toContain(value);
    }),
  );
});

test('lone surrogates are no trouble', () => {
  const secrets = new Secrets();
  secrets.add('abc\uD800d', 'ODD');
  expect(secrets.redact('x abc\uD800d')).toBe('x [ODD]');
});

import { describe, expect, it } from 'vitest';
import { gateHash, wholeHash } from '../../src/config/hash.js';
import { LEAST, load, problemsIn } from './folder.js';

const OPENED = LEAST.replace('{e:', '{email_opened:');

describe('limits of a type', () => {
  it('are those of all, each of which may be lifted', async () => {
    const own = 'defectRate: null, mismatch: 1, missing: null, minPerType: 5, lag: {p99: 5s, max: null}';
    const { settings } = await load(`${OPENED}gate: {types: {email_opened: {${own}}}}\n`);
    expect(settings.gate.types).toEqual({
      email_opened: {
        defectRate: null,
        counts: { mismatch: 1, missing: null },
        minPerType: 5,
        lag: { p99: 5_000, max: null },
      },
    });
  });

  it.each([
    [
      '{emails_opened: {missing: 1}}',
      'gate.types.emails_opened: "emails_opened" is no declared type; did you mean "email_opened"?',
    ],
    [
      '{email_opened: {inconclusiveShare: 0.1}}',
      'gate.types.email_opened.inconclusiveShare: unknown key "inconclusiveShare"',
    ],
    [
      '{email_opened: {lag: {p99: 5}}}',
      'gate.types.email_opened.lag.p99: expected a duration with its unit, found 5: write 5s or 5ms',
    ],
  ])('are refused: %s', async (types, told) => {
    expect(await problemsIn(`${OPENED}gate: {types: ${types}}\n`)).toEqual([expect.stringContaining(told)]);
  });
});

describe('a rule that has to be used', () => {
  it('says within how many pairs', async () => {
    const { settings } = await load(`${LEAST}rules: [{path: $.a, ignore: true, reason: r, usedWithin: 1000}]\n`);
    expect(settings.rules[0]).toMatchObject({ usedWithin: 1_000 });
    expect(await problemsIn(`${LEAST}rules: [{path: $.a, ignore: true, reason: r, usedWithin: 0}]\n`)).toEqual([
      expect.stringContaining('rules[0].usedWithin: expected a number of pairs of at least 1, found the number 0'),
    ]);
  });
});

describe('the hash of a config', () => {
  it('is that of its parts, of which each changes by itself', async () => {
    const parts: Record<string, string> = {
      rename: 'rename: [{from: $.a, to: $.b}]\n',
      rules: 'rules: [{path: $.a, ignore: true, reason: r}]\n',
      unmapped: 'unmapped: fail\n',
      match: 'match: {settle: 1s}\n',
      gate: 'gate: {missing: 1}\n',
    };
    const { settings: least } = await load(LEAST);
    expect(least.hash).toBe(wholeHash(least.hashes));
    expect(least.hashes.gate).toBe(gateHash({ ...least.gate, bound: 'any-time' }));
    for (const [part, text] of Object.entries(parts)) {
      const { settings } = await load(LEAST + text);
      const changed = Object.entries(settings.hashes).filter(([name, hash]) => hash !== least.hashes[name as 'gate']);
      expect(changed.map(([name]) => name)).toEqual([part]);
      expect(settings.hash).not.toBe(least.hash);
    }
  });
});

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RunKeys } from '../../src/replay/keys.js';

const RUN = 1_795_363_391;

/** Ids of every size that a number can be renewed in, each as likely as the next. */
const ID = fc.integer({ min: 1, max: 16 }).chain((digits) => fc.bigInt(0n, 10n ** BigInt(digits) - 1n));

describe('keys of a run', () => {
  it.each([
    ['42', /^\d{4,5}0000000042$/],
    ['0', /^\d{4,5}0000000000$/],
    ['9999999999', /^\d{4,5}9999999999$/],
    ['1795363391660', /^\d{2}01795363391660$/],
    ['9007199254740993', /^\d{3}9007199254740993$/],
    ['0a0b0c0d-1111-4222-8333-444455556666', /^[0-9a-f]{8}-1111-4222-8333-444455556666$/],
    ['mail-7', /^mail-7-run[0-9a-z]+$/],
    ['007', /^007-run/],
    ['1.5', /^1\.5-run/],
  ])('%s', (key, expected) => {
    const keys = new RunKeys(RUN);
    const sent = keys.renew(key) as string;
    expect(sent).toMatch(expected);
    expect(sent).not.toBe(key);
    expect(keys.restore(sent)).toBe(key);
  });

  it('a number without room stays as it is, and is told', () => {
    expect(new RunKeys(RUN).renew('10000000000000000')).toBeUndefined();
    expect(new RunKeys(RUN).renew('')).toBeUndefined();
  });

  it('numbers stay exact: small ones as doubles, all as 64-bit integers', () => {
    fc.assert(
      fc.property(ID, fc.nat(2 ** 31 - 1), fc.nat(79), (id, run, loop) => {
        const sent = BigInt(new RunKeys(run).renew(String(id), loop) as string);
        expect(sent).toBeLessThan(2n ** 63n);
        if (id < 10n ** 14n) expect(sent).toBeLessThan(2n ** 53n);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each(['42', '17953633916', '9007199254740993'])(
    '%s is never sent twice in a run, however many its turns',
    (key) => {
      const keys = new RunKeys(RUN);
      const sent = Array.from({ length: 1_000 }, (_, turn) => keys.renew(key, turn)).filter((one) => one !== undefined);
      expect(new Set(sent).size).toBe(sent.length);
      expect(new Set(sent.map((one) => keys.restore(one)))).toEqual(new Set([key]));
    },
  );

  it('no two keys of a run become the same, and each comes back', () => {
    const key = fc.oneof(
      ID.map(String),
      fc.uuid(),
      fc.string({ minLength: 1 }).filter((text) => !/^\d+$/.test(text) && !text.startsWith('["')),
    );
    fc.assert(
      fc.property(fc.uniqueArray(key), fc.nat(2 ** 31 - 1), (recorded, run) => {
        const keys = new RunKeys(run);
        const sent = recorded.map((one) => keys.renew(one) as string);
        expect(new Set(sent).size).toBe(recorded.length);
        expect(sent.map((one) => keys.restore(one))).toEqual(recorded);
      }),
    );
  });

  it.each(['42', 'mail-7', '0a0b0c0d-1111-4222-8333-444455556666'])(
    '%s differs in each loop and each run, and comes back',
    (key) => {
      const keys = new RunKeys(RUN);
      const sent = [0, 1, 2, 3].map((loop) => keys.renew(key, loop) as string);
      const others = [0, 1].map((loop) => new RunKeys(RUN + 100).renew(key, loop) as string);
      expect(new Set([...sent, ...others]).size).toBe(6);
      expect(sent.map((one) => keys.restore(one))).toEqual([key, key, key, key]);
      for (const other of others) expect(keys.restore(other)).toBe(other);
    },
  );

  it.each(['42', 'mail-7', '0a0b0c0d-1111-4222-8333-444455556666'])(
    '%s is no key of a run that began a few seconds later, also where both have many turns',
    (key) => {
      const all = (run: number): string[] => {
        const keys = new RunKeys(run);
        return Array.from({ length: 100 }, (_, turn) => keys.renew(key, turn) as string);
      };
      const sent = new Set(all(RUN));
      for (let later = 1; later <= 100; later++) {
        const others = all(RUN + later);
        expect(others.filter((other) => sent.has(other))).toEqual([]);
        if (later === 1) expect(others.map((other) => new RunKeys(RUN).restore(other))).toEqual(others);
      }
    },
  );

  it('what others sent is left alone', () => {
    const keys = new RunKeys(RUN);
    keys.renew('42');
    for (const other of [
      '42',
      '9007199254740993',
      'mail-7',
      'mail-7-runabc',
      '0a0b0c0d-1111-4222-8333-444455556666',
      '["a","7"]',
    ]) {
      expect(keys.restore(other)).toBe(other);
    }
  });

  it('a key of several parts comes back part by part', () => {
    const keys = new RunKeys(RUN);
    expect(keys.restore(JSON.stringify(['team', keys.renew('42')]))).toBe('["team","42"]');
  });
});

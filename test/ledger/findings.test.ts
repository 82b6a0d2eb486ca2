import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { draw, Findings, type Entry, type Told } from '../../src/ledger/findings.js';
import { GROUPS_KEPT } from '../../src/model/report.js';
import { runs } from '../runs.js';

/** Verdicts of several groups; `n` makes each distinct. */
const entries = verdicts({ maxLength: 80 });

function verdicts(length: fc.ArrayConstraints): fc.Arbitrary<Entry[]> {
  const draws = fc.array(
    fc.record({
      outcome: fc.constantFrom('mismatch' as const, 'missing' as const, 'late' as const),
      type: fc.constantFrom('a', 'b'),
      account: fc.constantFrom('rep-1', 'rep-2', 'rep-3'),
      lagMs: fc.nat({ max: 9 }),
      paths: fc.uniqueArray(fc.constantFrom('$.x', '$.y', '$.z'), { minLength: 1 }),
    }),
    length,
  );
  return draws.map((all) =>
    all.map(({ paths, lagMs, ...rest }, n): Entry => ({
      ...rest,
      key: String(n),
      t: n,
      ...(rest.outcome === 'late' && { lagMs }),
      ...(rest.outcome === 'mismatch' && { differences: paths.map(difference) }),
    })),
  );
}

function difference(path: string) {
  return { path, group: path, kind: 'changed' as const, control: '1', candidate: '2' };
}

function told(all: readonly Entry[], most: number): Told {
  const findings = new Findings(most);
  for (const entry of all) findings.add(entry);
  return findings.told();
}

function merged(all: readonly Told[], most: number): Told {
  const findings = new Findings(most);
  for (const some of all) findings.addAll(some);
  return findings.told();
}

const most = fc.integer({ min: 1, max: 60 });

describe('findings', () => {
  it('are all kept up to the bound, and never more than it', () => {
    fc.assert(
      fc.property(entries, most, (all, most) => {
        const { findings, findingsLeftOut, groups } = told(all, most);
        expect(findings.length + findingsLeftOut).toBe(all.length);
        expect(findings.length).toBeLessThanOrEqual(Math.max(most, 0));
        if (all.length <= most) expect(findingsLeftOut).toBe(0);
        // A verdict with two differing places counts for both.
        const places = all.reduce((sum, { differences }) => sum + (differences?.length ?? 1), 0);
        expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(places);
      }),
    );
  });

  it('of shares add up to those of the whole, in any order and any grouping', () => {
    fc.assert(
      fc.property(entries, most, (all, most) => {
        const [a, b, c] = ['rep-1', 'rep-2', 'rep-3'].map((id) =>
          told(
            all.filter(({ account }) => account === id),
            most,
          ),
        ) as [Told, Told, Told];
        const whole = told(all, most);
        expect(merged([a, b, c], most)).toEqual(whole);
        expect(merged([merged([a, b], most), c], most)).toEqual(whole);
        expect(merged([a, merged([c, b], most)], most)).toEqual(whole);
      }),
      { numRuns: runs(500) },
    );
  });

  it('that are outdone when they come are those that all together would not have kept', () => {
    const many = verdicts({ minLength: 60, maxLength: 300, size: 'max' });
    let dropped = 0;
    fc.assert(
      fc.property(many, fc.integer({ min: 1, max: 60 }), (all, most) => {
        const whole = told(all, most);
        expect(whole).toEqual(merged([told(all, all.length)], most));
        if (all.length > 4 * most) dropped++;
      }),
      { numRuns: runs(300) },
    );
    expect(dropped).toBeGreaterThan(runs(50));
  });

  it('are drawn by a hash of the JSON of what they speak of', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string(),
      fc.constantFrom('"', '\\', '\n', '\ud800', '😀', 'é'),
    );
    const t = fc.oneof(fc.nat(), fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }));
    fc.assert(
      fc.property(text, text, text, t, (account, type, key, t) => {
        let hash = 0x9e3779b9;
        for (const character of JSON.stringify([account, type, key, t, 'missing'])) {
          hash = Math.imul(hash ^ (character.codePointAt(0) as number), 0x01000193);
        }
        hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
        hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
        expect(draw({ account, type, key, t, outcome: 'missing' })).toBe((hash ^ (hash >>> 16)) >>> 0);
      }),
      { numRuns: runs(1_000) },
    );
  });

  it('do not depend on the order in which they came', () => {
    fc.assert(
      fc.property(entries, most, (all, most) => {
        expect(told(all.toReversed(), most)).toEqual(told(all, most));
      }),
    );
  });

  it('beyond the bound are of every group, the worst among them', () => {
    const common = Array.from({ length: 5_000 }, (_, n): Entry => late(n, n % 100));
    const rare: Entry[] = [{ ...late(5_001, 0), outcome: 'extra' }];
    const { findings } = told([...common, ...rare], 100);
    expect(findings.some(({ outcome }) => outcome === 'extra')).toBe(true);
    const lags = findings.flatMap(({ outcome, lagMs }) => (outcome === 'late' ? [lagMs ?? 0] : []));
    expect(lags.filter((ms) => ms === 99)).toHaveLength(50);
    // The other half is drawn from all.
    expect(new Set(lags).size).toBeGreaterThan(15);
    expect(findings).toHaveLength(100);
  });

  it('that were taken back leave their place to others as long as they are held', () => {
    const findings = new Findings(10);
    const all = Array.from({ length: 12 }, (_, n) => late(n, 1));
    for (const entry of all) findings.add(entry);
    findings.remove(all[0] as Entry);
    findings.remove(all[1] as Entry);
    const { findings: kept, groups } = findings.told();
    expect(kept.map(({ key }) => key)).toEqual(all.slice(2).map(({ key }) => key));
    expect(groups).toEqual([{ outcome: 'late', type: 'a', count: 10 }]);
  });

  it('of more groups than are told are counted in the others together', () => {
    const all = Array.from({ length: GROUPS_KEPT + 250 }, (_, n): Entry =>
      mismatch(n, `$.field_${String(n).padStart(4, '0')}`),
    );
    const { groups, groupsLeftOut } = told([...all, ...all], 10_000);
    expect(groups).toHaveLength(GROUPS_KEPT);
    expect(groups.every(({ count }) => count === 2)).toBe(true);
    expect(groupsLeftOut).toBe(500);
    const halves = [all.slice(0, 100), [...all, ...all.slice(100)]].map((some) => told(some, 10_000));
    expect(merged(halves, 10_000)).toMatchObject({ groups, groupsLeftOut });
  });
});

function late(n: number, lagMs: number): Entry {
  return { outcome: 'late', type: 'a', account: 'rep-1', key: String(n), t: n, lagMs };
}

function mismatch(n: number, path: string): Entry {
  return { outcome: 'mismatch', type: 'a', account: 'rep-1', key: String(n), t: n, differences: [difference(path)] };
}

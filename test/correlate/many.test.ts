import { describe, expect, it } from 'vitest';
import { observation, Trial } from './observed.js';

/** A permutation of 0 … n-1, without an order that the eye could see. */
function shuffled(n: number): number[] {
  return Array.from({ length: n }, (_, index) => (index * 7919 + 13) % n);
}

describe('many keys at once', () => {
  it('are all remembered, paired and forgotten, in whatever order they are completed', () => {
    const n = 20_000;
    const trial = new Trial({ window: { beforeMs: 0, afterMs: 10_000 }, tombstoneMs: 1000 });
    for (let key = 0; key < n; key++) trial.see('control', 1, { key: String(key) });
    expect(trial.correlator.open).toEqual({ control: n, candidate: 0 });
    for (const key of shuffled(n)) trial.see('candidate', 2, { key: String(key) });
    expect(trial.correlator.open).toEqual({ control: 0, candidate: 0 });
    expect(new Set(trial.steps.map(({ pairing }) => pairing.key)).size).toBe(n);
    expect(trial.told.every((told) => told === 'paired 1+2')).toBe(true);
    // Remembered until their time is up: a repeat is one before, and a new event after.
    trial.steps.length = 0;
    trial.see('candidate', 1002, { key: '77' }).see('candidate', 1002.001, { key: '77' });
    expect(trial.told).toEqual(['candidate repeated at 1002']);
  });

  it('take the place of those that were forgotten', () => {
    const trial = new Trial({ tombstoneMs: 100 });
    for (let key = 0; key < 50_000; key++)
      trial.see('control', key, { key: `${key}` }).see('candidate', key, { key: `${key}` });
    expect(trial.steps.length).toBe(50_000);
    expect(trial.correlator.kernel.bytes.length).toBe(new Trial().correlator.kernel.bytes.length);
  });

  it('are more than the memory had room for to begin with', () => {
    const trial = new Trial();
    const before = trial.correlator.kernel.bytes.length;
    const n = 600_000;
    for (let key = 0; key < n; key++) trial.correlator.add(observation('control', 1, { key: String(key) }));
    expect(trial.correlator.kernel.bytes.length).toBeGreaterThan(before);
    for (const key of [0, 1, n - 1]) trial.see('candidate', 2, { key: String(key) });
    expect(trial.told).toEqual(['paired 1+2', 'paired 1+2', 'paired 1+2']);
  });
});

import { describe, expect, it } from 'vitest';
import { ManyUnequal, Trial } from '../src/trial.js';

/** A trial over 8,000 bytes, and what it tells. */
function begun() {
  const told: string[] = [];
  const seen: number[] = [];
  const trial = new Trial(
    8_000,
    (sentence) => told.push(sentence),
    (bytes) => seen.push(bytes),
  );
  const look = (bytes: number, named: number, others: number): void =>
    trial.look(bytes, 1, { unequal: { asked: named + others, named } });
  return { trial, told, seen, look };
}

describe('a trial', () => {
  it('is over, and the run is begun again, where most pairs are unequal, each in its own way', () => {
    const { trial, told, look } = begun();
    trial.tell('line 3 was left out');
    look(100, 10, 900);
    expect(() => look(200, 500, 510)).toThrow(ManyUnequal);
    // The second run tells it again.
    expect(told).toEqual([]);
  });

  it('is passed where most are alike, and what was to be told is told then', () => {
    const { trial, told, seen, look } = begun();
    trial.tell('line 3 was left out');
    look(100, 900, 0);
    expect(told).toEqual([]);
    look(200, 600, 500);
    trial.tell('line 9 was left out');
    look(300, 600, 100_000);
    expect(told).toEqual(['line 3 was left out', 'line 9 was left out']);
    expect(seen).toEqual([100, 200, 300]);
  });

  it('is passed where too much has been read for beginning again, and at the end', () => {
    const { trial, told, look } = begun();
    trial.tell('one');
    look(1_001, 0, 10);
    look(1_002, 0, 10_000);
    expect(told).toEqual(['one']);
    const short = begun();
    short.trial.tell('two');
    short.trial.end();
    short.trial.end();
    expect(short.told).toEqual(['two']);
  });
});

import { describe, expect, it } from 'vitest';
import type { TimelineEntry } from '../../src/model/timeline.js';
import { Sieve } from '../../src/replay/sieve.js';
import { Line } from '../../src/run.js';
import { eventType, frame, settings, tick, up } from '../given.js';
import { event } from './recorded.js';

const [a, b] = [event({ key: '1' }), event({ key: '2' })] as const;
const of = (key: number, side: 'control' | 'candidate', t = key) => frame(side, t, `{"id":${key}}`);

describe('the sieve', () => {
  it('lets everything through while nothing is sent', () => {
    const batch = [tick(1), of(1, 'control')];
    expect(new Sieve(settings()).take(batch)).toBe(batch);
  });

  it('holds an event back until its sends have been answered, and all behind it, in order', () => {
    const sieve = new Sieve(settings());
    sieve.begin(a);
    const entries = [tick(0), of(9, 'control'), of(1, 'control'), tick(2), of(2, 'candidate')];
    expect(sieve.take(entries)).toEqual(entries.slice(0, 2));
    expect(sieve.take([tick(3)])).toEqual([]);
    sieve.end(a, true);
    expect(sieve.take([tick(4)])).toEqual([...entries.slice(2), tick(3), tick(4)]);
    expect(sieve.leftOut).toEqual({ control: 0, candidate: 0 });
  });

  it('leaves out the frames of an event of which a send has failed, whenever they come', () => {
    const sieve = new Sieve(settings());
    sieve.begin(a);
    sieve.begin(b);
    expect(sieve.take([of(1, 'control'), of(2, 'control')])).toEqual([]);
    sieve.end(b, true);
    sieve.end(a, false);
    expect(sieve.take([])).toEqual([of(2, 'control')]);
    expect(sieve.take([of(1, 'candidate'), of(2, 'candidate')])).toEqual([of(2, 'candidate')]);
    expect(sieve.leftOut).toEqual({ control: 1, candidate: 1 });
  });

  it('other accounts, types and unreadable frames are nobody of ours', () => {
    const sieve = new Sieve(settings());
    sieve.begin(a);
    const others = [
      frame('control', 1, '{"id":1}', { account: 'rep-2' }),
      frame('control', 2, '{'),
      frame('control', 3, '{"id":1}', { event: 'x' }),
    ];
    expect(sieve.take(others)).toEqual(others);
  });

  it('an event that is sent twice at a time waits for both', () => {
    const sieve = new Sieve(settings());
    sieve.begin(a);
    sieve.begin(a);
    sieve.end(a, true);
    expect(sieve.take([of(1, 'control')])).toEqual([]);
    sieve.end(a, true);
    expect(sieve.take([])).toHaveLength(1);
  });

  it.each(['duplicates', 'occurrences'] as const)(
    'what was accepted is not called missing when the same key is sent again in vain (repeats: %s)',
    (repeats) => {
      const given = settings({ events: [eventType({ repeats })] });
      const sieve = new Sieve(given);
      const line = new Line(given);
      const feed = (...entries: TimelineEntry[]) => sieve.take(entries).forEach((entry) => line.add(entry));
      feed(up('control', 0), up('candidate', 0));
      sieve.begin(a);
      sieve.end(a, true);
      feed(of(1, 'control', 1000), tick(1050));
      sieve.begin(a);
      feed(of(1, 'control', 1100));
      sieve.end(a, false);
      feed(of(1, 'candidate', 1200), of(1, 'candidate', 1300), tick(20_000));
      const { outcomes } = line.report({ startedAt: '2026-11-22T16:00:00.000Z' });
      expect(outcomes).toMatchObject({ match: 1, missing: 0, extra: 0, duplicate: 0 });
      expect(sieve.leftOut).toEqual({ control: 1, candidate: 1 });
    },
  );

  it('what has passed is evened out within the window alone', () => {
    const sieve = new Sieve(settings());
    sieve.begin(a);
    sieve.end(a, true);
    sieve.take([of(1, 'control', 1000)]);
    sieve.begin(a);
    sieve.end(a, false);
    expect(sieve.take([of(1, 'candidate', 60_000)])).toEqual([]);
  });

  it('a candidate call that failed after its control event arrived is not called missing', () => {
    const outcomes = (sieved: boolean) => {
      const sieve = new Sieve(settings());
      const line = new Line(settings());
      const feed = (entries: readonly TimelineEntry[]) =>
        (sieved ? sieve.take(entries) : entries).forEach((entry) => line.add(entry));
      feed([up('control', 0), up('candidate', 0)]);
      sieve.begin(a);
      feed([of(1, 'control', 1000)]);
      sieve.end(a, false);
      feed([tick(1100), tick(20_000)]);
      return line.report({ startedAt: '2026-11-22T16:00:00.000Z' });
    };
    expect(outcomes(false).outcomes.missing).toBe(1);
    expect(outcomes(true).outcomes.missing).toBe(0);
    expect(outcomes(true).observed.control).toBe(0);
  });
});

import { describe, expect, it } from 'vitest';
import type { OpenAlarm } from '../../src/replay/alarm.js';
import { drive, type DriveOptions } from '../../src/replay/drive.js';
import type { ReplayEvent } from '../../src/replay/events.js';
import { Tally } from '../../src/replay/tally.js';
import { SendFailure } from '../../src/replay/targets/target.js';
import { event } from './recorded.js';

/** An alarm whose time goes on only when the test says so. */
class Hand {
  t = 0;
  /** What it was set for, one after the other. */
  readonly set: number[] = [];
  stopped = false;
  #ring: () => void = () => {};

  readonly open: OpenAlarm = (ring) => {
    this.#ring = ring;
    return {
      now: () => this.t,
      set: (dueMs) => void this.set.push(dueMs),
      stop: () => void (this.stopped = true),
    };
  };

  async at(t: number): Promise<void> {
    await settled();
    this.t = t;
    if ((this.set.at(-1) ?? Infinity) <= t) this.#ring();
    await settled();
  }
}

/** Lets everything that waits for nothing but its turn have it. */
async function settled(): Promise<void> {
  for (let n = 0; n < 50; n++) await new Promise((resolve) => setImmediate(resolve));
}

/** A target whose answers the test gives. */
class Answers {
  readonly asked: string[] = [];
  readonly #waiting = new Map<string, { accept(): void; refuse(error: unknown): void }>();

  send = (sent: ReplayEvent): Promise<void> => {
    this.asked.push(sent.key ?? '-');
    return new Promise((accept, refuse) => this.#waiting.set(sent.key ?? '-', { accept, refuse }));
  };

  async accept(...keys: string[]): Promise<void> {
    for (const key of keys) this.#waiting.get(key)?.accept();
    await settled();
  }

  async refuse(key: string, error: unknown = new SendFailure('HTTP 503')): Promise<void> {
    this.#waiting.get(key)?.refuse(error);
    await settled();
  }
}

function stage(dues: readonly number[], some: Partial<DriveOptions> = {}) {
  const hand = new Hand();
  const [control, candidate] = [new Answers(), new Answers()];
  const tally = new Tally();
  const ended: [string, boolean][] = [];
  const abort = new AbortController();
  async function* events(): AsyncGenerator<ReplayEvent> {
    for (const [n, dueMs] of dues.entries()) yield event({ dueMs, key: String(n) });
  }
  const whole = drive({
    events: events(),
    seam: 'after-control',
    control,
    candidate,
    inFlight: 100,
    sieve: { begin: () => {}, end: ({ key = '-' }, accepted) => ended.push([key, accepted]) },
    tally,
    alarm: hand.open,
    signal: abort.signal,
    ...some,
  });
  let over = false;
  const observed = whole.then(
    () => (over = true),
    () => (over = true),
  );
  return { hand, control, candidate, tally, ended, abort, whole, isOver: () => over, observed };
}

describe('driving', () => {
  it('sends each event when it is due and not before, whatever others take', async () => {
    const { hand, control, candidate, tally, whole } = stage([0, 100, 200]);
    await hand.at(0);
    expect(control.asked).toEqual(['0']);
    await hand.at(99);
    expect(control.asked).toEqual(['0']);
    await hand.at(200);
    expect(control.asked).toEqual(['0', '1', '2']);
    await control.accept('2', '0', '1');
    expect(candidate.asked).toEqual(['2', '0', '1']);
    await candidate.accept('0', '1', '2');
    await whole;
    expect(tally.counts()).toMatchObject({
      intended: 3,
      due: 3,
      notReached: 0,
      sent: { control: 3, candidate: 3 },
      failed: [],
    });
    expect(hand.stopped).toBe(true);
  });

  it('after a stall, all that is due goes at once, and its lateness counts from the intended time', async () => {
    const { hand, control, candidate, tally, whole } = stage([10, 20, 30, 40, 1000]);
    await hand.at(540);
    expect(control.asked).toHaveLength(4);
    await hand.at(1000);
    await control.accept('0', '1', '2', '3', '4');
    await candidate.accept('0', '1', '2', '3', '4');
    await whole;
    const { lateness } = tally.counts();
    expect(lateness?.maxMs).toBeCloseTo(530, 0);
    expect(lateness?.p50Ms).toBeCloseTo(510, 0);
  });

  it('what finds no room under way waits, and is late', async () => {
    const { hand, control, tally, whole } = stage([0, 0, 0], { inFlight: 2, seam: 'control-only' });
    await hand.at(0);
    expect(control.asked).toEqual(['0', '1']);
    await hand.at(300);
    await control.accept('1');
    expect(control.asked).toEqual(['0', '1', '2']);
    await control.accept('0', '2');
    await whole;
    expect(tally.counts().lateness?.maxMs).toBeCloseTo(300, 0);
  });

  it('a long replay is read as it goes on, and sent in order', async () => {
    const dues = Array.from({ length: 25_000 }, (_, n) => n);
    const keys: string[] = [];
    const accepting = { send: async ({ key = '-' }: ReplayEvent) => void keys.push(key) };
    const { hand, tally, isOver, whole } = stage(dues, { control: accepting, seam: 'control-only', inFlight: 1e9 });
    while (!isOver()) await hand.at(hand.t + 500);
    await whole;
    expect(keys).toEqual(dues.map(String));
    expect(tally.counts()).toMatchObject({ due: 25_000, sent: { control: 25_000 } });
  });

  it('sends nothing more where the events cannot be read on', async () => {
    const hand = new Hand();
    const control = new Answers();
    // So many are read before the first is sent.
    async function* torn(): AsyncGenerator<ReplayEvent> {
      for (let n = 0; n < 128; n++) yield event({ dueMs: n * 100, key: String(n) });
      throw new Error('torn');
    }
    const { whole, tally } = stage([], { events: torn(), alarm: hand.open, control, seam: 'control-only' });
    await hand.at(0);
    hand.t = 150;
    await control.accept('0');
    await expect(whole).rejects.toThrow('torn');
    expect(control.asked).toEqual(['0']);
    expect(tally.counts()).toMatchObject({ due: 1, notReached: 127 });
  });

  it('waits for each event that has room, and for none once it has ended', async () => {
    const { hand, control, abort, whole } = stage([0, 10, 20, 30], { inFlight: 2, seam: 'control-only' });
    await hand.at(0);
    await hand.at(10);
    // Two are under way: the third is not waited for before one of them has been answered.
    expect(hand.set).toEqual([10]);
    await control.accept('0');
    expect(hand.set).toEqual([10, 20]);
    abort.abort();
    await control.accept('1');
    await whole;
    expect(hand.set).toEqual([10, 20]);
    expect(control.asked).toEqual(['0', '1']);
  });

  it('a failed control send calls no candidate', async () => {
    const { hand, control, candidate, tally, ended, whole } = stage([0, 0]);
    await hand.at(0);
    await control.refuse('0');
    await control.accept('1');
    expect(candidate.asked).toEqual(['1']);
    await candidate.accept('1');
    await whole;
    expect(ended).toEqual([
      ['0', false],
      ['1', true],
    ]);
    expect(tally.counts()).toMatchObject({
      sent: { control: 1, candidate: 1 },
      failed: [{ target: 'control', reason: 'HTTP 503', count: 1 }],
    });
  });

  it('a failed candidate send is counted as the failure that it is', async () => {
    const { hand, control, candidate, tally, ended, whole } = stage([0, 0, 0]);
    await hand.at(0);
    await control.accept('0', '1', '2');
    await candidate.refuse('0');
    await candidate.refuse('1');
    await candidate.refuse('2', new SendFailure('no answer within 5000 ms'));
    await whole;
    expect(ended.every(([, accepted]) => !accepted)).toBe(true);
    expect(tally.counts()).toMatchObject({
      sent: { control: 3, candidate: 0 },
      failed: [
        { target: 'candidate', reason: 'HTTP 503', count: 2 },
        { target: 'candidate', reason: 'no answer within 5000 ms', count: 1 },
      ],
    });
  });

  it('independent: both are called at once, and one failure is enough', async () => {
    const { hand, control, candidate, ended, whole } = stage([0], { seam: 'independent' });
    await hand.at(0);
    expect([control.asked, candidate.asked]).toEqual([['0'], ['0']]);
    await control.refuse('0');
    expect(ended).toEqual([]);
    await candidate.accept('0');
    await whole;
    expect(ended).toEqual([['0', false]]);
  });

  it('control-only never calls the candidate; nor does an event that only control has', async () => {
    const only = stage([0], { seam: 'control-only' });
    await only.hand.at(0);
    await only.control.accept('0');
    await only.whole;
    expect(only.candidate.asked).toEqual([]);
    const { key: _key, ...keyless } = event();
    const gone = stage([], {
      events: (async function* () {
        yield keyless;
      })(),
    });
    await gone.hand.at(0);
    await gone.control.accept('-');
    await gone.whole;
    expect(gone.candidate.asked).toEqual([]);
  });

  it('cut short, it sends nothing more, waits for what is under way and counts the rest', async () => {
    const { hand, control, candidate, tally, abort, isOver, observed } = stage([0, 100, 200]);
    await hand.at(0);
    abort.abort();
    await hand.at(200);
    expect(isOver()).toBe(false);
    expect(control.asked).toEqual(['0']);
    await control.accept('0');
    await candidate.accept('0');
    await observed;
    expect(tally.counts()).toMatchObject({ intended: 3, due: 1, notReached: 2 });
  });

  it('a recording that cannot be read on ends it, with the reason', async () => {
    const { whole } = stage([], {
      events: (async function* () {
        yield event();
        throw new Error('torn');
      })(),
    });
    await expect(whole).rejects.toThrow('torn');
  });

  it('a fault of our own is no failure of a target', async () => {
    const { hand, control, whole, observed, tally } = stage([0]);
    await hand.at(0);
    await control.refuse('0', new TypeError('ours'));
    await expect(whole).rejects.toThrow('ours');
    await observed;
    expect(tally.counts().failed).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { CallError } from '../../src/model/errors.js';
import type { Due, FaultPlan } from '../../src/sandbox/fault-plan.js';
import { placeFaults } from '../../src/sandbox/fault-plan.js';
import { EVENT_FAULTS, faultNamed, LINK_FAULTS } from '../../src/sandbox/faults/index.js';
import { JobQueue } from '../../src/sandbox/jobs.js';
import { Random } from '../../src/sandbox/random.js';
import { Timers } from '../../src/sandbox/timers.js';

const windowMs = 500;

/** Events 10 ms apart, of the accounts in turn; every fifth is one that only the candidate tells of. */
function dues(events: number, accounts: readonly string[]): Due[] {
  return Array.from({ length: events }, (_, index) => ({
    index,
    account: accounts[index % accounts.length] ?? '',
    atMs: index * 10,
    compared: index % 5 !== 4,
  }));
}

describe('placing faults', () => {
  const plan: FaultPlan = {
    drop: 4,
    duplicate: 4,
    delay: 4,
    reorder: 4,
    edit: 4,
    extra: 4,
    mute: { count: 1, forMs: 300 },
    disconnect: { count: 1, side: 'control', forMs: 300 },
    'close-without-rejoin': 1,
  };
  const run = dues(2000, ['a', 'b', 'c', 'd', 'e']);
  const seeds = Array.from({ length: 100 }, (_, seed) => seed);

  it('places all of them, on events that both sides tell of', () => {
    for (const seed of seeds) {
      const { events, strikes } = placeFaults(plan, run, windowMs, new Random(seed));
      const counts: Record<string, number> = {};
      for (const name of [...events.values(), ...strikes.map(({ fault }) => fault)])
        counts[name] = (counts[name] ?? 0) + 1;
      expect(counts).toEqual({
        ...Object.fromEntries(Object.keys(EVENT_FAULTS).map((name) => [name, 4])),
        mute: 1,
        disconnect: 1,
        'close-without-rejoin': 1,
      });
      for (const index of events.keys()) expect(run[index]?.compared).toBe(true);
    }
  });

  it('keeps event faults away from sick links, and lets healthy events do the overtaking', () => {
    for (const seed of seeds) {
      const { events, strikes } = placeFaults(plan, run, windowMs, new Random(seed));
      for (const [index, name] of events) {
        const due = run[index] as Due;
        for (const { account, atMs, forMs, fault } of strikes) {
          if (account !== due.account) continue;
          const final = fault === 'close-without-rejoin';
          const clear = due.atMs + windowMs * 1.25 + 100 < atMs || (!final && due.atMs > atMs + forMs + 2000);
          expect([seed, name, due.atMs, atMs, clear]).toEqual([seed, name, due.atMs, atMs, true]);
        }
        if (name !== 'reorder') continue;
        const later = run.filter((other) => other.compared && other.account === due.account && other.index > index);
        for (const other of later.slice(0, 2)) expect(events.has(other.index)).toBe(false);
      }
    }
  });

  it('is the same for the same seed only', () => {
    const place = (seed: number): unknown => placeFaults(plan, run, windowMs, new Random(seed));
    expect(place(1)).toEqual(place(1));
    expect(place(1)).not.toEqual(place(2));
  });

  it('refuses a plan that does not fit, and names the fault', () => {
    const place =
      (wish: FaultPlan, events = 20) =>
      () =>
        placeFaults(wish, dues(events, ['a']), windowMs, new Random(1));
    expect(place({ drop: 17 })).toThrow(/drop fault in a run of 20 events/);
    expect(place({ drop: 16 })).not.toThrow();
    expect(place({ reorder: 1 }, 2)).toThrow(CallError);
    expect(place({ mute: 1 }, 0)).toThrow(CallError);
    expect(place({ drop: -1 })).toThrow(/-1 times/);
    expect(place({ 'close-without-rejoin': { count: 1, side: 'control' } })).toThrow(/cannot happen on control/);
    expect(place({ typo: 1 } as FaultPlan)).toThrow(/no fault "typo"; choose one of drop, /);
  });

  it('knows each fault by its name, and no other', () => {
    for (const [name, fault] of Object.entries({ ...EVENT_FAULTS, ...LINK_FAULTS }))
      expect(faultNamed(name)).toBe(fault);
    expect(() => faultNamed('constructor')).toThrow(CallError);
  });
});

describe('the queue of jobs', () => {
  it('runs a job exactly the constant delay after its dispatch, however many there are', async () => {
    const timers = new Timers();
    const jobs = new JobQueue(timers, 1, 1, { kind: 'constant', ms: 15 });
    for (let nth = 0; nth < 5; nth++) {
      const waited: number[] = [];
      for (let job = 0; job < 4; job++) {
        const dispatchedMs = timers.nowMs();
        jobs.enqueue(job, dispatchedMs, () => waited.push(timers.nowMs() - dispatchedMs));
      }
      await timers.idle();
      expect(waited).toHaveLength(4);
      for (const ms of waited) expect(ms).toBeGreaterThanOrEqual(15);
    }
  });

  it('has no more jobs at work than workers, and begins them in order', async () => {
    const timers = new Timers();
    const jobs = new JobQueue(timers, 1, 1, { kind: 'uniform', minMs: 0, maxMs: 4 });
    const order: number[] = [];
    for (let index = 0; index < 20; index++) jobs.enqueue(index, timers.nowMs(), () => order.push(index));
    await timers.idle();
    expect(order).toEqual(Array.from({ length: 20 }, (_, index) => index));
  });
});

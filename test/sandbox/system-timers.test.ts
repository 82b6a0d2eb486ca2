import { describe, expect, it } from 'vitest';
import { Timers } from '../../src/sandbox/timers.js';

describe('the timers', () => {
  it('run in the order in which they are due, never early, and never synchronously', async () => {
    const timers = new Timers();
    const ran: [number, number][] = [];
    const startMs = timers.nowMs();
    for (const delayMs of [20, 0.5, 3, 0.4, 3, 1.2, -5, 0]) {
      const dueMs = startMs + delayMs;
      timers.at(dueMs, () => ran.push([delayMs, timers.nowMs() - dueMs]));
    }
    expect(ran).toEqual([]);
    await timers.idle();
    expect(ran.map(([delayMs]) => delayMs)).toEqual([-5, 0, 0.4, 0.5, 1.2, 3, 3, 20]);
    for (const [, lateMs] of ran) expect(lateMs).toBeGreaterThanOrEqual(0);
  });

  it('are idle only when what they began is over too', async () => {
    const timers = new Timers();
    let left = 5;
    const again = (): void => {
      if (--left > 0) timers.after(1, again);
    };
    timers.after(0, again);
    await timers.idle();
    expect(left).toBe(0);
  });

  it('let go of who waits when stopped, and run nothing more', async () => {
    const timers = new Timers();
    let ran = false;
    timers.after(0, () => (ran = true));
    const waiting = timers.wait(3_600_000);
    timers.stop();
    await Promise.all([waiting, timers.idle(), timers.wait(3_600_000)]);
    timers.after(0, () => (ran = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(ran).toBe(false);
  });
});

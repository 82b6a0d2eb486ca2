import type { Ms } from '../model/timeline.js';
import type { Random } from './random.js';
import { Timers } from './timers.js';

export interface Pace {
  /** Events a second, over all accounts. */
  readonly ratePerS: number;
  /** Infinity for a load that only a signal ends. */
  readonly durationMs: Ms;
}

/** How many events a pace makes. */
export function eventsOf({ ratePerS, durationMs }: Pace): number {
  return Math.round((ratePerS * durationMs) / 1000);
}

/** When the nth event is due, in milliseconds since the load's start: once in each slot, at a moment drawn from it. */
export function dueMs(nth: number, { ratePerS }: Pace, random: Random): Ms {
  return ((nth + random.next()) * 1000) / ratePerS;
}

/** A step of a load: something to do at a moment. */
export interface Step {
  readonly atMs: Ms;
  readonly run: () => void;
}

/** Overdue steps done in a row before others get their turn. */
const BURST = 50;

/**
 * Does each step when it is due, however long the others take (an open loop): what is overdue is done at once. Resolves
 * after the last step, or when the signal aborts.
 */
export async function drive(steps: Iterable<Step>, signal: AbortSignal): Promise<void> {
  const timers = new Timers();
  const stop = (): void => timers.stop();
  signal.addEventListener('abort', stop, { once: true });
  let inRow = 0;
  for (const { atMs, run } of steps) {
    if (atMs > timers.nowMs() || ++inRow > BURST) {
      await timers.until(atMs);
      inRow = 0;
    }
    if (signal.aborted) break;
    run();
  }
  signal.removeEventListener('abort', stop);
}

import type { Ms } from '../model/timeline.js';

/** Tells when a time has come. */
export interface Alarm {
  /** Time since it was opened, on the clock by which times come. */
  now(): Ms;
  /** Rings once this time has come, and never before. What was set earlier is forgotten. */
  set(dueMs: Ms): void;
  stop(): void;
}

export type OpenAlarm = (ring: () => void) => Alarm;

/** For a thread that has other things to do: until the last moment it looks at the clock whenever it has nothing else to do. */
export const openAlarm: OpenAlarm = (ring) => new LookingAlarm(ring, () => {});

/**
 * For a thread that may be asleep: what comes meanwhile waits for half a millisecond at most. That leaves the processor to
 * others for most of the time, also where there is an event each millisecond.
 */
export const openSleepingAlarm: OpenAlarm = (ring) => {
  const nobody = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  return new LookingAlarm(ring, (leftMs) => {
    if (leftMs > AWAKE_MS) Atomics.wait(nobody, 0, 0, Math.min(leftMs - AWAKE_MS, NAP_MOST_MS));
  });
};

/** A timer of the event loop is late by a millisecond or two: so long before, it is left. */
const LOOKING_MS = 2;
const TIMER_LEAST_MS = 1;
const TIMER_MOST_MS = 1e9;
/** Who is woken needs about a tenth of a millisecond to be awake. */
const AWAKE_MS = 0.15;
const NAP_MOST_MS = 0.5;

class LookingAlarm implements Alarm {
  readonly #originMs = performance.now();
  readonly #ring: () => void;
  readonly #nap: (leftMs: Ms) => void;
  #dueMs: Ms = Infinity;
  #timer: NodeJS.Timeout | undefined;
  #turn: NodeJS.Immediate | undefined;

  constructor(ring: () => void, nap: (leftMs: Ms) => void) {
    this.#ring = ring;
    this.#nap = nap;
  }

  now(): Ms {
    return performance.now() - this.#originMs;
  }

  set(dueMs: Ms): void {
    this.stop();
    this.#dueMs = dueMs;
    this.#wait(dueMs - this.now());
  }

  stop(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#turn);
  }

  #wait(leftMs: Ms): void {
    const timerMs = Math.min(leftMs - LOOKING_MS, TIMER_MOST_MS);
    if (timerMs >= TIMER_LEAST_MS) this.#timer = setTimeout(() => this.#look(), timerMs);
    else this.#turn = setImmediate(() => this.#look());
  }

  #look(): void {
    this.#nap(this.#dueMs - this.now());
    const leftMs = this.#dueMs - this.now();
    if (leftMs <= 0) this.#ring();
    else this.#wait(leftMs);
  }
}

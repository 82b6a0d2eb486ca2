import type { Pace } from './pace.js';
import type { Ramp } from './ramp.js';

/**
 * When an account dials: at first after a little spread, and after each end once a growing, jittered wait is over.
 * Neither client library decides that itself, because one waits up to 60 s after a refusal, retries some closes
 * without any pause, and neither spreads a thousand accounts.
 */
export class Redial {
  readonly #pace: Pace;
  readonly #ramp: Ramp;
  readonly #random: () => number;
  readonly #dial: () => void;
  #attempts = 0;
  #waiting: NodeJS.Timeout | undefined;
  #calm: NodeJS.Timeout | undefined;
  #leaveRamp: () => void = nothing;
  #stopped = false;

  constructor(pace: Pace, ramp: Ramp, random: () => number, dial: () => void) {
    this.#pace = pace;
    this.#ramp = ramp;
    this.#random = random;
    this.#dial = dial;
  }

  /** Dials for the first time, somewhere within the spread. */
  first(spreadMs: number): void {
    this.#after(this.#random() * spreadMs);
  }

  /** Dials again after a wait. A call while one is already due changes nothing. */
  again(): void {
    this.settle();
    clearTimeout(this.#calm);
    if (this.#waiting !== undefined || this.#stopped) return;
    const waitMs = Math.min(this.#pace.firstWaitMs * 2 ** this.#attempts++, this.#pace.longestWaitMs);
    this.#after(waitMs * (0.5 + this.#random()));
  }

  /** The attempt is over, well or badly: its place on the ramp is free. */
  settle(): void {
    this.#leaveRamp();
    this.#leaveRamp = nothing;
  }

  /** The subscription is up: if it stays so, the next wait is a short one again. */
  up(): void {
    this.settle();
    clearTimeout(this.#calm);
    this.#calm = setTimeout(() => (this.#attempts = 0), this.#pace.calmMs);
    this.#calm.unref();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#waiting);
    clearTimeout(this.#calm);
    this.settle();
  }

  #after(waitMs: number): void {
    this.#waiting = setTimeout(() => {
      this.#ramp.enter((leave) => {
        this.#waiting = undefined;
        if (this.#stopped) return leave();
        this.#leaveRamp = leave;
        this.#dial();
      });
    }, waitMs);
  }
}

function nothing(): void {}

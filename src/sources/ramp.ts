import pLimit from 'p-limit';
import type { Pace } from './pace.js';

/**
 * Keeps the number of connections that are on their way up bounded, and so how many are dialled a second, so that a
 * thousand accounts are no storm: neither for the server, nor for our own stamps while a server is away.
 */
export class Ramp {
  readonly #limit: ReturnType<typeof pLimit>;
  readonly #pace: Pick<Pace, 'leastPlaceMs' | 'placeMs'>;

  constructor(pace: Pick<Pace, 'width' | 'leastPlaceMs' | 'placeMs'>) {
    this.#limit = pLimit(pace.width);
    this.#pace = pace;
  }

  /** Calls `dial` once there is a place. The place is free again when `dial`'s argument is called, or after a while. */
  enter(dial: (leave: () => void) => void): void {
    void this.#limit(() => Promise.all([after(this.#pace.leastPlaceMs), this.#stay(dial)]));
  }

  /** Forgets whoever still waits for a place. */
  stop(): void {
    this.#limit.clearQueue();
  }

  #stay(dial: (leave: () => void) => void): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#pace.placeMs);
      dial(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

function after(waitMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, waitMs);
  });
}

import type { Ms } from '../model/timeline.js';
import { Random } from './random.js';
import type { Timers } from './timers.js';

/**
 * How long background jobs take. `constant`: each runs exactly so long after the dispatch, however many there are. The
 * others are service times of workers, drawn from the seed: a job also waits until a worker is free.
 */
export type JobDelay =
  | { readonly kind: 'constant'; readonly ms: Ms }
  | { readonly kind: 'uniform'; readonly minMs: Ms; readonly maxMs: Ms }
  | { readonly kind: 'exponential'; readonly meanMs: Ms };

interface Job {
  readonly index: number;
  readonly run: () => void;
}

/** The monolith's queue of background jobs: first in, first begun, by several workers, so that order and lag are real. */
export class JobQueue {
  private readonly timers: Timers;
  private readonly seed: number;
  private readonly delay: JobDelay;
  private idleWorkers: number;
  private readonly waiting = new Set<Job>();

  constructor(timers: Timers, seed: number, workers: number, delay: JobDelay) {
    this.timers = timers;
    this.seed = seed;
    this.delay = delay;
    this.idleWorkers = workers;
  }

  /** The job of the item at this place, which was dispatched at that moment. */
  enqueue(index: number, dispatchedMs: Ms, run: () => void): void {
    if (this.delay.kind === 'constant') return this.timers.at(dispatchedMs + this.delay.ms, run);
    this.waiting.add({ index, run });
    this.begin();
  }

  private begin(): void {
    if (this.idleWorkers === 0) return;
    for (const job of this.waiting) {
      this.waiting.delete(job);
      this.idleWorkers--;
      return this.timers.after(this.serviceMs(job.index), () => {
        this.idleWorkers++;
        try {
          job.run();
        } finally {
          this.begin();
        }
      });
    }
  }

  private serviceMs(index: number): Ms {
    const random = new Random(this.seed, 'job', index);
    if (this.delay.kind === 'exponential') return random.exponential(this.delay.meanMs);
    if (this.delay.kind === 'uniform') return this.delay.minMs + random.next() * (this.delay.maxMs - this.delay.minMs);
    return this.delay.ms;
  }
}

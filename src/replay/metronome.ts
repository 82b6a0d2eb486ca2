import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Ms } from '../model/timeline.js';

/**
 * Tells when times have come. Times are in ms since it was opened, and are told in the order in which they were
 * scheduled. A timer of the event loop is late by a millisecond when idle; a thread of its own that sleeps in
 * Atomics.wait wakes within a tenth of that, and costs next to nothing.
 */
export interface Metronome {
  /** Time since it was opened, on the clock by which times come. */
  now(): Ms;
  /** Takes one more time to tell of; false when there is no room before others have come. */
  schedule(dueMs: Ms): boolean;
  /** Ends it; what has not come does not come any more. */
  stop(): Promise<void>;
}

/** Opens a metronome. `onDue` is called with the number of times that have come so far, each time that it has grown. */
export type OpenMetronome = (onDue: (come: number) => void) => Promise<Metronome>;

/** Times that can be scheduled ahead. */
const ROOM = 8_192;

/** What both threads see: counters, and a ring of times. */
interface Shared {
  /** 0: scheduled so far. 1: stopped. 2: come so far. 3: whether the other thread is being told. */
  readonly counters: Int32Array;
  readonly times: Float64Array;
  /** The clock's zero, in ns of the machine's monotonic clock, which all threads share. */
  readonly originNs: BigInt64Array;
}

export const openMetronome: OpenMetronome = async (onDue) => {
  const shared: Shared = {
    counters: new Int32Array(new SharedArrayBuffer(4 * Int32Array.BYTES_PER_ELEMENT)),
    times: new Float64Array(new SharedArrayBuffer(ROOM * Float64Array.BYTES_PER_ELEMENT)),
    originNs: new BigInt64Array(new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT)),
  };
  const { counters, times, originNs } = shared;
  const worker = new Worker(`(${beat.toString()})(require('node:worker_threads'))`, { eval: true, workerData: shared });
  let scheduled = 0;
  worker.on('message', () => {
    // Taken back before the count is read: what comes in between is told once more rather than not at all.
    Atomics.store(counters, 3, 0);
    onDue(Atomics.load(counters, 2));
  });
  // A thread takes its time to start, which is to be nobody's lateness.
  await once(worker, 'online');
  const zeroNs = process.hrtime.bigint();
  originNs[0] = zeroNs;
  return {
    now: () => Number(process.hrtime.bigint() - zeroNs) / 1e6,
    schedule(dueMs) {
      if (scheduled - Atomics.load(counters, 2) >= ROOM) return false;
      times[scheduled % ROOM] = dueMs;
      Atomics.store(counters, 0, ++scheduled);
      Atomics.notify(counters, 0);
      return true;
    },
    async stop() {
      Atomics.store(counters, 1, 1);
      Atomics.notify(counters, 1);
      // One that waits for more to be scheduled has to see that nothing comes any more.
      Atomics.add(counters, 0, 1);
      Atomics.notify(counters, 0);
      await worker.terminate();
    },
  };
};

/** The other thread. It is handed over as text, so it uses nothing but its parameter and what every thread has. */
function beat({ workerData, parentPort }: typeof import('node:worker_threads')): void {
  const { counters, times, originNs } = workerData as Shared;
  for (let come = 0; ; come++) {
    while (Atomics.load(counters, 0) === come) Atomics.wait(counters, 0, come);
    for (;;) {
      const waitMs =
        (times[come % times.length] as number) - Number(process.hrtime.bigint() - (originNs[0] as bigint)) / 1e6;
      if (waitMs <= 0) break;
      Atomics.wait(counters, 1, 0, waitMs);
      if (Atomics.load(counters, 1) === 1) return;
    }
    if (Atomics.load(counters, 1) === 1) return;
    Atomics.store(counters, 2, come + 1);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has none
    if (Atomics.exchange(counters, 3, 1) === 0) parentPort?.postMessage(0);
  }
}

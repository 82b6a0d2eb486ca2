import type { Ms } from '../../model/timeline.js';
import { noAnswer, SendFailure } from './target.js';

/**
 * How long answers may take. One timer waits for the oldest send alone: a timer for each would keep every send in memory
 * until long after it was answered, and collecting them makes others late.
 */
export class Deadline {
  readonly #timeoutMs: Ms;
  /** Sends under way, oldest first. */
  readonly #waiting = new Map<number, { readonly atMs: Ms; readonly fail: (reason: string) => void }>();
  #count = 0;
  #isArmed = false;

  constructor(timeoutMs: Ms) {
    this.#timeoutMs = timeoutMs;
  }

  /** The work's result, or a SendFailure if there is none in time; the work itself goes on. */
  within<Result>(work: Promise<Result>): Promise<Result> {
    const id = this.#count++;
    return new Promise((resolve, reject) => {
      const fail = (reason: string): void => reject(new SendFailure(reason));
      this.#waiting.set(id, { atMs: performance.now() + this.#timeoutMs, fail });
      this.#arm();
      work.then(resolve, reject).finally(() => this.#waiting.delete(id));
    });
  }

  /** No answer is waited for any longer. */
  close(): void {
    for (const { fail } of this.#waiting.values()) fail('left before an answer came');
    this.#waiting.clear();
  }

  #arm(): void {
    if (this.#isArmed) return;
    for (const { atMs } of this.#waiting.values()) {
      this.#isArmed = true;
      const waitMs = Math.max(1, Math.ceil(atMs - performance.now()));
      AbortSignal.timeout(waitMs).addEventListener('abort', () => this.#ring(), { once: true });
      return;
    }
  }

  #ring(): void {
    this.#isArmed = false;
    const nowMs = performance.now();
    for (const [id, { atMs, fail }] of this.#waiting) {
      if (atMs > nowMs) break;
      this.#waiting.delete(id);
      fail(noAnswer(this.#timeoutMs));
    }
    this.#arm();
  }
}

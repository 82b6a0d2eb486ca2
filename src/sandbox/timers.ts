import type { Ms } from '../model/timeline.js';

interface Appointment {
  readonly dueMs: Ms;
  readonly run: () => void;
  /** Called instead when everything is stopped first. */
  readonly abandon: () => void;
}

/**
 * The sandbox's clock and timers, in one place: what is due runs in the order in which it is due, one can wait until
 * nothing is pending, and stop everything.
 */
export class Timers {
  private readonly startedAt: Ms = performance.now();
  /** The latest first, so that the next is the last one. */
  private readonly appointments: Appointment[] = [];
  private disarm: () => void = () => undefined;
  private waiting: (() => void)[] = [];
  private stopped = false;

  /** Milliseconds since the start, monotonic. */
  nowMs(): Ms {
    return performance.now() - this.startedAt;
  }

  /** Runs at a moment of this clock: never before it, and at once (but not synchronously) when it has passed. */
  at(dueMs: Ms, run: () => void, abandon: () => void = () => undefined): void {
    if (this.stopped) return abandon();
    // Of two due at one moment the earlier made runs first.
    let place = this.appointments.length;
    while (place > 0 && (this.appointments[place - 1] as Appointment).dueMs <= dueMs) place--;
    this.appointments.splice(place, 0, { dueMs, run, abandon });
    if (place === this.appointments.length - 1) this.arm();
  }

  after(delayMs: Ms, run: () => void): void {
    this.at(this.nowMs() + delayMs, run);
  }

  /** Resolves at that moment, or at once when everything is stopped. */
  async until(dueMs: Ms): Promise<void> {
    await new Promise<void>((resolve) => this.at(dueMs, resolve, resolve));
  }

  async wait(delayMs: Ms): Promise<void> {
    await this.until(this.nowMs() + delayMs);
  }

  /** Resolves once nothing is pending. What an appointment makes in its turn counts as well. */
  async idle(): Promise<void> {
    if (this.appointments.length > 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** Cancels everything; whoever waits is let go. */
  stop(): void {
    this.stopped = true;
    this.disarm();
    for (const { abandon } of this.appointments.splice(0)) abandon();
    this.settle();
  }

  /** Sleeps until the next appointment. Node's timers know whole milliseconds; the rest is spent turn by turn. */
  private arm(): void {
    this.disarm();
    const next = this.appointments.at(-1);
    if (next === undefined) return;
    const leftMs = next.dueMs - this.nowMs();
    if (leftMs > 1) {
      const timer = setTimeout(() => this.wake(), Math.min(Math.floor(leftMs), LONGEST_SLEEP_MS));
      this.disarm = () => clearTimeout(timer);
    } else {
      const turn = setImmediate(() => this.wake());
      this.disarm = () => clearImmediate(turn);
    }
  }

  /** Runs what is due by now; what becomes due meanwhile has the next turn, so that others get theirs. */
  private wake(): void {
    const nowMs = this.nowMs();
    try {
      for (
        let next = this.appointments.at(-1);
        next !== undefined && next.dueMs <= nowMs;
        next = this.appointments.at(-1)
      ) {
        this.appointments.pop();
        next.run();
      }
    } finally {
      this.arm();
      this.settle();
    }
  }

  private settle(): void {
    if (this.appointments.length > 0) return;
    const waiting = this.waiting;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }
}

/** A longer time-out would overflow and fire at once. */
const LONGEST_SLEEP_MS = 2 ** 31 - 1;

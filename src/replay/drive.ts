import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ReplaySettings } from '../model/settings.js';
import type { Side } from '../model/timeline.js';
import type { Alarm, OpenAlarm } from './alarm.js';
import type { ReplayEvent } from './events.js';
import type { Tally } from './tally.js';
import { SendFailure, type Target } from './targets/target.js';

export interface DriveOptions {
  readonly events: AsyncGenerator<ReplayEvent>;
  readonly seam: ReplaySettings['seam'];
  readonly control: Pick<Target, 'send'>;
  readonly candidate?: Pick<Target, 'send'>;
  /** Events under way at a time; what is due beyond waits, and is late. */
  readonly inFlight: number;
  /** Told before an event is sent, and when all its sends have been answered or one has failed. */
  readonly sieve: { begin(event: ReplayEvent): void; end(event: ReplayEvent, accepted: boolean): void };
  readonly tally: Tally;
  readonly alarm: OpenAlarm;
  /** Aborting it ends the replay: nothing more is sent, and what is under way is waited for. */
  readonly signal: AbortSignal;
}

/**
 * Events are read and made ready this long before they are due, so that reading makes nothing late; at least and at most
 * so many. Not longer: what waits outlives many a garbage collection, and each would take the longer for it.
 */
const AHEAD_MS = 1_000;
const AHEAD_LEAST = 128;
const AHEAD_MOST = 8_000;
/** Events made ready in one turn of the event loop: a longer slice would keep due ones waiting. */
const SLICE = 2;

/**
 * Sends each event when it is due, however long others take (an open loop): what is overdue is sent at once, and its
 * lateness counted against the intended time. Resolves when all have been answered; rejects when the recording cannot
 * be read on.
 */
export async function drive(options: DriveOptions): Promise<void> {
  await new Drive(options).run();
}

class Drive {
  #ready: ReplayEvent[] = [];
  /** Of `#ready`: the next to be sent. */
  #next = 0;
  /** What the alarm is set for. */
  #awaited: ReplayEvent | undefined;
  #underWay = 0;
  #isRead = false;
  #alarm: Alarm | undefined;
  #change: (() => void) | undefined;
  /** Nothing more is sent. */
  #hasEnded = false;
  /** What was thrown and is no failure of a target. */
  #bug: { readonly error: unknown } | undefined;

  constructor(private readonly options: DriveOptions) {}

  async run(): Promise<void> {
    const { signal } = this.options;
    const wake = (): void => this.#wake();
    signal.addEventListener('abort', wake);
    try {
      while (this.#isHungry()) await this.#read();
      // The clock begins now: the first event is due at once, whatever the reading took.
      this.#alarm = this.options.alarm(() => {
        this.#sendDue();
        this.#wake();
      });
      while (!this.#isOver()) {
        this.#sendDue();
        if (this.#isHungry()) await this.#read();
        else await new Promise<void>((resolve) => (this.#change = resolve));
      }
    } finally {
      signal.removeEventListener('abort', wake);
      this.#hasEnded = true;
      this.#alarm?.stop();
      await this.options.events.return(undefined);
      while (this.#underWay > 0) await new Promise<void>((resolve) => (this.#change = resolve));
      this.options.tally.notReached(this.#ready.length - this.#next);
    }
    if (this.#bug !== undefined) throw this.#bug.error;
  }

  #isOver(): boolean {
    if (this.#hasEnded || this.options.signal.aborted || this.#bug !== undefined) return true;
    return this.#isRead && this.#next === this.#ready.length && this.#underWay === 0;
  }

  #isHungry(): boolean {
    if (this.#isRead || this.options.signal.aborted) return false;
    const waiting = this.#ready.length - this.#next;
    if (waiting < AHEAD_LEAST) return true;
    const lastMs = this.#ready.at(-1)?.dueMs ?? 0;
    return waiting < AHEAD_MOST && lastMs < (this.#alarm?.now() ?? 0) + AHEAD_MS;
  }

  async #read(): Promise<void> {
    for (let n = 0; n < SLICE && !this.#isRead; n++) {
      const { done, value } = await this.options.events.next();
      if (done === true) this.#isRead = true;
      else this.#ready.push(value);
    }
    await nextTurn();
  }

  /** Sends what is due, and waits for what will be; where too many are under way, until one of them has been answered. */
  #sendDue(): void {
    const alarm = this.#alarm as Alarm;
    let next = this.#ready[this.#next];
    while (next !== undefined && this.#mayBegin() && next.dueMs <= alarm.now()) {
      this.#next++;
      void this.#send(next);
      next = this.#ready[this.#next];
    }
    if (next !== undefined && next !== this.#awaited && this.#mayBegin()) {
      this.#awaited = next;
      alarm.set(next.dueMs);
    }
    if (this.#next < AHEAD_MOST) return;
    this.#ready = this.#ready.slice(this.#next);
    this.#next = 0;
  }

  #mayBegin(): boolean {
    return this.#underWay < this.options.inFlight && !this.#isOver();
  }

  async #send(event: ReplayEvent): Promise<void> {
    const { sieve, tally } = this.options;
    this.#underWay++;
    sieve.begin(event);
    tally.due((this.#alarm as Alarm).now() - event.dueMs);
    const accepted = await this.#sendAll(event);
    sieve.end(event, accepted);
    this.#underWay--;
    this.#sendDue();
    this.#wake();
  }

  /** Whether everybody who was to be told was told. */
  async #sendAll(event: ReplayEvent): Promise<boolean> {
    const { seam, control, candidate } = this.options;
    // A type that only control has is nothing to tell the candidate of.
    const other = event.key === undefined || seam === 'control-only' ? undefined : candidate;
    if (other === undefined) return this.#sendTo('control', control, event);
    if (seam === 'independent') {
      const both = await Promise.all([
        this.#sendTo('control', control, event),
        this.#sendTo('candidate', other, event),
      ]);
      return both.every(Boolean);
    }
    return (await this.#sendTo('control', control, event)) && this.#sendTo('candidate', other, event);
  }

  async #sendTo(side: Side, target: Pick<Target, 'send'>, event: ReplayEvent): Promise<boolean> {
    try {
      await target.send(event);
      this.options.tally.sent(side);
      return true;
    } catch (error) {
      if (error instanceof SendFailure) this.options.tally.failed(side, error.message);
      else this.#bug ??= { error };
      return false;
    }
  }

  #wake(): void {
    this.#change?.();
    this.#change = undefined;
  }
}

import { Attendance, desertion } from './attendance.js';
import { startClock } from './clock.js';
import { expectEvents } from './engine.js';
import { CallError } from './model/errors.js';
import type { Progress, Report } from './model/report.js';
import type { Settings, SourceSettings } from './model/settings.js';
import { SIDES, type Link, type Ms, type Side, type TimelineEntry } from './model/timeline.js';
import { Line } from './run.js';
import { unescaper } from './scan/unescape.js';
import { openSource } from './sources/index.js';
import { EntryQueue } from './sources/queue.js';

/** How long to wait for a side's first subscription before giving up. */
export const PATIENCE_MS = 10_000;

/** Entries that may wait for the line; beyond it the run is told to be blind rather than growing without bound. */
const QUEUE_CAPACITY = 200_000;

const TICK_MS = 100;
const PROGRESS_MS = 250;

/** What a run that listens is told, and whom it tells. */
export interface ListenOptions {
  /** Ends the run after this long, counted from the moment everyone is listening. */
  readonly durationMs?: Ms;
  /** Aborting it ends the run as its duration would. */
  readonly finish?: AbortSignal;
  /** Aborting it ends the run early: what is awaited is still waited for. The reason names the signal. */
  readonly interrupt: AbortSignal;
  /** Whether what causes events has not ended yet: an interrupted run waits for that first. */
  readonly isBusy?: () => boolean;
  /** Aborting it as well ends the run at once. */
  readonly hurry: AbortSignal;
  /** What reaches the line now of a batch and of what was held back before; order is kept. All of it, if not given. */
  readonly sieve?: (batch: readonly TimelineEntry[]) => readonly TimelineEntry[];
  /** What arrives, without what nobody behind it may see. */
  readonly redact?: (entry: TimelineEntry) => TimelineEntry;
  /** Called once, before the first entry, with the wall time of the timeline's start, and the way to write into it. */
  readonly onStart?: (startedAt: string, timeline: Timeline) => void;
  /** Called several times a second. */
  readonly onProgress?: (phase: Phase) => void;
  /** Called once for each account that was given up for good. */
  readonly onGivenUp?: (link: Link) => void;
  /** Called once, when every account is listening or given up, or patience has ended. */
  readonly onListening?: () => void;
  readonly random?: () => number;
}

/** A timeline that goes on. */
export interface Timeline {
  now(): Ms;
  /** Puts a mark into it, behind what has arrived by now. */
  mark(label: string): void;
}

/** A live run's wishes. */
export interface LiveOptions extends Omit<ListenOptions, 'onProgress'> {
  /** Sees every entry as the line has just taken it in: of its payload may be known by then what it is. */
  readonly tee?: (entry: TimelineEntry) => void;
  /** Called with the line's state several times a second; `report` makes the report as of now. */
  readonly onProgress?: (progress: Progress, phase: Phase, report: () => Report) => void;
}

/** What is known of a run besides its entries. */
export interface Listened {
  readonly startedAt: string;
  /** The signal that cut it short, if one did. */
  readonly interrupted?: string;
}

export type Phase = 'connecting' | 'watching' | 'draining';

/**
 * Subscribes to both sides, runs the line over what arrives until told to stop, waits one window for what is on its
 * way, and returns the report. Throws an ObserveError when a side cannot be subscribed to for any account.
 */
export async function runLive(settings: Settings, options: LiveOptions): Promise<Report> {
  const line = new Line(settings);
  const report = (): Report => line.report({ startedAt: '' });
  const run = await listen(
    settings,
    SIDES,
    { ...options, onProgress: (phase) => options.onProgress?.(line.progress(), phase, report) },
    (entry) => {
      try {
        line.add(entry);
      } finally {
        options.tee?.(entry);
      }
    },
  );
  return line.report(run);
}

/**
 * Subscribes to sides, and gives what arrives to `take` until told to stop. Of both sides, one window more is waited for
 * what is on its way. Throws an ObserveError when a side cannot be subscribed to for any account.
 */
export async function listen(
  settings: Settings,
  sides: readonly Side[],
  options: ListenOptions,
  take: (entry: TimelineEntry) => void,
): Promise<Listened> {
  expectEvents();
  const clock = startClock({ everyMs: TICK_MS, stallMs: settings.match.stallMs });
  const queue = new EntryQueue(QUEUE_CAPACITY, settings.match.stallMs);
  const push = (entry: TimelineEntry) => queue.push(entry);
  const attendance = new Attendance(
    settings.accounts.map((account) => account.id),
    settings,
    sides,
  );
  const random = options.random ?? Math.random;
  const unescape = unescaper();
  const sources = sides.map((side) =>
    openSource(sourceOf(settings, side), {
      side,
      accounts: settings.accounts,
      now: () => clock.now(),
      push,
      random,
      unescape,
    }),
  );
  options.onStart?.(clock.startedAt, {
    now: () => clock.now(),
    mark: (label) => push({ kind: 'mark', t: clock.now(), label }),
  });
  const stopTicks = clock.tick(push);
  for (const source of sources) source.start();

  const drainMs = sides.length > 1 ? settings.match.window.afterMs + 2 * TICK_MS : 0;
  const plan = new Plan(options, attendance, drainMs);
  const { redact } = options;
  // Beside the loop that awaits: what is compiled while it is hot shall be small.
  const hand = (batch: readonly TimelineEntry[]): void => {
    for (const entry of batch) {
      take(redact === undefined ? entry : redact(entry));
      if (entry.kind === 'link' && attendance.note(entry)) options.onGivenUp?.(entry);
    }
  };
  let failure: unknown;
  let shownAt = -Infinity;
  try {
    for await (const batch of queue) {
      hand(options.sieve?.(batch) ?? batch);
      const t = clock.now();
      const phase = plan.at(t);
      if (phase === 'over') queue.end();
      else if (t - shownAt >= PROGRESS_MS) {
        shownAt = t;
        options.onProgress?.(phase);
      }
    }
  } catch (error) {
    failure = error;
  }
  stopTicks();
  await Promise.all(sources.map((source) => source.stop()));
  if (failure !== undefined) throw failure;
  const interrupted = options.interrupt.aborted ? String(options.interrupt.reason) : undefined;
  return { startedAt: clock.startedAt, ...(interrupted === undefined ? {} : { interrupted }) };
}

/** The source of a side, which a config for recordings alone need not have. */
export function sourceOf(settings: Settings, side: Side): SourceSettings {
  const source = settings[side];
  if (source === undefined)
    throw new CallError(`the config has no ${side}: add where to subscribe to it, parity init shows how`);
  return source;
}

/** When a live run goes from connecting to watching to draining to its end. Asked with each batch, at least every tick. */
class Plan {
  #phase: Phase = 'connecting';
  #endsAt = Infinity;

  constructor(
    private readonly options: ListenOptions,
    private readonly attendance: Attendance,
    private readonly drainMs: Ms,
  ) {}

  at(t: Ms): Phase | 'over' {
    if (this.options.hurry.aborted) return 'over';
    if (this.#phase === 'connecting') this.#abandonIfDeserted(t);
    if (this.#phase === 'connecting' && (this.attendance.complete || t >= PATIENCE_MS)) {
      this.#phase = 'watching';
      this.#endsAt = t + (this.options.durationMs ?? Infinity);
      this.options.onListening?.();
    }
    if (this.#phase !== 'draining' && (t >= this.#endsAt || this.#told())) {
      // Nobody was listening yet: there is nothing to wait for.
      if (this.#phase === 'connecting') return 'over';
      this.#phase = 'draining';
      this.#endsAt = t + this.drainMs;
    }
    return this.#phase === 'draining' && t >= this.#endsAt ? 'over' : this.#phase;
  }

  #told(): boolean {
    const { interrupt, finish, isBusy } = this.options;
    return finish?.aborted === true || (interrupt.aborted && isBusy?.() !== true);
  }

  #abandonIfDeserted(t: Ms): void {
    const sides = this.attendance.deserted(t < PATIENCE_MS);
    if (sides.length > 0) throw desertion(sides, this.attendance);
  }
}

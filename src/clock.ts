import type { Ms, Push } from './model/timeline.js';

/** The only reader of clocks behind the edge: one monotonic clock for both sides, so that lag is free of skew. */
export interface Clock {
  /** Wall time of the timeline's start, ISO 8601, for display only. */
  readonly startedAt: string;
  /** Milliseconds since the start, microsecond resolution. Also notices a stall before anything is stamped after it. */
  now(): Ms;
  /** Begins to push ticks. Returns the way to stop them. */
  tick(push: Push): () => void;
}

export interface ClockSettings {
  readonly everyMs: Ms;
  /** A tick later than this is told as a stall. */
  readonly stallMs: Ms;
}

/**
 * Starts a clock at zero.
 *
 * After a stall of ours a timer runs before frames that have already arrived are read, so an ordinary tick is pushed
 * from `setImmediate`, behind them. A stall is told the other way round: as soon as anyone asks for the time, ahead of
 * whatever is about to be stamped, because those stamps are late by our fault.
 */
export function startClock(settings: ClockSettings): Clock {
  const wall = new Date();
  const origin = performance.now();
  const read = (): Ms => Math.round((performance.now() - origin) * 1000) / 1000;
  let push: Push | undefined;
  let due = Infinity;

  const notice = (t: Ms): void => {
    const lateMs = t - due;
    if (lateMs <= settings.stallMs) return;
    due = t + settings.everyMs;
    push?.({ kind: 'tick', t, lateMs });
  };

  return {
    startedAt: wall.toISOString(),
    now: () => {
      const t = read();
      notice(t);
      return t;
    },
    tick: (to) => {
      push = to;
      due = read() + settings.everyMs;
      const timer = setInterval(() => {
        const t = read();
        notice(t);
        due = t + settings.everyMs;
        setImmediate(() => push?.({ kind: 'tick', t: read() }));
      }, settings.everyMs);
      return () => {
        clearInterval(timer);
        push = undefined;
        due = Infinity;
      };
    },
  };
}

import { CallError } from '../model/errors.js';
import type { Ms } from '../model/timeline.js';

/** How fast recorded events are driven: as they were recorded, faster or slower by a factor, or at a rate of their own. */
export type Pace =
  | { readonly kind: 'recorded'; readonly speed: number }
  | { readonly kind: 'rate'; readonly perS: number };

/** Where an event stands in a replay. */
export interface Place {
  /** Of all events of the replay, from 0. */
  readonly nth: number;
  /** How often the recording was driven to its end before. */
  readonly loop: number;
  /** Recorded time since the recording's first event. */
  readonly sinceFirstMs: Ms;
  /** What one loop takes in recorded time: see `periodMs`. */
  readonly periodMs: Ms;
}

/**
 * When an event is due, counted from the replay's start. A pure function of the event's place and nothing else: that an
 * earlier event was sent late never moves a later one, so lateness shows and does not add up.
 */
export function dueMs(pace: Pace, { nth, loop, sinceFirstMs, periodMs }: Place): Ms {
  if (pace.kind === 'rate') return (nth * 1000) / pace.perS;
  return (loop * periodMs + sinceFirstMs) / pace.speed;
}

/** The recorded time from a loop's first event to the next loop's: its span, and one average gap. */
export function periodMs(spanMs: Ms, events: number): Ms {
  return events < 2 ? 1000 : spanMs + spanMs / (events - 1);
}

/**
 * The pace that the command line asks for: `--speed 10` or `--speed 0.5`, or `--rate 500/s`.
 * @throws CallError for what is no pace, or two of them
 */
export function parsePace(speed: string | undefined, rate: string | undefined): Pace {
  if (speed !== undefined && rate !== undefined)
    throw new CallError('--speed and --rate are two paces; give one of them');
  if (rate !== undefined) {
    const perS = positive(/^(\d+(?:\.\d+)?)(?:\/s)?$/.exec(rate)?.[1]);
    if (perS === undefined) throw new CallError(`--rate: ${JSON.stringify(rate)} is no rate; write one such as 500/s`);
    return { kind: 'rate', perS };
  }
  const factor = speed === undefined ? 1 : positive(/^(\d+(?:\.\d+)?)x?$/.exec(speed)?.[1]);
  if (factor === undefined)
    throw new CallError(`--speed: ${JSON.stringify(speed)} is no speed; write one such as 10 or 0.5`);
  return { kind: 'recorded', speed: factor };
}

/** The pace for people. */
export function paceText(pace: Pace): string {
  if (pace.kind === 'rate') return `${pace.perS} events/s`;
  return pace.speed === 1 ? 'the recorded pace' : `${pace.speed} × the recorded pace`;
}

/** Neither zero nor beyond what a machine could do: a slip of the pen is refused instead of tried. */
function positive(text: string | undefined): number | undefined {
  const value = Number(text);
  return value > 0 && value <= 1_000_000 ? value : undefined;
}

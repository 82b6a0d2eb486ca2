/**
 * The timeline: everything that happened, in arrival order. Time is one more entry in it, so that a live watch, a
 * recording and a simulation are the same fold over the same entries.
 */

/** The trusted feed (legacy) or the feed on trial (new). */
export type Side = 'control' | 'candidate';

export const SIDES: readonly Side[] = ['control', 'candidate'];

/** Milliseconds since the timeline's start, monotonic, with microsecond resolution. */
export type Ms = number;

/** A sum or difference of stamps at the resolution of stamps: at the edge of a window a double's last bit must not decide. */
export function microseconds(ms: Ms): Ms {
  return Math.round(ms * 1000) / 1000;
}

/** A file that frames came from. */
export interface Origin {
  /** The text of `length` bytes at a place. */
  read(offset: number, length: number): string;
  /** The bytes themselves, put where they are wanted. */
  copy(offset: number, length: number, to: Buffer, at: number): void;
}

/** What the wire said. The payload is the text as received, never parsed and written again, so that no digit is lost. */
export interface Frame {
  readonly kind: 'frame';
  readonly t: Ms;
  readonly side: Side;
  readonly account: string;
  readonly channel: string;
  readonly event: string;
  /** The payload's text. Normally JSON; what is none is counted as unreadable by the line. */
  readonly payload: string;
  /** Bytes (UTF-8) that hold the payload from `from` to `to`, where the source has them. They never change. */
  readonly bytes?: Buffer;
  readonly from?: number;
  readonly to?: number;
  /** Whether somebody has walked through these bytes, which came as UTF-8, and found one JSON value, without a line feed. */
  readonly isWalked?: boolean;
  /** Set when the source itself could not read the frame: why, in a few words (`no JSON`, `binary payload`). */
  readonly unreadable?: string;
}

/** A subscription of one account on one side going up (acknowledged) or down. */
export interface Link {
  readonly kind: 'link';
  readonly t: Ms;
  readonly side: Side;
  readonly account: string;
  readonly state: 'up' | 'down';
  readonly reason: string;
  /** True when the source gave this account up for good: retrying unchanged could not help. */
  readonly final?: boolean;
  /** What the user can do about a final end. */
  readonly remedy?: string;
}

/** A note in the timeline, such as a step of a QA plan. */
export interface Mark {
  readonly kind: 'mark';
  readonly t: Ms;
  readonly label: string;
}

/** Time passing. */
export interface Tick {
  readonly kind: 'tick';
  readonly t: Ms;
  /** Set when we ourselves were not running: the stall lasted from `t - lateMs` to `t`. */
  readonly lateMs?: Ms;
  /** Set where a recording has lines that cannot be read: what they said came from `t` on. */
  readonly hole?: Hole;
}

/** Lines of a recording that cannot be read, with none between them that can. */
export interface Hole {
  readonly file: string;
  /** Number of the first of them. */
  readonly line: number;
  /** How many there are; Infinity for the rest of the file. */
  readonly lines: number;
  /** How long after the tick what they said may still have come; Infinity where no line behind them can be read. */
  readonly forMs: Ms;
  /** The only side that the recording holds, where it holds one. */
  readonly side?: Side;
}

export type TimelineEntry = Frame | Link | Mark | Tick;

/** The first line of a recording, and the frame of reference of any timeline. */
export interface TimelineHeader {
  readonly format: 'feed-parity/timeline';
  readonly version: 1;
  /** Wall time of `t = 0`, ISO 8601. For display only: durations come from `t`. */
  readonly startedAt: string;
  readonly sides: readonly Side[];
  readonly accounts: readonly string[];
}

/** Where sources put what they saw. Synchronous and never throwing. */
export type Push = (entry: TimelineEntry) => void;

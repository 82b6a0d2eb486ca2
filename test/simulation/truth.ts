import type { Side } from '../../src/model/timeline.js';

/** Whole microseconds since the timeline's start: the truth knows every edge exactly, whatever doubles make of it. */
export type Us = number;

/** What was done to an event on purpose. */
export type Fault =
  | 'none'
  | 'dropped'
  | 'extra'
  | 'duplicate'
  | 'edited'
  | 'retyped'
  | 'late'
  | 'late and edited'
  | 'forgotten'
  | 'early'
  | 'edge';

/** One copy of an event that arrived. */
export interface Copy {
  readonly side: Side;
  /** Places whose value is not the record's. */
  readonly edits: readonly string[];
  /** When the line's process took notice of it: later than it arrived only if that process stalled. */
  readonly stampUs: Us;
  /** Position among everything that was stamped, which settles the order of equal stamps. */
  readonly position: number;
}

/** One event, under the type and key that its copies carry. */
export interface Published {
  readonly number: number;
  readonly account: string;
  readonly type: string;
  readonly key: string;
  readonly fault: Fault;
  /** Paths of the rules without which the two sides' spellings of the record differ. */
  readonly rules: readonly string[];
  readonly copies: readonly Copy[];
}

/** A subscription going up or down, as stamped. */
export interface LinkChange {
  readonly side: Side;
  readonly account: string;
  readonly state: 'up' | 'down';
  readonly stampUs: Us;
}

/** A time in which the line's process did not run. */
export interface Stall {
  readonly fromUs: Us;
  readonly toUs: Us;
}

/** A frame that is no observation. */
export interface Noise {
  readonly side: Side;
  readonly what: 'unmapped' | 'unreadable' | 'only';
  /** The event's name if unmapped, the reason if unreadable, the type if `only`. */
  readonly name: string;
}

/** The figures of `match`, in microseconds, and the types whose repeats are events of their own. */
export interface Rules {
  readonly afterUs: Us;
  readonly beforeUs: Us;
  readonly resolutionUs: Us;
  readonly settleUs: Us;
  readonly tombstoneUs: Us;
  readonly stallUs: Us;
  readonly occurrences: readonly string[];
}

/** Everything that was done, and nothing of what the line makes of it. */
export interface Truth {
  readonly rules: Rules;
  readonly accounts: readonly string[];
  readonly published: readonly Published[];
  readonly links: readonly LinkChange[];
  readonly stalls: readonly Stall[];
  readonly noise: readonly Noise[];
  readonly endUs: Us;
}

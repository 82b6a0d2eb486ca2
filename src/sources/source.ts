import type { Account } from '../model/settings.js';
import type { Ms, Push, Side } from '../model/timeline.js';

/** What a source is given: for whom to listen, a clock to stamp with, and where to put what it saw. */
export interface SourceContext {
  readonly side: Side;
  readonly accounts: readonly Account[];
  /** Milliseconds since the timeline's start; read once a frame, before anything is parsed. */
  readonly now: () => Ms;
  readonly push: Push;
  /** A seedable source of jitter in [0, 1). */
  readonly random: () => number;
  /** Resolves the escapes of JSON texts in bytes; without it texts are parsed. */
  readonly unescape?: Unescape;
}

/** Resolves the escapes of the JSON text whose opening quote lies before `from`; undefined where it is not sure. */
export type Unescape = (bytes: Buffer, from: number) => Unescaped | undefined;

/** A text at [from, to) of bytes that are overwritten by the next, and the place behind its closing quote. */
export interface Unescaped {
  readonly bytes: Buffer;
  readonly from: number;
  readonly to: number;
  readonly end: number;
}

/**
 * A subscription to one side for all accounts. Ups, downs and final ends arrive as links in the timeline; nothing is
 * thrown out of a callback, and what cannot be read arrives as a frame marked unreadable.
 */
export interface Source {
  /** Begins to connect, and returns at once. */
  start(): void;
  /** Closes every connection; after it nothing is pushed. */
  stop(): Promise<void>;
}

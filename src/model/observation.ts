import type { Json } from './json.js';
import type { Ms, Side } from './timeline.js';

/** What a frame means: one event of a declared type, of one account, on one side. */
export interface Observation {
  readonly side: Side;
  readonly account: string;
  /** Canonical type, as declared under `events`. */
  readonly type: string;
  /** Correlation key, as text: 42 and "42" name the same event. */
  readonly key: string;
  /** When the frame arrived. */
  readonly t: Ms;
  readonly channel: string;
  readonly event: string;
  /** The payload's text as received. */
  readonly payload: string;
  /** The part of the payload that is compared, decoded without losing a digit; released once it has been judged. */
  body: Json | undefined;
  /** Control events: which of all it was, counted from 1. */
  number?: number | undefined;
}

/** What a frame turned out to be. Exactly one of these, for every frame. */
export type Observed =
  | { readonly kind: 'observation'; readonly observation: Observation }
  | { readonly kind: 'only'; readonly type: string }
  | { readonly kind: 'unmapped' }
  | { readonly kind: 'unreadable'; readonly reason: string };

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
}

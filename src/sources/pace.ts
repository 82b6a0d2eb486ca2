import type { Ms } from '../model/timeline.js';

/** How fast a source dials, waits and gives up. The defaults bring both sides back within 3 s of a server's return. */
export interface Pace {
  /** Connections that may be on their way up at once, and how long one holds its place at least and at most. */
  readonly width: number;
  readonly leastPlaceMs: Ms;
  readonly placeMs: Ms;
  /** The first wait before dialling again, and the longest; each is spread by half either way. */
  readonly firstWaitMs: Ms;
  readonly longestWaitMs: Ms;
  /** A subscription that held this long ended well: the next wait is the first again. */
  readonly calmMs: Ms;
  /** How long an attempt may take from dialling to the last acknowledgement. */
  readonly patienceMs: Ms;
  /** Silence after which the other end is asked for a sign of life, and how long it may take to give one. */
  readonly heartbeatMs: Ms;
  readonly heartbeatReplyMs: Ms;
  /** How long an authorisation may take, and how many are asked for at once. */
  readonly authMs: Ms;
  readonly authWidth: number;
}

export const PACE: Pace = {
  width: 100,
  leastPlaceMs: 200,
  placeMs: 2_000,
  firstWaitMs: 100,
  longestWaitMs: 1_000,
  calmMs: 5_000,
  patienceMs: 20_000,
  heartbeatMs: 20_000,
  heartbeatReplyMs: 10_000,
  authMs: 5_000,
  authWidth: 20,
};

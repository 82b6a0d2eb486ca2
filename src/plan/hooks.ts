import type { Section } from '../model/section.js';
import type { Ms } from '../model/timeline.js';

/** What other rooms know how to judge; a plan only says when. A plan that asks for one that is not there is refused. */
export interface Hooks {
  /** Compares the REST lists now. */
  readonly snapshot?: (signal: AbortSignal) => Promise<Section>;
  /** Whether every account is refused what is another's. */
  readonly isolation?: (signal: AbortSignal) => Promise<Section>;
  /** Whether one side's figures have shifted, over the repetitions of two phases. */
  readonly interference?: (off: readonly Sample[], on: readonly Sample[]) => Section;
}

/** One phase's figures of one side. */
export interface Sample {
  /** Arrival minus intended time of sending, by event. */
  readonly lagsMs: readonly Ms[];
  readonly sent: number;
  readonly arrived: number;
}

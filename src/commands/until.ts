import { isRateProven } from '../ledger/limits/rate.js';
import type { Progress, Report } from '../model/report.js';
import type { Settings } from '../model/settings.js';
import type { Ms } from '../model/timeline.js';
import { duration, integer } from '../reports/text.js';
import type { Say } from './say.js';

/** A whole report is made to look at no more often than this. */
const LOOK_MS: Ms = 1_000;

/**
 * Ends a run as soon as it is proven; and when it has been broken for so long that no late event can mend it any more.
 * The settings have to be those of `forLooking`, since a bound for a fixed sample would be wrong more often than it says.
 */
export class UntilProven {
  readonly #done = new AbortController();
  #lookedMs = -Infinity;
  #brokenSince: Ms | undefined;

  constructor(
    private readonly settings: Settings,
    private readonly say: Say,
  ) {}

  get signal(): AbortSignal {
    return this.#done.signal;
  }

  /** Looks at the run as it stands. */
  look({ t, outcomes }: Progress, report: () => Report): void {
    if (this.#done.signal.aborted || t - this.#lookedMs < LOOK_MS) return;
    const { mismatch, missing, extra, duplicate, late } = outcomes;
    // As long as this is so it is neither proven nor broken, and need not be looked at more closely.
    if (mismatch + missing + extra + duplicate + late === 0 && !isRateProven(outcomes, this.settings)) return;
    this.#lookedMs = t;
    const { status, gate } = report();
    if (status === 'proven') {
      const { events, fixedSample } = gate.evidence;
      const beside =
        fixedSample?.events === undefined || fixedSample.events === null
          ? ''
          : `; a sample of a size fixed before would have needed ${integer(fixedSample.events)}`;
      this.say(
        `proven after ${integer(events)} events in ${duration(t)}${beside}; waiting one window for what is on its way`,
      );
      this.#done.abort();
    }
    this.#brokenSince = status === 'broken' ? (this.#brokenSince ?? t) : undefined;
    const { window, tombstoneMs } = this.settings.match;
    if (this.#brokenSince !== undefined && t - this.#brokenSince > window.afterMs + tombstoneMs) {
      this.say('broken, and no late event can mend it any more; waiting one window for what is on its way');
      this.#done.abort();
    }
  }
}

/** The settings for a run that looks again and again. */
export function forLooking(settings: Settings): Settings {
  return { ...settings, gate: { ...settings.gate, bound: 'any-time' } };
}

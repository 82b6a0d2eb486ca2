import type { Observed } from '../model/observation.js';
import type { Settings } from '../model/settings.js';
import type { Frame, Ms, Side } from '../model/timeline.js';
import { observer } from '../normalise/observe.js';

/** An event as far as a plan looks at it. */
export interface Seen {
  readonly side: Side;
  readonly account: string;
  readonly type: string;
  /** Correlation key, and account, type and key as one name: of an event that both sides tell of; the others have none. */
  readonly key?: string;
  readonly name?: string;
  readonly t: Ms;
  /** Whether control had told of it before, and when. */
  readonly controlT?: Ms;
}

/** What a frame is to the phase that goes on. */
export interface Membership {
  /** Undefined for a frame that is no event. */
  readonly seen?: Seen;
  readonly belongs: boolean;
}

/**
 * Which events are a phase's own: those of which control (or, where control says nothing, the candidate) tells between
 * the phase's start and its cut-off. The candidate of an event from before the flip comes after it, and must not be
 * called extra; one from after the cut-off may be lost by the next flip, and must not be called missing. So a phase is
 * cut off one window before it ends, and every event of its own has had its whole window.
 */
export class Members {
  readonly #observe: (frame: Frame) => Observed;
  readonly #keepMs: Ms;
  /** When control first told of each event, oldest first. */
  readonly #control = new Map<string, Ms>();
  readonly #own = new Map<string, Ms>();
  #state: 'before' | 'open' | 'cut' = 'before';

  constructor(settings: Pick<Settings, 'events' | 'rename' | 'match'>) {
    this.#observe = observer(settings);
    this.#keepMs = settings.match.window.afterMs + settings.match.tombstoneMs;
  }

  /** From now on events are the phase's. */
  begin(): void {
    this.#own.clear();
    this.#state = 'open';
  }

  /** From now on no further event is, but what still comes of its own. */
  cutOff(): void {
    this.#state = 'cut';
  }

  end(): void {
    this.#state = 'before';
  }

  note(frame: Frame): Membership {
    this.#forget(frame.t);
    const isOpen = this.#state === 'open';
    const observed = this.#observe(frame);
    if (observed.kind === 'unmapped' || observed.kind === 'unreadable') return { belongs: isOpen };
    const { side, account, t } = frame;
    if (observed.kind === 'only') return { belongs: isOpen, seen: { side, account, t, type: observed.type } };
    const { type, key } = observed.observation;
    const name = JSON.stringify([account, type, key]);
    const controlT = this.#control.get(name);
    if (side === 'control' && controlT === undefined) this.#control.set(name, t);
    const isNew = isOpen && controlT === undefined;
    if (isNew && !this.#own.has(name)) this.#own.set(name, t);
    const belongs = this.#state !== 'before' && this.#own.has(name);
    return { belongs, seen: { side, account, type, key, name, t, ...(controlT === undefined ? {} : { controlT }) } };
  }

  #forget(t: Ms): void {
    for (const events of [this.#control, this.#own]) {
      for (const [name, at] of events) {
        if (t - at <= this.#keepMs) break;
        events.delete(name);
      }
    }
  }
}

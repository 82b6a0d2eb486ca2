import type { Variant } from '../model/plan.js';
import type { Ms } from '../model/timeline.js';
import type { Seen } from './members.js';

/** One event since the flag was set, and whether the candidate told of it. */
interface Evidence {
  readonly t: Ms;
  /** Undefined as long as the candidate may still come. */
  delivered: boolean | undefined;
}

/**
 * Tells from the feed whether the flag has its new state: whether the candidate tells of events that control tells of
 * after the flag was set. Canaries only see to it that there are such events; whatever else comes testifies as well.
 */
export class Witness {
  readonly #sinceMs: Ms;
  readonly #windowMs: Ms;
  readonly #events = new Map<string, Evidence>();

  /** Events before `sinceMs` say nothing; after `windowMs` the candidate is taken as silent. */
  constructor(sinceMs: Ms, windowMs: Ms) {
    this.#sinceMs = sinceMs;
    this.#windowMs = windowMs;
  }

  note({ side, name, t, controlT, account, type }: Seen): void {
    // Of an event from before nobody can tell what it met.
    if ((controlT ?? t) < this.#sinceMs) return;
    const evidence = this.#events.get(name ?? `${account} ${type} ${t}`);
    if (side === 'candidate') {
      if (evidence === undefined) this.#events.set(name ?? `${account} ${type} ${t}`, { t, delivered: true });
      else evidence.delivered = true;
    } else if (evidence === undefined && name !== undefined) this.#events.set(name, { t, delivered: undefined });
  }

  /** Time has passed. */
  advance(t: Ms): void {
    for (const evidence of this.#events.values()) {
      if (evidence.delivered === undefined && t - evidence.t > this.#windowMs) evidence.delivered = false;
    }
  }

  /** When the first of the latest events that all agree came, if there are enough of them; undefined otherwise. */
  agreed(wanted: Variant, least: number): Ms | undefined {
    let agreeing = 0;
    let firstT: Ms | undefined;
    for (const { t, delivered } of [...this.#events.values()].sort((a, b) => b.t - a.t)) {
      if (delivered === undefined) continue;
      if (delivered !== (wanted === 'on')) break;
      agreeing++;
      firstT = t;
    }
    return agreeing >= least ? firstT : undefined;
  }

  /** Events that the candidate told of, and did not tell of. */
  get counts(): { readonly delivered: number; readonly silent: number } {
    const decided = [...this.#events.values()].map(({ delivered }) => delivered);
    return {
      delivered: decided.filter((one) => one === true).length,
      silent: decided.filter((one) => one === false).length,
    };
  }
}

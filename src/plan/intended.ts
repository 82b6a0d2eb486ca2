import type { ReplayEvent } from '../replay/events.js';
import type { Ms, Side } from '../model/timeline.js';
import type { Sample } from './hooks.js';
import type { Seen } from './members.js';

interface Waiting {
  readonly intendedMs: Ms;
  readonly sample: Draft;
}

type Draft = { lagsMs: Ms[]; sent: number; arrived: number };

/**
 * How long after its intended time an event that we caused arrived on one side. The intended time counts, not the actual
 * one, so that a slow system that makes us send late is not flattered. Events are known again by their keys or, from a
 * target that makes up its own, by their order within account and type.
 */
export class Intended {
  readonly #side: Side;
  readonly #hasKeys: boolean;
  readonly #waiting = new Map<string, Waiting[]>();
  #sample: Draft = { lagsMs: [], sent: 0, arrived: 0 };

  constructor(side: Side, hasKeys: boolean) {
    this.#side = side;
    this.#hasKeys = hasKeys;
  }

  /** What is sent from now on counts for a new sample, which fills as events arrive. */
  begin(): Sample {
    this.#sample = { lagsMs: [], sent: 0, arrived: 0 };
    return this.#sample;
  }

  sent(event: ReplayEvent, intendedMs: Ms): void {
    const name = this.#name(event.account.id, event.type, event.key);
    this.#sample.sent++;
    const waiting = this.#waiting.get(name) ?? [];
    waiting.push({ intendedMs, sample: this.#sample });
    this.#waiting.set(name, waiting);
  }

  arrived({ side, account, type, key, t }: Seen): void {
    if (side !== this.#side) return;
    const name = this.#name(account, type, key);
    const waiting = this.#waiting.get(name);
    const first = waiting?.shift();
    if (first === undefined) return;
    if (waiting?.length === 0) this.#waiting.delete(name);
    first.sample.arrived++;
    first.sample.lagsMs.push(t - first.intendedMs);
  }

  #name(account: string, type: string, key: string | undefined): string {
    return JSON.stringify([account, type, ...(this.#hasKeys ? [key] : [])]);
  }
}

import type { Observation } from '../model/observation.js';
import type { EventType, MatchSettings } from '../model/settings.js';
import type { Ms, Side } from '../model/timeline.js';
import { Deadlines } from './deadlines.js';
import type { Pairing, Step } from './pairing.js';

/**
 * Pairs observations by (account, type, key) within an asymmetric window. Knows nothing of content or coverage, reads
 * no clock: time is what `advance` is told.
 *
 * A control event at t awaits its candidate until t + after, a candidate event at t its control until t + before. A
 * deadline hangs on the observation's own stamp; arriving at that very moment is still in time. A closed key is
 * remembered for `tombstone`, so that a late event and a repeated one differ from one that nobody announced.
 */
export class Correlator {
  readonly #wait: Record<Side, Ms>;
  readonly #tombstoneMs: Ms;
  readonly #occurrences: ReadonlySet<string>;
  /** By key: the one pairing it names or, for types whose repeats are events of their own, those that miss a side. */
  readonly #pairings = new Map<string, Pairing[]>();
  readonly #deadlines: Record<Side, Deadlines<Pairing>> = { control: new Deadlines(), candidate: new Deadlines() };
  readonly #tombstones = new Deadlines<Pairing>();
  readonly #open: Record<Side, number> = { control: 0, candidate: 0 };

  constructor(settings: MatchSettings, events: readonly EventType[]) {
    this.#wait = { control: settings.window.afterMs, candidate: earliest(settings) };
    this.#tombstoneMs = settings.tombstoneMs;
    this.#occurrences = new Set(events.filter((type) => type.repeats === 'occurrences').map((type) => type.name));
  }

  /** Observations that still wait for the other side. */
  get open(): Readonly<Record<Side, number>> {
    return this.#open;
  }

  /** Lets time pass: ends the waits whose deadline lies before `t` (earliest first), and forgets old keys. */
  advance(t: Ms): Step[] {
    const steps: Step[] = [];
    for (;;) {
      const side = this.#deadlines.control.next <= this.#deadlines.candidate.next ? 'control' : 'candidate';
      if (this.#deadlines[side].next >= t) break;
      const { at, item: pairing } = this.#deadlines[side].take();
      if (pairing.control !== undefined && pairing.candidate !== undefined) continue;
      pairing.expired = true;
      this.#open[side]--;
      this.#bury(pairing, at);
      steps.push({ kind: 'alone', pairing, deadline: at });
    }
    while (this.#tombstones.next < t) this.#forget(this.#tombstones.take().item, t);
    return steps;
  }

  /** Takes an observation in. Call `advance` with its stamp first. */
  add(observation: Observation): Step | undefined {
    const { side } = observation;
    const name = `${observation.account}\n${observation.type}\n${observation.key}`;
    const known = this.#pairings.get(name) ?? [];
    const pairing = this.#partner(known, side, observation.type);
    if (pairing === undefined) {
      this.#begin(observation, name, known);
      return undefined;
    }
    if (pairing[side] !== undefined) return { kind: 'repeat', pairing, observation };
    pairing[side] = observation;
    if (!pairing.expired) this.#open[side === 'control' ? 'candidate' : 'control']--;
    this.#bury(pairing, observation.t);
    return { kind: 'paired', pairing, late: this.#late(pairing) };
  }

  #partner(known: readonly Pairing[], side: Side, type: string): Pairing | undefined {
    if (!this.#occurrences.has(type)) return known[0];
    const lacking = known.filter((pairing) => pairing[side] === undefined);
    return lacking.find((pairing) => !pairing.expired) ?? lacking[0];
  }

  #begin(observation: Observation, name: string, known: readonly Pairing[]): void {
    const { account, type, key, side, t } = observation;
    const pairing: Pairing = { account, type, key, [side]: observation, expired: false, forgetAt: Infinity };
    this.#pairings.set(name, [...known, pairing]);
    this.#deadlines[side].push(t + this.#wait[side], pairing);
    this.#open[side]++;
  }

  /** A candidate event that came first is early, never late, however long its control event took. */
  #late({ control, candidate }: Pairing): boolean {
    return (candidate as Observation).t - (control as Observation).t > this.#wait.control;
  }

  #bury(pairing: Pairing, at: Ms): void {
    pairing.forgetAt = at + this.#tombstoneMs;
    this.#tombstones.push(pairing.forgetAt, pairing);
  }

  #forget(pairing: Pairing, t: Ms): void {
    // A pairing completed late was buried twice: the later burial counts.
    if (pairing.forgetAt >= t) return;
    const name = `${pairing.account}\n${pairing.type}\n${pairing.key}`;
    const rest = (this.#pairings.get(name) ?? []).filter((other) => other !== pairing);
    if (rest.length === 0) this.#pairings.delete(name);
    else this.#pairings.set(name, rest);
  }
}

/** How long a candidate event awaits its control: `before`, but never less than two sockets can be told apart. */
export function earliest(settings: Pick<MatchSettings, 'window' | 'resolutionMs'>): Ms {
  return Math.max(settings.window.beforeMs, settings.resolutionMs);
}

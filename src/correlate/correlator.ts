import type { Observation } from '../model/observation.js';
import type { EventType, MatchSettings } from '../model/settings.js';
import { microseconds, type Ms, type Side } from '../model/timeline.js';
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
  /** By account, type and key: the one pairing it names or, where repeats are events of their own, the first of a chain. */
  readonly #pairings = new Map<string, Map<string, Map<string, Pairing>>>();
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
  advance(t: Ms): readonly Step[] {
    let steps: Step[] | undefined;
    const { control, candidate } = this.#deadlines;
    while (control.next < t || candidate.next < t) {
      const side = control.next <= candidate.next ? 'control' : 'candidate';
      const deadline = this.#deadlines[side].next;
      const pairing = this.#deadlines[side].take();
      if (isComplete(pairing)) continue;
      pairing.expired = true;
      this.#open[side]--;
      this.#bury(pairing, deadline);
      (steps ??= []).push({ kind: 'alone', pairing, deadline });
    }
    while (this.#tombstones.next < t) this.#forget(this.#tombstones.take(), t);
    return steps ?? NONE;
  }

  /** Takes an observation in. Call `advance` with its stamp first. */
  add(observation: Observation): Step | undefined {
    const { side } = observation;
    const keys = this.#keysOf(observation);
    const first = keys.get(observation.key);
    const pairing = this.#partner(first, side, observation.type);
    if (pairing === undefined) {
      keys.set(observation.key, this.#begin(observation, first));
      return undefined;
    }
    if (pairing.past !== undefined || pairing[side] !== undefined) return { kind: 'repeat', pairing, observation };
    pairing[side] = observation;
    if (!pairing.expired) this.#open[side === 'control' ? 'candidate' : 'control']--;
    this.#bury(pairing, observation.t);
    return { kind: 'paired', pairing, late: this.#late(pairing) };
  }

  #keysOf({ account, type }: Pick<Pairing, 'account' | 'type'>): Map<string, Pairing> {
    let types = this.#pairings.get(account);
    if (types === undefined) this.#pairings.set(account, (types = new Map()));
    let keys = types.get(type);
    if (keys === undefined) types.set(type, (keys = new Map()));
    return keys;
  }

  /** The pairing that the observation belongs to: of several, the oldest that still waits, else one that gave up waiting. */
  #partner(first: Pairing | undefined, side: Side, type: string): Pairing | undefined {
    if (first === undefined || !this.#occurrences.has(type)) return first;
    // A candidate that nobody announced belongs to no later control event: that one has a candidate of its own to come.
    let expired: Pairing | undefined;
    for (let pairing: Pairing | undefined = first; pairing !== undefined; pairing = pairing.next) {
      if (pairing.past !== undefined || pairing[side] !== undefined) continue;
      if (!pairing.expired) return pairing;
      if (side === 'candidate') expired ??= pairing;
    }
    return expired;
  }

  #begin(observation: Observation, first: Pairing | undefined): Pairing {
    const { account, type, key, side, t } = observation;
    const pairing: Pairing = {
      account,
      type,
      key,
      control: side === 'control' ? observation : undefined,
      candidate: side === 'candidate' ? observation : undefined,
      past: undefined,
      expired: false,
      verdict: undefined,
      forgetAt: Infinity,
      next: undefined,
    };
    this.#deadlines[side].push(microseconds(t + this.#wait[side]), pairing);
    this.#open[side]++;
    if (first === undefined) return pairing;
    let last = first;
    while (last.next !== undefined) last = last.next;
    last.next = pairing;
    return first;
  }

  /** A candidate event that came first is early, never late, however long its control event took. */
  #late({ control, candidate }: Pairing): boolean {
    return microseconds((candidate as Observation).t - (control as Observation).t) > this.#wait.control;
  }

  #bury(pairing: Pairing, at: Ms): void {
    pairing.forgetAt = microseconds(at + this.#tombstoneMs);
    this.#tombstones.push(pairing.forgetAt, pairing);
  }

  #forget(pairing: Pairing, t: Ms): void {
    // A pairing completed late was buried twice: the later burial counts.
    if (pairing.forgetAt >= t) return;
    const keys = this.#keysOf(pairing);
    const first = keys.get(pairing.key);
    if (first === pairing) {
      if (pairing.next === undefined) keys.delete(pairing.key);
      else keys.set(pairing.key, pairing.next);
      return;
    }
    let before = first;
    while (before !== undefined && before.next !== pairing) before = before.next;
    if (before !== undefined) before.next = pairing.next;
  }
}

function isComplete({ past, control, candidate }: Pairing): boolean {
  return past !== undefined || (control !== undefined && candidate !== undefined);
}

const NONE: readonly Step[] = [];

/** How long a candidate event awaits its control: `before`, but never less than two sockets can be told apart. */
export function earliest(settings: Pick<MatchSettings, 'window' | 'resolutionMs'>): Ms {
  return Math.max(settings.window.beforeMs, settings.resolutionMs);
}

import { KeyLanes } from '../model/key.js';
import type { Observation } from '../model/observation.js';
import type { EventType, MatchSettings } from '../model/settings.js';
import { microseconds, type Ms, type Side } from '../model/timeline.js';
import { Deadlines, NONE } from './deadlines.js';
import type { Fate, Pairing, Step } from './pairing.js';
import { cameBit, EXPIRED, Slots } from './slots.js';

/** An account and a type, numbered: pairing is within them. */
export interface Place {
  readonly account: string;
  readonly type: string;
  /** Whether each repeat of a key is an event of its own. */
  readonly occurrences: boolean;
}

/**
 * Pairs observations by (account, type, key) within an asymmetric window. Knows nothing of content or coverage, reads
 * no clock: time is what `advance` is told.
 *
 * A control event at t awaits its candidate until t + after, a candidate event at t its control until t + before. A
 * deadline hangs on the observation's own stamp; arriving at that very moment is still in time. A closed key is
 * remembered for `tombstone`, so that a late event and a repeated one differ from one that nobody announced.
 *
 * Who observes by numbers alone (`enter`) gets no objects made; a pairing that somebody has to look at after all is
 * given its face by `face`, without the side that is just coming.
 */
export class Correlator {
  readonly places: Place[] = [];
  readonly #wait: Readonly<Record<Side, Ms>>;
  readonly #tombstoneMs: Ms;
  readonly #occurrences: ReadonlySet<string>;
  readonly #placeOf = new Map<string, Map<string, number>>();
  readonly #slots = new Slots();
  readonly #face: (slot: number, newcomer?: Side) => Pairing;
  /** Pairings that have a face, by slot. */
  readonly #faces: (Pairing | undefined)[] = [];
  readonly #deadlines: Record<Side, Deadlines> = { control: new Deadlines(), candidate: new Deadlines() };
  readonly #tombstones = new Deadlines();
  readonly #open: Record<Side, number> = { control: 0, candidate: 0 };
  readonly #lanes = new KeyLanes();
  /** Of the observation entered last: its slot and, when it was paired, whether the candidate came after the window. */
  slot = NONE;
  late = false;

  constructor(
    settings: MatchSettings,
    events: readonly EventType[],
    face: (slot: number, newcomer?: Side) => Pairing = faceless,
  ) {
    this.#wait = { control: settings.window.afterMs, candidate: earliest(settings) };
    this.#tombstoneMs = settings.tombstoneMs;
    this.#occurrences = new Set(events.filter((type) => type.repeats === 'occurrences').map((type) => type.name));
    this.#face = face;
  }

  /** Observations that still wait for the other side. */
  get open(): Readonly<Record<Side, number>> {
    return this.#open;
  }

  /** When the next wait ends or the next key is forgotten: before that, `advance` has nothing to do. */
  isDue(t: Ms): boolean {
    const { control, candidate } = this.#deadlines;
    return control.next < t || candidate.next < t || this.#tombstones.next < t;
  }

  /** Lets time pass: ends the waits whose deadline lies before `t` (earliest first), and forgets old keys. */
  advance(t: Ms): readonly Step[] {
    let steps: Step[] | undefined;
    const { control, candidate } = this.#deadlines;
    while (control.next < t || candidate.next < t) {
      const side = control.next <= candidate.next ? 'control' : 'candidate';
      const deadline = this.#deadlines[side].next;
      const slot = this.#deadlines[side].take();
      if (slot === NONE) continue;
      this.#slots.mark(slot, EXPIRED);
      this.#open[side]--;
      this.#bury(slot, deadline);
      this.#slots.letGo(slot);
      const pairing = this.pairing(slot);
      pairing.expired = true;
      (steps ??= []).push({ kind: 'alone', pairing, deadline });
    }
    while (this.#tombstones.next < t) this.#forget(this.#tombstones.take(), t);
    return steps ?? NO_STEPS;
  }

  /** Takes an observation in. Call `advance` with its stamp first. */
  add(observation: Observation): Step | undefined {
    const { side, t, key, account, type } = observation;
    const { a, b } = this.#lanes.of(key);
    const fate = this.enter(side, this.placeOf(account, type), a, b, t);
    if (fate === 'waits') {
      const pairing: Pairing = {
        account,
        type,
        key,
        control: undefined,
        candidate: undefined,
        expired: false,
        verdict: undefined,
      };
      pairing[side] = observation;
      this.#faces[this.slot] = pairing;
      return undefined;
    }
    return this.step(fate, observation);
  }

  /** The step of an observation that was entered and did not begin to wait. */
  step(fate: Exclude<Fate, 'waits'>, observation: Observation): Step {
    if (fate === 'repeat') return { kind: 'repeat', pairing: this.pairing(this.slot), observation };
    const pairing = (this.#faces[this.slot] ??= this.#face(this.slot, observation.side));
    pairing[observation.side] = observation;
    return { kind: 'paired', pairing, late: this.late };
  }

  /** Takes in that an event of the key came on a side. */
  enter(side: Side, place: number, keyA: number, keyB: number, t: Ms): Fate {
    const slots = this.#slots;
    const first = slots.find(place, keyA, keyB);
    const partner = this.#partner(first, side, place);
    if (partner === NONE) {
      const slot = slots.take(place, keyA, keyB, first);
      slots.came(side, slot, t);
      // Spelt out: on the path that every event takes, looking members up by a variable name costs more than the rest.
      if (side === 'control') {
        slots.queue(slot, this.#deadlines.control.push(microseconds(t + this.#wait.control), slot));
        this.#open.control++;
      } else {
        slots.queue(slot, this.#deadlines.candidate.push(microseconds(t + this.#wait.candidate), slot));
        this.#open.candidate++;
      }
      this.#faces[slot] = undefined;
      this.slot = slot;
      return 'waits';
    }
    this.slot = partner;
    const state = slots.state(partner);
    if ((state & cameBit(side)) !== 0) return 'repeat';
    slots.came(side, partner, t);
    this.#bury(partner, t);
    if ((state & EXPIRED) === 0) {
      // It waits no longer: the queue is told, so that it need not look at the slot again.
      if (side === 'control') {
        this.#deadlines.candidate.cancel(slots.queued(partner));
        this.#open.candidate--;
      } else {
        this.#deadlines.control.cancel(slots.queued(partner));
        this.#open.control--;
      }
      slots.letGo(partner);
    }
    // A candidate event that came first is early, never late, however long its control event took.
    this.late = microseconds(this.t('candidate', partner) - this.t('control', partner)) > this.#wait.control;
    return 'paired';
  }

  /** When a side of a slot came. */
  t(side: Side, slot: number): Ms {
    return this.#slots.t(side, slot);
  }

  /** Whether a side of a slot has come. */
  came(side: Side, slot: number): boolean {
    return (this.#slots.state(slot) & cameBit(side)) !== 0;
  }

  /** Whether somebody has looked at the pairing of a slot. */
  hasFace(slot: number): boolean {
    return this.#faces[slot] !== undefined;
  }

  pairing(slot: number): Pairing {
    return (this.#faces[slot] ??= this.#face(slot));
  }

  /** Nobody need look at the pairing of a slot any more: whoever has to after all gives it a face once more. */
  loseFace(slot: number): void {
    this.#faces[slot] = undefined;
  }

  /** The number of an account and a type. */
  placeOf(account: string, type: string): number {
    let types = this.#placeOf.get(account);
    if (types === undefined) this.#placeOf.set(account, (types = new Map()));
    let place = types.get(type);
    if (place === undefined) {
      place = this.places.push({ account, type, occurrences: this.#occurrences.has(type) }) - 1;
      types.set(type, place);
    }
    return place;
  }

  /** The slot that the event belongs to: of several, the oldest that still waits, else one that gave up waiting. */
  #partner(first: number, side: Side, place: number): number {
    if (first === NONE || this.places[place]?.occurrences !== true) return first;
    // A candidate that nobody announced belongs to no later control event: that one has a candidate of its own to come.
    let expired = NONE;
    for (let slot = first; slot !== NONE; slot = this.#slots.next(slot)) {
      const state = this.#slots.state(slot);
      if ((state & cameBit(side)) !== 0) continue;
      if ((state & EXPIRED) === 0) return slot;
      if (side === 'candidate' && expired === NONE) expired = slot;
    }
    return expired;
  }

  #bury(slot: number, at: Ms): void {
    const forgetAt = microseconds(at + this.#tombstoneMs);
    this.#slots.holdUntil(slot, forgetAt);
    this.#tombstones.push(forgetAt, slot);
  }

  #forget(slot: number, t: Ms): void {
    // A pairing completed late was buried twice: the later burial counts.
    if (this.#slots.forgetAt(slot) < t && !this.#slots.isForgotten(slot)) {
      this.#slots.forget(slot);
      this.#faces[slot] = undefined;
    }
    this.#slots.letGo(slot);
  }
}

function faceless(): Pairing {
  throw new Error('only who enters events by number has to give pairings a face');
}

const NO_STEPS: readonly Step[] = [];

/** How long a candidate event awaits its control: `before`, but never less than two sockets can be told apart. */
export function earliest(settings: Pick<MatchSettings, 'window' | 'resolutionMs'>): Ms {
  return Math.max(settings.window.beforeMs, settings.resolutionMs);
}

import { KeyLanes } from '../model/key.js';
import type { Observation } from '../model/observation.js';
import type { EventType, MatchSettings } from '../model/settings.js';
import { SIDES, type Ms, type Side } from '../model/timeline.js';
import { Kernel } from '../kernel/kernel.js';
import type { Fate, Pairing, Step } from './pairing.js';
import { AGREED_MOST, AGREED_SIZE, OCCURRENCES, SLOT, STATE, TOLD } from './slots.js';

/** An account and a type, numbered: pairing is within them. */
export interface Place {
  readonly account: string;
  readonly type: string;
  /** Whether each repeat of a key is an event of its own. */
  readonly occurrences: boolean;
}

/** Gives a pairing that was seen by numbers alone its face, without the side that is just coming. */
export type Face = (slot: number, newcomer?: Side) => Pairing;

/**
 * Pairs observations by (account, type, key) within an asymmetric window. Knows nothing of content or coverage, reads
 * no clock: time is what `advance` is told.
 *
 * A control event at t awaits its candidate until t + after, a candidate event at t its control until t + before. A
 * deadline hangs on the observation's own stamp; arriving at that very moment is still in time. A closed key is
 * remembered for `tombstone`, so that a late event and a repeated one differ from one that nobody announced.
 *
 * Who waits for whom, and until when, is kept in numbers (kernel/wasm/pairing.ts), since every event passes there. What comes
 * as an observation has a pairing to look at; what came as a row (see row-lane.ts) gets one, its face, when somebody has to.
 */
export class Correlator {
  readonly places: Place[] = [];
  readonly kernel: Kernel;
  /** Where the kernel lists pairs of rows that agreed. */
  readonly agreed: number;
  readonly #occurrences: ReadonlySet<string>;
  readonly #placeOf = new Map<string, Map<string, number>>();
  readonly #face: Face;
  readonly #faces = new Map<number, Pairing>();
  readonly #lanes = new KeyLanes();
  readonly #told: number;

  /** `rules`: how many each row has to tell of. */
  constructor(
    settings: MatchSettings,
    events: readonly EventType[],
    kernel = new Kernel(),
    rules = 0,
    face: Face = faceless,
  ) {
    const { window, tombstoneMs } = settings;
    this.kernel = kernel;
    this.#occurrences = new Set(events.filter((type) => type.repeats === 'occurrences').map((type) => type.name));
    this.#face = face;
    this.#told = kernel.run.told.value;
    this.agreed = kernel.reserve(AGREED_MOST * AGREED_SIZE);
    kernel.run.setUpPass(window.afterMs, earliest(settings), tombstoneMs, rules, events.length, this.agreed);
  }

  /** Observations that still wait for the other side. */
  get open(): Readonly<Record<Side, number>> {
    return { control: this.told(TOLD.openControl), candidate: this.told(TOLD.openCandidate) };
  }

  /** What the kernel told last. */
  told(what: number): number {
    return this.kernel.i32[(this.#told + what) >> 2] as number;
  }

  /** What it told last, of stamps. */
  toldMs(what: number): Ms {
    return this.kernel.f64[(this.#told + what) >> 3] as Ms;
  }

  /** When the next wait ends or the next key is forgotten: before that, `advance` has nothing to do. */
  isDue(t: Ms): boolean {
    return this.kernel.run.isDue(t) !== 0;
  }

  /** Lets time pass: ends the waits whose deadline lies before `t` (earliest first), and forgets old keys. */
  advance(t: Ms): readonly Step[] {
    const { run } = this.kernel;
    let steps: Step[] | undefined;
    for (let slot = run.expireOne(t); slot !== 0; slot = run.expireOne(t)) {
      const deadline = this.toldMs(TOLD.deadline);
      const pairing = this.pairing(slot);
      pairing.expired = true;
      (steps ??= []).push({ kind: 'alone', pairing, deadline });
    }
    for (let slot = run.forget(t); slot !== 0; slot = run.forget(t)) this.#faces.delete(slot);
    return steps ?? NO_STEPS;
  }

  /** Takes an observation in. Call `advance` with its stamp first. */
  add(observation: Observation): Step | undefined {
    const { side, t, key, account, type } = observation;
    const { a, b } = this.#lanes.of(key);
    const place = this.wordOf(this.placeOf(account, type));
    const fate = FATES[this.kernel.run.enterOne(SIDES.indexOf(side), place, a, b, t)] as Fate;
    const slot = this.told(TOLD.slot);
    if (side === 'control') observation.number = this.numberOf(slot);
    if (fate !== 'waits') return this.step(fate, observation);
    const none = { control: undefined, candidate: undefined, expired: false, verdict: undefined };
    const pairing: Pairing = { account, type, key, ...none };
    pairing[side] = observation;
    this.#giveFace(slot, pairing);
    return undefined;
  }

  /** The step of the observation that was entered last, and did not begin to wait. */
  step(fate: Exclude<Fate, 'waits'>, observation: Observation): Step {
    const slot = this.told(TOLD.slot);
    if (fate === 'repeat') return { kind: 'repeat', pairing: this.pairing(slot), observation };
    const pairing = this.#faces.get(slot) ?? this.#giveFace(slot, this.#face(slot, observation.side));
    pairing[observation.side] = observation;
    return { kind: 'paired', pairing, late: this.told(TOLD.late) !== 0 };
  }

  /** When a side of a slot came. */
  t(side: Side, slot: number): Ms {
    return this.kernel.f64[(slot + (side === 'control' ? SLOT.controlT : SLOT.candidateT)) >> 3] as Ms;
  }

  /** Whether a side of a slot has come. */
  came(side: Side, slot: number): boolean {
    return (this.#state(slot) & (side === 'control' ? STATE.control : STATE.candidate)) !== 0;
  }

  /** Which of all control events a slot's is, counted from 1. */
  numberOf(slot: number): number {
    return (this.kernel.i32[(slot + SLOT.number) >> 2] as number) >>> 0;
  }

  /** Whether somebody has looked at the pairing of a slot. */
  hasFace(slot: number): boolean {
    return (this.#state(slot) & STATE.faced) !== 0;
  }

  pairing(slot: number): Pairing {
    return this.#faces.get(slot) ?? this.#giveFace(slot, this.#face(slot));
  }

  /** Nobody need look at the pairing of a slot any more: whoever has to after all gives it a face once more. */
  loseFace(slot: number): void {
    this.#faces.delete(slot);
    this.#setState(slot, this.#state(slot) & ~STATE.faced);
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

  /** The number of a slot's place. */
  placeAt(slot: number): number {
    return ((this.kernel.i32[(slot + SLOT.place) >> 2] as number) & ~OCCURRENCES) - 1;
  }

  /** A place as the kernel has it: counted from 1, with what it has to know of the type. */
  wordOf(place: number): number {
    return (place + 1) | (this.places[place]?.occurrences === true ? OCCURRENCES : 0);
  }

  #giveFace(slot: number, pairing: Pairing): Pairing {
    this.#faces.set(slot, pairing);
    this.#setState(slot, this.#state(slot) | STATE.faced);
    return pairing;
  }

  #state(slot: number): number {
    return this.kernel.i32[(slot + SLOT.state) >> 2] as number;
  }

  #setState(slot: number, state: number): void {
    this.kernel.i32[(slot + SLOT.state) >> 2] = state;
  }
}

/** As the kernel numbers them. */
export const FATES: readonly Fate[] = ['waits', 'paired', 'repeat'];

function faceless(): Pairing {
  throw new Error('only who enters events by number has to give pairings a face');
}

const NO_STEPS: readonly Step[] = [];

/** How long a candidate event awaits its control: `before`, but never less than two sockets can be told apart. */
export function earliest(settings: Pick<MatchSettings, 'window' | 'resolutionMs'>): Ms {
  return Math.max(settings.window.beforeMs, settings.resolutionMs);
}

import type { Contents } from './contents.js';
import type { Correlator } from './correlate/correlator.js';
import type { Pairing, Step } from './correlate/pairing.js';
import { Held, rowFrame } from './held.js';
import type { Ledger } from './ledger/ledger.js';
import type { Measures } from './measures.js';
import type { Observation } from './model/observation.js';
import { ROW, STATUS, type Envelope, type Rows } from './model/rows.js';
import type { EventType, Settings } from './model/settings.js';
import { SIDES, type Frame, type Ms, type Side } from './model/timeline.js';

/** What the lane shares with the line. */
interface Shared {
  readonly settings: Pick<Settings, 'events' | 'rules'>;
  readonly contents: Contents;
  readonly correlator: Correlator;
  readonly ledger: Ledger;
  readonly measures: Measures;
  /** What the line does with a step of the correlator. */
  readonly settle: (step: Step) => void;
}

/**
 * The way of frames that were seen as rows of numbers. Pairs whose prints agree are told by these alone; for all others
 * the frame is read again and goes the way of every entry, so that there is one set of rules.
 */
export class RowLane {
  readonly #shared: Shared;
  readonly #held: Held;

  constructor(shared: Shared) {
    this.#shared = shared;
    this.#held = new Held(shared.settings.rules.length);
  }

  /** Takes in the frame of a row. Time has passed before. */
  see(rows: Rows, row: number): void {
    const { ledger, correlator, measures } = this.#shared;
    const { i32 } = rows;
    const envelope = rows.envelope(i32[(row + ROW.envelope) >> 2] as number);
    const { side } = envelope;
    if (side === 'control') ledger.observed.control++;
    else ledger.observed.candidate++;
    const status = i32[(row + ROW.status) >> 2];
    if (status === STATUS.unmapped) return ledger.unmapped(envelope);
    const type = i32[(row + ROW.type) >> 2] as number;
    if (status === STATUS.only) return ledger.only(side, this.#nameOf(type));
    const place = this.#placeOf(envelope, type);
    const number = side === 'control' ? measures.sent(place) : 0;
    const keyA = i32[(row + ROW.keyA) >> 2] as number;
    const keyB = i32[(row + ROW.keyB) >> 2] as number;
    const fate = correlator.enter(side, place, keyA, keyB, rows.f64[(row + ROW.t) >> 3] as Ms);
    const { slot, late } = correlator;
    const isFaceless = !correlator.hasFace(slot);
    if (fate === 'waits' || (fate === 'paired' && isFaceless)) {
      this.#held.keep(side, slot, rows, row, number);
      if (fate === 'waits') return;
      const used = this.#held.decide(slot);
      if (used !== -1 && !late) return this.#agreed(slot, place, used);
    }
    const observation = this.#observe(rowFrame(rows, row));
    observation.number = number;
    this.#shared.settle(correlator.step(fate, observation));
    // Both of its frames can be read again: their texts would only fill the memory.
    if (isFaceless) correlator.loseFace(slot);
  }

  /** A pair that agrees by its prints: counted and measured as any other, and nothing is kept of it. */
  #agreed(slot: number, place: number, used: number): void {
    const { correlator, measures, ledger } = this.#shared;
    const controlT = correlator.t('control', slot);
    const candidateT = correlator.t('candidate', slot);
    measures.inTime(place, controlT, candidateT, this.#held.numberOf(slot), () => correlator.pairing(slot).key);
    for (let rule = 0, rest = used; rest !== 0; rule++, rest >>>= 1) if ((rest & 1) !== 0) ledger.letThrough[rule]!++;
    measures.agreed(place, used === 0 ? 'match' : 'allowed', Math.max(controlT, candidateT));
  }

  /** The pairing of a slot whose events were rows until now, without the side that is just coming. */
  face(slot: number, newcomer?: Side): Pairing {
    const { correlator } = this.#shared;
    const [control, candidate] = SIDES.map((side) => {
      if (side === newcomer || !correlator.came(side, slot)) return undefined;
      const observation = this.#observe(this.#held.frame(side, slot, correlator.t(side, slot)));
      observation.number = this.#held.numberOf(slot);
      return observation;
    });
    const { account, type, key } = (control ?? candidate) as Observation;
    return { account, type, key, control, candidate, expired: false, verdict: undefined };
  }

  /** A frame that was an observation as a row is one when it is read. */
  #observe(frame: Frame): Observation {
    const observed = this.#shared.contents.observe(frame);
    if (observed.kind === 'observation') return observed.observation;
    throw new Error(`a frame was ${observed.kind} when it was read again`);
  }

  #placeOf({ account, places }: Envelope, type: number): number {
    let place = places[type] as number;
    if (place === -1) places[type] = place = this.#shared.correlator.placeOf(account, this.#nameOf(type));
    return place;
  }

  #nameOf(type: number): string {
    return (this.#shared.settings.events[type] as EventType).name;
  }
}

import type { Contents } from './contents.js';
import { FATES, type Correlator, type Place } from './correlate/correlator.js';
import type { Fate, Pairing, Step } from './correlate/pairing.js';
import { AGREED, AGREED_SIZE, OCCURRENCES, TOLD } from './correlate/slots.js';
import type { Ledger } from './ledger/ledger.js';
import type { Measures } from './measures.js';
import type { Observation } from './model/observation.js';
import { ROW, rowSize, STATUS, type Payload, type Stretch } from './model/rows.js';
import type { EventType, Settings } from './model/settings.js';
import { SIDES, type Frame, type Ms, type Side } from './model/timeline.js';
import { Precedents } from './scan/precedents.js';
import { frameOf, Tracks } from './tracks.js';

/** What the lane shares with the line. */
interface Shared {
  readonly settings: Pick<Settings, 'events' | 'rename' | 'rules'>;
  readonly contents: Contents;
  readonly correlator: Correlator;
  readonly ledger: Ledger;
  readonly measures: Measures;
  /** What the line does with a step of the correlator. */
  readonly settle: (step: Step) => void;
}

/** Why the kernel stopped, as it numbers it (kernel/wasm/pass.ts): of these, and for `full`, there is nothing to do. */
const STOP = { empty: 0, look: 1, due: 2, unplaced: 3, met: 4, full: 5 } as const;

/**
 * The way of frames that were seen as rows of numbers. The kernel pairs them, and tells pairs whose prints agree by these
 * alone; for all others the frame is read again and goes the way of every entry, so that there is one set of rules.
 */
export class RowLane {
  /** The latest stamp of a row. */
  reached: Ms = 0;
  readonly #shared: Shared;
  readonly #tracks: Tracks;
  readonly #rowSize: number;
  /** Made when there are more unequal pairs than are kept. */
  #precedents: Precedents | undefined;
  #seen = { control: 0, candidate: 0 };

  constructor(shared: Shared) {
    const { correlator, settings } = shared;
    this.#shared = shared;
    this.#rowSize = rowSize(settings.rules.length);
    this.#tracks = new Tracks(correlator.kernel, settings.events.length);
  }

  /** Unequal pairs beyond those of which all is kept, and how many of them differ in a way that may have been met before. */
  get unequal(): { readonly asked: number; readonly named: number } {
    return this.#precedents ?? { asked: 0, named: 0 };
  }

  /**
   * Puts rows through, of two stretches in the order of their stamps. Returns when one of them is empty or, with that
   * stretch, when its next row is one that has to be read by somebody else.
   */
  pass(a: Stretch, b?: Stretch): Stretch | undefined {
    const { correlator } = this.#shared;
    const { run, i32 } = correlator.kernel;
    const [trackA, trackB] = [this.#tracks.of(a), b === undefined ? 0 : this.#tracks.of(b)];
    for (;;) {
      const stop = run.pass(trackA, a.at, a.end, trackB, b?.at ?? 0, b?.end ?? 0);
      a.at = correlator.told(TOLD.atA);
      if (b !== undefined) b.at = correlator.told(TOLD.atB);
      this.#count();
      if (stop === STOP.empty) return undefined;
      const stretch = b !== undefined && correlator.told(TOLD.isOfB) !== 0 ? b : a;
      const row = correlator.told(TOLD.row);
      if (stop === STOP.met) this.#met(stretch, row);
      else if (stop === STOP.unplaced) this.#place(stretch, row);
      else if (stop === STOP.due) this.#passTime(stretch, row);
      else if (stop === STOP.look) {
        if (i32[(row + ROW.status) >> 2] === STATUS.look) return stretch;
        this.#passTime(stretch, row);
        this.#other(stretch, row);
        stretch.at = row + this.#rowSize;
      }
    }
  }

  /** Counts what the kernel saw and told by itself. */
  #count(): void {
    const { correlator, ledger } = this.#shared;
    const [control, candidate] = [correlator.told(TOLD.seenControl), correlator.told(TOLD.seenCandidate)];
    ledger.observed.control += (control - this.#seen.control) | 0;
    ledger.observed.candidate += (candidate - this.#seen.candidate) | 0;
    this.#seen.control = control;
    this.#seen.candidate = candidate;
    this.reached = Math.max(this.reached, correlator.toldMs(TOLD.reached));
    const { i32, f64 } = correlator.kernel;
    const count = correlator.told(TOLD.agreed);
    for (let at = correlator.agreed, end = at + count * AGREED_SIZE; at < end; at += AGREED_SIZE) {
      this.#agreed(
        i32[(at + AGREED.place) >> 2] as number,
        i32[(at + AGREED.used) >> 2] as number,
        i32[(at + AGREED.slot) >> 2] as number,
        (i32[(at + AGREED.number) >> 2] as number) >>> 0,
        f64[(at + AGREED.controlT) >> 3] as Ms,
        f64[(at + AGREED.candidateT) >> 3] as Ms,
      );
    }
  }

  /** A pair that agrees by its prints: counted and measured as any other, and nothing is kept of it. */
  #agreed(word: number, used: number, slot: number, number: number, controlT: Ms, candidateT: Ms): void {
    const { measures, ledger } = this.#shared;
    const place = (word & ~OCCURRENCES) - 1;
    if (measures.inTime(place, controlT, candidateT, number)) measures.reordered(place, this.#keyOf(slot));
    for (let rule = 0, rest = used; rest !== 0; rule++, rest >>>= 1) if ((rest & 1) !== 0) ledger.letThrough[rule]!++;
    measures.agreed(place, used === 0 ? 'match' : 'allowed', Math.max(controlT, candidateT));
  }

  /** The key of a pair of rows that agreed. */
  #keyOf(slot: number): string {
    const { correlator } = this.#shared;
    return this.#observe(frameOf(this.#tracks.keptPayload('control', slot), correlator.t('control', slot))).key;
  }

  /** The row was entered, and what came of it has to be looked at. */
  #met({ rows }: Stretch, row: number): void {
    const { correlator, contents } = this.#shared;
    const slot = correlator.told(TOLD.slot);
    const isFaceless = !correlator.hasFace(slot);
    const fate = FATES[correlator.told(TOLD.fate)] as Exclude<Fate, 'waits'>;
    const payload = this.#tracks.payloadOf(rows, row);
    const way = fate === 'paired' && isFaceless ? this.#wayOf(payload, slot) : 0;
    if (way !== 0 && this.#isSettled(way, slot)) return;
    const observation = this.#observe(frameOf(payload, rows.f64[(row + ROW.t) >> 3] as Ms));
    if (observation.side === 'control') observation.number = correlator.numberOf(slot);
    const step = correlator.step(fate, observation);
    this.#shared.settle(step);
    if (way !== 0 && this.#precedents?.of(way) === undefined) {
      const { control, candidate } = step.pairing;
      this.#precedents?.set(way, contents.judge(control as Observation, candidate as Observation));
    }
    // Both of its frames can be read again: their texts would only fill the memory.
    if (isFaceless) correlator.loseFace(slot);
  }

  /** In which way a pair differs, where it may be one of those of which nothing would be kept; 0 if it has to be looked at. */
  #wayOf(newcomer: Payload, slot: number): number {
    const { correlator, ledger, settings } = this.#shared;
    if (!ledger.isSampling || correlator.told(TOLD.late) !== 0) return 0;
    const isControl = newcomer.rows.envelope(newcomer.envelope).side === 'control';
    const other = this.#tracks.keptPayload(isControl ? 'candidate' : 'control', slot);
    this.#precedents ??= new Precedents(settings, correlator.kernel);
    return isControl ? this.#precedents.wayOf(newcomer, other) : this.#precedents.wayOf(other, newcomer);
  }

  /** Whether a pair could be told by the precedent of its way. Everything is counted as if it had been looked at. */
  #isSettled(way: number, slot: number): boolean {
    const { correlator, ledger, measures } = this.#shared;
    const precedents = this.#precedents as Precedents;
    const comparison = precedents.of(way);
    if (comparison === undefined) return false;
    const [controlT, candidateT] = [correlator.t('control', slot), correlator.t('candidate', slot)];
    const t = Math.max(controlT, candidateT);
    const { key } = precedents;
    const place = correlator.placeAt(slot);
    const { account, type } = correlator.places[place] as Place;
    const { outcome } = comparison;
    if (outcome === 'mismatch') {
      const { differences } = comparison;
      if (!ledger.recordOutdone({ account, type, key, outcome, t, differences })) return false;
      measures.judged(account, { t, outcome });
    } else measures.agreed(place, outcome, t);
    if (outcome !== 'match') for (const rule of comparison.used) ledger.letThrough[rule]!++;
    if (measures.inTime(place, controlT, candidateT, correlator.numberOf(slot))) measures.reordered(place, key);
    return true;
  }

  /** A frame that is no observation. */
  #other({ rows }: Stretch, row: number): void {
    const { ledger, settings } = this.#shared;
    const { i32 } = rows;
    const envelope = rows.envelope(i32[(row + ROW.envelope) >> 2] as number);
    ledger.observed[envelope.side]++;
    if (i32[(row + ROW.status) >> 2] === STATUS.unmapped) return ledger.unmapped(envelope);
    const type = settings.events[i32[(row + ROW.type) >> 2] as number] as EventType;
    ledger.only(envelope.side, type.name);
  }

  #passTime({ rows }: Stretch, row: number): void {
    const t = rows.f64[(row + ROW.t) >> 3] as Ms;
    this.reached = Math.max(this.reached, t);
    for (const step of this.#shared.correlator.advance(t)) this.#shared.settle(step);
  }

  /** Tells the kernel the place of an account and a type that it met for the first time. */
  #place({ rows }: Stretch, row: number): void {
    const { correlator, settings } = this.#shared;
    const id = rows.i32[(row + ROW.envelope) >> 2] as number;
    const type = rows.i32[(row + ROW.type) >> 2] as number;
    const { side, account } = rows.envelope(id);
    const place = correlator.placeOf(account, (settings.events[type] as EventType).name);
    this.#tracks.place(rows, id, side, type, correlator.wordOf(place));
  }

  /** The pairing of a slot whose events were rows until now, without the side that is just coming. */
  face(slot: number, newcomer?: Side): Pairing {
    const { correlator } = this.#shared;
    const [control, candidate] = SIDES.map((side) => {
      if (side === newcomer || !correlator.came(side, slot)) return undefined;
      const kept = this.#tracks.keptPayload(side, slot);
      const observation = this.#observe(frameOf(kept, correlator.t(side, slot)));
      if (side === 'control') observation.number = correlator.numberOf(slot);
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
}

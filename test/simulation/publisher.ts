import type { Side } from '../../src/model/timeline.js';
import { Random } from '../../src/sandbox/random.js';
import { placeToEdit, record, type Record } from './payloads.js';
import type { Shape } from './shape.js';
import type { Fault, Us } from './truth.js';
import type { Weather } from './weather.js';

/** A copy on its way. */
export interface Sent {
  readonly side: Side;
  readonly arrivesUs: Us;
  readonly edits: readonly string[];
}

/** An event as it was published: which copies were sent, and what was done to them on purpose. */
export interface Event {
  readonly number: number;
  readonly account: string;
  readonly record: Record;
  readonly fault: Fault;
  readonly sent: readonly Sent[];
}

const FAULTS: readonly (readonly [Fault, number])[] = [
  ['dropped', 0.05],
  ['extra', 0.05],
  ['duplicate', 0.07],
  ['edited', 0.05],
  ['retyped', 0.02],
  ['late', 0.03],
  ['late and edited', 0.02],
  ['forgotten', 0.02],
  ['early', 0.03],
  ['edge', 0.09],
];

/** Faults of events whose repeats are events of their own. A duplicate would be one more event. */
const FAULTS_OF_REPEATS: ReadonlySet<Fault> = new Set(['dropped', 'extra', 'edited', 'late']);

/**
 * Publishes events of all types for all accounts until the world ends.
 *
 * Left out, since nothing on the wire could tell them apart: an event that reuses another's key before that one is
 * forgotten (but for `occurrences`, whose repeats say the same and keep their order unless one was lost or changed); a
 * candidate that is early around a short pause of ours, which makes it look earlier than it is.
 */
export class Publisher {
  readonly #random: Random;
  readonly #shape: Shape;
  readonly #weather: Weather;
  readonly #events: Event[] = [];
  /** By account: threads, and when they may be used again. */
  readonly #threads = new Map<string, { readonly record: Record; readonly freeUs: Us }>();
  readonly #identities = new Map<string, number>();

  constructor(seed: number, shape: Shape, weather: Weather) {
    this.#random = new Random(seed, 'publisher');
    this.#shape = shape;
    this.#weather = weather;
  }

  publish(): readonly Event[] {
    const { durationUs, accounts } = this.#shape;
    const meanUs = durationUs / this.#random.integer(150, 260);
    for (let atUs = 2000; atUs < durationUs; atUs += Math.ceil(this.#random.exponential(meanUs))) {
      const account = this.#random.pick(accounts);
      const type = this.#random.pick(['email_opened', 'email_opened', 'email_clicked', 'call_logged', 'note_added']);
      if (type === 'note_added') this.#note(account, atUs);
      else this.#once(account, type, atUs);
    }
    this.#aroundGaps();
    return this.#events;
  }

  #once(account: string, type: string, atUs: Us): void {
    const fault = this.#fault();
    // What changes its type must not take another event's key there.
    const apart = type === 'email_opened' ? 100_000 : 200_000;
    const identity = this.#identity(account, type) + (fault === 'retyped' ? apart : 0);
    const said = record(type, identity, atUs, this.#random);
    if (fault !== 'retyped') return this.#add(account, said, fault, this.#copies(fault, type, atUs));
    // The candidate says it is of another type: one event is missing, and one that nobody announced has come.
    const other = { ...said, type: said.type === 'email_opened' ? 'email_clicked' : 'email_opened' };
    const [control, candidate] = this.#copies('none', type, atUs) as [Sent, Sent];
    this.#add(account, said, fault, [control]);
    if (type.startsWith('email_')) this.#add(account, other, fault, [candidate]);
  }

  /** Counts from zero for each account and type, so that keys are unique within these alone. */
  #identity(account: string, type: string): number {
    const index = `${account} ${type}`;
    const next = this.#identities.get(index) ?? 0;
    this.#identities.set(index, next + 1);
    return next;
  }

  #fault(): Fault {
    let left = this.#random.next();
    for (const [fault, share] of FAULTS) {
      left -= share;
      if (left < 0) return fault;
    }
    return 'none';
  }

  #add(account: string, said: Record, fault: Fault, sent: readonly Sent[]): void {
    const copies = sent.filter((copy) => this.#weather.carries(copy.side, account, copy.arrivesUs));
    this.#events.push({ number: this.#events.length, account, record: said, fault, sent: copies });
  }

  #copies(fault: Fault, type: string, atUs: Us): Sent[] {
    const control: Sent = { side: 'control', arrivesUs: atUs, edits: [] };
    const candidate = (lagUs: Us, edits: readonly string[] = []): Sent => ({
      side: 'candidate',
      arrivesUs: atUs + lagUs,
      edits,
    });
    const { afterUs, tombstoneUs } = this.#shape.rules;
    const place = () => placeToEdit(type, this.#random);
    const lateUs = () => afterUs + this.#random.integer(1000, tombstoneUs);
    switch (fault) {
      case 'dropped':
        return [control];
      case 'extra':
        return [candidate(0)];
      case 'edited':
        return [control, candidate(this.#lag(atUs), [...new Set([place(), place()])])];
      case 'late':
        return [control, candidate(lateUs())];
      case 'late and edited':
        return [control, candidate(lateUs(), [place()])];
      case 'forgotten':
        return [control, candidate(afterUs + tombstoneUs + this.#random.integer(1000, afterUs))];
      case 'early':
        return [control, candidate(-this.#earliestUs - this.#random.integer(1000, tombstoneUs))];
      case 'edge':
        return this.#edge(control, candidate);
      case 'duplicate':
        return this.#duplicates([control, candidate(this.#lag(atUs))], place);
      default:
        return [control, candidate(this.#lag(atUs))];
    }
  }

  get #earliestUs(): Us {
    const { beforeUs, resolutionUs } = this.#shape.rules;
    return Math.max(beforeUs, resolutionUs);
  }

  /** How much later the candidate of a healthy event comes: by queue time, sometimes a little earlier. */
  #lag(atUs: Us): Us {
    const { longestLagUs } = this.#shape;
    const earlyUs = this.#random.integer(0, this.#earliestUs - 2000);
    if (this.#random.chance(0.1) && !this.#weather.paused(atUs - earlyUs, atUs)) return -earlyUs;
    const queueUs = this.#random.chance(0.7)
      ? 500 + this.#random.exponential(longestLagUs / 12)
      : this.#random.integer(500, longestLagUs);
    return Math.min(longestLagUs, Math.floor(queueUs));
  }

  /** An arrival at an edge of the window or of the tombstone: on it, or a microsecond or a millisecond off. */
  #edge(control: Sent, candidate: (lagUs: Us) => Sent): Sent[] {
    const { afterUs, tombstoneUs } = this.#shape.rules;
    const offUs = this.#random.pick([-1000, -1, 0, 1, 1000]);
    const lagUs = this.#lag(control.arrivesUs);
    // In a calm world no lag comes near the window.
    switch (this.#random.integer(this.#shape.calm ? 2 : 0, 4)) {
      case 0:
      case 1:
        return [control, candidate(afterUs + offUs)];
      case 2:
        return [control, candidate(-this.#earliestUs + offUs)];
      case 3:
        return [control, candidate(afterUs + tombstoneUs + offUs)];
      default:
        return [control, candidate(lagUs), candidate(Math.max(0, lagUs) + tombstoneUs + offUs)];
    }
  }

  #duplicates(copies: Sent[], place: () => string): Sent[] {
    const { afterUs, tombstoneUs } = this.#shape.rules;
    const original = copies[this.#random.integer(0, 9) < 3 ? 0 : 1] as Sent;
    const kept = this.#random.chance(0.2) ? [original] : copies;
    const furtherUs = () =>
      this.#random.pick([
        this.#random.integer(1, 20_000),
        this.#random.integer(1, afterUs),
        this.#random.integer(afterUs, afterUs + tombstoneUs * 2),
      ]);
    const repeats = Array.from({ length: this.#random.integer(1, 3) }, (): Sent => {
      const edits = this.#random.chance(0.3) ? [place()] : [];
      return { side: original.side, arrivesUs: original.arrivesUs + furtherUs(), edits };
    });
    return [...kept, ...repeats];
  }

  /** A repeat of a thread, or the first event of a new one if what befell the last is not over, or one is to befall this. */
  #note(account: string, atUs: Us): void {
    const fault = this.#fault();
    const befalls = FAULTS_OF_REPEATS.has(fault);
    const index = `${account} ${this.#random.integer(0, 2)}`;
    const known = this.#threads.get(index);
    const said =
      known === undefined || befalls || known.freeUs > atUs
        ? record('note_added', this.#identity(account, 'note_added'), atUs, this.#random)
        : known.record;
    const lagUs = Math.floor(this.#shape.longestLagUs / 3);
    const whole: Sent[] = [
      { side: 'control', arrivesUs: atUs, edits: [] },
      { side: 'candidate', arrivesUs: atUs + lagUs, edits: [] },
    ];
    const sent = befalls ? this.#copies(fault, 'note_added', atUs) : whole;
    this.#add(account, said, befalls ? fault : 'none', sent);
    const isOver = this.#events.at(-1)?.sent.length === sent.length && fault !== 'late';
    if (isOver) this.#threads.set(index, { record: said, freeUs: befalls ? this.#overUs(fault, atUs) : atUs });
    else this.#threads.delete(index);
  }

  /** When a repeat can no longer be taken for the counterpart that a fault left out, whatever pauses of ours add. */
  #overUs(fault: Fault, atUs: Us): Us {
    const { afterUs, stallUs } = this.#shape.rules;
    return atUs + (fault === 'extra' ? this.#earliestUs : afterUs) + 8 * stallUs;
  }

  /** Lost and unannounced events whose windows just touch a gap, or just do not. */
  #aroundGaps(): void {
    const { afterUs, settleUs } = this.#shape.rules;
    for (const { side, account, state, atUs } of this.#weather.turns) {
      for (const offUs of [-1000, -1, 0, 1, 1000]) {
        if (!this.#random.chance(0.4)) continue;
        const [backUs, aheadUs] = side === 'candidate' ? [this.#earliestUs, afterUs] : [afterUs, this.#earliestUs];
        const edgeUs = state === 'down' ? atUs - aheadUs : atUs + settleUs + backUs;
        if (edgeUs + offUs <= 0) continue;
        const type = this.#random.pick(['email_opened', 'call_logged']);
        const said = record(type, this.#identity(account, type), edgeUs, this.#random);
        const present: Side = side === 'candidate' ? 'control' : 'candidate';
        this.#add(account, said, present === 'control' ? 'dropped' : 'extra', [
          { side: present, arrivesUs: edgeUs + offUs, edits: [] },
        ]);
      }
    }
  }
}

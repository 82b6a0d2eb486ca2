import { REORDERED_TOLD } from '../model/report.js';

/** How far an account's events have come: the highest number of a control event whose candidate arrived. */
export interface Sequence {
  highest: number;
}

/** One of the reordered events that are told. */
interface Example {
  readonly account: string;
  readonly type: string;
  readonly key: string;
}

/**
 * Reordering after RFC 4737, section 3: control events are numbered as they arrive; of an account, a candidate event is
 * reordered when its number is below the highest one seen before it. Only pairs inside the window take part.
 */
export class Order {
  readonly #sequences = new Map<string, Sequence>();
  pairs = 0;
  reordered = 0;
  readonly examples: Example[] = [];

  /** An account's sequence. */
  of(account: string): Sequence {
    let sequence = this.#sequences.get(account);
    if (sequence === undefined) this.#sequences.set(account, (sequence = { highest: 0 }));
    return sequence;
  }

  /** The candidate of a control event arrived (or had arrived, by less than `before`). Returns whether to tell of it. */
  arrived(sequence: Sequence, number: number): boolean {
    this.pairs++;
    if (number >= sequence.highest) {
      sequence.highest = number;
      return false;
    }
    this.reordered++;
    return this.examples.length < REORDERED_TOLD;
  }
}

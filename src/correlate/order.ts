import type { Observation } from '../model/observation.js';
import { REORDERED_TOLD } from '../model/report.js';

/**
 * Reordering after RFC 4737, section 3: per account, control events are numbered as they arrive; a candidate event is
 * reordered when its number is below the highest one seen before it. Only pairs inside the window take part.
 */
export class Order {
  readonly #sent = new Map<string, number>();
  readonly #highest = new Map<string, number>();
  pairs = 0;
  reordered = 0;
  readonly examples: { account: string; type: string; key: string }[] = [];

  /** A control event arrived. */
  sent(control: Observation): void {
    const number = (this.#sent.get(control.account) ?? 0) + 1;
    this.#sent.set(control.account, number);
    control.number = number;
  }

  /** Its candidate arrived (or had arrived, by less than the window's `before`). */
  arrived(control: Observation): void {
    const number = control.number ?? 0;
    const highest = this.#highest.get(control.account) ?? 0;
    this.pairs++;
    if (number >= highest) {
      this.#highest.set(control.account, number);
      return;
    }
    this.reordered++;
    if (this.examples.length < REORDERED_TOLD)
      this.examples.push({ account: control.account, type: control.type, key: control.key });
  }
}

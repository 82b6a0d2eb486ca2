import type { Ms } from '../model/timeline.js';

/**
 * Items by the moment they fall due, for moments that come in (nearly) ascending order: pushing and taking cost O(1)
 * however many wait. An item pushed out of order waits until those before it have been taken.
 */
export class Deadlines<Item> {
  // Two arrays instead of one of pairs: half the objects on the path that every event takes.
  #moments: Ms[] = [];
  #items: Item[] = [];
  #head = 0;

  push(at: Ms, item: Item): void {
    this.#moments.push(at);
    this.#items.push(item);
  }

  /** The moment the first item falls due, or Infinity. */
  get next(): Ms {
    return this.#head < this.#moments.length ? (this.#moments[this.#head] as Ms) : Infinity;
  }

  /** Takes the first item. Call it only while `next` is finite. */
  take(): Item {
    const item = this.#items[this.#head] as Item;
    this.#head++;
    if (this.#head > 4096 && this.#head * 2 > this.#moments.length) {
      this.#moments = this.#moments.slice(this.#head);
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
}

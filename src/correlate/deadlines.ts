import type { Ms } from '../model/timeline.js';

interface Due<Item> {
  readonly at: Ms;
  readonly item: Item;
}

/**
 * Items by the moment they fall due, for moments that come in (nearly) ascending order: pushing and taking cost O(1)
 * however many wait. An item pushed out of order waits until those before it have been taken.
 */
export class Deadlines<Item> {
  #waiting: Due<Item>[] = [];
  #head = 0;

  push(at: Ms, item: Item): void {
    this.#waiting.push({ at, item });
  }

  /** The moment the first item falls due, or Infinity. */
  get next(): Ms {
    return this.#waiting[this.#head]?.at ?? Infinity;
  }

  /** Takes the first item. Call it only while `next` is finite. */
  take(): Due<Item> {
    const due = this.#waiting[this.#head] as Due<Item>;
    this.#head++;
    if (this.#head > 1024 && this.#head * 2 > this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#head);
      this.#head = 0;
    }
    return due;
  }
}

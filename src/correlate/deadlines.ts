import type { Ms } from '../model/timeline.js';

/**
 * Numbered items by the moment they fall due, for moments that come in (nearly) ascending order: pushing and taking cost
 * O(1) however many wait. An item pushed out of order waits until those before it have been taken.
 */
export class Deadlines {
  // A ring in two typed arrays: every event passes through here, and must leave no garbage.
  #moments = new Float64Array(1024);
  #items = new Int32Array(1024);
  /** Items are numbered as they come; the first and the last that are here. */
  #first = 0;
  #last = -1;
  /** The moment the first item falls due, or Infinity. */
  next: Ms = Infinity;

  /** Returns the item's number in the queue. */
  push(at: Ms, item: number): number {
    if (this.#last - this.#first + 1 === this.#items.length) this.#grow();
    const number = ++this.#last;
    const place = number & (this.#items.length - 1);
    this.#moments[place] = at;
    this.#items[place] = item;
    if (number === this.#first) this.next = at;
    return number;
  }

  /** Takes the item of a number out: `take` gives NONE in its place. Call it only for one that has not been taken. */
  cancel(number: number): void {
    this.#items[number & (this.#items.length - 1)] = NONE;
  }

  /** Takes the first item. Call it only while `next` is finite. */
  take(): number {
    const mask = this.#items.length - 1;
    const item = this.#items[this.#first & mask] as number;
    this.next = ++this.#first > this.#last ? Infinity : (this.#moments[this.#first & mask] as Ms);
    return item;
  }

  #grow(): void {
    const [moments, items] = [new Float64Array(this.#items.length * 2), new Int32Array(this.#items.length * 2)];
    for (let number = this.#first; number <= this.#last; number++) {
      moments[number & (items.length - 1)] = this.#moments[number & (this.#items.length - 1)] as number;
      items[number & (items.length - 1)] = this.#items[number & (this.#items.length - 1)] as number;
    }
    this.#moments = moments;
    this.#items = items;
  }
}

/** In place of an item that was cancelled. */
export const NONE = -1;

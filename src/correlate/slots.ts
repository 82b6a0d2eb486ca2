import type { Ms, Side } from '../model/timeline.js';
import { NONE } from './deadlines.js';

/** State bits of a slot: which sides came, whether the wait is over, whether the key is forgotten. */
const CONTROL_CAME = 1;
const CANDIDATE_CAME = 2;
export const EXPIRED = 4;
const FORGOTTEN = 8;

/** The state bit of a side that came. */
export function cameBit(side: Side): number {
  return side === 'control' ? CONTROL_CAME : CANDIDATE_CAME;
}

/** A slot's numbers, by place in 32-bit words. A slot fills a cache line: whoever touches it pays for one. */
const WORDS = 16;
const KEY_A = 0;
const KEY_B = 1;
const PLACE = 2;
/** The next slot in the same bucket. */
const CHAIN = 3;
/** The next slot of the same key, where repeats are events of their own. */
const NEXT = 4;
const STATE = 5;
/** How many queues still hold the slot: it is not given away before they let go. */
const HELD = 6;
/** Its number in the queue of deadlines. */
const QUEUED = 7;
/** Doubles, by place in 64-bit words. */
const CONTROL_T = 4;
const CANDIDATE_T = 5;
const FORGET_AT = 6;

/**
 * The pairings that are remembered, each in a numbered slot, found by place (account and type) and key. Numbers instead
 * of objects: there is one for every event of the last minute, and none of them is to be garbage.
 */
export class Slots {
  #capacity = 1024;
  #words = new Int32Array(this.#capacity * WORDS);
  #doubles = new Float64Array(this.#words.buffer);
  #buckets = new Int32Array(this.#capacity).fill(NONE);
  #used = 0;
  readonly #free: number[] = [];

  /** The slot of a key, the first of them where it has several; NONE if it is not known. */
  find(place: number, a: number, b: number): number {
    const words = this.#words;
    let slot = this.#buckets[this.#bucket(place, a)] as number;
    while (slot !== NONE) {
      const at = slot * WORDS;
      if (words[at + KEY_A] === a && words[at + KEY_B] === b && words[at + PLACE] === place) return slot;
      slot = words[at + CHAIN] as number;
    }
    return NONE;
  }

  /** A slot for a further event: of a key that is not known yet, or behind the first of its key. */
  take(place: number, a: number, b: number, first: number): number {
    const slot = this.#free.pop() ?? this.#unused();
    const words = this.#words;
    const at = slot * WORDS;
    words[at + KEY_A] = a;
    words[at + KEY_B] = b;
    words[at + PLACE] = place;
    words[at + NEXT] = NONE;
    words[at + STATE] = 0;
    words[at + HELD] = 0;
    if (first === NONE) {
      const bucket = this.#bucket(place, a);
      words[at + CHAIN] = this.#buckets[bucket] as number;
      this.#buckets[bucket] = slot;
    } else {
      let last = first;
      while (this.next(last) !== NONE) last = this.next(last);
      words[last * WORDS + NEXT] = slot;
    }
    return slot;
  }

  next(slot: number): number {
    return this.#words[slot * WORDS + NEXT] as number;
  }

  place(slot: number): number {
    return this.#words[slot * WORDS + PLACE] as number;
  }

  state(slot: number): number {
    return this.#words[slot * WORDS + STATE] as number;
  }

  mark(slot: number, bits: number): void {
    this.#words[slot * WORDS + STATE] = this.state(slot) | bits;
  }

  /** When a side came. */
  t(side: Side, slot: number): Ms {
    return this.#doubles[slot * (WORDS / 2) + (side === 'control' ? CONTROL_T : CANDIDATE_T)] as Ms;
  }

  came(side: Side, slot: number, t: Ms): void {
    this.mark(slot, cameBit(side));
    this.#doubles[slot * (WORDS / 2) + (side === 'control' ? CONTROL_T : CANDIDATE_T)] = t;
  }

  forgetAt(slot: number): Ms {
    return this.#doubles[slot * (WORDS / 2) + FORGET_AT] as Ms;
  }

  /** The slot's number in the queue of deadlines. */
  queued(slot: number): number {
    return this.#words[slot * WORDS + QUEUED] as number;
  }

  queue(slot: number, number: number): void {
    this.#words[slot * WORDS + QUEUED] = number;
    this.hold(slot);
  }

  /** A queue holds the slot from now on, until the key is to be forgotten or for another reason. */
  hold(slot: number): void {
    const at = slot * WORDS + HELD;
    this.#words[at] = (this.#words[at] as number) + 1;
  }

  holdUntil(slot: number, forgetAt: Ms): void {
    this.#doubles[slot * (WORDS / 2) + FORGET_AT] = forgetAt;
    this.hold(slot);
  }

  /** A queue lets go of the slot. */
  letGo(slot: number): void {
    const at = slot * WORDS + HELD;
    const held = (this.#words[at] as number) - 1;
    this.#words[at] = held;
    if (held === 0 && this.isForgotten(slot)) this.#free.push(slot);
  }

  isForgotten(slot: number): boolean {
    return (this.state(slot) & FORGOTTEN) !== 0;
  }

  /** Takes the slot out of its key's memory. Called once, while a queue holds it. */
  forget(slot: number): void {
    this.mark(slot, FORGOTTEN);
    const words = this.#words;
    const at = slot * WORDS;
    const [place, a, b] = [words[at + PLACE] as number, words[at + KEY_A] as number, words[at + KEY_B] as number];
    const next = words[at + NEXT] as number;
    const first = this.find(place, a, b);
    if (first !== slot) {
      let before = first;
      while (this.next(before) !== slot) before = this.next(before);
      words[before * WORDS + NEXT] = next;
      return;
    }
    if (next !== NONE) words[next * WORDS + CHAIN] = words[at + CHAIN] as number;
    const heir = next === NONE ? (words[at + CHAIN] as number) : next;
    const bucket = this.#bucket(place, a);
    if (this.#buckets[bucket] === slot) {
      this.#buckets[bucket] = heir;
      return;
    }
    let before = this.#buckets[bucket] as number;
    while (words[before * WORDS + CHAIN] !== slot) before = words[before * WORDS + CHAIN] as number;
    words[before * WORDS + CHAIN] = heir;
  }

  #bucket(place: number, a: number): number {
    const mixed = Math.imul(a ^ Math.imul(place, 0x9e3779b1), 0x85ebca6b);
    return (mixed ^ (mixed >>> 15)) & (this.#buckets.length - 1);
  }

  #unused(): number {
    if (this.#used === this.#capacity) this.#grow();
    return this.#used++;
  }

  #grow(): void {
    this.#capacity *= 2;
    const words = new Int32Array(this.#capacity * WORDS);
    words.set(this.#words);
    const before = this.#buckets;
    this.#words = words;
    this.#doubles = new Float64Array(words.buffer);
    this.#buckets = new Int32Array(this.#capacity).fill(NONE);
    for (const first of before) {
      for (let slot = first; slot !== NONE;) {
        const at = slot * WORDS;
        const after = words[at + CHAIN] as number;
        const bucket = this.#bucket(words[at + PLACE] as number, words[at + KEY_A] as number);
        words[at + CHAIN] = this.#buckets[bucket] as number;
        this.#buckets[bucket] = slot;
        slot = after;
      }
    }
  }
}

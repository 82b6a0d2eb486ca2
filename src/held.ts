import { ROW, type Rows } from './model/rows.js';
import type { Frame, Ms, Side } from './model/timeline.js';

/** Of one side of a slot, by place in 32-bit words: which file, envelope, length, what prints cannot tell, lanes of the print. */
const FILE = 0;
const ENVELOPE = 1;
const LENGTH = 2;
const FINE = 3;
/** The offset in the file is a double: the third 64-bit word. */
const OFFSET = 2;
const LANES = 6;

/**
 * What is kept of frames that were seen as rows, by the slot of their pairing: their print, and where they lie in their
 * file, to be read again if anybody has to look at them.
 */
export class Held {
  readonly #files: Rows[] = [];
  /** Lanes of a print: two, and two for each rule. */
  readonly #lanes: number;
  /** Words of a side; both sides of a slot lie side by side. */
  readonly #side: number;
  #size = 1024;
  #words: Int32Array;
  #doubles: Float64Array;
  /** Of control events: which of its account's it was, counted from 1. */
  #numbers = new Int32Array(this.#size);

  constructor(rules: number) {
    this.#lanes = 2 + rules * 2;
    this.#side = LANES + this.#lanes;
    this.#words = new Int32Array(this.#size * this.#side * 2);
    this.#doubles = new Float64Array(this.#words.buffer);
  }

  /** Keeps what a row says and, of control events, the number it is. */
  keep(side: Side, slot: number, rows: Rows, row: number, number: number): void {
    while (slot >= this.#size) this.#grow();
    if (side === 'control') this.#numbers[slot] = number;
    const { i32 } = rows;
    const words = this.#words;
    const at = this.#at(side, slot);
    const from = i32[(row + ROW.from) >> 2] as number;
    words[at + FILE] = this.#fileOf(rows);
    words[at + ENVELOPE] = i32[(row + ROW.envelope) >> 2] as number;
    words[at + LENGTH] = (i32[(row + ROW.to) >> 2] as number) - from;
    words[at + FINE] = i32[(row + ROW.fine) >> 2] as number;
    this.#doubles[(at >> 1) + OFFSET] = rows.offsetOf(from);
    words[at + LANES] = i32[(row + ROW.printA) >> 2] as number;
    words[at + LANES + 1] = i32[(row + ROW.printB) >> 2] as number;
    const ruled = (row + ROW.ruled) >> 2;
    for (let lane = 2; lane < this.#lanes; lane++) words[at + LANES + lane] = i32[ruled + lane - 2] as number;
  }

  numberOf(slot: number): number {
    return this.#numbers[slot] as number;
  }

  /**
   * Decides equality from prints alone: a bit for each rule that let something through, or -1 to look closer. Never
   * wrongly equal.
   */
  decide(slot: number): number {
    const words = this.#words;
    const control = this.#at('control', slot) + LANES;
    const candidate = this.#at('candidate', slot) + LANES;
    if (words[control] !== words[candidate] || words[control + 1] !== words[candidate + 1]) return -1;
    const bothFine = (words[control - LANES + FINE] as number) & (words[candidate - LANES + FINE] as number);
    let used = 0;
    for (let lane = 2; lane < this.#lanes; lane += 2) {
      const same = words[control + lane] === words[candidate + lane];
      if (same && words[control + lane + 1] === words[candidate + lane + 1]) continue;
      const bit = 1 << ((lane >> 1) - 1);
      // Instants that both sides write finer than milliseconds may differ below them.
      if ((bothFine & bit) !== 0) return -1;
      used |= bit;
    }
    return used;
  }

  /** The frame of a side, read again. */
  frame(side: Side, slot: number, t: Ms): Frame {
    const at = this.#at(side, slot);
    const rows = this.#files[this.#words[at + FILE] as number] as Rows;
    const payload = rows.read(this.#doubles[(at >> 1) + OFFSET] as number, this.#words[at + LENGTH] as number);
    return frameOf(rows, this.#words[at + ENVELOPE] as number, t, payload);
  }

  #at(side: Side, slot: number): number {
    return (slot * 2 + (side === 'control' ? 0 : 1)) * this.#side;
  }

  #fileOf(rows: Rows): number {
    const known = this.#files.indexOf(rows);
    return known === -1 ? this.#files.push(rows) - 1 : known;
  }

  #grow(): void {
    this.#size *= 2;
    const words = new Int32Array(this.#size * this.#side * 2);
    words.set(this.#words);
    this.#words = words;
    this.#doubles = new Float64Array(words.buffer);
    const numbers = new Int32Array(this.#size);
    numbers.set(this.#numbers);
    this.#numbers = numbers;
  }
}

/** The frame of a row. */
export function rowFrame(rows: Rows, row: number): Frame {
  const { i32, f64 } = rows;
  const from = i32[(row + ROW.from) >> 2] as number;
  const payload = rows.read(rows.offsetOf(from), (i32[(row + ROW.to) >> 2] as number) - from);
  return frameOf(rows, i32[(row + ROW.envelope) >> 2] as number, f64[(row + ROW.t) >> 3] as number, payload);
}

function frameOf(rows: Rows, id: number, t: Ms, payload: string): Frame {
  const { side, account, channel, event } = rows.envelope(id);
  return { kind: 'frame', t, side, account, channel, event, payload };
}

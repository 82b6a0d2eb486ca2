import type { Kernel } from '../kernel/kernel.js';

/** Everything that is hidden, in every spelling that is known; the same array for as long as nothing is added. */
export type Words = () => readonly string[];

/** Longer windows would slide no faster through texts that are mostly words. */
const WIDEST = 16;
/** Bytes that the table looks at together. */
const BLOCK = 3;
const SLOTS = 1 << 16;

/** Finds words in bytes of the kernel's memory (UTF-8). The time hardly grows with the number of words. */
export class WordFinder {
  readonly #kernel: Kernel;
  readonly #words: Words;
  /** By slot: how far a window slides; 0 where it may hold the beginning of a word. */
  readonly #shifts: number;
  #compiled: readonly string[] | undefined;
  #width = 0;
  /** By their first `#width` bytes. All bytes here are characters of as many code units. */
  #byBeginning = new Map<string, string[]>();

  constructor(kernel: Kernel, words: Words) {
    this.#kernel = kernel;
    this.#words = words;
    this.#shifts = kernel.reserve(SLOTS);
  }

  /** Whether there are no words to find. */
  get isIdle(): boolean {
    return this.#words().length === 0;
  }

  /** Whether a word is in [from, to); undefined if there are words that cannot be told from bytes. */
  find(from: number, to: number): boolean | undefined {
    const words = this.#words();
    if (words !== this.#compiled) this.#compile(words);
    if (words.length === 0) return false;
    if (this.#width < BLOCK) return undefined;
    const { run, bytes } = this.#kernel;
    for (let last = from + this.#width - 1; (last = run.slide(last, to, this.#shifts)) !== 0; last++) {
      const start = last - this.#width + 1;
      const candidates = this.#byBeginning.get(bytes.toString('latin1', start, last + 1)) ?? [];
      if (candidates.some((word) => bytes.toString('latin1', start, Math.min(start + word.length, to)) === word))
        return true;
    }
    return false;
  }

  #compile(words: readonly string[]): void {
    this.#compiled = words;
    this.#byBeginning = new Map();
    const spelt = words.map((word) => Buffer.from(word).toString('latin1'));
    // Half of a surrogate pair has no bytes, but is found in texts, in pairs as well.
    this.#width = words.every((word) => word.isWellFormed())
      ? Math.min(WIDEST, ...spelt.map((word) => word.length))
      : 0;
    if (this.#width < BLOCK) return;
    const { bytes, run } = this.#kernel;
    bytes.fill(this.#width - BLOCK + 1, this.#shifts, this.#shifts + SLOTS);
    for (const word of spelt) {
      const beginning = word.slice(0, this.#width);
      const known = this.#byBeginning.get(beginning);
      if (known !== undefined) known.push(word);
      else this.#byBeginning.set(beginning, [word]);
      for (let last = BLOCK - 1; last < this.#width; last++) {
        const slot =
          this.#shifts +
          run.slotOf(word.charCodeAt(last - 2) | (word.charCodeAt(last - 1) << 8) | (word.charCodeAt(last) << 16));
        bytes[slot] = Math.min(bytes[slot] as number, this.#width - 1 - last);
      }
    }
  }
}

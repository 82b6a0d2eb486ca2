/** Longer windows would slide no faster through texts that are mostly words. */
const WIDEST = 16;

/** Characters that the table looks at together. */
const BLOCK = 3;

/**
 * Tells quickly whether any of many words may be in a text, after Wu and Manber (1994): a window as wide as the
 * shortest word slides over the text, and from its last characters a table tells how far on the next word can begin.
 * The time hardly grows with the number of words.
 */
export class Finder {
  readonly #width: number;
  /** By the last characters of the window: how far it slides; 0 where it may hold the beginning of a word. */
  readonly #shifts: Uint8Array;
  readonly #beginnings: ReadonlySet<string>;

  /** Words of at least three characters. */
  constructor(words: readonly string[]) {
    this.#width = Math.min(WIDEST, ...words.map((word) => word.length));
    this.#beginnings = new Set(words.map((word) => word.slice(0, this.#width)));
    this.#shifts = new Uint8Array(SLOTS).fill(this.#width - BLOCK + 1);
    for (const word of this.#beginnings) {
      for (let last = BLOCK - 1; last < this.#width; last++) {
        const slot = slotOf(word, last);
        this.#shifts[slot] = Math.min(this.#shifts[slot] as number, this.#width - 1 - last);
      }
    }
  }

  /** False: none of the words is in the text. True: the beginning of one is. */
  mayFind(text: string): boolean {
    for (let last = this.#width - 1; last < text.length;) {
      const shift = this.#shifts[slotOf(text, last)] as number;
      if (shift === 0 && this.#beginnings.has(text.slice(last - this.#width + 1, last + 1))) return true;
      last += shift === 0 ? 1 : shift;
    }
    return false;
  }
}

const SLOTS = 1 << 16;

/** Three odd factors spread the characters over the table. */
function slotOf(text: string, last: number): number {
  const mixed =
    (text.charCodeAt(last - 2) * 0x1f1f) ^ (text.charCodeAt(last - 1) * 0x1f1) ^ (text.charCodeAt(last) * 0x1f);
  return mixed & (SLOTS - 1);
}

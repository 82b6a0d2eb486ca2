import type { Tell } from './recording/reader.js';
import type { LineLook, Look } from './sweep.js';

/** Most pairs are unequal: reading is the smaller part of the work. */
export class ManyUnequal extends Error {}

/** Pairs after which it shows, and the share of unequal ones from which on two judging threads are the better two. */
const TRIED = 2_000;
const MANY = 0.2;
/** Part of the files that may have been read by then. */
const EARLY = 1 / 8;

/** The beginning of a run, which is begun again otherwise if most pairs turn out to be unequal. Until that is known, nothing is told. */
export class Trial {
  readonly #latest: number;
  readonly #tell: Tell;
  readonly #look: Look;
  readonly #told: string[] = [];
  #isOver = false;

  constructor(bytes: number, tell: Tell, look: Look) {
    this.#latest = bytes * EARLY;
    this.#tell = tell;
    this.#look = look;
  }

  readonly tell: Tell = (sentence) => {
    if (this.#isOver) this.#tell(sentence);
    else this.#told.push(sentence);
  };

  readonly look: LineLook = (bytes, entries, line) => {
    const { match, allowed, mismatch } = line.outcomes;
    const pairs = match + allowed + mismatch;
    if (!this.#isOver && pairs >= TRIED) {
      if (mismatch > MANY * pairs) throw new ManyUnequal();
      this.end();
    } else if (bytes > this.#latest) this.end();
    this.#look(bytes, entries);
  };

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#told.forEach(this.#tell);
  }
}

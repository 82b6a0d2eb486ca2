import type { Tell } from './recording/reader.js';
import type { LineLook, Look } from './sweep.js';

/** Most pairs are unequal, each in a way of its own: reading is the smaller part of the work. */
export class ManyUnequal extends Error {}

/** Unequal pairs after which it shows, and the share of those to be parsed from which on two judging threads are the better two. */
const TRIED = 1_000;
const MANY = 0.5;
/** Part of the files that may have been read by then. */
const EARLY = 1 / 8;

/** The beginning of a run, which is begun again otherwise if most pairs turn out to be unequal and have to be parsed. Until that is known, nothing is told. */
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
    const { asked, named } = line.unequal;
    if (!this.#isOver && asked >= TRIED) {
      if (asked - named > MANY * asked) throw new ManyUnequal();
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

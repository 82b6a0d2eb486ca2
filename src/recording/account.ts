import { microseconds, type Ms } from '../model/timeline.js';

/** What a reader had to leave out, for people: `line 17: the line is no JSON`. */
export type Tell = (sentence: string) => void;

/** Lines told one by one before only their number is. */
const TOLD = 5;

/** The account of what was odd in a file: nothing is left out, or out of order, without being told. */
export class Account {
  #leftOut = 0;
  /** The latest stamp so far. */
  latest: Ms = -Infinity;
  #backwards = 0;
  #mostMs: Ms = 0;

  constructor(
    private readonly file: string,
    private readonly tell: Tell,
  ) {}

  /** A line that is no entry, and why. */
  leaveOut(line: number, why: string): void {
    if (++this.#leftOut <= TOLD) this.tell(`${this.file}:${line}: left out, ${why}`);
  }

  /** Notices stamps that lie before one that came earlier. */
  stamp(t: Ms): void {
    if (t >= this.latest) this.latest = t;
    else {
      this.#backwards++;
      this.#mostMs = Math.max(this.#mostMs, this.latest - t);
    }
  }

  /** The same of many stamps that somebody else has seen. */
  stamped(latest: Ms, backwards: number, mostMs: Ms): void {
    this.latest = latest;
    this.#backwards += backwards;
    this.#mostMs = Math.max(this.#mostMs, mostMs);
  }

  /** The file has ended. */
  end(): void {
    if (this.#leftOut > TOLD) this.tell(`${this.file}: ${this.#leftOut - TOLD} more lines were left out`);
    if (this.#backwards === 0) return;
    const entries = this.#backwards === 1 ? 'entry is' : 'entries are';
    this.tell(
      `${this.file}: ${this.#backwards} ${entries} stamped before the one ahead, by up to ${microseconds(this.#mostMs)} ms; judged in the order of the file`,
    );
  }
}

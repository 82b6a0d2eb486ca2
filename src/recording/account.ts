import { microseconds, type Ms, type Side, type Tick } from '../model/timeline.js';

/** What a reader had to leave out, for people: `line 17: the line is no JSON`. */
export type Tell = (sentence: string) => void;

/**
 * What a blank line of a file is where another line follows: a writer that leaves none has lost an entry there (`lost`);
 * many others put them between entries, and in NDJSON no event can stand in one (`nothing`).
 */
export type Blanks = 'lost' | 'nothing';

/** In which order entries are judged where their stamps go back. */
export type Order = 'of the file' | 'of their stamps';

/** Lines told one by one before only their number is. */
const TOLD = 5;

/**
 * The account of what was odd in a file: nothing is left out, or out of order, without being told. Lines that are left out
 * leave a hole, which lasts from the stamp before them to the one behind: what would have come then is not known.
 */
export class Account {
  #leftOut = 0;
  /** The latest stamp so far. */
  latest: Ms = -Infinity;
  #backwards = 0;
  #mostMs: Ms = 0;
  /** The lines of the hole that is not closed yet: the first, and how many. */
  #hole = { line: 0, lines: 0 };
  /** Blank lines behind it. At the end of a file they are nothing. */
  #blank = { line: 0, lines: 0 };
  /** Blank lines that were passed over. */
  #passedOver = 0;
  readonly #file: string;
  readonly #tell: Tell;
  readonly #side: Side | undefined;
  readonly #blanks: Blanks;
  readonly #order: Order;

  /** `sides`: those that the file holds. */
  constructor(file: string, sides: readonly Side[], blanks: Blanks, tell: Tell, order: Order = 'of the file') {
    this.#file = file;
    this.#tell = tell;
    this.#side = sides.length === 1 ? sides[0] : undefined;
    this.#blanks = blanks;
    this.#order = order;
  }

  /** A line that is no entry, and why. */
  leaveOut(line: number, why: string): void {
    this.lose(line, 1);
    if (++this.#leftOut <= TOLD) this.#tell(`${this.#file}:${line}: left out, ${why}`);
  }

  /** Lines that cannot be read, which somebody else has told: so many from this one on. */
  lose(line: number, lines: number): void {
    this.#settleBlanks();
    if (this.#hole.lines === 0) this.#hole.line = line;
    this.#hole.lines += lines;
  }

  /** A line without anything in it. What it is shows where another follows. */
  blank(line: number): void {
    if (this.#blank.lines++ === 0) this.#blank.line = line;
  }

  /** Another line follows. */
  #settleBlanks(): void {
    const { line, lines } = this.#blank;
    this.#blank.lines = 0;
    if (this.#blanks === 'nothing') this.#passedOver += lines;
    else for (let index = 0; index < lines; index++) this.leaveOut(line + index, 'the line is blank');
  }

  /** Whether lines were left out behind the last entry, or may have to be. */
  get isOpen(): boolean {
    return this.#hole.lines > 0 || this.#blank.lines > 0;
  }

  /** The stamp of the next entry; notices one that lies before an earlier one. Returns the hole before it, if there is one. */
  stamp(t: Ms): Tick | undefined {
    const before = this.latest;
    if (t >= before) this.latest = t;
    else {
      this.#backwards++;
      this.#mostMs = Math.max(this.#mostMs, before - t);
    }
    this.#settleBlanks();
    return this.#hole.lines > 0 ? this.#closed(before, t) : undefined;
  }

  /** The same of many stamps that somebody else has seen, where no hole is open. */
  stamped(latest: Ms, backwards: number, mostMs: Ms): void {
    this.latest = latest;
    this.#backwards += backwards;
    this.#mostMs = Math.max(this.#mostMs, mostMs);
  }

  /** Stamps of entries that are not given on, which somebody else has seen. */
  passed(latest: Ms, mostMs: Ms): void {
    this.stamped(Math.max(this.latest, latest), 0, mostMs);
  }

  /** What was lost lies between the stamps around it, give or take as much as stamps of this file go back. */
  #closed(before: Ms, behind: Ms): Tick {
    const { line, lines } = this.#hole;
    this.#hole.lines = 0;
    const t = Math.max(0, microseconds(before - this.#mostMs));
    const forMs = microseconds(Math.max(before, behind + this.#mostMs) - t);
    const side = this.#side === undefined ? {} : { side: this.#side };
    return { kind: 'tick', t, hole: { file: this.#file, line, lines, forMs, ...side } };
  }

  /** The file has ended. Returns the hole at its end, if there is one. */
  end(): Tick | undefined {
    const passedOver = this.#passedOver + this.#blank.lines;
    const hole = this.#hole.lines > 0 ? this.#closed(this.latest, Infinity) : undefined;
    if (this.#leftOut > TOLD) this.#tell(`${this.#file}: ${this.#leftOut - TOLD} more lines were left out`);
    if (this.#passedOver > 0) {
      const lines = passedOver === 1 ? 'blank line was' : 'blank lines were';
      this.#tell(`${this.#file}: ${passedOver} ${lines} passed over, in which no event can have stood`);
    }
    if (this.#backwards > 0) {
      const entries = this.#backwards === 1 ? 'entry is' : 'entries are';
      this.#tell(
        `${this.#file}: ${this.#backwards} ${entries} stamped before the one ahead, by up to ${microseconds(this.#mostMs)} ms; judged in the order ${this.#order}`,
      );
    }
    return hole;
  }
}

import { isUtf8 } from 'node:buffer';
import { ROW, STATUS } from '../model/rows.js';
import type { Ms, TimelineEntry, TimelineHeader } from '../model/timeline.js';
import { Account, type Tell } from './account.js';
import { lineEnd, type Block } from './blocks.js';
import { belongs, FrameReader, type Share } from './byte-frame.js';
import { parseEntry } from './entry.js';
import { JsonValues } from './json-values.js';
import type { Batch, LineScanner } from './line-scanner.js';
import { lostLinks } from './lost-link.js';

/** Turns lines into entries, and keeps the account of what was left out. */
export class EntryLines {
  /** Bytes of the file behind the block that was read last. */
  bytesRead = 0;
  #number = 1;
  /** Another recording has begun: its stamps count from another start. */
  #isOver = false;
  readonly #account: Account;
  readonly #frames: FrameReader;
  #values: JsonValues | undefined;

  constructor(
    private readonly file: string,
    private readonly header: TimelineHeader,
    private readonly tell: Tell,
    private readonly share: Share | undefined,
  ) {
    this.#account = new Account(file, header.sides, 'lost', tell);
    this.#frames = new FrameReader(share);
  }

  /** Made when the first frame comes that nobody else has looked into. */
  get #json(): JsonValues {
    return (this.#values ??= new JsonValues());
  }

  read({ bytes, end, read, torn, tooLong, lasting }: Block, from: number): TimelineEntry[] {
    this.bytesRead = read;
    const result: TimelineEntry[] = [];
    if (tooLong === true) {
      this.#account.leaveOut(++this.#number, 'the line is longer than any payload');
    }
    // As text, bytes that are no UTF-8 all look alike; as bytes they are told apart.
    const isInBytes = lasting === true && isUtf8(bytes.subarray(from, end));
    for (let start = from; start < end && !this.#isOver;) {
      const stop = lineEnd(bytes, start, end);
      this.#number++;
      const frame = torn === true ? undefined : this.#frames.read(bytes, start, stop, isInBytes);
      const isWhole = frame !== undefined && this.#json.has(bytes, this.#frames.payloadAt, stop - 1);
      if (!isWhole) this.#parse(bytes.toString('utf8', start, stop), torn === true, result);
      else {
        this.#stamp(this.#frames.t, result);
        if (frame !== 'other share') result.push(frame);
      }
      start = stop + 1;
    }
    return result;
  }

  /** A block as batches of rows; what the scanner cannot or need not see comes as entries. */
  *scan(block: Block, from: number, scanner: LineScanner): Generator<Batch> {
    yield* this.#scanned(block, from, scanner);
    // The next block is read into the same bytes, and may be none for the scanner.
    scanner.leave();
  }

  *#scanned(block: Block, from: number, scanner: LineScanner): Generator<Batch> {
    const { bytes, end, offset, read, torn } = block;
    const isForScanner = torn !== true && offset !== undefined && block.tooLong !== true && scanner.canScan(bytes);
    // See above.
    if (!isForScanner || !isUtf8(bytes.subarray(from, end))) {
      yield { rows: undefined, entries: this.read(block, from) };
      return;
    }
    this.bytesRead = read;
    for (let start = from; start < end && !this.#isOver; start = scanner.stoppedAt) {
      // The row behind a hole is one of another share, maybe, which the scanner does not tell of.
      if (this.#account.isOpen) {
        yield { rows: undefined, entries: this.read(block, start) };
        return;
      }
      scanner.latest = this.#account.latest;
      const count = scanner.scan(bytes, start, end, offset);
      const odd = scanner.passed.odd === 0 ? [] : this.#oddOnes(scanner, count);
      if (odd === undefined) {
        yield { rows: undefined, entries: this.read({ ...block, end: scanner.stoppedAt }, start) };
        continue;
      }
      const entries = this.#taken(scanner, count, odd);
      yield { rows: { rows: scanner, at: scanner.rowAt(0), end: scanner.rowAt(count) }, entries };
    }
  }

  /** The lines that the scanner was not sure of, by row; undefined where one is no entry: then each is to be read by itself. */
  #oddOnes(scanner: LineScanner, count: number): TimelineEntry[] | undefined {
    const entries: TimelineEntry[] = [];
    for (let index = 0; index < count; index++) {
      const row = scanner.rowAt(index);
      if (scanner.i32[row >> 2] !== STATUS.look) continue;
      try {
        entries[index] = parseEntry(scanner.lineOf(row).trimEnd());
      } catch {
        return undefined;
      }
    }
    return entries;
  }

  /** Gives the odd ones their rows, and notices stamps that go back. Returns those of this share. */
  #taken(scanner: LineScanner, count: number, odd: readonly TimelineEntry[]): TimelineEntry[] {
    const { i32, f64, passed } = scanner;
    const entries: TimelineEntry[] = [];
    this.#number += passed.lines;
    if (passed.odd === 0) {
      this.#account.stamped(scanner.latest, passed.backwards, passed.backwardsMostMs);
      return entries;
    }
    for (let index = 0; index < count; index++) {
      const row = scanner.rowAt(index);
      const entry = odd[index];
      if (entry !== undefined) f64[(row + ROW.t) >> 3] = entry.t;
      this.#account.stamp(f64[(row + ROW.t) >> 3] as Ms);
      if (entry === undefined) continue;
      if (this.#isMine(entry)) entries[index] = entry;
      else i32[row >> 2] = STATUS.skip;
    }
    this.#account.passed(scanner.latest, passed.backwardsMostMs);
    return entries;
  }

  /** Notices a stamp; where lines before it could not be read, the hole that they leave comes first. */
  #stamp(t: Ms, result: TimelineEntry[]): void {
    const hole = this.#account.stamp(t);
    if (hole !== undefined) result.push(hole);
  }

  #isMine(entry: TimelineEntry): boolean {
    return this.share === undefined || !('account' in entry) || belongs(entry.account, this.share);
  }

  #parse(line: string, torn: boolean, result: TimelineEntry[]): void {
    const text = line.trimEnd();
    if (text === '') return this.#account.blank(this.#number);
    try {
      // A payload is sliced out unread, so that only reading the whole line shows whether its end is missing.
      if (torn) JSON.parse(text);
      const entry = parseEntry(text);
      this.#stamp(entry.t, result);
      if (this.#isMine(entry)) result.push(entry);
    } catch (error) {
      if (torn) this.tell(`${this.file}: the last line is torn (${line.length} characters) and was left out`);
      else if (text.startsWith('{"format":')) {
        this.#isOver = true;
        this.tell(`${this.file}:${this.#number}: another recording begins here; it was left out, judge it by itself`);
      } else {
        this.#account.leaveOut(this.#number, (error as Error).message);
        const t = Math.max(0, this.#account.latest);
        result.push(
          ...lostLinks(text, `${this.file}:${this.#number}`, t, this.header).filter((link) => this.#isMine(link)),
        );
      }
    }
  }

  /** The rest of the file cannot be read. */
  cutOff(error: Error): void {
    this.tell(`${this.file}: cannot be read beyond line ${this.#number} (${error.message}); the rest was left out`);
    this.#account.lose(this.#number + 1, Infinity);
  }

  /** What comes at the end of the file: the hole there, if there is one; for a share, when the file ends for all of them. */
  end(): TimelineEntry[] {
    const hole = this.#account.end();
    const { latest } = this.#account;
    const last = this.share === undefined || latest === -Infinity ? [] : [{ kind: 'tick' as const, t: latest }];
    return hole === undefined ? last : [hole, ...last];
  }
}

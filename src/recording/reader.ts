import { isUtf8 } from 'node:buffer';
import { stat } from 'node:fs/promises';
import { CallError } from '../model/errors.js';
import { ROW, STATUS } from '../model/rows.js';
import { SIDES, type Ms, type TimelineEntry, type TimelineHeader } from '../model/timeline.js';
import { Account, type Tell } from './account.js';
import { readBlocks, type Allocate, type Block } from './blocks.js';
import { belongs, FrameReader, type Share } from './byte-frame.js';
import { parseEntry } from './entry.js';
import { lostLinks } from './lost-link.js';
import { JsonValues } from './json-values.js';
import type { Batch, LineScanner } from './line-scanner.js';

export type { Tell };

/** An open recording: its header, and its entries in blocks. The bytes of a block's frames are valid until the next is asked for. */
export interface Recording {
  readonly file: string;
  readonly header: TimelineHeader;
  readonly entries: AsyncGenerator<readonly TimelineEntry[]>;
  /** Bytes of the file read so far (before decompression), for a progress bar. */
  readonly read: () => number;
}

/** A recording in a file of its own. */
export interface FileRecording extends Recording {
  /** Its entries in batches of rows, for who has a scanner; either this or `entries` is to be used. */
  batches(scanner: LineScanner): AsyncGenerator<Batch>;
}

/**
 * Opens a recording (NDJSON, gzip by extension); with a share, only its accounts are read. Throws a CallError where
 * nothing can be judged: no such file, no header, another format. A line that is no entry is left out and told; so is a
 * torn last line.
 */
export async function openRecording(
  file: string,
  tell: Tell,
  share?: Share,
  allocate?: Allocate,
): Promise<FileRecording> {
  const { header, first, headerEnd, blocks } = await begin(file, allocate);
  const lines = new EntryLines(file, header, tell, share);
  return {
    file,
    header,
    entries: entries(lines, first, headerEnd + 1, blocks, {
      read: (block, start) => [lines.read(block, start)],
      end: (rest) => rest,
    }),
    batches: (scanner) =>
      entries(lines, first, headerEnd + 1, blocks, {
        read: (block, start) => lines.scan(block, start, scanner),
        end: (rest) => ({ rows: undefined, entries: rest }),
      }),
    read: () => lines.bytesRead,
  };
}

/** The header of a recording alone. Throws as `openRecording` does. */
export async function readHeader(file: string): Promise<TimelineHeader> {
  const { header, blocks } = await begin(file);
  await blocks.return(undefined);
  return header;
}

async function begin(
  file: string,
  allocate?: Allocate,
): Promise<{
  readonly header: TimelineHeader;
  readonly first: Block;
  readonly headerEnd: number;
  readonly blocks: AsyncGenerator<Block>;
}> {
  await refuseUnreadable(file);
  const blocks = readBlocks(file, allocate);
  const first = await blocks.next().catch((error: unknown) => {
    const format = file.endsWith('.gz') ? ' in gzip' : '';
    throw new CallError(`${file}: could not be read (${(error as Error).message}); is it a recording${format}?`);
  });
  if (first.done === true) throw new CallError(`${file}: holds nothing; a recording begins with a header line`);
  const { bytes, end, tooLong } = first.value;
  if (tooLong === true) {
    await blocks.return(undefined);
    throw new CallError(
      `${file}:1: the first line is longer than any header; a recording begins with a header line, and has one entry a line`,
    );
  }
  const headerEnd = lineEnd(bytes, 0, end);
  try {
    refuseGzip(file, bytes);
    return { header: parseHeader(file, bytes.toString('utf8', 0, headerEnd)), first: first.value, headerEnd, blocks };
  } catch (error) {
    await blocks.return(undefined);
    throw error;
  }
}

async function* entries<Item>(
  lines: EntryLines,
  first: Block,
  start: number,
  blocks: AsyncGenerator<Block>,
  as: { readonly read: (block: Block, start: number) => Iterable<Item>; readonly end: (rest: TimelineEntry[]) => Item },
): AsyncGenerator<Item> {
  try {
    yield* as.read(first, start);
    for await (const block of readable(blocks, lines)) yield* as.read(block, block.start);
    const rest = lines.end();
    if (rest.length > 0) yield as.end(rest);
  } finally {
    // Whoever stops early leaves no file open.
    await blocks.return(undefined);
  }
}

/** The blocks up to the place, if there is one, from which on the file cannot be read: gzip may be damaged anywhere. */
async function* readable(blocks: AsyncGenerator<Block>, lines: EntryLines): AsyncGenerator<Block> {
  try {
    yield* blocks;
  } catch (error) {
    lines.cutOff(error as Error);
  }
}

function lineEnd(bytes: Buffer, start: number, end: number): number {
  const found = bytes.indexOf(LF, start);
  return found === -1 || found > end ? end : found;
}

const LF = 10;

/** Turns lines into entries, and keeps the account of what was left out. */
class EntryLines {
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

async function refuseUnreadable(file: string): Promise<void> {
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    throw new CallError(
      `${file}: ${error.code === 'ENOENT' ? 'no such file' : `could not be opened (${error.code})`}; name a recording made by parity record`,
    );
  });
  if (found.isDirectory()) throw new CallError(`${file}: is a directory; name a recording in it`);
  // A pipe that a shell names so (`<(zcat …)`, /dev/stdin) gives the header once, and the rest to nobody who opens it again.
  if (!found.isFile() && /^\/(dev|proc)\//.test(file))
    throw new CallError(`${file}: is no file that can be read twice; write it to one first`);
  if (found.isFile() && found.size === 0)
    throw new CallError(`${file}: is empty; a recording begins with a header line`);
}

function refuseGzip(file: string, bytes: Buffer): void {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return;
  throw new CallError(`${file}: is gzip by its first bytes; let its name end in .gz`);
}

function parseHeader(file: string, line: string): TimelineHeader {
  const bad = (what: string) =>
    new CallError(`${file}:1: ${what}; a recording begins with {"format":"feed-parity/timeline","version":1,…}`);
  let header: Partial<TimelineHeader>;
  try {
    header = JSON.parse(line) as Partial<TimelineHeader>;
  } catch {
    throw bad('the first line is no JSON');
  }
  if (header?.format !== 'feed-parity/timeline') throw bad('the first line is no header');
  if (header.version !== 1) throw bad(`version ${JSON.stringify(header.version)} is not known here, only 1 is`);
  if (typeof header.startedAt !== 'string' || !isTexts(header.accounts) || !isTexts(header.sides)) {
    throw bad('the header lacks startedAt, sides or accounts');
  }
  if (Number.isNaN(Date.parse(header.startedAt))) throw bad(`startedAt ${JSON.stringify(header.startedAt)} is no time`);
  const unknown = header.sides.find((side) => !SIDES.includes(side));
  if (unknown !== undefined) throw bad(`${JSON.stringify(unknown)} is no side`);
  return header as TimelineHeader;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

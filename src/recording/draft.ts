import { isUtf8 } from 'node:buffer';
import { Kernel } from '../kernel/kernel.js';
import type { Ms } from '../model/timeline.js';
import { hideInJson, type Hide } from './hide.js';
import { flattenJson } from './json-bytes.js';
import { STAMP_MOST, writeStamp } from './line-head.js';
import { WordFinder, type Words } from './words.js';

declare global {
  interface String {
    /** Whether no half of a surrogate pair stands alone. Of ECMAScript 2024: Node has it, the compiler's library is older. */
    isWellFormed(): boolean;
  }
}

/** Takes a block over, which nobody changes until it says that it is done with it. */
export type Full = (block: Buffer, done: () => void) => void;

/** Written to the file at once. */
const SIZE = 256 * 1024;
/**
 * Blocks that are kept to be used again, as many as a disk that hesitates may leave waiting: V8 counts them, and begins to
 * look through its whole heap for every few that are new.
 */
const SPARE_MOST = 64;
/** The kernel reads sixteen bytes at a time. */
const PADDING = 16;

/** No line of a frame is shorter, its members' names alone are longer. */
const SHORTEST_LINE = 64;
/** A payload's begin and end, as 32 bits each. */
const PLACE = 8;

const TAG = '"payload":';
const CLOSE = 0x7d;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * A block of lines with payloads as they came. Only when it is handed over it is looked through, all at once, which
 * costs a fraction of looking at each line: whether the payloads are JSON in UTF-8, on one line, and hold no secret. Of
 * payloads that were walked through before, JSON and UTF-8 are known: ws hands out no text that is none (RFC 6455, 8.1).
 * Those of which that is not sure are then spelt as `payloadMember` does.
 */
export class Draft {
  readonly #hide: Hide;
  readonly #kernel: Kernel;
  readonly #finder: WordFinder | undefined;
  /** Where the kernel looks through the lines, and where the table of payloads that it is to look at lies. */
  readonly #lines: number;
  readonly #table: number;
  /** Where payloads begin and end in the block. */
  readonly #places = new Int32Array((SIZE / SHORTEST_LINE) * 2);
  #payloads = 0;
  /** Which of them nobody has walked through. */
  #unwalked: number[] = [];
  #block: Buffer = Buffer.allocUnsafeSlow(SIZE);
  #at = 0;
  /** Blocks that were written: new memory costs more than all that is done with it. */
  readonly #spare: Buffer[] = [];

  /** `words` are all that `hide` replaces: with them, bytes without any need not become text to be sure of it. */
  constructor(hide: Hide, words?: Words, kernel = new Kernel()) {
    this.#hide = hide;
    this.#kernel = kernel;
    this.#finder = words === undefined ? undefined : new WordFinder(kernel, words);
    this.#table = kernel.reserve((SIZE / SHORTEST_LINE) * PLACE);
    this.#lines = kernel.reserve(SIZE + PADDING);
  }

  /** Whether a finished line of so many bytes fits in. */
  hasRoom(size: number): boolean {
    return SIZE - this.#at >= size;
  }

  /** Whether a frame's line fits in, with its head and payload of so many bytes together. */
  hasRoomForFrame(size: number): boolean {
    return this.hasRoom(size + STAMP_MOST + 2);
  }

  /** A line that is finished. There must be room. */
  line(bytes: Uint8Array): void {
    this.#block.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** A frame whose payload is at [from, to) of bytes, and is JSON if it was walked. There must be room. */
  frame(t: Ms, head: Uint8Array, payload: Buffer, from: number, to: number, isWalked = false): void {
    const at = this.#begin(t, head);
    // Sources keep payloads in shared memory, of which `set` copies byte by byte: a fill with one copy takes a third.
    this.#block.fill(part(payload, from, to), at, at + to - from);
    if (!isWalked) this.#unwalked.push(this.#payloads);
    this.#end(at, at + to - from);
  }

  /** A frame whose payload is a text, and a well-formed one. There must be room for three bytes a code unit. */
  textFrame(t: Ms, head: Uint8Array, payload: string): void {
    const at = this.#begin(t, head);
    this.#unwalked.push(this.#payloads);
    this.#end(at, at + this.#block.write(payload, at));
  }

  /** Hands the lines over, fit to be written, if there are any. The draft is empty then. */
  handOver(full: Full): void {
    if (this.#at === 0) return;
    const block = this.#block;
    const lines = block.subarray(0, this.#at);
    const odd = this.#payloads === 0 ? [] : this.#odd(lines);
    if (odd.length === 0) {
      this.#block = this.#spare.pop() ?? Buffer.allocUnsafeSlow(SIZE);
      full(lines, () => {
        if (this.#spare.length < SPARE_MOST) this.#spare.push(block);
      });
    } else full(this.#spelt(lines, odd), () => {});
    this.#at = 0;
    this.#payloads = 0;
    this.#unwalked = [];
  }

  /** Writes a frame's line up to its payload. */
  #begin(t: Ms, head: Uint8Array): number {
    const at = writeStamp(this.#block, this.#at, t);
    this.#block.set(head, at);
    return at + head.length;
  }

  /** Ends a line behind its payload, and notes where that is. */
  #end(from: number, to: number): void {
    this.#block[to] = CLOSE;
    this.#block[to + 1] = LINE_FEED;
    this.#at = to + 2;
    const place = this.#payloads++ * 2;
    this.#places[place] = from;
    this.#places[place + 1] = to;
  }

  /** Which payloads have to be spelt anew, in their order. */
  #odd(lines: Buffer): readonly number[] {
    if (this.#holdsSecret(lines)) return this.#all();
    // Whoever walked through a payload took a carriage return for a blank, but a line shall hold none.
    const doubtful = lines.includes(CARRIAGE_RETURN) ? this.#all() : this.#unwalked;
    if (doubtful.length === 0) return doubtful;
    return isUtf8(lines) ? this.#notPlain(lines, doubtful) : this.#all();
  }

  #all(): number[] {
    return Array.from({ length: this.#payloads }, (_, n) => n);
  }

  #holdsSecret(lines: Buffer): boolean {
    if (this.#finder?.isIdle === true) return false;
    this.#kernel.bytes.set(lines, this.#lines);
    const found = this.#finder?.find(this.#lines, this.#lines + lines.length);
    if (found !== undefined) return found;
    const text = lines.toString();
    return this.#hide(text) !== text;
  }

  /** Those of some payloads that are not JSON on one line for sure. */
  #notPlain(lines: Buffer, payloads: readonly number[]): number[] {
    const { bytes, i32, run } = this.#kernel;
    bytes.set(lines, this.#lines);
    let at = this.#table >> 2;
    for (const n of payloads) {
      i32[at++] = this.#lines + (this.#places[n * 2] as number);
      i32[at++] = this.#lines + (this.#places[n * 2 + 1] as number);
    }
    const odd: number[] = [];
    const next = (n: number): number => run.oddPayload(this.#table, n, payloads.length);
    for (let n = next(0); n < payloads.length; n = next(n + 1)) odd.push(payloads[n] as number);
    return odd;
  }

  /** The lines with some payloads spelt anew. */
  #spelt(lines: Buffer, odd: readonly number[]): Buffer {
    const pieces: Buffer[] = [];
    let copied = 0;
    for (const n of odd) {
      const [from, to] = [this.#places[n * 2] as number, this.#places[n * 2 + 1] as number];
      pieces.push(lines.subarray(copied, from - TAG.length));
      pieces.push(payloadMember(lines.toString('utf8', from, to), this.#hide));
      copied = to;
    }
    return Buffer.concat([...pieces, lines.subarray(copied)]);
  }
}

/** [from, to) of some bytes: made in half the time that `subarray` takes, since it is no buffer again. */
function part({ buffer, byteOffset }: Buffer, from: number, to: number): Uint8Array {
  return new Uint8Array(buffer, byteOffset + from, to - from);
}

/**
 * How a payload is spelt in a recording: without secrets, as it came if it is JSON, but on one line, and otherwise in
 * `text`, as the text it is.
 */
export function payloadMember(payload: string, hide: Hide): Buffer {
  const hidden = hideInJson(payload, hide);
  // The check overwrites the byte behind the payload.
  const bytes = Buffer.from(`${TAG}${hidden} `);
  const end = bytes.length - 1;
  // Half of a surrogate pair has no bytes in UTF-8, but an escape in a text.
  if (flattenJson(bytes, TAG.length, end) && hidden.isWellFormed()) return bytes.subarray(0, end);
  return Buffer.from(`"text":${JSON.stringify(hidden)}`);
}

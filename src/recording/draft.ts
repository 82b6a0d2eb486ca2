import { isUtf8 } from 'node:buffer';
import { Kernel } from '../kernel/kernel.js';
import type { Ms, Side } from '../model/timeline.js';
import { hideInJson, type Hide } from './hide.js';
import { flattenJson } from './json-bytes.js';
import { FRAME_MOST, PLACE, Scribe } from './scribe.js';
import { WordFinder, type Words } from './words.js';

declare global {
  interface String {
    /** Whether no half of a surrogate pair stands alone. Of ECMAScript 2024: Node has it, the compiler's library is older. */
    isWellFormed(): boolean;
  }
}

/** Takes a block over, which nobody changes until it says that it is done with it. */
export type Full = (block: Buffer, done: () => void) => void;

/** Handed over at once. */
const SIZE = 256 * 1024;
/** Blocks that there are at most: as many as a disk that hesitates may leave waiting before they are copied. */
const BLOCKS_MOST = 64;
/** The kernel reads and writes sixteen bytes at a time. */
const PADDING = 16;

/** No line of a frame is shorter, its members' names alone are longer. */
const SHORTEST_LINE = 64;

const TAG = '"payload":';
const CARRIAGE_RETURN = 0x0d;

/**
 * A block of lines with payloads as they came. The kernel writes them, many at a time. Only when the block is handed over
 * it is looked through, all at once, which costs a fraction of looking at each line: whether the payloads are JSON in
 * UTF-8, on one line, and hold no secret. Of payloads that were walked through before, JSON and UTF-8 are known: ws hands
 * out no text that is none (RFC 6455, 8.1). Those of which that is not sure are then spelt as `payloadMember` does.
 */
export class Draft {
  readonly #hide: Hide;
  readonly #kernel: Kernel;
  readonly #finder: WordFinder | undefined;
  readonly #scribe: Scribe;
  /** Where payloads begin and end, and the same of some that are to be looked at. */
  readonly #places: number;
  readonly #doubtful: number;
  #payloads = 0;
  /** Which of them nobody has walked through. */
  #unwalked: number[] = [];
  #block: number;
  /** Blocks that were written. */
  readonly #spare: number[] = [];
  #blocks = 0;

  /** `words` are all that `hide` replaces: with them, bytes without any need not become text to be sure of it. */
  constructor(hide: Hide, words?: Words, kernel = new Kernel()) {
    this.#hide = hide;
    this.#kernel = kernel;
    this.#finder = words === undefined ? undefined : new WordFinder(kernel, words);
    this.#scribe = new Scribe(kernel, SIZE);
    this.#places = kernel.reserve((SIZE / SHORTEST_LINE) * PLACE);
    this.#doubtful = kernel.reserve((SIZE / SHORTEST_LINE) * PLACE);
    this.#block = this.#another();
    this.#begin();
  }

  /** Whether a finished line of so many bytes fits in, with what a frame's may take besides. */
  hasRoom(size: number): boolean {
    return this.#block + SIZE - this.#scribe.end >= size + FRAME_MOST;
  }

  /** Bytes of its lines, at most. */
  get size(): number {
    return this.#scribe.end - this.#block;
  }

  /** A line that is finished. There must be room. */
  line(bytes: Buffer): void {
    this.#scribe.line(bytes);
  }

  /** A frame whose payload is at [from, to) of bytes, and is JSON if it was walked. There must be room for it and its head. */
  frame(side: Side, t: Ms, head: Buffer, payload: Buffer, from: number, to: number, isWalked = false): void {
    this.#scribe.frame(side, t, head, payload, from, to);
    if (!isWalked) this.#unwalked.push(this.#payloads);
    this.#payloads++;
  }

  /** A frame whose payload is a text, and a well-formed one. There must be room for three bytes a code unit. */
  textFrame(side: Side, t: Ms, head: Buffer, payload: string): void {
    this.#scribe.textFrame(side, t, head, payload);
    this.#unwalked.push(this.#payloads++);
  }

  /** Hands the lines over, fit to be written, if there are any. The draft is empty then. */
  handOver(full: Full): void {
    const end = this.#scribe.write();
    if (end === this.#block) return;
    const lines = this.#kernel.bytes.subarray(this.#block, end);
    const odd = this.#payloads === 0 ? [] : this.#odd(lines);
    if (odd.length === 0) this.#give(lines, full);
    else full(this.#spelt(lines, odd), () => {});
    this.#begin();
  }

  #begin(): void {
    this.#scribe.begin(this.#block, this.#places);
    this.#payloads = 0;
    this.#unwalked = [];
  }

  /** Hands over the block itself, or a copy where nobody is done with too many of them. */
  #give(lines: Buffer, full: Full): void {
    const block = this.#block;
    const next = this.#spare.pop() ?? (this.#blocks < BLOCKS_MOST ? this.#another() : undefined);
    if (next === undefined) return full(Buffer.from(lines), () => {});
    this.#block = next;
    full(lines, () => this.#spare.push(block));
  }

  #another(): number {
    this.#blocks++;
    return this.#kernel.reserve(SIZE + PADDING);
  }

  /** Which payloads have to be spelt anew, in their order. */
  #odd(lines: Buffer): readonly number[] {
    if (this.#holdsSecret(lines)) return this.#all();
    // Whoever walked through a payload took a carriage return for a blank, but a line shall hold none.
    const doubtful = lines.includes(CARRIAGE_RETURN) ? this.#all() : this.#unwalked;
    if (doubtful.length === 0) return doubtful;
    return isUtf8(lines) ? this.#notPlain(doubtful) : this.#all();
  }

  #all(): number[] {
    return Array.from({ length: this.#payloads }, (_, n) => n);
  }

  #holdsSecret(lines: Buffer): boolean {
    if (this.#finder?.isIdle === true) return false;
    const found = this.#finder?.find(this.#block, this.#block + lines.length);
    if (found !== undefined) return found;
    const text = lines.toString();
    return this.#hide(text) !== text;
  }

  /** Those of some payloads that are not JSON on one line for sure. */
  #notPlain(payloads: readonly number[]): number[] {
    const { i32, run } = this.#kernel;
    let at = this.#doubtful >> 2;
    for (const n of payloads) {
      const place = (this.#places + n * PLACE) >> 2;
      i32[at++] = i32[place] as number;
      i32[at++] = i32[place + 1] as number;
    }
    const odd: number[] = [];
    const next = (n: number): number => run.oddPayload(this.#doubtful, n, payloads.length);
    for (let n = next(0); n < payloads.length; n = next(n + 1)) odd.push(payloads[n] as number);
    return odd;
  }

  /** The lines with some payloads spelt anew. */
  #spelt(lines: Buffer, odd: readonly number[]): Buffer {
    const pieces: Buffer[] = [];
    let copied = 0;
    for (const n of odd) {
      const place = (this.#places + n * PLACE) >> 2;
      const from = (this.#kernel.i32[place] as number) - this.#block;
      const to = (this.#kernel.i32[place + 1] as number) - this.#block;
      pieces.push(lines.subarray(copied, from - TAG.length));
      pieces.push(payloadMember(lines.toString('utf8', from, to), this.#hide));
      copied = to;
    }
    return Buffer.concat([...pieces, lines.subarray(copied)]);
  }
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
  return Buffer.concat([Buffer.from('"text":"'), ...escaped(hidden), Buffer.from('"')]);
}

/** Characters that are escaped at once: six times as many as a server may send are no longer one text. */
const ESCAPED_AT_ONCE = 1024 * 1024;

/** What stands between the quotes of a text in JSON. */
function escaped(text: string): Buffer[] {
  const pieces: Buffer[] = [];
  for (let from = 0, to = 0; from < text.length; from = to) {
    to = from + ESCAPED_AT_ONCE;
    // Both halves of a surrogate pair belong to one piece.
    if ((text.charCodeAt(to - 1) & 0xfc00) === 0xd800) to++;
    pieces.push(Buffer.from(JSON.stringify(text.slice(from, to)).slice(1, -1)));
  }
  return pieces;
}

import { below, element, lanes, lanesOf, mix, OFFSET_A, OFFSET_B, ROOT_A, ROOT_B, stepA, stepB, TAG } from './hash.js';
import { Instants } from './instants.js';
import { find, type Node, type Plan } from './plan.js';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

/** Deeper payloads are left to the parser, which tells them. */
const DEPTH_MOST = 64;
/** Members of one object among which a repeated name is looked for. */
const MEMBERS_MOST = 1024;

/** Where a leaf's hash goes: nowhere (outside the body), into the print, or (from 1 on) to rule `sink - 1`. */
const NOWHERE = -1;
const PRINT = 0;

/** Thrown by no one: the position that says "not sure, let the parser look". */
const UNSURE = -1;

/**
 * Walks the bytes of one JSON payload, finds the captured values, and folds the compared part into a print. It builds
 * no objects. Whatever is unusual (a repeated name, a number with an exponent, what is no JSON) makes it unsure, and
 * then the parser decides: the scanner may say "look closer" too often, but never "equal" wrongly.
 */
export class Scanner {
  /** Result of the last scan: lanes of the print. */
  a = 0;
  b = 0;
  fine = 0;
  readonly ruled: Int32Array;
  /** Captured values by index: begin and end in the bytes (of texts without their quotes), lanes, and whether verbatim. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly captureA: Int32Array;
  readonly captureB: Int32Array;
  readonly kind: Uint8Array;

  #bytes: Uint8Array = new Uint8Array(0);
  /** The same bytes, to be read four at a time. */
  #view: DataView = new DataView(new ArrayBuffer(0));
  readonly #scratch = Buffer.alloc(4096);
  #end = 0;
  #hashA = 0;
  #hashB = 0;
  #escaped = false;
  #moved = 0;
  #targets = 0;
  #depth = 0;
  readonly #names = new Int32Array(MEMBERS_MOST);
  #namesTop = 0;
  readonly #plan: Plan;
  readonly #instants = new Instants();

  constructor(plan: Plan, rules: number) {
    this.#plan = plan;
    this.ruled = new Int32Array(rules * 2);
    this.from = new Int32Array(plan.captures);
    this.to = new Int32Array(plan.captures);
    this.captureA = new Int32Array(plan.captures);
    this.captureB = new Int32Array(plan.captures);
    this.kind = new Uint8Array(plan.captures);
  }

  /** Scans the payload at [start, end). Returns false when not sure; the results then mean nothing. */
  scan(bytes: Uint8Array, start: number, end: number): boolean {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    this.#end = end;
    this.a = 0;
    this.b = 0;
    this.fine = this.#plan.partial ? -1 : 0;
    this.ruled.fill(0);
    this.kind.fill(ABSENT);
    this.#moved = 0;
    this.#targets = 0;
    this.#depth = 0;
    this.#namesTop = 0;
    const { root } = this.#plan;
    const inBody = root.body !== undefined;
    const at = this.#value(this.#blank(start), root.body ?? root, ROOT_A, ROOT_B, inBody ? PRINT : NOWHERE);
    this.a |= 0;
    this.b |= 0;
    return at !== UNSURE && this.#blank(at) === end && (this.#moved & this.#targets) === 0;
  }

  /** The rules' lanes as one number each, for a print. */
  ruledLanes(): number[] {
    const result: number[] = [];
    for (let rule = 0; rule < this.ruled.length; rule += 2) {
      result.push(((this.ruled[rule] as number) >>> 0) * 0x10_0000 + ((this.ruled[rule + 1] as number) >>> 12));
    }
    return result;
  }

  #blank(at: number): number {
    const bytes = this.#bytes;
    // Feeds are written without blanks: nearly always there is nothing to skip.
    if ((bytes[at] as number) > 0x20) return at;
    let i = at;
    while (i < this.#end && (bytes[i] === 0x20 || bytes[i] === 0x0a || bytes[i] === 0x0d || bytes[i] === 0x09)) i++;
    return i;
  }

  #value(at: number, node: Node | undefined, a: number, b: number, sink: number): number {
    const byte = this.#bytes[at] as number;
    if (at >= this.#end) return UNSURE;
    if (byte === QUOTE) return this.#text(at, node, a, b, sink);
    if (byte === OPEN_OBJECT) return this.#object(at, node, a, b, sink);
    if (byte === OPEN_ARRAY) return this.#array(at, node, a, b, sink);
    if (byte === 0x2d || (byte >= 0x30 && byte <= 0x39)) return this.#number(at, node, a, b, sink);
    return this.#literal(at, byte, node, a, b, sink);
  }

  #object(at: number, node: Node | undefined, a: number, b: number, sink: number): number {
    if (++this.#depth > DEPTH_MOST) return UNSURE;
    if (node?.capture !== undefined) this.kind[node.capture] = OTHER;
    const bytes = this.#bytes;
    const bottom = this.#namesTop;
    let bloom = 0;
    let i = this.#blank(at + 1);
    if (bytes[i] === CLOSE_OBJECT) this.#leaf(a, b, sink, TAG.object, TAG.object);
    else {
      if (node?.present === true) this.#leaf(a, b, sink, TAG.there, TAG.there);
      for (;;) {
        if (bytes[i] !== QUOTE) return UNSURE;
        i = this.#string(i + 1);
        if (i === UNSURE) return UNSURE;
        const nameA = this.#hashA;
        const nameB = this.#hashB;
        // A name that comes twice: which of the two counts is for the parser to say.
        const bit = 1 << (nameA & 31);
        if ((bloom & bit) !== 0) {
          for (let n = bottom; n < this.#namesTop; n++) if (this.#names[n] === nameA) return UNSURE;
        }
        bloom |= bit;
        if (this.#namesTop >= MEMBERS_MOST) return UNSURE;
        this.#names[this.#namesTop++] = nameA;
        i = this.#blank(i);
        if (bytes[i] !== COLON) return UNSURE;
        i = this.#blank(i + 1);
        const child = node === undefined ? undefined : node.each === undefined ? find(node, nameA, nameB) : node.each;
        i =
          child === undefined
            ? this.#value(i, undefined, below(a, nameA), below(b, nameB), sink)
            : this.#special(i, child, below(a, nameA), below(b, nameB), sink);
        if (i === UNSURE) return UNSURE;
        i = this.#blank(i);
        if (bytes[i] === COMMA) i = this.#blank(i + 1);
        else if (bytes[i] === CLOSE_OBJECT) break;
        else return UNSURE;
      }
    }
    if (i >= this.#end) return UNSURE;
    this.#namesTop = bottom;
    this.#depth--;
    return i + 1;
  }

  #array(at: number, node: Node | undefined, a: number, b: number, sink: number): number {
    if (++this.#depth > DEPTH_MOST) return UNSURE;
    if (node?.capture !== undefined) this.kind[node.capture] = OTHER;
    const bytes = this.#bytes;
    let i = this.#blank(at + 1);
    if (bytes[i] === CLOSE_ARRAY) this.#leaf(a, b, sink, TAG.array, TAG.array);
    else {
      // Element 0 of an array and member "0" of an object are told apart by the array's tag in the path.
      const inA = a ^ TAG.array;
      const inB = b ^ TAG.array;
      let index = 0;
      for (; ; index++) {
        const each = node?.each;
        i =
          each === undefined
            ? this.#value(i, undefined, element(inA, index), element(inB, index), sink)
            : this.#special(i, each, element(inA, index), element(inB, index), sink);
        if (i === UNSURE) return UNSURE;
        i = this.#blank(i);
        if (bytes[i] === COMMA) i = this.#blank(i + 1);
        else if (bytes[i] === CLOSE_ARRAY) break;
        else return UNSURE;
      }
      // Elements that a rule lets through still have to be as many.
      if (node?.present === true) this.#leaf(a, b, sink, (index + 1) * 256 + TAG.array, (index + 1) * 256 + TAG.array);
    }
    if (i >= this.#end) return UNSURE;
    this.#depth--;
    return i + 1;
  }

  /** A value at a place where the plan has something to do. */
  #special(at: number, node: Node, a: number, b: number, sink: number): number {
    if (node.body !== undefined) return this.#value(at, node.body, ROOT_A, ROOT_B, PRINT);
    if (node.moved !== undefined && sink === PRINT) {
      this.#moved |= 1 << node.moved.bit;
      const { node: there, a: thereA, b: thereB } = node.moved;
      if (node.capture !== undefined) return this.#captureMoved(at, node, there, thereA, thereB);
      return this.#ruledValue(at, there, thereA, thereB, sink);
    }
    if (node.target !== undefined) this.#targets |= 1 << node.target;
    return this.#ruledValue(at, node, a, b, sink);
  }

  #captureMoved(at: number, node: Node, there: Node | undefined, a: number, b: number): number {
    const after = this.#ruledValue(at, there, a, b, PRINT);
    if (after === UNSURE || node.capture === undefined) return UNSURE;
    // Scanned once more, for nothing but the capture.
    return this.#value(at, { children: [], capture: node.capture }, 0, 0, NOWHERE);
  }

  #ruledValue(at: number, node: Node | undefined, a: number, b: number, sink: number): number {
    const ignored = node?.rule !== undefined && sink === PRINT && node.rule.kind === 'ignore';
    return this.#value(at, node, a, b, ignored ? (node?.rule?.index ?? 0) + 1 : sink);
  }

  #leaf(a: number, b: number, sink: number, valueA: number, valueB: number): void {
    if (sink === PRINT) {
      this.a += mix(a, valueA);
      this.b += mix(b, valueB);
      this.a |= 0;
      this.b |= 0;
    } else if (sink > 0) this.#toRule(sink - 1, a, b, valueA, valueB);
  }

  #toRule(rule: number, a: number, b: number, valueA: number, valueB: number): void {
    const ruled = this.ruled;
    ruled[rule * 2] = ((ruled[rule * 2] as number) + mix(a, valueA)) | 0;
    ruled[rule * 2 + 1] = ((ruled[rule * 2 + 1] as number) + mix(b, valueB)) | 0;
  }

  /** Adds a scalar: into the print as it is, or in the form that its rule compares and beside it as it was spelt. */
  #scalar(at: number, end: number, node: Node | undefined, a: number, b: number, sink: number, tag: number): void {
    const valueA = this.#hashA ^ tag;
    const valueB = this.#hashB ^ tag;
    if (node === undefined) {
      this.#leaf(a, b, sink, valueA, valueB);
      return;
    }
    if (node.capture !== undefined) this.#capture(node.capture, at, end, valueA, valueB, tag);
    const { rule } = node;
    if (rule === undefined || rule.kind === 'ignore' || rule.kind === 'strict' || sink !== PRINT) {
      this.#leaf(a, b, sink, valueA, valueB);
      return;
    }
    this.#toRule(rule.index, a, b, valueA, valueB);
    if (rule.kind === 'instant') this.#instant(at, end, rule.index, a, b, valueA, valueB, tag);
    else if (rule.kind === 'string') {
      const spelt = tag === TAG.literal && this.#bytes[at] === 0x6e ? TAG.literal : TAG.text;
      this.#leaf(a, b, PRINT, this.#hashA ^ spelt, this.#hashB ^ spelt);
    } else if (!this.#nullish(at, end, tag)) this.#leaf(a, b, PRINT, valueA, valueB);
  }

  #instant(
    at: number,
    end: number,
    rule: number,
    a: number,
    b: number,
    valueA: number,
    valueB: number,
    tag: number,
  ): void {
    const ms = tag === TAG.string && !this.#escaped ? this.#instants.read(this.#bytes, at, end) : undefined;
    if (ms === undefined) {
      this.#leaf(a, b, PRINT, valueA, valueB);
      return;
    }
    if (this.#instants.fine) this.fine |= 1 << rule;
    const high = Math.floor(ms / 0x1_0000_0000);
    this.#leaf(a, b, PRINT, mix(high, ms | 0) ^ TAG.instant, mix(ms | 0, high) ^ TAG.instant);
  }

  #nullish(at: number, end: number, tag: number): boolean {
    return (tag === TAG.string && at === end) || (tag === TAG.literal && this.#bytes[at] === 0x6e);
  }

  #capture(index: number, at: number, end: number, a: number, b: number, tag: number): void {
    this.from[index] = at;
    this.to[index] = end;
    this.captureA[index] = a;
    this.captureB[index] = b;
    this.kind[index] = tag === TAG.string ? (this.#escaped ? ESCAPED : TEXT) : tag === TAG.number ? NUMBER : OTHER;
  }

  #text(at: number, node: Node | undefined, a: number, b: number, sink: number): number {
    const after = this.#string(at + 1);
    if (after !== UNSURE) this.#scalar(at + 1, after - 1, node, a, b, sink, TAG.string);
    return after;
  }

  /**
   * Hashes a string's characters, its escapes resolved, and returns the place behind its closing quote. Words of four
   * bytes are tested at once for what ends or escapes: the "has a zero byte" and "has a byte below" of Bit Twiddling Hacks.
   */
  #string(at: number): number {
    const view = this.#view;
    const last = this.#end - 4;
    let a = OFFSET_A;
    let b = OFFSET_B;
    let i = at;
    for (; i <= last; i += 4) {
      const word = view.getInt32(i, true);
      const quote = word ^ 0x22222222;
      const slash = word ^ 0x5c5c5c5c;
      const found = ((quote - 0x01010101) & ~quote) | ((slash - 0x01010101) & ~slash) | ((word - 0x20202020) & ~word);
      if ((found & 0x80808080) !== 0) break;
      a = stepA(a, word);
      b = stepB(b, word);
    }
    const bytes = this.#bytes;
    let rest = 0;
    for (let n = 0; n < 4 && i < this.#end; n++, i++) {
      const byte = bytes[i] as number;
      if (byte === QUOTE) {
        rest |= n << 24;
        this.#hashA = stepA(a, rest);
        this.#hashB = stepB(b, rest);
        this.#escaped = false;
        return i + 1;
      }
      if (byte === BACKSLASH) return this.#stringWithEscapes(at, i);
      if (byte < 0x20) return UNSURE;
      rest |= byte << (n * 8);
    }
    return UNSURE;
  }

  /** A string with escapes: resolved into a scratch, and hashed there. */
  #stringWithEscapes(at: number, firstEscape: number): number {
    const bytes = this.#bytes;
    const scratch = this.#scratch;
    let size = firstEscape - at;
    if (size > scratch.length) return UNSURE;
    scratch.set(bytes.subarray(at, firstEscape));
    let i = firstEscape;
    while (i < this.#end) {
      const byte = bytes[i] as number;
      if (byte === QUOTE) {
        const { a, b } = lanesOf(scratch, 0, size);
        this.#hashA = a;
        this.#hashB = b;
        this.#escaped = true;
        return i + 1;
      }
      if (byte < 0x20 || size > scratch.length - 4) return UNSURE;
      if (byte !== BACKSLASH) {
        scratch[size++] = byte;
        i++;
        continue;
      }
      let code = this.#escape(i);
      if (code === UNSURE) return UNSURE;
      i += bytes[i + 1] === 0x75 ? 6 : 2;
      if (code >= 0xd800 && code <= 0xdfff) {
        // Half a pair: with its other half one character; alone, only the parser knows what it is worth.
        const low = code < 0xdc00 && bytes[i] === BACKSLASH && bytes[i + 1] === 0x75 ? this.#escape(i) : UNSURE;
        if (low < 0xdc00 || low > 0xdfff) return UNSURE;
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        i += 6;
      }
      size = putUtf8(scratch, size, code);
    }
    return UNSURE;
  }

  /** The code unit of the escape at a backslash. */
  #escape(at: number): number {
    const bytes = this.#bytes;
    const byte = bytes[at + 1];
    if (byte !== 0x75) return ESCAPES.get(byte as number) ?? UNSURE;
    let code = 0;
    for (let i = at + 2; i < at + 6; i++) {
      const digit = hexDigit(bytes[i] as number);
      if (digit === -1 || i >= this.#end) return UNSURE;
      code = code * 16 + digit;
    }
    return code;
  }

  /** Plain decimals: the zeros that end a fraction do not count. An exponent is for the parser. */
  #number(at: number, node: Node | undefined, a: number, b: number, sink: number): number {
    const bytes = this.#bytes;
    let i = at;
    if (bytes[i] === 0x2d) i++;
    const digits = i;
    while (i < this.#end && isDigit(bytes[i] as number)) i++;
    if (i === digits || (bytes[digits] === 0x30 && i > digits + 1)) return UNSURE;
    let significant = i;
    let fraction = 0;
    if (i < this.#end && bytes[i] === 0x2e) {
      fraction = ++i;
      while (i < this.#end && isDigit(bytes[i] as number)) i++;
      if (i === fraction) return UNSURE;
      significant = i;
      while (bytes[significant - 1] === 0x30) significant--;
      if (significant === fraction) significant = fraction - 1;
    }
    if (i < this.#end && (bytes[i] === 0x65 || bytes[i] === 0x45)) return UNSURE;
    if (oddSpelling(bytes, at, digits, fraction, i)) return UNSURE;
    this.#hash(at, significant);
    this.#scalar(at, i, node, a, b, sink, TAG.number);
    return i;
  }

  #literal(at: number, byte: number, node: Node | undefined, a: number, b: number, sink: number): number {
    const literal = byte === 0x74 ? TRUE : byte === 0x66 ? FALSE : byte === 0x6e ? NULL : undefined;
    if (literal === undefined || at + literal.bytes.length > this.#end) return UNSURE;
    for (let n = 0; n < literal.bytes.length; n++) if (this.#bytes[at + n] !== literal.bytes[n]) return UNSURE;
    this.#hashA = literal.a;
    this.#hashB = literal.b;
    this.#scalar(at, at + literal.bytes.length, node, a, b, sink, TAG.literal);
    return at + literal.bytes.length;
  }

  #hash(from: number, to: number): void {
    const bytes = this.#bytes;
    let a = OFFSET_A;
    let b = OFFSET_B;
    let i = from;
    for (; i + 4 <= to; i += 4) {
      const word = this.#view.getInt32(i, true);
      a = stepA(a, word);
      b = stepB(b, word);
    }
    let rest = (to - i) << 24;
    for (let n = 0; i < to; i++, n += 8) rest |= (bytes[i] as number) << n;
    this.#hashA = stepA(a, rest);
    this.#hashB = stepB(b, rest);
  }
}

/** What was captured. */
export const ABSENT = 0;
export const TEXT = 1;
export const ESCAPED = 2;
export const NUMBER = 3;
export const OTHER = 4;

const TRUE = { bytes: Buffer.from('true'), ...lanes('true') };
const FALSE = { bytes: Buffer.from('false'), ...lanes('false') };
const NULL = { bytes: Buffer.from('null'), ...lanes('null') };

const ESCAPES = new Map([
  [0x22, 0x22],
  [0x5c, 0x5c],
  [0x2f, 0x2f],
  [0x62, 0x08],
  [0x66, 0x0c],
  [0x6e, 0x0a],
  [0x72, 0x0d],
  [0x74, 0x09],
]);

/** Writes a character's bytes and returns the place behind them. */
function putUtf8(bytes: Uint8Array, at: number, code: number): number {
  let i = at;
  if (code < 0x80) bytes[i++] = code;
  else if (code < 0x800) bytes[i++] = 0xc0 | (code >> 6);
  else if (code < 0x10000) {
    bytes[i++] = 0xe0 | (code >> 12);
    bytes[i++] = 0x80 | ((code >> 6) & 0x3f);
  } else {
    bytes[i++] = 0xf0 | (code >> 18);
    bytes[i++] = 0x80 | ((code >> 12) & 0x3f);
    bytes[i++] = 0x80 | ((code >> 6) & 0x3f);
  }
  if (code >= 0x80) bytes[i++] = 0x80 | (code & 0x3f);
  return i;
}

/** Numbers whose usual spelling is another one: negative zero, tiny fractions, more digits than a double may hold. */
function oddSpelling(bytes: Uint8Array, at: number, digits: number, fraction: number, end: number): boolean {
  if (digits > at && bytes[digits] === 0x30) return true;
  if (fraction === 0) return end - digits > 20;
  return end - digits > 15 || (bytes[digits] === 0x30 && bytes[fraction] === 0x30 && bytes[fraction + 1] === 0x30);
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

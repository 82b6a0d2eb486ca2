import {
  ARRAY,
  below,
  element,
  hashOf,
  INSTANT,
  LITERAL,
  mix,
  NUMBER,
  OBJECT,
  ROOT,
  STRING,
  TEXT,
  THERE,
} from './hash';
import {
  ARRAY_HOLDER,
  ARRAY_LEAF,
  BOOLEAN,
  COUNT,
  INSTANT_LEAF,
  mark,
  note,
  NULL,
  NUMBER_LEAF,
  OBJECT_HOLDER,
  OBJECT_LEAF,
  isListing,
  TEXT_LEAF,
  THERE_LEAF,
} from './leaves';
import { coarse as instantIsCoarse, fine as instantIsFine, instantMs, readInstant } from './instant';
import {
  AS_INSTANT,
  AS_STRING,
  bodyOf,
  captureOf,
  capturesOf,
  childOf,
  eachOf,
  IGNORE,
  isPartial,
  isPresent,
  movedBitOf,
  movedNodeOf,
  movedPathOf,
  NULLISH,
  rootOf,
  ruleKindOf,
  ruleOf,
  STRICT,
  targetOf,
} from './plan';
import { readText, textEscaped, textHash } from './text';

/** Deeper payloads are left to the parser, which tells them. */
const DEPTH_MOST: i32 = 64;
/** Members of the objects around a place among which a repeated name is looked for. */
const MEMBERS_MOST: i32 = 1024;

/** Where a leaf's hash goes: nowhere (outside the body), into the print, or (from 1 on) to rule `sink - 1`. */
const NOWHERE: i32 = -1;
const PRINT: i32 = 0;

/** What was captured. */
export const ABSENT: i32 = 0;
export const PLAIN: i32 = 1;
export const ESCAPED: i32 = 2;
export const DECIMAL: i32 = 3;
export const OTHER: i32 = 4;

/** Everything that no rule relaxes, and what the rules that relax leave to compare: sums, so that order does not count. */
export let print: u64 = 0;
/** Bit n: what rule n let through cannot be told by prints (instants finer than milliseconds, say). */
export let fine: i32 = 0;

/** By rule: the values as they were spelt. */
let ruled: usize = 0;
/** By capture: hash, kind, begin, end (of texts without their quotes). */
const captures: usize = memory.data(64 * 32);
const names: usize = memory.data(1024 * 8);
let namesTop: i32 = 0;
let depth: i32 = 0;
/** Bit n: rename n has moved a member. */
export let moved: i32 = 0;
let targets: i32 = 0;
/** Rules that compare values (and do not ignore them) whose places are being walked through. */
let ruledBy: i32 = 0;
let end: usize = 0;
/** Of the scalar read last. */
let hash: u64 = 0;

export function captureHash(index: i32): u64 {
  return load<u64>(captures + ((<usize>index) << 5));
}

export function captureKind(index: i32): i32 {
  return load<i32>(captures + ((<usize>index) << 5), 8);
}

export function captureFrom(index: i32): usize {
  return load<i32>(captures + ((<usize>index) << 5), 12);
}

export function captureTo(index: i32): usize {
  return load<i32>(captures + ((<usize>index) << 5), 16);
}

/**
 * Walks the JSON value at `at`, finds the captured values, and folds the compared part into a print; what rules let
 * through goes to `toRules`. Returns the place behind the value, or 0 when not sure: whatever is unusual is for the parser.
 */
export function scanPayload(plan: usize, at: usize, until: usize, toRules: usize): usize {
  end = until;
  ruled = toRules;
  print = 0;
  fine = isPartial(plan) ? -1 : 0;
  depth = 0;
  namesTop = 0;
  moved = 0;
  targets = 0;
  ruledBy = 0;
  const count = capturesOf(plan);
  for (let i = 0; i < count; i++) store<i32>(captures + ((<usize>i) << 5), ABSENT, 8);
  const root = rootOf(plan);
  const start = blank(at);
  const after = bodyOf(root) != 0 ? value(start, bodyOf(root), ROOT, PRINT) : value(start, root, 0, NOWHERE);
  // A rename whose place is taken on the candidate's own side: which of the two counts is for the parser to say.
  return after == 0 || (moved & targets) != 0 ? 0 : after;
}

/** Whether [at, until) is exactly one JSON value; false also where that is not sure. */
export function isValue(at: usize, until: usize): bool {
  const after = skipValue(at, until);
  return after == until || (after != 0 && blank(after) == until);
}

/** The place behind the JSON value at `at`, of which nothing is wanted; 0 where it is not sure that there is one. */
export function skipValue(at: usize, until: usize): usize {
  end = until;
  depth = 0;
  namesTop = 0;
  return value(blank(at), 0, 0, NOWHERE);
}

/** Behind blanks. A line break is none here: it ends a recording's line. */
export function blank(at: usize): usize {
  let i = at;
  while (isBlank(load<u8>(i))) i++;
  return i;
}

function isBlank(byte: u8): bool {
  return byte <= 0x20 && (byte == 0x20 || byte == 0x09 || byte == 0x0d);
}

function value(at: usize, node: usize, path: u64, sink: i32): usize {
  if (at >= end) return 0;
  switch (load<u8>(at)) {
    case 0x22: {
      const after = readText(at + 1, end);
      if (after == 0) return 0;
      hash = textHash;
      scalar(at + 1, after - 1, node, path, sink, STRING);
      return after;
    }
    case 0x7b:
      return object(at, node, path, sink);
    case 0x5b:
      return array(at, node, path, sink);
    case 0x74:
      return literal(at, 4, load<u32>(at) == 0x65757274, node, path, sink);
    case 0x66:
      return literal(at, 5, load<u32>(at, 1) == 0x65736c61, node, path, sink);
    case 0x6e:
      return literal(at, 4, load<u32>(at) == 0x6c6c756e, node, path, sink);
    default:
      return number(at, node, path, sink);
  }
}

function object(at: usize, node: usize, path: u64, sink: i32): usize {
  if (++depth > DEPTH_MOST) return 0;
  if (node != 0 && captureOf(node) >= 0) store<i32>(captures + ((<usize>captureOf(node)) << 5), OTHER, 8);
  const bottom = namesTop;
  let bloom: u64 = 0;
  if (isListing && sink == PRINT) mark(path, OBJECT_HOLDER, ruledBy);
  let i = blank(at + 1);
  if (load<u8>(i) == 0x7d) leaf(path, sink, OBJECT, OBJECT_LEAF);
  else {
    if (node != 0 && isPresent(node)) leaf(path, sink, THERE, THERE_LEAF);
    for (;;) {
      if (load<u8>(i) != 0x22) return 0;
      i = readText(i + 1, end);
      if (i == 0) return 0;
      const name = textHash;
      // A name that comes twice: which of the two counts is for the parser to say.
      const bit = (<u64>1) << (name & 63);
      if ((bloom & bit) != 0) {
        for (let n = bottom; n < namesTop; n++) if (load<u64>(names + ((<usize>n) << 3)) == name) return 0;
      }
      bloom |= bit;
      if (namesTop >= MEMBERS_MOST) return 0;
      store<u64>(names + ((<usize>namesTop) << 3), name);
      namesTop++;
      i = blank(i);
      if (load<u8>(i) != 0x3a) return 0;
      i = blank(i + 1);
      const child: usize = node == 0 ? 0 : eachOf(node) != 0 ? eachOf(node) : childOf(node, name);
      i = child == 0 ? value(i, 0, below(path, name), sink) : special(i, child, below(path, name), sink);
      if (i == 0) return 0;
      i = blank(i);
      const byte = load<u8>(i);
      if (byte == 0x2c) i = blank(i + 1);
      else if (byte == 0x7d) break;
      else return 0;
    }
  }
  if (i >= end) return 0;
  namesTop = bottom;
  depth--;
  return i + 1;
}

function array(at: usize, node: usize, path: u64, sink: i32): usize {
  if (++depth > DEPTH_MOST) return 0;
  if (node != 0 && captureOf(node) >= 0) store<i32>(captures + ((<usize>captureOf(node)) << 5), OTHER, 8);
  if (isListing && sink == PRINT) mark(path, ARRAY_HOLDER, ruledBy);
  let i = blank(at + 1);
  if (load<u8>(i) == 0x5d) leaf(path, sink, ARRAY, ARRAY_LEAF);
  else {
    // Element 0 of an array and member "0" of an object are told apart by the array's tag in the path.
    const inside = path ^ ARRAY;
    const each: usize = node == 0 ? 0 : eachOf(node);
    let index: u32 = 0;
    for (; ; index++) {
      i = each == 0 ? value(i, 0, element(inside, index), sink) : special(i, each, element(inside, index), sink);
      if (i == 0) return 0;
      i = blank(i);
      const byte = load<u8>(i);
      if (byte == 0x2c) i = blank(i + 1);
      else if (byte == 0x5d) break;
      else return 0;
    }
    // Elements that a rule lets through still have to be as many.
    if (node != 0 && isPresent(node)) leaf(path, sink, ((<u64>(index + 1)) << 8) + ARRAY, COUNT);
  }
  if (i >= end) return 0;
  depth--;
  return i + 1;
}

/** A value at a place where the plan has something to do. */
function special(at: usize, node: usize, path: u64, sink: i32): usize {
  if (bodyOf(node) != 0) return value(at, bodyOf(node), ROOT, PRINT);
  if (movedBitOf(node) >= 0 && sink == PRINT) {
    moved |= 1 << movedBitOf(node);
    const after = ruledValue(at, movedNodeOf(node), movedPathOf(node), sink);
    if (after == 0 || captureOf(node) < 0) return after;
    // Scanned once more, for nothing but the capture.
    return captureAgain(at, captureOf(node));
  }
  if (targetOf(node) >= 0) targets |= 1 << targetOf(node);
  return ruledValue(at, node, path, sink);
}

/** A node that captures and does nothing else. */
const capturing: usize = memory.data(56);

function captureAgain(at: usize, capture: i32): usize {
  store<i32>(capturing, 0);
  store<i32>(capturing, capture, 12);
  store<i32>(capturing, -1, 20);
  store<i32>(capturing, -1, 32);
  store<i32>(capturing, -1, 48);
  return value(at, capturing, 0, NOWHERE);
}

function ruledValue(at: usize, node: usize, path: u64, sink: i32): usize {
  if (node == 0 || sink != PRINT || ruleOf(node) < 0) return value(at, node, path, sink);
  if (ruleKindOf(node) == IGNORE) return value(at, node, path, ruleOf(node) + 1);
  ruledBy++;
  const after = value(at, node, path, sink);
  ruledBy--;
  return after;
}

function leaf(path: u64, sink: i32, value: u64, kind: i32): void {
  if (sink == PRINT) printed(path, value, kind);
  else if (sink > 0) toRule(sink - 1, path, value);
}

function printed(path: u64, value: u64, kind: i32): void {
  print += mix(path, value);
  if (isListing) note(path, value, kind, kind == INSTANT_LEAF ? 0 : ruledBy);
}

function toRule(rule: i32, path: u64, value: u64): void {
  const at = ruled + ((<usize>rule) << 3);
  store<u64>(at, load<u64>(at) + mix(path, value));
}

/** Adds a scalar: into the print as it is, or in the form that its rule compares and beside it as it was spelt. */
function scalar(at: usize, until: usize, node: usize, path: u64, sink: i32, tag: u64): void {
  const value = hash ^ tag;
  if (node == 0) {
    leaf(path, sink, value, kindOf(at, tag));
    return;
  }
  if (captureOf(node) >= 0) capture(captureOf(node), at, until, value, tag);
  const kind = ruleKindOf(node);
  if (ruleOf(node) < 0 || kind == IGNORE || kind == STRICT || sink != PRINT) {
    leaf(path, sink, value, kindOf(at, tag));
    return;
  }
  toRule(ruleOf(node), path, value);
  if (kind == AS_INSTANT) {
    if (tag != STRING || textEscaped || !readInstant(at, until)) {
      printed(path, value, kindOf(at, tag));
      return;
    }
    if (instantIsFine) fine |= 1 << ruleOf(node);
    printed(path, mix(INSTANT, <u64>instantMs), instantIsCoarse ? TEXT_LEAF : INSTANT_LEAF);
  } else if (kind == AS_STRING) {
    printed(path, hash ^ (tag == LITERAL && load<u8>(at) == 0x6e ? LITERAL : TEXT), TEXT_LEAF);
  } else if (kind == NULLISH && !isNullish(at, until, tag)) printed(path, value, kindOf(at, tag));
}

/** What JSON calls a scalar. */
function kindOf(at: usize, tag: u64): i32 {
  if (tag == STRING) return TEXT_LEAF;
  if (tag == NUMBER) return NUMBER_LEAF;
  return load<u8>(at) == 0x6e ? NULL : BOOLEAN;
}

function isNullish(at: usize, until: usize, tag: u64): bool {
  return (tag == STRING && at == until) || (tag == LITERAL && load<u8>(at) == 0x6e);
}

function capture(index: i32, at: usize, until: usize, value: u64, tag: u64): void {
  const slot = captures + ((<usize>index) << 5);
  store<u64>(slot, value);
  store<i32>(slot, tag == STRING ? (textEscaped ? ESCAPED : PLAIN) : tag == NUMBER ? DECIMAL : OTHER, 8);
  store<i32>(slot, <i32>at, 12);
  store<i32>(slot, <i32>until, 16);
}

function literal(at: usize, length: usize, matches: bool, node: usize, path: u64, sink: i32): usize {
  if (!matches || at + length > end) return 0;
  hash = hashOf(at, at + length);
  scalar(at, at + length, node, path, sink, LITERAL);
  return at + length;
}

/** Plain decimals: the zeros that end a fraction do not count. An exponent is for the parser. */
function number(at: usize, node: usize, path: u64, sink: i32): usize {
  let i = at;
  if (load<u8>(i) == 0x2d) i++;
  const digits = i;
  while (i < end && isDigit(load<u8>(i))) i++;
  if (i == digits || (load<u8>(digits) == 0x30 && i > digits + 1)) return 0;
  let significant = i;
  let fraction: usize = 0;
  if (i < end && load<u8>(i) == 0x2e) {
    fraction = ++i;
    while (i < end && isDigit(load<u8>(i))) i++;
    if (i == fraction) return 0;
    significant = i;
    while (load<u8>(significant - 1) == 0x30) significant--;
    if (significant == fraction) significant = fraction - 1;
  }
  if (i < end && (load<u8>(i) | 0x20) == 0x65) return 0;
  if (isOddlySpelt(at, digits, fraction, i)) return 0;
  hash = hashOf(at, significant);
  scalar(at, i, node, path, sink, NUMBER);
  return i;
}

/** Numbers whose usual spelling is another one: negative zero, tiny fractions, more digits than a double may hold. */
function isOddlySpelt(at: usize, digits: usize, fraction: usize, until: usize): bool {
  if (digits > at && load<u8>(digits) == 0x30) return true;
  if (fraction == 0) return until - digits > 20;
  if (until - digits > 15) return true;
  return load<u8>(digits) == 0x30 && load<u8>(fraction) == 0x30 && load<u8>(fraction, 1) == 0x30;
}

function isDigit(byte: u8): bool {
  return byte >= 0x30 && byte <= 0x39;
}

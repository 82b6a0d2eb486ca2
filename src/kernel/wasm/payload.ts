import { captureHolder, dropCaptures } from './captures';
import { ARRAY, below, element, hashOf, LITERAL, NUMBER, OBJECT, ROOT, STRING, THERE } from './hash';
import { ARRAY_HOLDER, ARRAY_LEAF, COUNT, isListing, mark, OBJECT_HOLDER, OBJECT_LEAF, THERE_LEAF } from './leaves';
import { readNumber, significant } from './number';
import {
  bodyOf,
  captureOf,
  capturesOf,
  childOf,
  countFollowed,
  countWalked,
  eachOf,
  followedOf,
  IGNORE,
  isPartial,
  isPresent,
  movedBitOf,
  movedNodeOf,
  movedPathOf,
  rootOf,
  rootSeamOf,
  ruleKindOf,
  ruleOf,
  targetOf,
  walkedOf,
} from './plan';
import {
  addToPrint,
  addToRule,
  beginPrint,
  beginRuled,
  endRuled,
  fixed,
  NOWHERE,
  PRINT,
  ruledBy,
  scalar,
} from './print';
import {
  beginNotes,
  behind,
  childOf as seamsAfter,
  isLast,
  isNoting,
  learnNotes,
  lyingAt,
  nodeBehind,
  noteValue,
  pathBehind,
  printOf,
  ruledOf,
  ruleOf as ruleOfSeam,
  sinkBehind,
  spoilNotes,
} from './seams';
import { readText, textHash } from './text';

/** Deeper payloads are left to the parser, which tells them. */
const DEPTH_MOST: i32 = 64;
/** Members of the objects around a place among which a repeated name is looked for. */
const MEMBERS_MOST: i32 = 1024;

const names: usize = memory.data(1024 * 8);
let namesTop: i32 = 0;
let depth: i32 = 0;
/** Bit n: rename n has moved a member. */
export let moved: i32 = 0;
let targets: i32 = 0;
let end: usize = 0;
/**
 * Walks the JSON value at `at`, finds the captured values, and folds the compared part into a print; what rules let
 * through goes to `toRules`. Returns the place behind the value, or 0 when not sure: whatever is unusual is for the parser.
 */
export function scanPayload(plan: usize, at: usize, until: usize, toRules: usize, rules: i32): usize {
  end = until;
  if (isListing) return walk(plan, at, toRules, rules);
  if (rootSeamOf(plan) != 0) {
    if (walkedOf(plan) > WALKED_MOST + followedOf(plan) / 4) return walk(plan, at, toRules, rules);
    begin(plan, toRules, rules);
    const after = follow(plan, at);
    if (after != 0) {
      countFollowed(plan);
      return after;
    }
  }
  countWalked(plan);
  beginNotes(at);
  const after = walk(plan, at, toRules, rules);
  if (after == 0) spoilNotes();
  else learnNotes(plan, after);
  return after;
}

/** Payloads that are walked through although there are seams, before it shows that payloads of this plan do not look alike. */
const WALKED_MOST: i32 = 1_000;

function begin(plan: usize, toRules: usize, rules: i32): void {
  beginPrint(toRules, rules, isPartial(plan));
  depth = 0;
  namesTop = 0;
  moved = 0;
  targets = 0;
  dropCaptures(capturesOf(plan));
}

/** Reads the values of a payload that has the seams of one that was walked through; 0 if it has not. */
function follow(plan: usize, at: usize): usize {
  let i = at;
  let seams = rootSeamOf(plan);
  while (true) {
    const seam = lyingAt(seams, i, end);
    if (seam == 0) return 0;
    i = behind(seam, i);
    addToPrint(printOf(seam));
    const rule = ruleOfSeam(seam);
    if (rule >= 0) addToRule(rule, ruledOf(seam));
    if (isLast(seam)) return i;
    i = value(i, nodeBehind(seam), pathBehind(seam), sinkBehind(seam));
    if (i == 0) return 0;
    seams = seamsAfter(seam);
  }
}

function walk(plan: usize, at: usize, toRules: usize, rules: i32): usize {
  begin(plan, toRules, rules);
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
      if (isNoting) noteValue(at, after, node, path, sink);
      scalar(at + 1, after - 1, textHash, node, path, sink, STRING);
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
  if (node != 0 && captureOf(node) >= 0) holderAt(captureOf(node));
  const bottom = namesTop;
  let bloom: u64 = 0;
  if (isListing && sink == PRINT) mark(path, OBJECT_HOLDER, ruledBy);
  let i = blank(at + 1);
  if (load<u8>(i) == 0x7d) fixed(path, sink, OBJECT, OBJECT_LEAF);
  else {
    if (node != 0 && isPresent(node)) fixed(path, sink, THERE, THERE_LEAF);
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
  if (node != 0 && captureOf(node) >= 0) holderAt(captureOf(node));
  if (isListing && sink == PRINT) mark(path, ARRAY_HOLDER, ruledBy);
  let i = blank(at + 1);
  if (load<u8>(i) == 0x5d) fixed(path, sink, ARRAY, ARRAY_LEAF);
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
    if (node != 0 && isPresent(node)) fixed(path, sink, ((<u64>(index + 1)) << 8) + ARRAY, COUNT);
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
  spoilNotes();
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
  beginRuled();
  const after = value(at, node, path, sink);
  endRuled();
  return after;
}

/** An object or array where a value was expected. */
function holderAt(capture: i32): void {
  spoilNotes();
  captureHolder(capture);
}

function literal(at: usize, length: usize, matches: bool, node: usize, path: u64, sink: i32): usize {
  if (!matches || at + length > end) return 0;
  if (isNoting) noteValue(at, at + length, node, path, sink);
  scalar(at, at + length, hashOf(at, at + length), node, path, sink, LITERAL);
  return at + length;
}

function number(at: usize, node: usize, path: u64, sink: i32): usize {
  const after = readNumber(at, end);
  if (after == 0) return 0;
  if (isNoting) noteValue(at, after, node, path, sink);
  scalar(at, after, hashOf(at, significant), node, path, sink, NUMBER);
  return after;
}

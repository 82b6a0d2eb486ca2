import { rootSeamOf, setRootSeam } from './plan';

/**
 * Payloads of a feed look alike: between their values stand the same bytes, over and over. A seam is what lies between two
 * values of a payload that was walked through, and with it all that the walk found out there: what the value behind it is
 * to the plan, and what of the print does not depend on values. Where the same seams come again, only values have to be
 * read. Bytes that are the same lead to the same places, so that nothing has to be asked twice.
 *
 * A seam, by byte offset: 0 size of its text, 4 whether it is the last, 8 the seam that may stand here instead, 12 the one
 * that may follow, 16 node, 20 sink and 24 path of the value behind it, 32 what it adds to the print, 40 the rule (or -1)
 * to which it adds 48, 56 its text.
 */
const TEXT: usize = 56;
const TEXT_MOST: usize = 1_024;

/** Other seams at the same place: where names are not the same over and over, nothing is gained. */
const SIBLINGS_MOST: i32 = 32;

const room: usize = memory.data(524_288);
const ROOM: usize = 524_288;
let used: usize = 0;

export function isLast(seam: usize): bool {
  return load<i32>(seam, 4) != 0;
}

export function childOf(seam: usize): usize {
  return load<i32>(seam, 12);
}

export function nodeBehind(seam: usize): usize {
  return load<i32>(seam, 16);
}

export function sinkBehind(seam: usize): i32 {
  return load<i32>(seam, 20);
}

export function pathBehind(seam: usize): u64 {
  return load<u64>(seam, 24);
}

export function printOf(seam: usize): u64 {
  return load<u64>(seam, 32);
}

export function ruleOf(seam: usize): i32 {
  return load<i32>(seam, 40);
}

export function ruledOf(seam: usize): u64 {
  return load<u64>(seam, 48);
}

/** Of a seam and those that may stand in its place, the one that lies at `at`; 0 if none does. */
export function lyingAt(first: usize, at: usize, end: usize): usize {
  let seam = first;
  while (seam != 0 && !liesAt(seam, at, end)) seam = load<i32>(seam, 8);
  return seam;
}

/** Behind a seam that lies at `at`. */
export function behind(seam: usize, at: usize): usize {
  return at + <usize>load<i32>(seam);
}

function liesAt(seam: usize, at: usize, end: usize): bool {
  const size = <usize>load<i32>(seam);
  if (at + size > end) return false;
  let i: usize = 0;
  for (; i + 16 <= size; i += 16) if (differing(seam + i, at + i) != 0) return false;
  const rest = size - i;
  if (rest != 0 && (differing(seam + i, at + i) & ((1 << (<u32>rest)) - 1)) != 0) return false;
  return isLast(seam) || isScalarStart(load<u8>(at + size));
}

/** Which of sixteen bytes of a seam's text are not those at a place, as bits. */
function differing(seam: usize, at: usize): u32 {
  return <u32>i8x16.bitmask(i8x16.ne(v128.load(seam, TEXT), v128.load(at)));
}

/** Where a brace, bracket or blank follows, this seam is the beginning of another one. */
function isScalarStart(byte: u8): bool {
  return byte > 0x20 && (byte | 0x20) != 0x7b && (byte | 0x20) != 0x7d;
}

/** The seams of the payload at hand, as they are found: like those above, with the place of its text in place of 8. */
const NOTE: usize = 56;
const NOTES_MOST: i32 = 512;
const notes: usize = memory.data(28_672);
let noted: i32 = 0;
/** Where the next seam begins. */
let from: usize = 0;
let print: u64 = 0;
let rule: i32 = -1;
let ruled: u64 = 0;

/** Whether seams are to be noted. False from where on they cannot be. */
export let isNoting: bool = false;

export function beginNotes(at: usize): void {
  isNoting = used < ROOM;
  noted = 0;
  begin(at);
}

function begin(at: usize): void {
  from = at;
  print = 0;
  rule = -1;
  ruled = 0;
}

/** What was walked through is not told by its seams alone. */
export function spoilNotes(): void {
  isNoting = false;
}

/** Something was added to the print that no value has a part in. */
export function noteFixed(value: u64): void {
  print += value;
}

/** The same, of what a rule lets through. */
export function noteRuled(index: i32, value: u64): void {
  if (rule >= 0 && rule != index) spoilNotes();
  rule = index;
  ruled += value;
}

/** A value at [at, until), with its quotes. */
export function noteValue(at: usize, until: usize, node: usize, path: u64, sink: i32): void {
  note(at, 0, node, path, sink);
  begin(until);
}

function note(to: usize, last: i32, node: usize, path: u64, sink: i32): void {
  if (noted == NOTES_MOST || to - from > TEXT_MOST) {
    spoilNotes();
    return;
  }
  const at = notes + <usize>noted * NOTE;
  store<i32>(at, <i32>(to - from));
  store<i32>(at, last, 4);
  store<i32>(at, <i32>from, 8);
  store<i32>(at, 0, 12);
  store<i32>(at, <i32>node, 16);
  store<i32>(at, sink, 20);
  store<u64>(at, path, 24);
  store<u64>(at, print, 32);
  store<i32>(at, rule, 40);
  store<u64>(at, ruled, 48);
  noted++;
}

/** Learns the seams of the payload that ends at `to`. */
export function learnNotes(plan: usize, to: usize): void {
  if (isNoting) note(to, 1, 0, 0, 0);
  if (!isNoting) return;
  isNoting = false;
  let before: usize = 0;
  for (let n = 0; n < noted; n++) {
    const found = learn(plan, before, notes + <usize>n * NOTE);
    if (found == 0) return;
    before = found;
  }
}

/** The seam of a note behind another seam (0: at the beginning), made if it is new; 0 where there is no room for it. */
function learn(plan: usize, before: usize, note: usize): usize {
  const size = <usize>load<i32>(note);
  const text = <usize>load<i32>(note, 8);
  let last: usize = 0;
  let siblings = 0;
  for (let seam = before == 0 ? rootSeamOf(plan) : childOf(before); seam != 0; seam = load<i32>(seam, 8)) {
    if (<usize>load<i32>(seam) == size && memory.compare(seam + TEXT, text, size) == 0) return seam;
    last = seam;
    siblings++;
  }
  const whole = (TEXT + size + 15) & ~15;
  if (siblings == SIBLINGS_MOST) return 0;
  if (used + whole + 16 > ROOM) {
    used = ROOM;
    return 0;
  }
  const seam = room + used;
  used += whole;
  memory.copy(seam, note, TEXT);
  store<i32>(seam, 0, 8);
  memory.copy(seam + TEXT, text, size);
  if (last != 0) store<i32>(last, <i32>seam, 8);
  else if (before != 0) store<i32>(before, <i32>seam, 12);
  else setRootSeam(plan, seam);
  return seam;
}

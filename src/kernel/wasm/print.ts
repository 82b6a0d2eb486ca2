import { capture, DECIMAL, ESCAPED, OTHER, PLAIN } from './captures';
import { INSTANT, LITERAL, mix, NUMBER, STRING, TEXT } from './hash';
import { coarse as instantIsCoarse, fine as instantIsFine, instantMs, readInstant } from './instant';
import { BOOLEAN, INSTANT_LEAF, isListing, note, NULL, NUMBER_LEAF, TEXT_LEAF } from './leaves';
import { AS_INSTANT, AS_STRING, captureOf, IGNORE, NULLISH, ruleKindOf, ruleOf, STRICT } from './plan';
import { isNoting, noteFixed, noteRuled } from './seams';
import { textEscaped } from './text';

/** Where a leaf's hash goes: nowhere (outside the body), into the print, or (from 1 on) to rule `sink - 1`. */
export const NOWHERE: i32 = -1;
export const PRINT: i32 = 0;

/** Everything that no rule relaxes, and what the rules that relax leave to compare: sums, so that order does not count. */
export let print: u64 = 0;
/** Bit n: what rule n let through cannot be told by prints (instants finer than milliseconds, say). */
export let fine: i32 = 0;

/** By rule: the values as they were spelt. */
let ruled: usize = 0;
/** Rules that compare values (and do not ignore them) whose places are being walked through. */
export let ruledBy: i32 = 0;

/** Begins with nothing; `toRules` is where the values go that rules speak of. */
export function beginPrint(toRules: usize, rules: i32, isPartial: bool): void {
  ruled = toRules;
  if (rules > 0) memory.fill(ruled, 0, (<usize>rules) << 3);
  print = 0;
  fine = isPartial ? -1 : 0;
  ruledBy = 0;
}

export function beginRuled(): void {
  ruledBy++;
}

export function endRuled(): void {
  ruledBy--;
}

/** A leaf that no value has a part in. */
export function fixed(path: u64, sink: i32, value: u64, kind: i32): void {
  if (isNoting) {
    if (sink == PRINT) noteFixed(mix(path, value));
    else if (sink > 0) noteRuled(sink - 1, mix(path, value));
  }
  leaf(path, sink, value, kind);
}

/** Adds what no value has a part in, and was found out before. */
export function addToPrint(value: u64): void {
  print += value;
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
  addToRule(rule, mix(path, value));
}

export function addToRule(rule: i32, value: u64): void {
  const at = ruled + ((<usize>rule) << 3);
  store<u64>(at, load<u64>(at) + value);
}

/** Adds a scalar: into the print as it is, or in the form that its rule compares and beside it as it was spelt. */
export function scalar(at: usize, until: usize, hash: u64, node: usize, path: u64, sink: i32, tag: u64): void {
  const value = hash ^ tag;
  if (node == 0) {
    leaf(path, sink, value, kindOf(at, tag));
    return;
  }
  if (captureOf(node) >= 0) capture(captureOf(node), at, until, value, captureKindOf(tag));
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

function captureKindOf(tag: u64): i32 {
  return tag == STRING ? (textEscaped ? ESCAPED : PLAIN) : tag == NUMBER ? DECIMAL : OTHER;
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

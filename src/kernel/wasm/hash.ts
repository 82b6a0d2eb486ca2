/**
 * 64 bits of hash over bytes, eight at a time: xor, multiply, and a shift that lets the high bits come down again. Each
 * step is reversible, so that no step loses a difference. Of sixteen bytes, the second eight go to a hash of their own:
 * a step has to wait for the one before, and two at once take hardly longer than one. `mix` spreads a (path, value) pair: the finaliser of MurmurHash3.
 */
const SEED: u64 = 0x811c9dc52f0b4c47;
const OTHER_SEED: u64 = 0x2545f4914f6cdd1d;
const PRIME: u64 = 0x9e3779b97f4a7c15;
const LENGTH: u64 = 0xd6e8feb86659fd93;

export function begin(): u64 {
  return SEED;
}

export function beginOther(): u64 {
  return OTHER_SEED;
}

export function step(hash: u64, word: u64): u64 {
  const h = (hash ^ word) * PRIME;
  return h ^ (h >> 29);
}

/** The last step: up to seven bytes that are left, and the length of all. */
export function finish(hash: u64, at: usize, rest: u32, length: u32): u64 {
  const word = rest == 0 ? 0 : load<u64>(at) & (<u64>-1 >> (64 - ((<u64>rest) << 3)));
  return step(hash ^ (<u64>length * LENGTH), word);
}

/** The hash of the bytes at [from, to). Reads up to seven bytes beyond. */
export function hashOf(from: usize, to: usize): u64 {
  let h = SEED;
  let other = OTHER_SEED;
  let i = from;
  for (; i + 16 <= to; i += 16) {
    h = step(h, load<u64>(i));
    other = step(other, load<u64>(i, 8));
  }
  if (i != from) h = step(h, other);
  if (i + 8 <= to) {
    h = step(h, load<u64>(i));
    i += 8;
  }
  return finish(h, i, <u32>(to - i), <u32>(to - from));
}

export function mix(path: u64, value: u64): u64 {
  let h = path * PRIME + value;
  h = (h ^ (h >> 33)) * 0xff51afd7ed558ccd;
  h = (h ^ (h >> 33)) * 0xc4ceb9fe1a85ec53;
  return h ^ (h >> 33);
}

/** Path of a member, from the path of its object. */
export function below(path: u64, name: u64): u64 {
  return (path ^ name) * 0x5bd1e9955bd1e995 + 0x3c6ef372fe94f82b;
}

/** Path of an element, from the path of its array. */
export function element(path: u64, index: u32): u64 {
  return ((path + <u64>index) * 0x2c1b3c6d297a2d39) ^ 0x1b873593cc9e2d51;
}

/** Path of the body itself. */
export const ROOT: u64 = 0x4cf5ad4338b34ae5;

/** What kind of leaf a value is: part of its hash, so that "42" and 42 differ. */
export const STRING: u64 = 0x1100000011;
export const NUMBER: u64 = 0x2200000022;
export const LITERAL: u64 = 0x3300000033;
export const OBJECT: u64 = 0x4400000044;
export const ARRAY: u64 = 0x5500000055;
export const INSTANT: u64 = 0x6600000066;
export const TEXT: u64 = 0x7700000077;
export const THERE: u64 = 0x8800000088;

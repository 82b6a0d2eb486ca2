/**
 * Two lanes of a hash over bytes, four at a time: xor, multiply, and a shift that lets the high bits come down again.
 * Each step is reversible, so that no step loses a difference; the lanes differ in everything, so that together they are
 * as good as 64 bits. `mix` spreads a (path, value) pair over 32 bits: the finaliser of MurmurHash3.
 */
export const OFFSET_A = 0x811c9dc5 | 0;
export const OFFSET_B = 0x2f0b4c47 | 0;
export const PRIME_A = 0x9e3779b1 | 0;
export const PRIME_B = 0x85ebca77 | 0;

export function stepA(lane: number, word: number): number {
  const h = Math.imul(lane ^ word, PRIME_A);
  return h ^ (h >>> 15);
}

export function stepB(lane: number, word: number): number {
  const h = Math.imul((lane + word) | 0, PRIME_B);
  return h ^ (h >>> 13);
}

export function mix(path: number, value: number): number {
  let h = Math.imul(path, 0x9e3779b1) + value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Hash lanes of a text's UTF-8 bytes. */
export function lanes(text: string): { a: number; b: number } {
  const bytes = Buffer.from(text);
  return lanesOf(bytes, 0, bytes.length);
}

/** Hash lanes of bytes: whole words, then the rest with its length. */
export function lanesOf(bytes: Uint8Array, from: number, to: number): { a: number; b: number } {
  let a = OFFSET_A;
  let b = OFFSET_B;
  let i = from;
  for (; i + 4 <= to; i += 4) {
    const word =
      (bytes[i] as number) |
      ((bytes[i + 1] as number) << 8) |
      ((bytes[i + 2] as number) << 16) |
      ((bytes[i + 3] as number) << 24);
    a = stepA(a, word);
    b = stepB(b, word);
  }
  let rest = (to - i) << 24;
  for (let n = 0; i < to; i++, n += 8) rest |= (bytes[i] as number) << n;
  return { a: stepA(a, rest), b: stepB(b, rest) };
}

/** Path of a member, from the path of its object. */
export function below(path: number, name: number): number {
  return Math.imul(path ^ name, 0x5bd1e995) + 0x3c6ef372;
}

/** Path of an element, from the path of its array. */
export function element(path: number, index: number): number {
  return Math.imul(path + index, 0x2c1b3c6d) ^ 0x1b873593;
}

/** Path of the body itself. */
export const ROOT_A = 0x4cf5ad43;
export const ROOT_B = 0x38b34ae5;

/** What kind of leaf a value is: part of its hash, so that "42" and 42 differ. */
export const TAG = {
  string: 0x11,
  number: 0x22,
  literal: 0x33,
  object: 0x44,
  array: 0x55,
  instant: 0x66,
  text: 0x77,
  there: 0x88,
};

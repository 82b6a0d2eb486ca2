/**
 * Two lanes of FNV-1a over bytes, and a finaliser that spreads a (path, value) pair over 32 bits (the one of
 * MurmurHash3). The lanes differ in offset and prime, so that together they are as good as 64 bits.
 */
export const OFFSET_A = 0x811c9dc5 | 0;
export const OFFSET_B = 0x2f0b4c47 | 0;
export const PRIME_A = 0x01000193;
export const PRIME_B = 0x0100a1b5;

export function mix(path: number, value: number): number {
  let h = Math.imul(path, 0x9e3779b1) + value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Hash lanes of a text's UTF-8 bytes. */
export function lanes(text: string): { a: number; b: number } {
  let a = OFFSET_A;
  let b = OFFSET_B;
  for (const byte of new TextEncoder().encode(text)) {
    a = Math.imul(a ^ byte, PRIME_A);
    b = Math.imul(b ^ byte, PRIME_B);
  }
  return { a, b };
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

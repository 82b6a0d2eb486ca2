/** What a plan wants to know of a payload: values by the number of their capture. 32 bytes each: hash, kind, begin, end. */
const captures: usize = memory.data(64 * 32);

/** What was captured. */
export const ABSENT: i32 = 0;
export const PLAIN: i32 = 1;
export const ESCAPED: i32 = 2;
export const DECIMAL: i32 = 3;
export const OTHER: i32 = 4;

function slotOf(index: i32): usize {
  return captures + ((<usize>index) << 5);
}

/** A value at [at, until); of texts without their quotes. */
export function capture(index: i32, at: usize, until: usize, hash: u64, kind: i32): void {
  const slot = slotOf(index);
  store<u64>(slot, hash);
  store<i32>(slot, kind, 8);
  store<i32>(slot, <i32>at, 12);
  store<i32>(slot, <i32>until, 16);
}

/** An object or array, which is like no value that anybody asks for. */
export function captureHolder(index: i32): void {
  capture(index, 0, 0, 0, OTHER);
}

/** Forgets what was captured of the payload before. */
export function dropCaptures(count: i32): void {
  for (let i = 0; i < count; i++) store<i32>(slotOf(i), ABSENT, 8);
}

export function captureHash(index: i32): u64 {
  return load<u64>(slotOf(index));
}

export function captureKind(index: i32): i32 {
  return load<i32>(slotOf(index), 8);
}

export function captureFrom(index: i32): usize {
  return load<i32>(slotOf(index), 12);
}

export function captureTo(index: i32): usize {
  return load<i32>(slotOf(index), 16);
}

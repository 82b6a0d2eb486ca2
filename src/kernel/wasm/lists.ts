import { AFTER, BEFORE, DUE } from './slots';

/**
 * Three lists of slots, first in, first out, whatever is due; who leaves from the middle is found by its neighbours. Those
 * that wait, by the side that came, and those that are over.
 */
export const OVER: i32 = 2;

/** First and last of each. */
const lists: usize = memory.data(24);

/** The first slot of a list, or 0. */
export function first(list: i32): usize {
  return load<u32>(lists + ((<usize>list) << 3));
}

/** When the first of a list is due; Infinity where there is none. */
export function dueOf(list: i32): f64 {
  const slot = first(list);
  return slot == 0 ? Infinity : load<f64>(slot, DUE);
}

export function append(list: i32, slot: usize): void {
  const ends = lists + ((<usize>list) << 3);
  const last: usize = load<u32>(ends, 4);
  store<u32>(slot, <u32>last, BEFORE);
  store<u32>(slot, 0, AFTER);
  if (last == 0) store<u32>(ends, <u32>slot);
  else store<u32>(last, <u32>slot, AFTER);
  store<u32>(ends, <u32>slot, 4);
}

export function leave(list: i32, slot: usize): void {
  const ends = lists + ((<usize>list) << 3);
  const before: usize = load<u32>(slot, BEFORE);
  const after: usize = load<u32>(slot, AFTER);
  if (before == 0) store<u32>(ends, <u32>after);
  else store<u32>(before, <u32>after, AFTER);
  if (after == 0) store<u32>(ends, <u32>before, 4);
  else store<u32>(after, <u32>before, BEFORE);
}

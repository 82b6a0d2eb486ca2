import { reserve } from './host';
import { KEPT, KEPT_SIDE, PRINTED, STATE } from './slots';

/**
 * The prints of rows that wait for the other side, in blocks of their own: a slot is remembered for long after the two
 * were compared. Until the other side comes, its place in the slot tells where the block lies.
 *
 * A block: 0 the print, 8 that of what each rule lets through, and then what these cannot tell.
 */
const RULED: usize = 8;

/** Blocks are set aside so many at once. */
const CHUNK: usize = 64;

let rules: i32 = 0;
let size: usize = 0;
/** The first block that is free; each tells the next. */
let free: usize = 0;

export function setUpPrints(ruleCount: i32): void {
  rules = ruleCount;
  size = 16 + ((<usize>rules) << 3);
}

/** Keeps the print of the side that came first, from where a row has it. */
export function keepPrint(slot: usize, side: i32, print: u64, ruled: usize, fine: i32): void {
  const block = unused();
  store<u64>(block, print);
  memory.copy(block + RULED, ruled, (<usize>rules) << 3);
  store<i32>(block + ((<usize>rules) << 3), fine, RULED);
  store<u32>(placeOf(slot, 1 - side), <u32>block);
  store<i32>(slot, load<i32>(slot, STATE) | PRINTED, STATE);
}

/** Gives up the print, now that `side` has come or nobody waits for it any more. What lies there stays until the next is kept. */
export function dropPrint(slot: usize, side: i32): usize {
  const state = load<i32>(slot, STATE);
  if ((state & PRINTED) == 0) return 0;
  store<i32>(slot, state & ~PRINTED, STATE);
  const block: usize = load<u32>(placeOf(slot, side));
  store<u32>(block + size - 4, <u32>free);
  free = block;
  return block;
}

export function printOf(block: usize): u64 {
  return load<u64>(block);
}

export function ruledOf(block: usize, rule: i32): u64 {
  return load<u64>(block + ((<usize>rule) << 3), RULED);
}

export function fineOf(block: usize): i32 {
  return load<i32>(block + ((<usize>rules) << 3), RULED);
}

function placeOf(slot: usize, side: i32): usize {
  return slot + KEPT + <usize>side * KEPT_SIDE;
}

function unused(): usize {
  if (free == 0) {
    const from = reserve(CHUNK * size);
    for (let at = from; at < from + CHUNK * size; at += size) {
      store<u32>(at + size - 4, <u32>free);
      free = at;
    }
  }
  const block = free;
  free = load<u32>(block + size - 4);
  return block;
}

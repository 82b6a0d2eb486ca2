/**
 * The pairings that are remembered, each in a slot of numbers, found by place (account and type) and key (table.ts). A slot
 * is named by its address. It stands in one list at a time (lists.ts): of those that wait for the other side, by the side
 * that came, or of those that are over and to be forgotten (pairing.ts).
 */

/** Sides, as rows and places number them; each is the number of its list as well. */
export const CONTROL: i32 = 0;
export const CANDIDATE: i32 = 1;

/**
 * State bits: which sides came, whether the wait is over, whether the host has made an object of the pairing, whether there
 * is a print (prints.ts).
 */
export const EXPIRED: i32 = 4;
export const FACED: i32 = 8;
export const PRINTED: i32 = 16;

/** Of a place: whether each repeat of a key is an event of its own. */
export const OCCURRENCES: i32 = 1 << 30;

/** Offsets in a slot. */
export const KEY_A: usize = 0;
export const KEY_B: usize = 4;
export const PLACE: usize = 8;
/** The next slot in the same bucket; of a slot that is free, the next free one. */
export const CHAIN: usize = 12;
/** The next slot of the same key, where repeats are events of their own. */
export const NEXT: usize = 16;
export const STATE: usize = 20;
/** Neighbours in the list. */
export const BEFORE: usize = 24;
export const AFTER: usize = 28;
/** When each side came: control, candidate. */
export const CAME: usize = 32;
/** When the wait ends or, once it is over, when the slot is to be forgotten. */
export const DUE: usize = 48;
/** Which of all control events it is of, counted from 1. */
export const NUMBER: usize = 56;
/** Which files its rows are of: control, candidate. */
export const FILES: usize = 60;
/** Where the rows of its sides lie, if they were rows: control, candidate. */
export const KEPT: usize = 64;
export const KEPT_SIDE: usize = 16;
export const SLOT_SIZE: usize = KEPT + 2 * KEPT_SIDE;

/** When a side of the slot came. */
export function cameAt(side: i32, slot: usize): f64 {
  return load<f64>(slot + ((<usize>side) << 3), CAME);
}

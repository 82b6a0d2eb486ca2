/**
 * What a compared body consists of, listed: for whoever has to know where two bodies differ, and not only whether. A leaf,
 * by byte offset: 0 its path, 8 its value, 16 its kind.
 */
export const LEAF: usize = 24;
export const LEAVES_MOST: i32 = 512;

/** What a leaf is. */
export const TEXT_LEAF: i32 = 1;
export const NUMBER_LEAF: i32 = 2;
export const BOOLEAN: i32 = 3;
export const NULL: i32 = 4;
/** A text that is an instant to the millisecond at least, where instants are compared as such: its value says it all. */
export const INSTANT_LEAF: i32 = 11;
/** Empty ones. */
export const OBJECT_LEAF: i32 = 5;
export const ARRAY_LEAF: i32 = 6;
/** That an object is there although all it holds is let through; how many elements that are let through there are. */
export const THERE_LEAF: i32 = 7;
export const COUNT: i32 = 8;
/** That an object or array is there at all, whatever it holds. */
export const OBJECT_HOLDER: i32 = 9;
export const ARRAY_HOLDER: i32 = 10;
/** A bit beside the kind: a rule has its say here, of which leaves know nothing. */
export const RULED: i32 = 0x100;

/** Tells the place of a holder from those of its leaves. */
const HOLDERS: u64 = 0x9900000099;

export let isListing: bool = false;
/** Leaves listed, or more than there is room for. */
export let leaves: i32 = 0;
let list: usize = 0;

export function beginList(at: usize): void {
  isListing = true;
  leaves = 0;
  list = at;
}

export function endList(): void {
  isListing = false;
}

export function note(path: u64, value: u64, kind: i32, ruledBy: i32): void {
  if (leaves < LEAVES_MOST) {
    const at = list + <usize>leaves * LEAF;
    store<u64>(at, path);
    store<u64>(at, value, 8);
    store<i32>(at, ruledBy > 0 ? kind | RULED : kind, 16);
  }
  leaves++;
}

/** Notes that there is an object or array. */
export function mark(path: u64, kind: i32, ruledBy: i32): void {
  note(path ^ HOLDERS, 0, kind, ruledBy);
}

import { reserve } from './host';

/**
 * The pairings that are remembered, each in a slot of numbers, found by place (account and type) and key. A slot is named
 * by its address. It stands in one list at a time: of those that wait for the other side, by the side that came, or of
 * those that are over and to be forgotten.
 */

/** Sides, as rows and places number them. */
export const CONTROL: i32 = 0;
export const CANDIDATE: i32 = 1;

/** State bits: which sides came, whether the wait is over, whether the host has made an object of the pairing. */
export const EXPIRED: i32 = 4;
export const FACED: i32 = 8;

/** Of a place: whether each repeat of a key is an event of its own. */
export const OCCURRENCES: i32 = 1 << 30;

/** Offsets in a slot. */
const KEY_A: usize = 0;
const KEY_B: usize = 4;
const PLACE: usize = 8;
/** The next slot in the same bucket; of a slot that is free, the next free one. */
const CHAIN: usize = 12;
/** The next slot of the same key, where repeats are events of their own. */
const NEXT: usize = 16;
export const STATE: usize = 20;
/** Neighbours in the list. */
const BEFORE: usize = 24;
const AFTER: usize = 28;
/** When each side came: control, candidate. */
const CAME: usize = 32;
/** When the wait ends or, once it is over, when the slot is to be forgotten. */
export const DUE: usize = 48;
/** Which of all control events it is of, counted from 1. */
export const NUMBER: usize = 56;
/** Behind this lies what is kept of rows. */
export const BARE: usize = 64;

/** Slots are set aside so many at once. */
const CHUNK: usize = 256;

/** Three lists of slots, first and last of each: waiting control, waiting candidate, over. */
const OVER: i32 = 2;
const lists: usize = memory.data(24);

let slotSize: usize = BARE;
let free: usize = 0;
let fresh: usize = 0;
let freshEnd: usize = 0;

let buckets: usize = 0;
let mask: u32 = 0;
let known: u32 = 0;

let controlWait: f64 = 0;
let candidateWait: f64 = 0;
let tombstone: f64 = 0;

/** Events that still wait for the other side. */
export let openControl: i32 = 0;
export let openCandidate: i32 = 0;

/** Control events so far. */
let sent: i32 = 0;

/** How long each side waits, how long a key is remembered then, and what is kept of rows: `kept` bytes. */
export function setUp(controlMs: f64, candidateMs: f64, tombstoneMs: f64, kept: usize): void {
  controlWait = controlMs;
  candidateWait = candidateMs;
  tombstone = tombstoneMs;
  slotSize = (BARE + kept + 15) & ~15;
  mask = 4095;
  buckets = reserve(4096 * 4);
}

/** Of the event entered last: its slot and, when it was paired, whether the candidate came after the window. */
export let slot: usize = 0;
export let late: bool = false;

/** What became of an event. */
export const WAITS: i32 = 0;
export const PAIRED: i32 = 1;
export const REPEAT: i32 = 2;

/** Takes in that an event of the key came on a side. */
export function enter(side: i32, place: i32, a: i32, b: i32, t: f64): i32 {
  const first = find(place, a, b);
  const partner = partnerOf(first, side, place);
  if (side == CONTROL) sent++;
  if (partner == 0) {
    slot = take(place, a, b, first);
    came(side, slot, t);
    store<f64>(slot, microseconds(t + (side == CONTROL ? controlWait : candidateWait)), DUE);
    append(side, slot);
    count(side, 1);
    return WAITS;
  }
  slot = partner;
  const state = load<i32>(partner, STATE);
  if ((state & (1 << side)) != 0) return REPEAT;
  if ((state & EXPIRED) == 0) {
    leave(1 - side, partner);
    count(1 - side, -1);
  } else leave(OVER, partner);
  came(side, partner, t);
  bury(partner, t);
  // A candidate event that came first is early, never late, however long its control event took.
  late = microseconds(load<f64>(partner, CAME + 8) - load<f64>(partner, CAME)) > controlWait;
  return PAIRED;
}

/** When a side of the slot came. */
export function cameAt(side: i32, slot: usize): f64 {
  return load<f64>(slot + ((<usize>side) << 3), CAME);
}

/** Whether a wait ends, or a key is to be forgotten, before `t`. */
export function isDue(t: f64): bool {
  return dueOf(CONTROL) < t || dueOf(CANDIDATE) < t || dueOf(OVER) < t;
}

/** Whether a wait ends before `t`. */
export function isOver(t: f64): bool {
  return dueOf(CONTROL) < t || dueOf(CANDIDATE) < t;
}

/** Of the slot expired last: until when it waited. */
export let deadline: f64 = 0;

/** Ends the wait that ends first, if it does so before `t`: its slot, or 0. */
export function expire(t: f64): usize {
  const control = dueOf(CONTROL);
  const candidate = dueOf(CANDIDATE);
  if (!(control < t || candidate < t)) return 0;
  const side = control <= candidate ? CONTROL : CANDIDATE;
  const slot = first(side);
  deadline = load<f64>(slot, DUE);
  leave(side, slot);
  count(side, -1);
  store<i32>(slot, load<i32>(slot, STATE) | EXPIRED, STATE);
  bury(slot, deadline);
  return slot;
}

/** Forgets what is to be forgotten before `t`, up to the next one of which the host has made an object: its slot, or 0. */
export function forget(t: f64): usize {
  while (dueOf(OVER) < t) {
    const slot = forgetFirst();
    if ((load<i32>(slot, STATE) & FACED) != 0) return slot;
  }
  return 0;
}

/** The same, but stops before `fence` and before what the host has made an object of. False when it did. */
export function forgetFaceless(t: f64, fence: usize): bool {
  while (dueOf(OVER) < t) {
    const slot = first(OVER);
    if (slot == fence || (load<i32>(slot, STATE) & FACED) != 0) return false;
    forgetFirst();
  }
  return true;
}

function forgetFirst(): usize {
  const slot = first(OVER);
  leave(OVER, slot);
  remove(slot);
  store<u32>(slot, <u32>free, CHAIN);
  free = slot;
  return slot;
}

/** Whole microseconds, rounded as the host rounds. */
function microseconds(ms: f64): f64 {
  const us = ms * 1000;
  const up = ceil(us);
  return (up - 0.5 > us ? up - 1 : up) / 1000;
}

function came(side: i32, slot: usize, t: f64): void {
  store<i32>(slot, load<i32>(slot, STATE) | (1 << side), STATE);
  store<f64>(slot + ((<usize>side) << 3), t, CAME);
  if (side == CONTROL) store<i32>(slot, sent, NUMBER);
}

function count(side: i32, by: i32): void {
  if (side == CONTROL) openControl += by;
  else openCandidate += by;
}

/** The slot that the event belongs to: of several, the oldest that still waits, else one that gave up waiting. */
function partnerOf(first: usize, side: i32, place: i32): usize {
  if (first == 0 || (place & OCCURRENCES) == 0) return first;
  // A candidate that nobody announced belongs to no later control event: that one has a candidate of its own to come.
  let expired: usize = 0;
  for (let slot = first; slot != 0; slot = load<u32>(slot, NEXT)) {
    const state = load<i32>(slot, STATE);
    if ((state & (1 << side)) != 0) continue;
    if ((state & EXPIRED) == 0) return slot;
    if (side == CANDIDATE && expired == 0) expired = slot;
  }
  return expired;
}

function bury(slot: usize, at: f64): void {
  store<f64>(slot, microseconds(at + tombstone), DUE);
  append(OVER, slot);
}

// Lists: first in, first out, whatever is due; who leaves from the middle is found by its neighbours.

function first(list: i32): usize {
  return load<u32>(lists + ((<usize>list) << 3));
}

function dueOf(list: i32): f64 {
  const slot = first(list);
  return slot == 0 ? Infinity : load<f64>(slot, DUE);
}

function append(list: i32, slot: usize): void {
  const ends = lists + ((<usize>list) << 3);
  const last: usize = load<u32>(ends, 4);
  store<u32>(slot, <u32>last, BEFORE);
  store<u32>(slot, 0, AFTER);
  if (last == 0) store<u32>(ends, <u32>slot);
  else store<u32>(last, <u32>slot, AFTER);
  store<u32>(ends, <u32>slot, 4);
}

function leave(list: i32, slot: usize): void {
  const ends = lists + ((<usize>list) << 3);
  const before: usize = load<u32>(slot, BEFORE);
  const after: usize = load<u32>(slot, AFTER);
  if (before == 0) store<u32>(ends, <u32>after);
  else store<u32>(before, <u32>after, AFTER);
  if (after == 0) store<u32>(ends, <u32>before, 4);
  else store<u32>(after, <u32>before, BEFORE);
}

// The table: buckets of chains; behind the first slot of a key stand further ones of the same.

function bucketOf(place: i32, a: i32): usize {
  const mixed = (a ^ (place * <i32>0x9e3779b1)) * <i32>0x85ebca6b;
  return buckets + ((<usize>((<u32>mixed ^ (<u32>mixed >> 15)) & mask)) << 2);
}

function find(place: i32, a: i32, b: i32): usize {
  let slot: usize = load<u32>(bucketOf(place, a));
  while (slot != 0) {
    if (load<i32>(slot, KEY_A) == a && load<i32>(slot, KEY_B) == b && load<i32>(slot, PLACE) == place) return slot;
    slot = load<u32>(slot, CHAIN);
  }
  return 0;
}

/** A slot for a further event: of a key that is not known yet, or behind the first of its key. */
function take(place: i32, a: i32, b: i32, first: usize): usize {
  const slot = unused();
  store<i32>(slot, a, KEY_A);
  store<i32>(slot, b, KEY_B);
  store<i32>(slot, place, PLACE);
  store<u32>(slot, 0, NEXT);
  store<i32>(slot, 0, STATE);
  if (first == 0) {
    if (++known > mask) widen();
    const bucket = bucketOf(place, a);
    store<u32>(slot, load<u32>(bucket), CHAIN);
    store<u32>(bucket, <u32>slot);
  } else {
    let last = first;
    while (load<u32>(last, NEXT) != 0) last = load<u32>(last, NEXT);
    store<u32>(last, <u32>slot, NEXT);
  }
  return slot;
}

function unused(): usize {
  if (free != 0) {
    const slot = free;
    free = load<u32>(slot, CHAIN);
    return slot;
  }
  if (fresh == freshEnd) {
    fresh = reserve(CHUNK * slotSize);
    freshEnd = fresh + CHUNK * slotSize;
  }
  const slot = fresh;
  fresh += slotSize;
  return slot;
}

/** Takes a slot out of its key's memory. */
function remove(slot: usize): void {
  const next: usize = load<u32>(slot, NEXT);
  const place = load<i32>(slot, PLACE);
  const a = load<i32>(slot, KEY_A);
  const first = find(place, a, load<i32>(slot, KEY_B));
  if (first != slot) {
    let before = first;
    while (<usize>load<u32>(before, NEXT) != slot) before = load<u32>(before, NEXT);
    store<u32>(before, <u32>next, NEXT);
    return;
  }
  if (next == 0) known--;
  else store<u32>(next, load<u32>(slot, CHAIN), CHAIN);
  const heir = next == 0 ? load<u32>(slot, CHAIN) : <u32>next;
  const bucket = bucketOf(place, a);
  if (<usize>load<u32>(bucket) == slot) {
    store<u32>(bucket, heir);
    return;
  }
  let before: usize = load<u32>(bucket);
  while (<usize>load<u32>(before, CHAIN) != slot) before = load<u32>(before, CHAIN);
  store<u32>(before, heir, CHAIN);
}

/** Twice as many buckets. The old ones are left behind: they are small, and together no more than the new. */
function widen(): void {
  const old = buckets;
  const size = mask + 1;
  buckets = reserve((<usize>size) << 3);
  mask = size * 2 - 1;
  for (let index: u32 = 0; index < size; index++) {
    let slot: usize = load<u32>(old + ((<usize>index) << 2));
    while (slot != 0) {
      const after: usize = load<u32>(slot, CHAIN);
      const bucket = bucketOf(load<i32>(slot, PLACE), load<i32>(slot, KEY_A));
      store<u32>(slot, load<u32>(bucket), CHAIN);
      store<u32>(bucket, <u32>slot);
      slot = after;
    }
  }
}

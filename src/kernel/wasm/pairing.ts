import { append, dueOf, first, leave, OVER } from './lists';
import { dropPrint } from './prints';
import { CAME, CANDIDATE, CONTROL, DUE, EXPIRED, FACED, NEXT, NUMBER, OCCURRENCES, STATE } from './slots';
import { find, remove, setUpTable, take } from './table';

/** Who waits for whom, and until when: the rules are told in correlate/correlator.ts. */
let controlWait: f64 = 0;
let candidateWait: f64 = 0;
let tombstone: f64 = 0;

/** Events that still wait for the other side. */
export let openControl: i32 = 0;
export let openCandidate: i32 = 0;

/** Control events so far. */
let sent: i32 = 0;

/** How long each side waits, and how long a key is remembered then. */
export function setUp(controlMs: f64, candidateMs: f64, tombstoneMs: f64): void {
  controlWait = controlMs;
  candidateWait = candidateMs;
  tombstone = tombstoneMs;
  setUpTable();
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
  // If it still has its print, then one side never came.
  dropPrint(slot, (load<i32>(slot, STATE) & (1 << CONTROL)) != 0 ? CANDIDATE : CONTROL);
  remove(slot);
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

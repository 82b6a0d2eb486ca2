import {
  deadline,
  enter,
  expire,
  forgetFaceless,
  isOver,
  late,
  openCandidate,
  openControl,
  PAIRED,
  setUp,
  slot,
  WAITS,
} from './pairing';
import { dropPrint, fineOf, keepPrint, printOf, ruledOf, setUpPrints } from './prints';
import { cameAt, CONTROL, FACED, FILES, KEPT, KEPT_SIDE, NUMBER, STATE } from './slots';

/**
 * Puts rows through the pairing, for as long as nobody has to look at one: most events either wait for the other side or
 * complete a pair whose prints agree. Everything else stops it, and is for the host.
 *
 * A row, by byte offset: see index.ts. What is kept of a side in its slot: 0 envelope, 4 length, 8 offset in its file.
 */
const ROW_SKIP: i32 = 1;
const ROW_OBSERVATION: i32 = 3;

const ROW_RULED: usize = 64;

/** A track, by byte offset: 0 the number of its file, 4 places by envelope, 8 what to add for an offset in the file. */
const TRACK_PLACES: usize = 4;
const TRACK_SHIFT: usize = 8;

/** Why it stopped. */
const EMPTY: i32 = 0;
const LOOK: i32 = 1;
const DUE: i32 = 2;
const UNPLACED: i32 = 3;
const MET: i32 = 4;
const FULL: i32 = 5;

/** Pairs that agreed, for the host to count: 0 place, 4 the rules that let something through, 8 slot, 12 number, 16 and 24 when both sides came. */
const AGREED: usize = 32;
const AGREED_MOST: i32 = 4096;
let agreed: usize = 0;

let rules: i32 = 0;
let stride: usize = 0;
/** Of an envelope: its side, and a place for each type (0: not known yet). */
let envelopeSize: usize = 0;

/** Where rows go on after a stop: of the first track, of the second. */
let atA: usize = 0;
let atB: usize = 0;
/** The row that stopped it, whether it is of the second track, and what became of it (see pairing.ts) if it was entered. */
let row: usize = 0;
let isOfB: bool = false;
let fate: i32 = 0;
let agreedCount: i32 = 0;
/** Observations that came as rows. */
let seenControl: i32 = 0;
let seenCandidate: i32 = 0;
/** The latest stamp of a row. */
let reached: f64 = 0;

/** Where the host finds all this after a call, since asking a module for its variables one by one is slow. */
export const told: usize = memory.data(72);

function tell(): void {
  store<u32>(told, <u32>slot);
  store<i32>(told, <i32>late, 4);
  store<i32>(told, openControl, 8);
  store<i32>(told, openCandidate, 12);
  store<f64>(told, deadline, 16);
  store<u32>(told, <u32>atA, 24);
  store<u32>(told, <u32>atB, 28);
  store<u32>(told, <u32>row, 32);
  store<i32>(told, <i32>isOfB, 36);
  store<i32>(told, fate, 40);
  store<i32>(told, agreedCount, 44);
  store<i32>(told, seenControl, 48);
  store<i32>(told, seenCandidate, 52);
  store<f64>(told, reached, 56);
}

/** `enter` of pairing.ts, for an event that is no row. */
export function enterOne(side: i32, place: i32, keyA: i32, keyB: i32, t: f64): i32 {
  const fate = enter(side, place, keyA, keyB, t);
  if (fate == PAIRED) dropPrint(slot, side);
  tell();
  return fate;
}

/** `expire` of pairing.ts. */
export function expireOne(t: f64): usize {
  const slot = expire(t);
  tell();
  return slot;
}

/** Call it once. Returns where pairs that agreed are listed. */
export function setUpPass(
  controlMs: f64,
  candidateMs: f64,
  tombstoneMs: f64,
  ruleCount: i32,
  types: i32,
  list: usize,
): void {
  rules = ruleCount;
  stride = ROW_RULED + ((<usize>rules) << 3);
  envelopeSize = (<usize>(1 + types)) << 2;
  agreed = list;
  setUpPrints(rules);
  setUp(controlMs, candidateMs, tombstoneMs);
}

/**
 * Rows of one track, or of two in the order of their stamps, until one of them is empty or the host has to act. A row that
 * the host alone can read comes again, and so does one whose moment has to be waited for or whose place is not known.
 */
export function pass(trackA: usize, a: usize, endA: usize, trackB: usize, b: usize, endB: usize): i32 {
  const stop = run(trackA, a, endA, trackB, b, endB);
  tell();
  return stop;
}

function run(trackA: usize, a: usize, endA: usize, trackB: usize, b: usize, endB: usize): i32 {
  let fence: usize = 0;
  agreedCount = 0;
  while (true) {
    while (a < endA && load<i32>(a) == ROW_SKIP) a += stride;
    if (trackB != 0) while (b < endB && load<i32>(b) == ROW_SKIP) b += stride;
    atA = a;
    atB = b;
    if (a >= endA || (trackB != 0 && b >= endB)) return EMPTY;
    isOfB = trackB != 0 && !(load<f64>(a, 8) <= load<f64>(b, 8));
    row = isOfB ? b : a;
    if (load<i32>(row) != ROW_OBSERVATION) return LOOK;
    const t = load<f64>(row, 8);
    if (isOver(t) || !forgetFaceless(t, fence)) return DUE;
    const track = isOfB ? trackB : trackA;
    const envelope = <usize>load<u32>(track, TRACK_PLACES) + <usize>load<u32>(row, 4) * envelopeSize;
    const place = load<i32>(envelope + ((<usize>load<u32>(row, 24)) << 2), 4);
    if (place == 0) return UNPLACED;
    if (t > reached) reached = t;
    if (isOfB) b += stride;
    else a += stride;
    const used = admit(track, load<i32>(envelope), place, t);
    if (used == NOT_YET) continue;
    if (used == CLOSER) {
      atA = a;
      atB = b;
      return MET;
    }
    // What is not counted yet must not be forgotten.
    if (fence == 0) fence = slot;
    list(place, used);
    if (agreedCount == AGREED_MOST) {
      atA = a;
      atB = b;
      return FULL;
    }
  }
}

/** In place of the rules that let something through: it waits; somebody has to look closer. */
const NOT_YET: i32 = -1;
const CLOSER: i32 = -2;

/** Enters an observation. If it completes a pair that agrees: a bit for each rule that let something through. */
function admit(track: usize, side: i32, place: i32, t: f64): i32 {
  if (side == CONTROL) seenControl++;
  else seenCandidate++;
  fate = enter(side, place, load<i32>(row, 28), load<i32>(row, 32), t);
  if (fate == WAITS) {
    keep(track, side);
    keepPrint(slot, side, load<u64>(row, 48), row + ROW_RULED, load<i32>(row, 44));
    return NOT_YET;
  }
  if (fate != PAIRED) return CLOSER;
  const print = dropPrint(slot, side);
  if ((load<i32>(slot, STATE) & FACED) != 0) return CLOSER;
  keep(track, side);
  const used = decide(print);
  return late ? CLOSER : used;
}

/** Keeps where the row's payload lies. */
function keep(track: usize, side: i32): void {
  const at = slot + KEPT + <usize>side * KEPT_SIDE;
  const from = load<i32>(row, 16);
  store<i32>(at, load<i32>(row, 4));
  store<i32>(at, load<i32>(row, 20) - from, 4);
  store<f64>(at, load<f64>(track, TRACK_SHIFT) + <f64>from, 8);
  store<u16>(slot + ((<usize>side) << 1), <u16>load<i32>(track), FILES);
}

/**
 * Decides equality from prints alone: a bit for each rule that let something through, or CLOSER. Prints are hashes of 64
 * bits: of unequal bodies one pair in 2^64 is called equal, unless somebody made them for it.
 */
function decide(kept: usize): i32 {
  if (printOf(kept) != load<u64>(row, 48)) return CLOSER;
  const bothFine = fineOf(kept) & load<i32>(row, 44);
  let used = 0;
  for (let rule = 0; rule < rules; rule++) {
    const at = (<usize>rule) << 3;
    if (ruledOf(kept, rule) == load<u64>(row + at, ROW_RULED)) continue;
    // Instants that both sides write finer than milliseconds may differ below them.
    if ((bothFine & (1 << rule)) != 0) return CLOSER;
    used |= 1 << rule;
  }
  return used;
}

function list(place: i32, used: i32): void {
  const at = agreed + <usize>agreedCount * AGREED;
  agreedCount++;
  store<i32>(at, place);
  store<i32>(at, used, 4);
  store<u32>(at, <u32>slot, 8);
  store<i32>(at, load<i32>(slot, NUMBER), 12);
  store<f64>(at, cameAt(CONTROL, slot), 16);
  store<f64>(at, cameAt(1, slot), 24);
}

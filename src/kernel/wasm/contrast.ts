import { claimant, readKey, spellKey } from './claim';
import { mix } from './hash';
import {
  ARRAY_HOLDER,
  beginList,
  COUNT,
  endList,
  INSTANT_LEAF,
  LEAF,
  leaves,
  LEAVES_MOST,
  OBJECT_HOLDER,
  RULED,
} from './leaves';
import { blank, moved, scanPayload } from './payload';
import { fine } from './print';
import { isPartial } from './plan';

/**
 * The way in which two payloads differ: where, and what stands there on either side, but not which values. Pairs that
 * differ in the same way are judged alike, so that who has looked at one knows of all.
 */
const control: usize = memory.data(12_288);
const candidate: usize = memory.data(12_288);
const controlRuled: usize = memory.data(256);
const candidateRuled: usize = memory.data(256);

/** Places that may differ. */
const PLACES_MOST: i32 = 16;

/** Control's leaves by their paths: numbers from 1 on. */
const TABLE_SIZE: usize = 4_096;
const TABLE_MASK: usize = 1_023;
const table: usize = memory.data(4_096);

/** A leaf of control that candidate has as well. */
const MET: i32 = 0x1000;

/** The key, which both sides have: its length, and behind that its bytes. */
export const contrasted: usize = memory.data(1_028);
const KEY_MOST: usize = 1_024;

/**
 * The number of the way in which two payloads differ, from 1 on; 0 where it would not say how they are judged: a rule has
 * to see the values, too many places differ, or something is unusual. Needs a plan and the payload's place for both, and
 * a bit for each rule that speaks of several places.
 */
export function contrast(
  planA: usize,
  fromA: usize,
  toA: usize,
  planB: usize,
  fromB: usize,
  toB: usize,
  rules: i32,
  several: i32,
): i32 {
  if (isPartial(planA) || isPartial(planB)) return 0;
  if (!list(planA, fromA, toA, control, controlRuled, rules)) return 0;
  const count = leaves;
  const fineA = fine;
  if (!list(planB, fromB, toB, candidate, candidateRuled, rules)) return 0;
  const claim = claimant(planB);
  if (claim == 0 || !readKey(claim)) return 0;
  const keyEnd = spellKey(claim, contrasted + 4, KEY_MOST);
  if (keyEnd == 0) return 0;
  store<u32>(contrasted, <u32>(keyEnd - contrasted - 4));
  const used = usedRules(rules, fineA & fine);
  if (used < 0) return 0;
  const way = wayOf(count, leaves, (used & several) != 0);
  if (way == 0) return 0;
  return numberOf(mix(mix(mix(<u64>planA, <u64>planB), ((<u64>moved) << 32) | <u64>used), way));
}

function list(plan: usize, from: usize, to: usize, at: usize, ruled: usize, rules: i32): bool {
  beginList(at);
  const after = scanPayload(plan, from, to, ruled, rules);
  endList();
  return after != 0 && (after == to || blank(after) == to) && leaves <= LEAVES_MOST;
}

/** A bit for each rule that may have let something through, or -1 where that is not known. */
function usedRules(rules: i32, bothFine: i32): i32 {
  let used = 0;
  for (let rule = 0; rule < rules; rule++) {
    const at = (<usize>rule) << 3;
    if (load<u64>(controlRuled + at) == load<u64>(candidateRuled + at)) continue;
    if ((bothFine & (1 << rule)) != 0) return -1;
    used |= 1 << rule;
  }
  return used;
}

/** All places that differ, summed up; 0 where there are none, too many, or one that has to be looked at. */
function wayOf(controls: i32, candidates: i32, isSeveral: bool): u64 {
  if (!index(controls)) return 0;
  let sum: u64 = 0;
  let places = 0;
  for (let n = 0; n < candidates; n++) {
    const theirs = candidate + <usize>n * LEAF;
    const ours = find(load<u64>(theirs));
    const kind = load<i32>(theirs, 16);
    let other = 0;
    if (ours != 0) {
      other = load<i32>(ours, 16);
      store<i32>(ours, other | MET, 16);
      if (load<u64>(ours, 8) == load<u64>(theirs, 8) && other == kind) continue;
    }
    if (isHidden(other, kind)) continue;
    if (!isPlain(other, kind, isSeveral) || ++places > PLACES_MOST) return 0;
    sum += mix(load<u64>(theirs), <u64>((other << 16) | kind));
  }
  for (let n = 0; n < controls; n++) {
    const ours = control + <usize>n * LEAF;
    const kind = load<i32>(ours, 16);
    if ((kind & MET) != 0 || isHidden(kind, 0)) continue;
    if (!isPlain(kind, 0, isSeveral) || ++places > PLACES_MOST) return 0;
    sum += mix(load<u64>(ours), <u64>(kind << 16));
  }
  return sum;
}

/**
 * Where a rename has moved something, holders come and go that nobody listed. They are told by their leaves, all of which
 * have to be on both sides then.
 */
function isHidden(one: i32, other: i32): bool {
  const kind = one | other;
  return moved != 0 && (one == 0 || other == 0) && (kind == OBJECT_HOLDER || kind == ARRAY_HOLDER);
}

/** Whether a place says by these kinds alone how it is judged. */
function isPlain(one: i32, other: i32, isSeveral: bool): bool {
  // Whether a rule let something through at one place does not show where it may have failed to at another.
  if (isSeveral && (mayFail(one) || mayFail(other))) return false;
  if (((one | other) & RULED) != 0 || one == COUNT || other == COUNT) return false;
  return moved == 0 || (one != 0 && other != 0);
}

/** Whether a rule may speak of what is here, or of what this holds, and let none of it through. */
function mayFail(kind: i32): bool {
  return kind == INSTANT_LEAF || kind == OBJECT_HOLDER || kind == ARRAY_HOLDER;
}

/** False where a path comes twice, which it never should. */
function index(controls: i32): bool {
  memory.fill(table, 0, TABLE_SIZE);
  for (let n = 0; n < controls; n++) {
    const path = load<u64>(control + <usize>n * LEAF);
    let at = <usize>(path >> 20) & TABLE_MASK;
    for (let taken = load<i32>(table + (at << 2)); taken != 0; taken = load<i32>(table + (at << 2))) {
      if (load<u64>(control + <usize>(taken - 1) * LEAF) == path) return false;
      at = (at + 1) & TABLE_MASK;
    }
    store<i32>(table + (at << 2), n + 1);
  }
  return true;
}

/** Control's leaf at a path, or 0. */
function find(path: u64): usize {
  let at = <usize>(path >> 20) & TABLE_MASK;
  for (let taken = load<i32>(table + (at << 2)); taken != 0; taken = load<i32>(table + (at << 2))) {
    const leaf = control + <usize>(taken - 1) * LEAF;
    if (load<u64>(leaf) == path) return leaf;
    at = (at + 1) & TABLE_MASK;
  }
  return 0;
}

/** Ways that are known: at each place of the table a way, and behind it its number. */
const WAYS_MOST: i32 = 1_024;
const WAYS_MASK: usize = 2_047;
const WAYS_SIZE: usize = 32_768;
const ways: usize = memory.data(32_768);
let known: i32 = 0;

/** The number of a way; 0 where there are more ways than can be known. */
function numberOf(way: u64): i32 {
  let place = ways + ((<usize>(way >> 20) & WAYS_MASK) << 4);
  while (load<i32>(place, 8) != 0) {
    if (load<u64>(place) == way) return load<i32>(place, 8);
    place = place + 16 == ways + WAYS_SIZE ? ways : place + 16;
  }
  if (known == WAYS_MOST) return 0;
  store<u64>(place, way);
  store<i32>(place, ++known, 8);
  return known;
}

import { reserve } from './host';
import { CHAIN, KEY_A, KEY_B, NEXT, PLACE, SLOT_SIZE, STATE } from './slots';

/** Slots by key: buckets of chains; behind the first slot of a key stand further ones of the same. */
let buckets: usize = 0;
let mask: u32 = 0;
let known: u32 = 0;

/** Slots are set aside so many at once. */
const CHUNK: usize = 256;

let free: usize = 0;
let fresh: usize = 0;
let freshEnd: usize = 0;

export function setUpTable(): void {
  mask = 4095;
  buckets = reserve(4096 * 4);
}

function bucketOf(place: i32, a: i32): usize {
  const mixed = (a ^ (place * <i32>0x9e3779b1)) * <i32>0x85ebca6b;
  return buckets + ((<usize>((<u32>mixed ^ (<u32>mixed >> 15)) & mask)) << 2);
}

/** The slot of a key, the first of them where it has several; 0 if it is not known. */
export function find(place: i32, a: i32, b: i32): usize {
  let slot: usize = load<u32>(bucketOf(place, a));
  while (slot != 0) {
    if (load<i32>(slot, KEY_A) == a && load<i32>(slot, KEY_B) == b && load<i32>(slot, PLACE) == place) return slot;
    slot = load<u32>(slot, CHAIN);
  }
  return 0;
}

/** A slot for a further event: of a key that is not known yet, or behind the first of its key. */
export function take(place: i32, a: i32, b: i32, first: usize): usize {
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
    fresh = reserve(CHUNK * SLOT_SIZE);
    freshEnd = fresh + CHUNK * SLOT_SIZE;
  }
  const slot = fresh;
  fresh += SLOT_SIZE;
  return slot;
}

/** Takes a slot out of its key's memory, to be used again. */
export function remove(slot: usize): void {
  unchain(slot);
  store<u32>(slot, <u32>free, CHAIN);
  free = slot;
}

function unchain(slot: usize): void {
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

import { hashOf } from './hash';

/**
 * What lies between a line's time and its payload (side, account, channel, event) says the same over and over again: each
 * spelling is read once by the host, and known by its hash from then on.
 */
const CAPACITY: u32 = 65_536;
const MOST: u32 = 49_152;

/** By hash: id, what to do, plan. 24 bytes each; a hash of 0 is an empty place. */
let table: usize = 0;
let size: u32 = 0;

/** What to do with lines of an envelope. */
export const LOOK: i32 = 0;
export const SKIP: i32 = 1;
export const UNMAPPED: i32 = 2;
export const SCAN: i32 = 3;

/** Of the envelope that was looked for last. */
let envelopeHash: u64 = 0;

/** The envelope at [from, to): its place in the table, or 0 if it is not known. */
export function findEnvelope(from: usize, to: usize): usize {
  envelopeHash = hashOf(from, to) | 1;
  let index = <u32>(envelopeHash >> 20) & (CAPACITY - 1);
  let entry = table + <usize>index * 24;
  while (load<u64>(entry) != envelopeHash) {
    if (load<u64>(entry) == 0) return 0;
    index = (index + 1) & (CAPACITY - 1);
    entry = table + <usize>index * 24;
  }
  return entry;
}

/** Where the table may lie. */
export function placeEnvelopes(at: usize): usize {
  table = at;
  return at + <usize>CAPACITY * 24;
}

/** Whether no more envelopes can be learnt: lines of others are left to the parser. */
export function isFull(): bool {
  return size >= MOST;
}

/** Learns the envelope that was not found last. */
export function learnEnvelope(id: i32, action: i32, plan: usize): void {
  let index = <u32>(envelopeHash >> 20) & (CAPACITY - 1);
  while (load<u64>(table + <usize>index * 24) != 0) index = (index + 1) & (CAPACITY - 1);
  const entry = table + <usize>index * 24;
  store<u64>(entry, envelopeHash);
  store<i32>(entry, id, 8);
  store<i32>(entry, action, 12);
  store<i32>(entry, <i32>plan, 16);
  size++;
}

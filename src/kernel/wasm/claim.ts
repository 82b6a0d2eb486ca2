import { ABSENT, captureFrom, captureHash, captureKind, captureTo, DECIMAL, PLAIN } from './captures';
import { claimAt, claimsOf } from './plan';

/** The claim that holds for the payload scanned last, or 0 if none does. */
export function claimant(plan: usize): usize {
  const count = claimsOf(plan);
  for (let index = 0; index < count; index++) {
    const claim = claimAt(plan, index);
    const conditions = load<i32>(claim, 8);
    let condition = <usize>load<i32>(claim, 12);
    let holds = true;
    for (let i = 0; i < conditions && holds; i++, condition += 16) {
      const capture = load<i32>(condition);
      holds = captureKind(capture) != ABSENT && captureHash(capture) == load<u64>(condition, 8);
    }
    if (holds) return claim;
  }
  return 0;
}

/** Of the key read last: its lanes (see ../../model/key.ts), and where it stands, 0 where it is made of several. */
export let keyA: i32 = 0;
export let keyB: i32 = 0;
export let keyFrom: usize = 0;
export let keyTo: usize = 0;

/** Reads the correlation key, where it is spelt plainly; the parser knows the rest. */
export function readKey(claim: usize): bool {
  const count = load<i32>(claim, 16);
  const list = <usize>load<i32>(claim, 20);
  keyA = 0x2f0b4c47;
  keyB = 0x811c9dc5;
  if (count == 1) {
    const capture = load<i32>(list);
    keyFrom = captureFrom(capture);
    keyTo = captureTo(capture);
    return addPart(capture);
  }
  // Several together are spelt as a JSON array of texts; parts without escapes stand there as they are.
  keyFrom = 0;
  keyTo = 0;
  addByte(0x5b);
  for (let i = 0; i < count; i++) {
    if (i > 0) addByte(0x2c);
    addByte(0x22);
    if (!addPart(load<i32>(list + ((<usize>i) << 2)))) return false;
    addByte(0x22);
  }
  addByte(0x5d);
  return true;
}

/** Writes the key of the payload scanned last, which could be read, to a place with room for so much; its end, or 0. */
export function spellKey(claim: usize, to: usize, room: usize): usize {
  const count = load<i32>(claim, 16);
  const list = <usize>load<i32>(claim, 20);
  const most = to + room - 4;
  let at = to;
  if (count > 1) store<u8>(at++, 0x5b);
  for (let i = 0; i < count; i++) {
    const capture = load<i32>(list + ((<usize>i) << 2));
    const from = captureFrom(capture);
    const size = captureTo(capture) - from;
    if (at + size > most) return 0;
    if (i > 0) store<u8>(at++, 0x2c);
    if (count > 1) store<u8>(at++, 0x22);
    memory.copy(at, from, size);
    at += size;
    if (count > 1) store<u8>(at++, 0x22);
  }
  if (count > 1) store<u8>(at++, 0x5d);
  return at;
}

function addPart(capture: i32): bool {
  const kind = captureKind(capture);
  const from = captureFrom(capture);
  const to = captureTo(capture);
  if (from == to || (kind != PLAIN && kind != DECIMAL)) return false;
  for (let i = from; i < to; i++) {
    const byte = load<u8>(i);
    // A fraction has several spellings; characters beyond ASCII count by their UTF-16 units.
    if (byte >= 0x80 || (byte == 0x2e && kind == DECIMAL)) return false;
    addByte(byte);
  }
  return true;
}

function addByte(byte: u8): void {
  const a = (keyA ^ <i32>byte) * 0x01000193;
  keyA = a ^ (a >>> 15);
  const b = (keyB + <i32>byte) * <i32>0x85ebca6b;
  keyB = b ^ (b >>> 13);
}

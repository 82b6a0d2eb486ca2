import { claimant, keyA, keyB, keyFrom, keyTo, readKey } from './claim';
import { findEnvelope, isFull, LOOK, SCAN, SKIP, UNMAPPED } from './envelopes';
import { below, hashOf, LITERAL, ROOT, STRING } from './hash';
import { blank, scanPayload, skipValue } from './payload';
import { fine, print } from './print';

export { contrast, contrasted } from './contrast';
export { learnEnvelope, placeEnvelopes } from './envelopes';
export { writeLines } from './lines';
export { enterOne, expireOne, pass, setUpPass, told } from './pass';
export { isValue } from './payload';
export { oddPayload, slide, slotOf } from './recording';
export { forget, isDue } from './pairing';
export { unescapedTo, unescapeText } from './unescape';

/**
 * The scanner: finds time, envelope, key and print of recorded frames in their bytes. Compiled to WebAssembly, since it
 * sees every byte of every payload. It knows no rule: what it is not sure of is left to the parser ("look").
 *
 * A row, by byte offset: 0 status, 4 envelope, 8 t, 16 payload from, 20 payload to, 24 type, 28 and 32 key lanes, 36 key
 * from, 40 key to, 44 fine, 48 print, 56 line from, 60 line to, 64 by rule: 8 bytes each.
 */
const RULED: usize = 64;

/** What a row says of its line; the first ones are those of an envelope. */
const ONLY: i32 = 4;

/** Payloads beyond this are left to the parser, which tells them. */
const LONGEST: usize = 1_000_000;

/** Where `scanLines` stopped, and whether an unknown envelope at [envelopeFrom, envelopeTo) was why. */
export let stoppedAt: usize = 0;
export let unknown: bool = false;
export let envelopeFrom: usize = 0;
export let envelopeTo: usize = 0;

/** One payload at [from, to), as a row. The status says whether it could be read. */
export function scanFrame(plan: usize, from: usize, to: usize, rules: i32, row: usize): void {
  const after: usize = to - from > LONGEST ? 0 : scan(plan, from, to, rules, row);
  // What lies behind the payload is not its own: it is looked at only where there is something left of it.
  if (after == 0 || (after != to && blank(after) != to)) store<i32>(row, LOOK);
}

/** Of the lines passed since the host last set these: how many, how many are for the parser, and stamps that went back. */
export let lines: i32 = 0;
export let odd: i32 = 0;
export let latest: f64 = 0;
export let backwards: i32 = 0;
export let backwardsMost: f64 = 0;

/**
 * The lines in [from, to), each of which ends in LF, as rows; lines to be skipped have none. Returns how many rows: fewer
 * than there are lines if they would be more than `most`, or if an envelope is not known. A row for the parser holds the
 * number of its line in place of its key.
 */
export function scanLines(from: usize, to: usize, rows: usize, most: i32, rules: i32): i32 {
  const stride = RULED + ((<usize>rules) << 3);
  let at = from;
  let row = rows;
  let count = 0;
  unknown = false;
  while (at < to && count < most) {
    store<i32>(row, LOOK);
    const end = scanLine(at, to, rules, row);
    if (unknown) break;
    const status = load<i32>(row);
    if (status == LOOK) {
      odd++;
      store<i32>(row, lines, 28);
    } else stamp(load<f64>(row, 8));
    lines++;
    if (status != SKIP) {
      store<i32>(row, <i32>at, 56);
      store<i32>(row, <i32>end, 60);
      row += stride;
      count++;
    }
    at = end + 1;
  }
  stoppedAt = at;
  return count;
}

/** Notices stamps that lie before one that came earlier. */
function stamp(t: f64): void {
  if (t >= latest) latest = t;
  else {
    backwards++;
    backwardsMost = max(backwardsMost, latest - t);
  }
}

/** One line; returns where its LF is. */
function scanLine(at: usize, to: usize, rules: i32, row: usize): usize {
  // {"t":
  if (load<u32>(at) != 0x2274227b || load<u8>(at, 4) != 0x3a) return lineEnd(at, to);
  const afterT = readTime(at + 5, row);
  if (afterT == 0 || !isFrame(afterT)) return lineEnd(at, to);
  const from = afterT + 16;
  const until = envelopeEnd(from, to);
  if (until == 0) return lineEnd(at, to);
  const envelope = findEnvelope(from, until);
  if (envelope == 0) {
    if (isFull()) return lineEnd(at, to);
    unknown = true;
    envelopeFrom = from;
    envelopeTo = until;
    return at;
  }
  store<i32>(row, load<i32>(envelope, 8), 4);
  const action = load<i32>(envelope, 12);
  const payload = until + 11;
  if (action == LOOK) return lineEnd(payload, to);
  // Also where it is another share's: a damaged line may have swallowed others.
  const after = action == SCAN ? scan(load<i32>(envelope, 16), payload, to, rules, row) : skipValue(payload, to);
  // Nothing may follow the payload but the end of the line.
  if (after != 0 && after - payload <= LONGEST && load<u16>(after) == 0x0a7d && after + 1 < to) {
    if (action == SCAN) {
      store<i32>(row, <i32>payload, 16);
      store<i32>(row, <i32>after, 20);
    } else store<i32>(row, action);
    return after + 1;
  }
  store<i32>(row, LOOK);
  return lineEnd(payload, to);
}

/** `,"kind":"frame",` in two words. */
function isFrame(at: usize): bool {
  return load<u64>(at) == 0x3a22646e696b222c && load<u64>(at, 8) == 0x2c22656d61726622;
}

/** Where `,"payload":` begins on this line, or 0. Inside a text a quote has a backslash before it. */
function envelopeEnd(from: usize, to: usize): usize {
  const comma = i8x16.splat(0x2c);
  const lineFeed = i8x16.splat(0x0a);
  for (let i = from; i < to; i += 16) {
    const bytes = v128.load(i);
    let found = <u32>i8x16.bitmask(v128.or(i8x16.eq(bytes, comma), i8x16.eq(bytes, lineFeed)));
    while (found != 0) {
      const at = i + <usize>ctz(found);
      if (at >= to || load<u8>(at) == 0x0a) return 0;
      // ,"payloa and ad":
      if (load<u64>(at) == 0x616f6c796170222c && load<u32>(at, 7) == 0x3a226461) return at;
      found &= found - 1;
    }
  }
  return 0;
}

function lineEnd(from: usize, to: usize): usize {
  const lineFeed = i8x16.splat(0x0a);
  for (let i = from; i < to; i += 16) {
    const found = <u32>i8x16.bitmask(i8x16.eq(v128.load(i), lineFeed));
    if (found != 0) return min(i + <usize>ctz(found), to);
  }
  return to;
}

/** Milliseconds with at most six decimals: the double nearest to the text, as JSON.parse would give it. 0 if not sure. */
function readTime(at: usize, row: usize): usize {
  let i = at;
  let value: i64 = 0;
  let scale: i64 = 1;
  let digits = 0;
  let point = false;
  for (; ; i++) {
    const byte = load<u8>(i);
    if (byte >= 0x30 && byte <= 0x39) {
      value = value * 10 + byte - 0x30;
      if (++digits > 15) return 0;
      if (point) scale *= 10;
    } else if (byte == 0x2e && !point && digits > 0) point = true;
    else break;
  }
  if (digits == 0 || scale > 1_000_000 || (point && scale == 1)) return 0;
  if (load<u8>(at) == 0x30 && i > at + 1 && load<u8>(at, 1) != 0x2e) return 0;
  store<f64>(row, <f64>value / <f64>scale, 8);
  return i;
}

/** Print, type and key of a payload into the row; the place behind it, or 0 when not sure. */
function scan(plan: usize, from: usize, to: usize, rules: i32, row: usize): usize {
  const after = scanPayload(plan, from, to, row + RULED, rules);
  if (after == 0) return 0;
  const claim = claimant(plan);
  if (claim == 0) {
    store<i32>(row, UNMAPPED);
    return after;
  }
  store<i32>(row, load<i32>(claim), 24);
  if (load<i32>(claim, 4) != 0) {
    store<i32>(row, ONLY);
    return after;
  }
  // Whatever the body is, it adds something to the print: there is none.
  if (print == 0 || !readKey(claim)) return 0;
  store<i32>(row, SCAN);
  store<i32>(row, keyA, 28);
  store<i32>(row, keyB, 32);
  store<i32>(row, <i32>keyFrom, 36);
  store<i32>(row, <i32>keyTo, 40);
  store<i32>(row, fine, 44);
  store<u64>(row, print, 48);
  return after;
}

/** Where memory is free: what the host lays out begins here. */
export const heapStart: usize = __heap_base;

/** Hash of a member's path, for the host's plans. */
export function pathBelow(path: u64, name: u64): u64 {
  return below(path, name);
}

export function rootPath(): u64 {
  return ROOT;
}

/** Hash of a value as captures hold it. */
export function valueHash(from: usize, to: usize, isText: bool): u64 {
  return hashOf(from, to) ^ (isText ? STRING : LITERAL);
}

export function textHashOf(from: usize, to: usize): u64 {
  return hashOf(from, to);
}

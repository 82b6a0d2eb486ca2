import { begin, beginOther, finish, hashOf, step } from './hash';

/** Of the text read last: its hash, with escapes resolved, and whether it had any. */
export let textHash: u64 = 0;
export let textEscaped: bool = false;

/** Room for a text whose escapes are resolved. Longer ones are for the parser. */
const SCRATCH_SIZE: u32 = 65_536;
const scratch: usize = memory.data(65_552);

const QUOTE: u8 = 0x22;
const BACKSLASH: u8 = 0x5c;

/** Which of the sixteen bytes at a place end or escape a text, as bits. */
export function special(at: usize): u32 {
  const bytes = v128.load(at);
  const quote = i8x16.eq(bytes, i8x16.splat(0x22));
  const slash = i8x16.eq(bytes, i8x16.splat(0x5c));
  const control = i8x16.lt_u(bytes, i8x16.splat(0x20));
  return <u32>i8x16.bitmask(v128.or(v128.or(quote, slash), control));
}

/** Hashes the text whose opening quote lies before `at`; the place behind its closing quote, or 0 if not sure. */
export function readText(at: usize, end: usize): usize {
  let h = begin();
  let other = beginOther();
  let i = at;
  let found = special(i);
  while (found == 0) {
    h = step(h, load<u64>(i));
    other = step(other, load<u64>(i, 8));
    i += 16;
    if (i > end) return 0;
    found = special(i);
  }
  const last = i + <usize>ctz(found);
  if (last >= end) return 0;
  const byte = load<u8>(last);
  if (byte != QUOTE) return byte == BACKSLASH ? readEscaped(at, last, end) : 0;
  if (i != at) h = step(h, other);
  if (last - i >= 8) {
    h = step(h, load<u64>(i));
    i += 8;
  }
  textHash = finish(h, i, <u32>(last - i), <u32>(last - at));
  textEscaped = false;
  return last + 1;
}

/** A text with escapes: resolved into a scratch, and hashed there. */
function readEscaped(at: usize, firstEscape: usize, end: usize): usize {
  let size = <u32>(firstEscape - at);
  if (size > SCRATCH_SIZE - 32) return 0;
  memory.copy(scratch, at, size);
  let i = firstEscape;
  for (;;) {
    if (i >= end) return 0;
    const found = special(i);
    const plain: u32 = found == 0 ? 16 : ctz(found);
    if (size > SCRATCH_SIZE - 32) return 0;
    if (plain > 0) {
      v128.store(scratch + size, v128.load(i));
      size += plain;
      i += plain;
      if (found == 0) continue;
    }
    const byte = load<u8>(i);
    if (i >= end) return 0;
    if (byte == QUOTE) break;
    if (byte != BACKSLASH) return 0;
    let code = escapeAt(i);
    if (code < 0) return 0;
    i += load<u8>(i, 1) == 0x75 ? 6 : 2;
    if (code >= 0xd800 && code <= 0xdfff) {
      // Half a pair: with its other half one character; alone, only the parser knows what it is worth.
      const low = code < 0xdc00 && load<u8>(i) == BACKSLASH && load<u8>(i, 1) == 0x75 ? escapeAt(i) : -1;
      if (low < 0xdc00 || low > 0xdfff) return 0;
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
      i += 6;
    }
    size = putUtf8(size, code);
  }
  textHash = hashOf(scratch, scratch + size);
  textEscaped = true;
  return i + 1;
}

/** The code unit of the escape at a backslash, or -1. */
export function escapeAt(at: usize): i32 {
  switch (load<u8>(at, 1)) {
    case 0x22:
      return 0x22;
    case 0x5c:
      return 0x5c;
    case 0x2f:
      return 0x2f;
    case 0x62:
      return 0x08;
    case 0x66:
      return 0x0c;
    case 0x6e:
      return 0x0a;
    case 0x72:
      return 0x0d;
    case 0x74:
      return 0x09;
    case 0x75: {
      let code = 0;
      for (let i: usize = 2; i < 6; i++) {
        const digit = hexDigit(load<u8>(at + i));
        if (digit < 0) return -1;
        code = code * 16 + digit;
      }
      return code;
    }
    default:
      return -1;
  }
}

function hexDigit(byte: u8): i32 {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** Writes a character's bytes at `size` of the scratch and returns the size behind them. */
function putUtf8(size: u32, code: i32): u32 {
  const at = scratch + size;
  if (code < 0x80) {
    store<u8>(at, code);
    return size + 1;
  }
  if (code < 0x800) {
    store<u8>(at, 0xc0 | (code >> 6));
    store<u8>(at, 0x80 | (code & 0x3f), 1);
    return size + 2;
  }
  if (code < 0x10000) {
    store<u8>(at, 0xe0 | (code >> 12));
    store<u8>(at, 0x80 | ((code >> 6) & 0x3f), 1);
    store<u8>(at, 0x80 | (code & 0x3f), 2);
    return size + 3;
  }
  store<u8>(at, 0xf0 | (code >> 18));
  store<u8>(at, 0x80 | ((code >> 12) & 0x3f), 1);
  store<u8>(at, 0x80 | ((code >> 6) & 0x3f), 2);
  store<u8>(at, 0x80 | (code & 0x3f), 3);
  return size + 4;
}

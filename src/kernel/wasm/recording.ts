/** Deeper payloads are left to the host's own check. */
const DEPTH_MOST: usize = 256;
/** What holds the value at hand, from the outermost inwards: `{` or `[`. */
const containers: usize = memory.data(256);

const QUOTE: u8 = 0x22;
const BACKSLASH: u8 = 0x5c;
const COMMA: u8 = 0x2c;
const COLON: u8 = 0x3a;
const BRACE: u8 = 0x7b;
const BRACKET: u8 = 0x5b;

/**
 * Payloads of lines that are to be recorded, as pairs of places: which one, from the one at `first` on, is not exactly
 * one JSON value (RFC 8259), or not without line breaks, or nested beyond measure. `count` if there is none.
 *
 * Behind each payload come a brace and LF. No token holds an LF, so that nothing below has to ask for the end.
 */
export function oddPayload(places: usize, first: i32, count: i32): i32 {
  for (let i = first; i < count; i++) {
    const place = places + ((<usize>i) << 3);
    if (!isPlainJson(load<i32>(place), load<i32>(place, 4))) return i;
  }
  return count;
}

function isPlainJson(from: usize, to: usize): bool {
  let depth: usize = 0;
  let container: u8 = 0;
  let at = afterBlanks(from);
  while (true) {
    // A value begins here; in an object, its name and colon before it.
    if (container == BRACE) {
      if (load<u8>(at) != QUOTE) return false;
      at = textEnd(at + 1);
      if (at == 0) return false;
      at = afterBlanks(at);
      if (load<u8>(at) != COLON) return false;
      at = afterBlanks(at + 1);
    }
    const first = load<u8>(at);
    const opens = first == BRACE || first == BRACKET;
    const inside = opens ? afterBlanks(at + 1) : 0;
    // `[` and `]`, `{` and `}` are two apart.
    if (opens && load<u8>(inside) != first + 2) {
      if (depth == DEPTH_MOST) return false;
      store<u8>(containers + depth, first);
      depth++;
      container = first;
      at = inside;
    } else {
      at = opens ? inside + 1 : first == QUOTE ? textEnd(at + 1) : wordEnd(at, first);
      if (at == 0) return false;
      // A value has ended here, and with it perhaps what holds it.
      at = afterBlanks(at);
      while (depth > 0 && load<u8>(at) == container + 2) {
        depth--;
        container = depth == 0 ? 0 : load<u8>(containers + depth - 1);
        at = afterBlanks(at + 1);
      }
      if (depth == 0) return at == to;
      if (load<u8>(at) != COMMA) return false;
      at = afterBlanks(at + 1);
    }
  }
}

/** Behind blanks that may stay in a line. */
function afterBlanks(at: usize): usize {
  let i = at;
  while (load<u8>(i) == 0x20 || load<u8>(i) == 0x09) i++;
  return i;
}

/** Behind the quote that ends the text at hand, or 0. */
function textEnd(at: usize): usize {
  const quote = i8x16.splat(0x22);
  const slash = i8x16.splat(0x5c);
  const blank = i8x16.splat(0x20);
  let i = at;
  while (true) {
    const bytes = v128.load(i);
    const ends = v128.or(i8x16.eq(bytes, quote), i8x16.eq(bytes, slash));
    const found = <u32>i8x16.bitmask(v128.or(ends, i8x16.lt_u(bytes, blank)));
    if (found == 0) i += 16;
    else {
      i += <usize>ctz(found);
      if (load<u8>(i) != BACKSLASH) return load<u8>(i) == QUOTE ? i + 1 : 0;
      const size = escapeSize(i);
      if (size == 0) return 0;
      i += size;
    }
  }
}

/** How long the escape at a backslash is; 0 if it is none. */
function escapeSize(at: usize): usize {
  switch (load<u8>(at, 1)) {
    case 0x22:
    case 0x5c:
    case 0x2f:
    case 0x62:
    case 0x66:
    case 0x6e:
    case 0x72:
    case 0x74:
      return 2;
    case 0x75:
      return isHex(load<u8>(at, 2)) && isHex(load<u8>(at, 3)) && isHex(load<u8>(at, 4)) && isHex(load<u8>(at, 5))
        ? 6
        : 0;
    default:
      return 0;
  }
}

function isHex(byte: u8): bool {
  const lower = byte | 0x20;
  return isDigit(byte) || (lower >= 0x61 && lower <= 0x66);
}

function isDigit(byte: u8): bool {
  return byte >= 0x30 && byte <= 0x39;
}

/** Behind `true`, `false`, `null` or a number; 0 if there is none. */
function wordEnd(at: usize, first: u8): usize {
  if (first == 0x74) return load<u32>(at) == 0x65757274 ? at + 4 : 0;
  if (first == 0x6e) return load<u32>(at) == 0x6c6c756e ? at + 4 : 0;
  if (first == 0x66) return load<u32>(at, 1) == 0x65736c61 ? at + 5 : 0;
  let i = first == 0x2d ? at + 1 : at;
  if (load<u8>(i) == 0x30) i++;
  else {
    i = digitsEnd(i);
    if (i == 0) return 0;
  }
  if (load<u8>(i) == 0x2e) {
    i = digitsEnd(i + 1);
    if (i == 0) return 0;
  }
  if ((load<u8>(i) | 0x20) != 0x65) return i;
  i++;
  if (load<u8>(i) == 0x2b || load<u8>(i) == 0x2d) i++;
  return digitsEnd(i);
}

/** Behind one digit or more; 0 without any. */
function digitsEnd(at: usize): usize {
  let i = at;
  while (isDigit(load<u8>(i))) i++;
  return i == at ? 0 : i;
}

/**
 * Slides a window whose last byte is at `last` over the bytes before `to`, after Wu and Manber: `shifts` tells, by the
 * slot of the window's last three bytes, how far. The last byte of a window that does not slide, or 0 if all do.
 */
export function slide(last: usize, to: usize, shifts: usize): usize {
  let i = last;
  while (i < to) {
    const shift = load<u8>(shifts + slotOf(load<u32>(i - 3) >> 8));
    if (shift == 0) return i;
    i += shift;
  }
  return 0;
}

/** The slot of three bytes, the first of them lowest. The host fills the table by the same rule. */
export function slotOf(bytes: u32): usize {
  return (bytes * 0x9e3779b1) >>> 16;
}

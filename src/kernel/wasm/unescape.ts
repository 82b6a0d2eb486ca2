import { escapeAt, special } from './text';

/**
 * Resolves a JSON text's escapes: from the byte behind its opening quote to `out`, which must have room for as many
 * bytes as there are up to `end`. Returns the length, or -1 when not sure. `unescapedTo` is the place behind the text.
 */
export let unescapedTo: usize = 0;

export function unescapeText(from: usize, end: usize, out: usize): i32 {
  let i = from;
  let to = out;
  for (;;) {
    if (i >= end) return -1;
    const found = special(i);
    const plain: usize = found == 0 ? 16 : ctz(found);
    v128.store(to, v128.load(i));
    to += plain;
    i += plain;
    if (found == 0) continue;
    if (i >= end) return -1;
    const byte = load<u8>(i);
    if (byte == 0x22) break;
    const code = byte == 0x5c ? escapeAt(i) : -1;
    // Surrogates are rare enough to be the parser's.
    if (code < 0 || (code >= 0xd800 && code <= 0xdfff)) return -1;
    i += load<u8>(i, 1) == 0x75 ? 6 : 2;
    if (code < 0x80) store<u8>(to++, code);
    else if (code < 0x800) {
      store<u8>(to++, 0xc0 | (code >> 6));
      store<u8>(to++, 0x80 | (code & 0x3f));
    } else {
      store<u8>(to++, 0xe0 | (code >> 12));
      store<u8>(to++, 0x80 | ((code >> 6) & 0x3f));
      store<u8>(to++, 0x80 | (code & 0x3f));
    }
  }
  unescapedTo = i + 1;
  return <i32>(to - out);
}

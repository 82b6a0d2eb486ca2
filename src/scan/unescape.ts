import { Kernel } from '../kernel/kernel.js';

/** Messages beyond this are parsed. */
const LONGEST = 1024 * 1024;
const PADDING = 32;

/** A text without its escapes at [from, to) of bytes that the next one overwrites, and the place behind its closing quote. */
interface Unescaped {
  readonly bytes: Buffer;
  readonly from: number;
  readonly to: number;
  readonly end: number;
}

/**
 * Compiles the function that resolves the escapes of a JSON text in bytes; its opening quote lies before `from`. It is
 * undefined for what only a parser can tell: bad escapes, surrogates, a text that does not end.
 */
export function unescaper(kernel = new Kernel()): (bytes: Buffer, from: number) => Unescaped | undefined {
  const at = kernel.reserve(LONGEST + PADDING);
  const out = kernel.reserve(LONGEST + PADDING);
  return (bytes, from) => {
    if (bytes.length > LONGEST) return undefined;
    // Of shared memory `set` copies byte by byte where the places are not aligned alike: a fill with one copy takes a third.
    kernel.bytes.fill(bytes, at, at + bytes.length);
    const size = kernel.run.unescapeText(at + from, at + bytes.length, out);
    if (size < 0) return undefined;
    return { bytes: kernel.bytes, from: out, to: out + size, end: kernel.run.unescapedTo.value - at };
  };
}

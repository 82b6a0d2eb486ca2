const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const BRACKET = 0x5b;
const BRACE = 0x7b;
const BLANK = 0x20;
const ZERO = 0x30;
const NINE = 0x39;

const TRUE = Buffer.from('true');
const FALSE = Buffer.from('false');
const NULL = Buffer.from('null');

/** By byte: 1 where a string goes on with the next byte; quotes, backslashes and control characters stop it. */
const PLAIN = new Uint8Array(256).map((_, byte) => (byte < BLANK || byte === QUOTE || byte === BACKSLASH ? 0 : 1));
/** By byte: 1 for what may follow a backslash, save `u`. */
const ESCAPED = new Uint8Array(256);
for (const character of '"\\/bfnrt') ESCAPED[character.charCodeAt(0)] = 1;
/** By byte: 1 for hexadecimal digits. */
const HEX = new Uint8Array(256);
for (const character of '0123456789abcdefABCDEF') HEX[character.charCodeAt(0)] = 1;

/**
 * Whether [from, to) is exactly one JSON value (RFC 8259, in UTF-8), as JSON.parse would say. Line breaks between its
 * tokens become blanks on the way, so that the value fits one line. The byte at `to` must exist, and is overwritten.
 */
export function flattenJson(bytes: Uint8Array, from: number, to: number): boolean {
  // No token holds a zero byte, so that no loop below has to ask for the end.
  bytes[to] = 0;
  const containers: number[] = [];
  let at = afterSpace(bytes, from);
  for (;;) {
    // A value begins here; in an object, its name and colon before it.
    if (containers.at(-1) === BRACE) {
      if (bytes[at] !== QUOTE) return false;
      at = afterSpace(bytes, stringEnd(bytes, at));
      if (bytes[at] !== COLON) return false;
      at = afterSpace(bytes, at + 1);
    }
    const first = bytes[at] as number;
    if (first === BRACE || first === BRACKET) {
      at = afterSpace(bytes, at + 1);
      // `[` and `]`, `{` and `}` are two apart.
      if (bytes[at] !== first + 2) {
        containers.push(first);
        continue;
      }
      at++;
    } else at = scalarEnd(bytes, at, first);
    // A value has ended here, and with it perhaps what holds it.
    for (;;) {
      at = afterSpace(bytes, at);
      const container = containers.at(-1);
      if (container === undefined) return at === to;
      if (bytes[at] === COMMA) break;
      if (bytes[at] !== container + 2) return false;
      containers.pop();
      at++;
    }
    at = afterSpace(bytes, at + 1);
  }
}

/** Skips blanks, and makes blanks of line breaks. */
function afterSpace(bytes: Uint8Array, start: number): number {
  let at = start;
  for (; ; at++) {
    const byte = bytes[at] as number;
    if (byte === 0x0a || byte === 0x0d) bytes[at] = BLANK;
    else if (byte !== BLANK && byte !== 0x09) return at;
  }
}

/** The index behind a scalar; where there is none, the end of all bytes, at which nothing can follow. */
function scalarEnd(bytes: Uint8Array, at: number, first: number): number {
  if (first === QUOTE) return stringEnd(bytes, at);
  if (first === 0x74) return wordEnd(bytes, at, TRUE);
  if (first === 0x66) return wordEnd(bytes, at, FALSE);
  if (first === 0x6e) return wordEnd(bytes, at, NULL);
  return numberEnd(bytes, at);
}

function stringEnd(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  for (;;) {
    while (PLAIN[bytes[at] as number] === 1) at++;
    if (bytes[at] === QUOTE) return at + 1;
    if (bytes[at] !== BACKSLASH) return bytes.length;
    if (ESCAPED[bytes[at + 1] as number] === 1) at += 2;
    else if (bytes[at + 1] === 0x75 && isHex(bytes, at + 2)) at += 6;
    else return bytes.length;
  }
}

function isHex(bytes: Uint8Array, at: number): boolean {
  for (let index = at; index < at + 4; index++) if (HEX[bytes[index] as number] !== 1) return false;
  return true;
}

function wordEnd(bytes: Uint8Array, at: number, word: Uint8Array): number {
  for (let index = 0; index < word.length; index++) if (bytes[at + index] !== word[index]) return bytes.length;
  return at + word.length;
}

function numberEnd(bytes: Uint8Array, start: number): number {
  let at = bytes[start] === 0x2d ? start + 1 : start;
  if (bytes[at] === ZERO) at++;
  else if ((at = digitsEnd(bytes, at)) === bytes.length) return at;
  if (bytes[at] === 0x2e && (at = digitsEnd(bytes, at + 1)) === bytes.length) return at;
  if (bytes[at] !== 0x65 && bytes[at] !== 0x45) return at;
  at++;
  if (bytes[at] === 0x2b || bytes[at] === 0x2d) at++;
  return digitsEnd(bytes, at);
}

/** The index behind one digit or more; without any, the end of all bytes. */
function digitsEnd(bytes: Uint8Array, start: number): number {
  let at = start;
  while ((bytes[at] as number) >= ZERO && (bytes[at] as number) <= NINE) at++;
  return at === start ? bytes.length : at;
}

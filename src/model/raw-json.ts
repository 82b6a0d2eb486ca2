/**
 * Slices raw JSON text without parsing it, so that a payload leaves the wire, or a file, with every digit it came with.
 * The scan trusts what it passes over: whether a slice is sound JSON is for whoever decodes it.
 */

/** One step into a JSON value: a member's name or an array's index. */
export type Step = string | number;

/** The value's text at a path of names and indices; of equal names the last counts, as for JSON.parse. Undefined if absent. */
export function rawAt(text: string, steps: readonly Step[]): string | undefined {
  const span = spanAt(text, steps);
  return span && text.slice(...span);
}

/** Where that value stands in the text, from its first character to behind its last. */
export function spanAt(text: string, steps: readonly Step[]): Span | undefined {
  let start = afterSpace(text, 0);
  let end = valueEnd(text, start);
  for (const step of steps) {
    const found = typeof step === 'string' ? memberOf(text, start, step) : elementOf(text, start, step);
    if (found === undefined) return undefined;
    [start, end] = found;
  }
  return end < 0 ? undefined : [start, end];
}

type Span = readonly [start: number, end: number];

function memberOf(text: string, object: number, name: string): Span | undefined {
  if (text[object] !== '{') return undefined;
  let found: Span | undefined;
  let at = afterSpace(text, object + 1);
  while (text[at] === '"') {
    const keyEnd = stringEnd(text, at);
    const colon = afterSpace(text, keyEnd);
    if (keyEnd < 0 || text[colon] !== ':') return undefined;
    const start = afterSpace(text, colon + 1);
    const end = valueEnd(text, start);
    if (end < 0) return undefined;
    if (stringAt(text, at, keyEnd) === name) found = [start, end];
    at = afterSpace(text, end);
    if (text[at] === ',') at = afterSpace(text, at + 1);
  }
  return found;
}

function elementOf(text: string, array: number, index: number): Span | undefined {
  if (text[array] !== '[') return undefined;
  let at = afterSpace(text, array + 1);
  for (let passed = 0; text[at] !== ']'; passed++) {
    const end = valueEnd(text, at);
    if (end < 0) return undefined;
    if (passed === index) return [at, end];
    at = afterSpace(text, end);
    if (text[at] !== ',') return undefined;
    at = afterSpace(text, at + 1);
  }
  return undefined;
}

/** The index behind the value that begins at `at`, or -1 where the text ends before it does or no value begins. */
export function valueEnd(text: string, at: number): number {
  const first = text.charCodeAt(at);
  if (first === QUOTE) return stringEnd(text, at);
  if (first === BRACE || first === BRACKET) return nestEnd(text, at);
  let end = at;
  while (end < text.length && !isDelimiter(text.charCodeAt(end))) end++;
  return end === at ? -1 : end;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const BRACKET = 0x5b;
const BRACKET_END = 0x5d;
const BRACE = 0x7b;
const BRACE_END = 0x7d;
const COMMA = 0x2c;
const SPACE = 0x20;

function nestEnd(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = stringEnd(text, at) - 1;
      if (at < 0) return -1;
    } else if (code === BRACE || code === BRACKET) depth++;
    else if ((code === BRACE_END || code === BRACKET_END) && --depth === 0) return at + 1;
  }
  return -1;
}

/** The index behind the closing quote: the first one that an even number of backslashes precedes. */
export function stringEnd(text: string, start: number): number {
  let quote = start;
  for (;;) {
    quote = text.indexOf('"', quote + 1);
    if (quote < 0) return -1;
    let before = quote - 1;
    while (text.charCodeAt(before) === BACKSLASH) before--;
    if ((quote - before) % 2 === 1) return quote + 1;
  }
}

/** The string whose literal stands between the two indices. Throws a SyntaxError on a bad escape. */
export function stringAt(text: string, start: number, end: number): string {
  const inner = text.slice(start + 1, end - 1);
  return inner.includes('\\') ? (JSON.parse(text.slice(start, end)) as string) : inner;
}

export function afterSpace(text: string, at: number): number {
  let index = at;
  while (index >= 0 && isSpace(text.charCodeAt(index))) index++;
  return index;
}

function isSpace(code: number): boolean {
  return code === SPACE || code === 0x0a || code === 0x0d || code === 0x09;
}

function isDelimiter(code: number): boolean {
  return code === COMMA || code === BRACE_END || code === BRACKET_END || isSpace(code);
}

import type { Path, Segment } from '../model/path.js';

/** Where in a JSON text a value stands, from its first character to behind its last. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Finds the scalars that a path names, in the order of the text. The text has to be valid JSON. A name that comes twice
 * in an object is found twice.
 */
export function places(text: string, path: Path): Span[] {
  const spans: Span[] = [];
  new Walk(text, spans).value(skipBlanks(text, 0), [path.segments]);
  return spans;
}

/** The text with each place's value replaced; a value that the function leaves alone stays as it was spelt. */
export function replaceAt(
  text: string,
  spans: readonly Span[],
  replace: (value: string) => string | undefined,
): string {
  let result = '';
  let done = 0;
  for (const { from, to } of spans) {
    result += text.slice(done, from) + (replace(text.slice(from, to)) ?? text.slice(from, to));
    done = to;
  }
  return done === 0 ? text : result + text.slice(done);
}

/** What is left of a path below a value; empty when the value itself is meant. */
type Rest = readonly Segment[];

class Walk {
  constructor(
    private readonly text: string,
    private readonly spans: Span[],
  ) {}

  /** Walks the value that begins here, and returns the place behind it. */
  value(at: number, rests: readonly Rest[]): number {
    const first = this.text[at];
    if (first === '{') return this.members(at, rests);
    if (first === '[') return this.elements(at, rests);
    const end = first === '"' ? endOfString(this.text, at) : endOfLiteral(this.text, at);
    if (rests.some((rest) => rest.length === 0)) this.spans.push({ from: at, to: end });
    return end;
  }

  private members(at: number, rests: readonly Rest[]): number {
    let next = skipBlanks(this.text, at + 1);
    while (this.text[next] !== '}' && next < this.text.length) {
      const end = endOfString(this.text, next);
      const name = rests.length === 0 ? '' : nameOf(this.text.slice(next, end));
      const colon = skipBlanks(this.text, end);
      next = this.after(this.value(skipBlanks(this.text, colon + 1), below(rests, name)));
    }
    return next + 1;
  }

  private elements(at: number, rests: readonly Rest[]): number {
    let next = skipBlanks(this.text, at + 1);
    for (let index = 0; this.text[next] !== ']' && next < this.text.length; index++) {
      next = this.after(this.value(next, below(rests, index)));
    }
    return next + 1;
  }

  /** The beginning of the next member or element, or the closing bracket. */
  private after(end: number): number {
    const at = skipBlanks(this.text, end);
    return this.text[at] === ',' ? skipBlanks(this.text, at + 1) : at;
  }
}

function below(rests: readonly Rest[], child: string | number): Rest[] {
  return rests.flatMap((rest) => step(rest, child));
}

function step(rest: Rest, child: string | number): Rest[] {
  const [first, ...others] = rest;
  switch (first?.kind) {
    case 'name':
      return first.name === child ? [others] : [];
    case 'index':
      return first.index === child ? [others] : [];
    case 'each':
      return [others];
    case 'descend':
      return [rest, ...step(others, child)];
    default:
      return [];
  }
}

function nameOf(quoted: string): string {
  return quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at++;
  return at;
}

function endOfString(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function endOfLiteral(text: string, from: number): number {
  let at = from;
  while (at < text.length && !',]} \n\r\t'.includes(text[at] as string)) at++;
  return at;
}

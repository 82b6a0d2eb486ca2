import type { Line } from './pretty.js';
import type { Marks } from './marks.js';

/** A row of both payloads: the numbers of the lines that stand beside each other. */
export interface Beside {
  readonly control?: number;
  readonly candidate?: number;
}

/** Beyond this many cells two payloads stand beside each other without being aligned. */
const CELLS_MOST = 4_000_000;

/** One payload, and which of its lines show differences. */
export interface Spread {
  readonly lines: readonly Line[];
  readonly marks: Marks;
}

/**
 * Puts the lines of two payloads beside each other so that most of what is alike, and every difference that both have,
 * stands in one row: their longest common subsequence.
 */
export function align(control: Spread, candidate: Spread): Beside[] {
  const [one, other] = [tokens(control), tokens(candidate)];
  if (one.length * other.length > CELLS_MOST) return unaligned(one.length, other.length);
  const width = other.length + 1;
  // Common lines from each pair of places on; a difference that both have outweighs any number of brackets.
  const best = new Uint32Array((one.length + 1) * width);
  for (let a = one.length - 1; a >= 0; a--) {
    for (let b = other.length - 1; b >= 0; b--) {
      const skip = Math.max(best[(a + 1) * width + b] ?? 0, best[a * width + b + 1] ?? 0);
      const same = one[a] === other[b] ? (best[(a + 1) * width + b + 1] ?? 0) + weight(one[a] as string) : 0;
      best[a * width + b] = Math.max(skip, same);
    }
  }
  return walk(one, other, best);
}

function walk(one: readonly string[], other: readonly string[], best: Uint32Array): Beside[] {
  const width = other.length + 1;
  const rows: Beside[] = [];
  // Lines between two that are alike share rows: nothing is won by leaving half of each empty.
  let left: number[] = [];
  let right: number[] = [];
  const flush = () => {
    for (let at = 0; at < Math.max(left.length, right.length); at++) rows.push(row(left[at], right[at]));
    [left, right] = [[], []];
  };
  let [a, b] = [0, 0];
  while (a < one.length && b < other.length) {
    const here = best[a * width + b] ?? 0;
    if (one[a] === other[b] && here === (best[(a + 1) * width + b + 1] ?? 0) + weight(one[a] as string)) {
      flush();
      rows.push({ control: a++, candidate: b++ });
    } else if ((best[(a + 1) * width + b] ?? 0) === here) left.push(a++);
    else right.push(b++);
  }
  while (a < one.length) left.push(a++);
  while (b < other.length) right.push(b++);
  flush();
  return rows;
}

function row(control: number | undefined, candidate: number | undefined): Beside {
  return { ...(control === undefined ? {} : { control }), ...(candidate === undefined ? {} : { candidate }) };
}

function unaligned(one: number, other: number): Beside[] {
  return Array.from({ length: Math.max(one, other) }, (_, at) =>
    row(at < one ? at : undefined, at < other ? at : undefined),
  );
}

/** What a line counts as: the difference that begins on it, or its text. */
function tokens({ lines, marks }: Spread): string[] {
  return lines.map(({ text }, at) => {
    const mark = marks.get(at);
    if (mark !== undefined && marks.get(at - 1) !== mark) return `${MARK}${mark}`;
    return text.replace(/,$/, '');
  });
}

const MARK = '\u0000';

function weight(token: string): number {
  if (token.startsWith(MARK)) return 1_000;
  return /^[[\]{}]$/.test(token) ? 1 : 4;
}

import type { TreePath } from './document.js';
import type { Secrets } from './secrets.js';

/** Something wrong with a value of the config: where, and one sentence. */
export interface Problem {
  readonly path: TreePath;
  /** Whether the key is at fault, or (normally) the value. */
  readonly at?: 'key' | 'value';
  readonly message: string;
}

/** Longer lines are cut: a value of a kilobyte explains nothing. */
const LONGEST_LINE = 500;

/** `accounts[0].id`, and `where["$.type"]` for a key that is no plain word. */
export function pathText(path: TreePath): string {
  return path
    .map((step, depth) => {
      if (typeof step === 'number') return `[${step}]`;
      if (!/^[A-Za-z_$][\w$-]*$/.test(step)) return `[${JSON.stringify(step)}]`;
      return depth === 0 ? step : `.${step}`;
    })
    .join('');
}

/** The lines as one message: without secrets, without control characters, and none of endless length. */
export function messageOf(lines: readonly string[], secrets: Secrets): string {
  return [...new Set(lines)]
    .map((line) => secrets.redact(line).replaceAll(/\p{Cc}/gu, '\uFFFD'))
    .map((line) => (line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line))
    .join('\n');
}

/** Both lists, without those of the second that lie where the first has a problem already: one fault is told once. */
export function withoutRepeats(first: readonly Problem[], second: readonly Problem[]): Problem[] {
  const isKnown = (path: TreePath): boolean =>
    first.some((known) => known.path.every((step, depth) => step === path[depth]));
  return [...first, ...second.filter(({ path }) => !isKnown(path))];
}

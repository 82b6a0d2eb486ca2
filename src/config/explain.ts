import type * as z from 'zod';
import type { TreePath } from './document.js';
import { isMap } from './leaves.js';
import { nearest, suggestion } from './near.js';
import type { Problem } from './problem.js';

type RawIssue = z.core.$ZodRawIssue;

const WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a map',
  record: 'a map',
  array: 'a list',
};

const STRUCTURES = new Set(['object', 'record', 'array']);

/** What a fault says: what would be right, then what was found. A schema's own message goes before this. */
export function explain(issue: RawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type': {
      const expected = WORDS[issue.expected] ?? issue.expected;
      // Where a structure belongs, text is not quoted: `token:abc` without its space is text, and holds a secret.
      if (STRUCTURES.has(issue.expected) && issue.input !== undefined)
        return `expected ${expected}, found ${kindOf(issue.input)}`;
      const quoted = issue.expected === 'string' && typeof issue.input === 'number' ? ': write it in quotes' : '';
      return unlike(expected, issue.input) + quoted;
    }
    case 'invalid_value': {
      const known = issue.values.map(String);
      const expected = known.length === 1 ? known.join('') : `one of ${known.join(', ')}`;
      const near = typeof issue.input === 'string' ? nearest(issue.input, known) : undefined;
      return unlike(expected, issue.input) + (near === undefined ? '' : `; did you mean ${near}?`);
    }
    default:
      return undefined;
  }
}

/** `expected a map, found a list`, or `is missing: expected a map`. */
export function unlike(expected: string, found: unknown): string {
  return found === undefined ? `is missing: expected ${expected}` : `expected ${expected}, found ${shown(found)}`;
}

/** What was found, as the config spells it. Secrets are taken out of whole messages later. */
export function shown(found: unknown): string {
  if (typeof found === 'string') return found === '' ? 'empty text' : JSON.stringify(found);
  if (typeof found === 'number') return `the number ${found}`;
  return typeof found === 'boolean' ? String(found) : kindOf(found);
}

/** What was found, without its value. */
export function kindOf(found: unknown): string {
  if (found === null) return 'nothing';
  if (Array.isArray(found)) return found.length === 0 ? 'an empty list' : 'a list';
  if (isMap(found)) return Object.keys(found).length === 0 ? 'an empty map' : 'a map';
  if (typeof found === 'string') return 'text';
  return typeof found === 'boolean' ? 'true or false' : 'a number';
}

/** One line for each unknown key of a map, in the order in which zod lists them. */
export function unknownKeys(keys: readonly string[], known: readonly string[]): string {
  return keys.map((key) => `unknown key ${JSON.stringify(key)}${suggestion(key, known)}`).join('\n');
}

/** The issues as problems: each unknown key on its own, of alternatives the one that was meant. */
export function problemsOf(issues: readonly z.core.$ZodIssue[], above: TreePath = []): Problem[] {
  // What has the wrong form needs no check of its meaning.
  const malformed = new Set(issues.filter(({ code }) => code !== 'custom' && code !== 'unrecognized_keys').map(pathOf));
  return issues
    .filter((issue) => issue.code !== 'custom' || !malformed.has(pathOf(issue)))
    .flatMap((issue): Problem[] => {
      const path = [...above, ...issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))];
      if (issue.code === 'unrecognized_keys') {
        const messages = issue.message.split('\n');
        return issue.keys.map((key, index) => ({ path: [...path, key], at: 'key', message: messages[index] ?? '' }));
      }
      if (issue.code === 'invalid_union') {
        const meant = issue.errors.find((errors) => !errors.some(isOfOtherKind)) ?? issue.errors.find(isWordUnknown);
        if (meant && meant.length > 0) return problemsOf(meant, path);
      }
      const atKey = issue.code === 'custom' && issue.params?.['at'] === 'key';
      return [{ path, ...(atKey ? { at: 'key' as const } : {}), message: withFound(issue) }];
    });
}

function pathOf({ path }: z.core.$ZodIssue): string {
  return JSON.stringify(path);
}

/** True where a value is not even of the kind that an alternative takes, so that another alternative was meant. */
function isOfOtherKind(issue: z.core.$ZodIssue): boolean {
  return issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value');
}

function isWordUnknown(errors: readonly z.core.$ZodIssue[]): boolean {
  return errors.every((issue) => issue.code === 'invalid_value');
}

/** Limits and formats say what they expect; what was found is added here, as no schema knows it beforehand. */
function withFound(issue: z.core.$ZodIssue): string {
  const isLimit = issue.code === 'too_small' || issue.code === 'too_big' || issue.code === 'invalid_format';
  return isLimit ? `${issue.message}, found ${shown(issue.input)}` : issue.message;
}

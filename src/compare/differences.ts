import deepDiff, { type Diff } from 'deep-diff';
import { ExactNumber, type Json } from '../model/json.js';
import type { Difference } from '../model/verdict.js';
import { show } from './show.js';

/** Differences told of one pair, and characters of each value shown; more of either is cut, and the cut is told. */
export const LIMITS = { differences: 100, characters: 300 };

/**
 * Lists how two unequal bodies differ, in control's terms. The slow half of "fast yes, slow no": call it only for what
 * `equal` has found unequal.
 */
export function differences(control: Json, candidate: Json): Difference[] {
  // Wrapped in an array, since deep-diff hands everything but the root to `normalize`.
  const found = deepDiff.diff([control], [candidate], {
    normalize: (_path, _key, lhs, rhs): [unknown, unknown] => [primitive(lhs), primitive(rhs)],
  });
  const told = (found ?? []).map(difference);
  if (told.length === 0) throw new Error('two bodies are unequal, but no difference was found');
  return told.slice(0, LIMITS.differences);
}

type Found = Diff<unknown>;

function difference(found: Found): Difference {
  const path = (found.path ?? []).slice(1) as (string | number)[];
  if (found.kind === 'A') {
    const item = found.item as Found;
    return place([...path, found.index], item.kind, (item as { lhs?: Json }).lhs, (item as { rhs?: Json }).rhs);
  }
  return place(path, found.kind, (found as { lhs?: Json }).lhs, (found as { rhs?: Json }).rhs);
}

function place(path: readonly (string | number)[], kind: string, lhs: unknown, rhs: unknown): Difference {
  const spell = (wild: boolean) => `$${path.map((step) => segment(step, wild)).join('')}`;
  return {
    path: spell(false),
    group: spell(true),
    kind: kind === 'N' ? 'added' : kind === 'D' ? 'absent' : sort(lhs) === sort(rhs) ? 'changed' : 'retyped',
    ...(kind === 'N' ? {} : { control: shown(lhs) }),
    ...(kind === 'D' ? {} : { candidate: shown(rhs) }),
  };
}

function segment(step: string | number, wild: boolean): string {
  if (typeof step === 'number') return wild ? '[*]' : `[${step}]`;
  return /^[A-Za-z_][\w-]*$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
}

/** Marks an exact number inside deep-diff, which would otherwise look into the class: no payload text starts so. */
const mark = '\u0000exact:';

function primitive(value: unknown): unknown {
  return value instanceof ExactNumber ? `${mark}${value.canonical}:${value.text}` : value;
}

function sort(value: unknown): string {
  if (typeof value === 'string') return value.startsWith(mark) ? 'number' : 'string';
  return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
}

/** A value's JSON text, cut to a readable length. */
function shown(value: unknown): string {
  const exact = typeof value === 'string' && value.startsWith(mark);
  const text = exact ? value.slice(value.lastIndexOf(':') + 1) : show(value as Json);
  return text.length <= LIMITS.characters ? text : `${text.slice(0, LIMITS.characters)}…`;
}

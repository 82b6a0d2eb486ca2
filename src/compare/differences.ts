import deepDiff, { type Diff } from 'deep-diff';
import { ExactNumber, isObject, type Json } from '../model/json.js';
import type { Difference } from '../model/verdict.js';
import { equal } from './equal.js';
import { show } from './show.js';

/** Characters of each value shown; a longer one ends in `…`. */
export const LIMITS = { characters: 300 };

/**
 * Lists how two unequal bodies differ, in control's terms. The slow half of "fast yes, slow no": call it only for what
 * `equal` has found unequal.
 */
export function differences(control: Json, candidate: Json): Difference[] {
  const nameless: Difference[] = [];
  // Wrapped in an array, since deep-diff hands everything but the root to `normalize`.
  const found = deepDiff.diff<unknown>([control], [candidate], {
    normalize: (path: Path, key: string | number, lhs, rhs): [unknown, unknown] | undefined => {
      if (lhs instanceof ExactNumber || rhs instanceof ExactNumber) return exact(lhs as Json, rhs as Json);
      // deep-diff passes over a member that only candidate has if its name is empty.
      const [c, d] = [lhs as Json | undefined, rhs as Json | undefined];
      if (isObject(c) && isObject(d) && !Object.hasOwn(c, '') && Object.hasOwn(d, ''))
        nameless.push(place([...path, key, ''].slice(1), 'N', undefined, d['']));
      return undefined;
    },
  });
  const told = [...(found ?? []).map(difference), ...nameless];
  if (told.length === 0) throw new Error('two bodies are unequal, but no difference was found');
  return told;
}

type Found = Diff<unknown>;
type Path = readonly (string | number)[];

function difference(found: Found): Difference {
  const path = (found.path ?? []).slice(1) as Path;
  if (found.kind === 'A') {
    const item = found.item as Found;
    return place([...path, found.index], item.kind, (item as { lhs?: Json }).lhs, (item as { rhs?: Json }).rhs);
  }
  return place(path, found.kind, (found as { lhs?: Json }).lhs, (found as { rhs?: Json }).rhs);
}

function place(path: Path, kind: string, lhs: unknown, rhs: unknown): Difference {
  const spell = (wild: boolean) => `$${path.map((step) => segment(step, wild)).join('')}`;
  return {
    path: spell(false),
    group: spell(true),
    kind: kind === 'N' ? 'added' : kind === 'D' ? 'absent' : sort(lhs) === sort(rhs) ? 'changed' : 'retyped',
    ...(kind === 'N' ? {} : { control: shown(lhs) }),
    ...(kind === 'D' ? {} : { candidate: shown(rhs) }),
  };
}

/** A place can be copied into a rule: only names that a path takes without quotes are written so. */
function segment(step: string | number, wild: boolean): string {
  if (typeof step === 'number') return wild ? '[*]' : `[${step}]`;
  return /^[A-Za-z_]\w*$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
}

/** Stands for exact numbers inside deep-diff, which would look into the class. No payload holds a symbol. */
function exact(lhs: Json | undefined, rhs: Json | undefined): [unknown, unknown] {
  if (equal(lhs, rhs)) return [null, null];
  const symbol = (value: Json | undefined) => (value instanceof ExactNumber ? Symbol(value.text) : value);
  return [symbol(lhs), symbol(rhs)];
}

function sort(value: unknown): string {
  if (typeof value === 'symbol') return 'number';
  return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
}

/** A value's JSON text, cut to a readable length. */
function shown(value: unknown): string {
  const text = typeof value === 'symbol' ? (value.description ?? '') : show(value as Json);
  return text.length <= LIMITS.characters ? text : `${text.slice(0, LIMITS.characters)}…`;
}

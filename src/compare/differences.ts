import deepDiff, { type Diff } from 'deep-diff';
import { ExactNumber, isObject, type Json, type JsonObject } from '../model/json.js';
import type { Difference } from '../model/verdict.js';
import { equal } from './equal.js';
import { Places } from './places.js';
import { show } from './show.js';

/** Characters of each value shown; a longer one ends in `…`. */
export const LIMITS = { characters: 300 };

/**
 * Lists how two unequal bodies differ, in control's terms. The slow half of "fast yes, slow no": call it only for what
 * was found unequal.
 */
export function differences(control: Json, candidate: Json): Difference[] {
  const way: string[] = [];
  let [here, there] = [control, candidate];
  // Where all there is lies in one member of the same name, nothing can differ but that.
  for (let name = onlyName(here, there); name !== undefined; name = onlyName(here, there)) {
    way.push(name);
    [here, there] = [(here as JsonObject)[name] as Json, (there as JsonObject)[name] as Json];
  }
  if (isPlain(here) && isPlain(there)) return here === there ? none() : [place(way, 'E', here, there)];
  const nameless: Difference[] = [];
  // Wrapped in an array, since deep-diff hands everything but the root to `normalize`.
  const found = deepDiff.diff<unknown>([here], [there], {
    normalize: (path: Path, key: string | number, lhs, rhs): [unknown, unknown] | undefined => {
      if (lhs instanceof ExactNumber || rhs instanceof ExactNumber) return exact(lhs as Json, rhs as Json);
      // deep-diff passes over a member that only candidate has if its name is empty.
      const [c, d] = [lhs as Json | undefined, rhs as Json | undefined];
      if (isObject(c) && isObject(d) && !Object.hasOwn(c, '') && Object.hasOwn(d, ''))
        nameless.push(place([...way, ...[...path, key, ''].slice(1)], 'N', undefined, d['']));
      return undefined;
    },
  });
  const told = [...(found ?? []).map((one) => difference(way, one)), ...nameless];
  return told.length === 0 ? none() : told;
}

function none(): never {
  throw new Error('two bodies are unequal, but no difference was found');
}

/** Whether a value has no parts, so that it differs from another one as a whole. */
function isPlain(value: Json): boolean {
  return typeof value !== 'object' || value === null;
}

/** The name of the one member that two values have, if they are objects that both have this one alone. */
function onlyName(control: Json, candidate: Json): string | undefined {
  if (!isObject(control) || !isObject(candidate)) return undefined;
  const [name, ...others] = Object.keys(control);
  if (name === undefined || others.length > 0 || !Object.hasOwn(candidate, name)) return undefined;
  return Object.keys(candidate).length === 1 ? name : undefined;
}

type Found = Diff<unknown>;
type Path = readonly (string | number)[];

function difference(way: Path, found: Found): Difference {
  const path: Path = [...way, ...((found.path ?? []).slice(1) as Path)];
  if (found.kind === 'A') {
    const item = found.item as Found;
    return place([...path, found.index], item.kind, (item as { lhs?: Json }).lhs, (item as { rhs?: Json }).rhs);
  }
  return place(path, found.kind, (found as { lhs?: Json }).lhs, (found as { rhs?: Json }).rhs);
}

const places = new Places();

function place(way: Path, found: string, lhs: unknown, rhs: unknown): Difference {
  const { path, group } = places.at(way);
  if (found === 'N') return { path, group, kind: 'added', candidate: shown(rhs) };
  if (found === 'D') return { path, group, kind: 'absent', control: shown(lhs) };
  const kind = sort(lhs) === sort(rhs) ? 'changed' : 'retyped';
  return { path, group, kind, control: shown(lhs), candidate: shown(rhs) };
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

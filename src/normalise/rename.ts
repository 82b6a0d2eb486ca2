import { isObject, type Json, type JsonObject } from '../model/json.js';
import { put, without } from '../model/member.js';
import type { Path } from '../model/path.js';
import type { Rename } from '../model/settings.js';

/**
 * Compiles renames into what moves members of a freshly decoded candidate body to the places control uses. A member whose
 * place is taken stays where it is, so that the comparison shows both; one whose place is inside itself is wrapped.
 * Objects left empty by a move go with it. The body that comes back is the one to use: the other is no longer whole.
 */
export function renamer(renames: readonly Rename[]): (body: Json) => Json {
  const moves = renames.map(({ from, to }) => ({ from: names(from), to: names(to) }));
  return (body) => {
    if (!isObject(body)) return body;
    let moved = body;
    for (const { from, to } of moves) moved = move(moved, from, to);
    return moved;
  };
}

function names(path: Path): string[] {
  return path.segments.map((segment) => (segment.kind === 'name' ? segment.name : ''));
}

function move(body: JsonObject, from: readonly string[], to: readonly string[]): JsonObject {
  const holder = parent(body, from);
  const last = from.at(-1);
  const name = to.at(-1);
  if (holder === undefined || last === undefined || name === undefined) return body;
  if (!Object.hasOwn(holder, last) || holds(body, to)) return body;
  const value = holder[last] as Json;
  if (from.every((step, at) => step === to[at])) {
    put(holder, last, wrapped(value, to.slice(from.length)));
    return body;
  }
  const target = create(body, to);
  if (target === undefined) return body;
  put(target, name, value);
  return removed(body, from, 0);
}

/** The object without the member at a path, and without what is empty then. */
function removed(object: JsonObject, path: readonly string[], at: number): JsonObject {
  const name = path[at] as string;
  if (at === path.length - 1) return without(object, name);
  const inner = removed(object[name] as JsonObject, path, at + 1);
  if (isEmpty(inner)) return without(object, name);
  put(object, name, inner);
  return object;
}

function isEmpty(object: JsonObject): boolean {
  for (const _ in object) return false;
  return true;
}

/** The object that would hold the member at a path. */
function parent(body: JsonObject, path: readonly string[]): JsonObject | undefined {
  let at = body;
  for (let step = 0; step < path.length - 1; step++) {
    const name = path[step] as string;
    const next = Object.hasOwn(at, name) ? at[name] : undefined;
    if (!isObject(next)) return undefined;
    at = next;
  }
  return at;
}

function holds(body: JsonObject, path: readonly string[]): boolean {
  const holder = parent(body, path);
  return holder !== undefined && Object.hasOwn(holder, path.at(-1) ?? '');
}

function wrapped(value: Json, path: readonly string[]): Json {
  return path.reduceRight((inner, name) => {
    const object: JsonObject = {};
    put(object, name, inner);
    return object;
  }, value);
}

function create(body: JsonObject, path: readonly string[]): JsonObject | undefined {
  let at = body;
  for (let step = 0; step < path.length - 1; step++) {
    const name = path[step] as string;
    if (!Object.hasOwn(at, name)) put(at, name, {});
    const next = at[name];
    if (!isObject(next)) return undefined;
    at = next;
  }
  return at;
}

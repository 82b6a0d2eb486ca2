import { isObject, type Json, type JsonObject } from '../model/json.js';
import type { Path } from '../model/path.js';
import type { Rename } from '../model/settings.js';

/**
 * Moves members of a freshly decoded candidate body to the places control uses. A member whose place is taken stays
 * where it is, so that the comparison shows both; one whose place is inside itself is wrapped. Objects left empty by a
 * move go with it.
 */
export function applyRenames(body: Json, renames: readonly Rename[]): Json {
  if (isObject(body)) for (const rename of renames) move(body, names(rename.from), names(rename.to));
  return body;
}

function names(path: Path): string[] {
  return path.segments.map((segment) => (segment.kind === 'name' ? segment.name : ''));
}

function move(body: JsonObject, from: readonly string[], to: readonly string[]): void {
  const source = parents(body, from);
  const last = from.at(-1);
  const name = to.at(-1);
  const holder = source?.at(-1);
  if (source === undefined || holder === undefined || last === undefined || name === undefined) return;
  if (!Object.hasOwn(holder, last) || holds(body, to)) return;
  const value = holder[last] as Json;
  if (from.every((step, at) => step === to[at])) {
    put(holder, last, wrapped(value, to.slice(from.length)));
    return;
  }
  const target = create(body, to);
  if (target === undefined) return;
  put(target, name, value);
  Reflect.deleteProperty(holder, last);
  for (let at = source.length - 1; at > 0 && Object.keys(source[at] as JsonObject).length === 0; at--) {
    Reflect.deleteProperty(source[at - 1] as JsonObject, from[at - 1] as string);
  }
}

/** The objects on the way to a member, from the body down to the one that holds it. */
function parents(body: JsonObject, path: readonly string[]): JsonObject[] | undefined {
  const way = [body];
  for (const name of path.slice(0, -1)) {
    const next = way.at(-1);
    const value = next !== undefined && Object.hasOwn(next, name) ? next[name] : undefined;
    if (!isObject(value)) return undefined;
    way.push(value);
  }
  return way;
}

function holds(body: JsonObject, path: readonly string[]): boolean {
  const holder = parents(body, path)?.at(-1);
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
  for (const name of path.slice(0, -1)) {
    if (!Object.hasOwn(at, name)) put(at, name, {});
    const next = at[name];
    if (!isObject(next)) return undefined;
    at = next;
  }
  return at;
}

/** Sets an own member whatever its name: plain assignment to `__proto__` would change the prototype instead. */
function put(object: JsonObject, name: string, value: Json): void {
  Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
}

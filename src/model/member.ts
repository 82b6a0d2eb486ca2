import type { Json, JsonObject } from './json.js';

/** The value of an own member; undefined where there is none, whatever the prototype has by that name. */
export function own(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Sets an own member whatever its name: plain assignment to `__proto__` would change the prototype instead. */
export function put(object: JsonObject, name: string, value: Json): void {
  if (name !== '__proto__') object[name] = value;
  else Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
}

/** The object without one of its members. A copy: an object from which a member was deleted is slow from then on. */
export function without(object: JsonObject, name: string): JsonObject {
  const copy: JsonObject = {};
  for (const other of Object.keys(object)) if (other !== name) put(copy, other, object[other] as Json);
  return copy;
}

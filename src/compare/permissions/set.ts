import { isObject, type Json } from '../../model/json.js';
import type { Path } from '../../model/path.js';
import { equal } from '../equal.js';
import type { Reconcile } from './permission.js';

/**
 * Arrays whose order does not count. Candidate's elements are put into control's order: by the value at `key` where
 * there is one, else by equality. Elements without a partner follow at the end, so that they show as differences.
 */
export function set(key: Path | undefined): Reconcile {
  const identity = key === undefined ? (value: Json) => value : (value: Json) => member(value, key);
  return (control, candidate) => {
    if (!Array.isArray(control) || !Array.isArray(candidate)) return candidate;
    const rest = [...candidate];
    const aligned: Json[] = [];
    for (const element of control) {
      const wanted = identity(element);
      const at = rest.findIndex((other) => equal(identity(other), wanted));
      if (at !== -1) aligned.push(...rest.splice(at, 1));
    }
    const ordered = [...aligned, ...rest];
    return ordered.every((element, index) => element === candidate[index]) ? candidate : ordered;
  };
}

function member(value: Json, key: Path): Json | undefined {
  let at: Json | undefined = value;
  for (const segment of key.segments) {
    if (segment.kind !== 'name' || !isObject(at) || !Object.hasOwn(at, segment.name)) return undefined;
    at = at[segment.name];
  }
  return at;
}

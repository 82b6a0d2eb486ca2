import { ExactNumber, isObject, type Json } from '../model/json.js';

/**
 * Whether two decoded values are the same value: objects unordered, arrays ordered, null, "" and missing distinct,
 * numbers by their decimal value. Own members only, so that names such as `toString` or `__proto__` are just names.
 */
export function equal(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    for (let index = 0; index < a.length; index++) if (!equal(a[index], b[index])) return false;
    return true;
  }
  if (a instanceof ExactNumber) return b instanceof ExactNumber && a.canonical === b.canonical;
  if (!isObject(a) || !isObject(b)) return false;
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  for (const name of names) if (!Object.hasOwn(b, name) || !equal(a[name], b[name])) return false;
  return true;
}

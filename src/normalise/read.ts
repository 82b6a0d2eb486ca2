import { plainDecimal } from '../model/decimal.js';
import { ExactNumber, isObject, type Json } from '../model/json.js';
import type { Path } from '../model/path.js';

/** The value at a path of names and indices; undefined where there is none. */
export function read(value: Json | undefined, path: Path): Json | undefined {
  let at = value;
  for (const segment of path.segments) {
    if (segment.kind === 'name') at = isObject(at) && Object.hasOwn(at, segment.name) ? at[segment.name] : undefined;
    else if (segment.kind === 'index') at = Array.isArray(at) ? at.at(segment.index) : undefined;
    else return undefined;
    if (at === undefined) return undefined;
  }
  return at;
}

/**
 * A correlation key as text. 42 and "42" name the same event, since one side may send ids as numbers and the other as
 * text; so do all spellings of one number. Undefined for what names nothing: null, booleans, arrays, objects, the empty
 * text.
 */
export function keyText(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' || value instanceof ExactNumber ? plainDecimal(value) : undefined;
}

import * as fc from 'fast-check';
import type { Json, JsonObject } from '../../src/model/json.js';
import type { Permission } from '../../src/model/settings.js';
import { path, rule } from '../given.js';
import { json, names } from '../json-arbitrary.js';

const permissions = fc.constantFrom<Permission>(
  { kind: 'ignore' },
  { kind: 'instant' },
  { kind: 'number', tolerance: 0.5 },
  { kind: 'text', html: true, unicode: 'nfc' },
  { kind: 'string' },
  { kind: 'set' },
  { kind: 'set', key: path('$.id') },
  { kind: 'nullish' },
);

const places = fc.constantFrom(
  '$',
  '$.a',
  '$.a.b',
  '$.a[0]',
  '$[*]',
  '$[*][*]',
  '$..a',
  '$..id',
  '$..[0]',
  '$..[*]',
  "$['__proto__']",
  "$['__proto__'].a",
  '$.toString',
);

/** Rules of all kinds, at places that random documents have. */
export const ruleSets = fc.array(
  fc.tuple(places, permissions).map(([at, permits]) => rule(at, permits)),
  { maxLength: 4 },
);

const members = fc.uniqueArray(fc.tuple(names, json), { maxLength: 5, selector: ([name]) => name });

/** Members to set, or to take away. */
const edits = fc.array(fc.tuple(names, fc.option(json, { nil: undefined })), { maxLength: 2 });

type Edit = readonly [name: string, value: Json | undefined];

/** The members with some of them changed, taken away or added, the others in the opposite order. */
function edited(all: readonly [string, Json][], edits: readonly Edit[]): JsonObject {
  const rest = all.filter(([name]) => !edits.some(([other]) => other === name)).reverse();
  const set = edits.flatMap(([name, value]): [string, Json][] => (value === undefined ? [] : [[name, value]]));
  return Object.fromEntries([...rest, ...set]);
}

/** Two documents that have most in common, at the top and in one object below. */
export const nearby = fc
  .tuple(members, edits, fc.constantFrom('a', 'id', '__proto__', ''), members, edits)
  .map(([outer, above, name, inner, below]): [Json, Json] => [
    { ...Object.fromEntries(outer), [name]: Object.fromEntries(inner) },
    { ...edited(outer, above), [name]: edited(inner, below) },
  ]);

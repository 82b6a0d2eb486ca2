import * as fc from 'fast-check';
import { ExactNumber, type Json } from '../src/model/json.js';

/** Names that break naive code, beside ordinary ones. */
export const names = fc.constantFrom(
  'a',
  'b',
  '',
  'id',
  '__proto__',
  'toString',
  'constructor',
  'hasOwnProperty',
  ' ',
  'é',
  'a-b',
  "it's",
  '0',
  'x.y',
  '$',
  '"',
  '\n',
);

const scalars = fc.oneof(
  fc.constantFrom<Json>(null, true, false, 0, 1, -1, '', '0', '1', 'a', 'null', 'é', 'e\u0301', '\u2028', '&amp;', '&'),
  fc.double({ noDefaultInfinity: true, noNaN: true }),
  fc.string({ maxLength: 5 }),
  fc.constantFrom('9007199254740993', '9007199254740995').map((text) => new ExactNumber(`${text}e0`, text)),
);

/** Decoded JSON of few shapes, so that two draws often share places, and are sometimes equal. */
export const { json } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalars,
    fc.array(tie('json'), { maxLength: 3 }),
    // Unlike assignment, fromEntries makes an own member of __proto__ as well.
    fc
      .uniqueArray(fc.tuple(names, tie('json')), { maxLength: 3, selector: ([name]) => name })
      .map((members) => Object.fromEntries(members)),
  ),
}));

/** A value built anew, the members of each object in the opposite order. */
export function backwards(value: Json): Json {
  if (value instanceof ExactNumber) return new ExactNumber(value.canonical, value.text);
  if (Array.isArray(value)) return value.map(backwards);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, member]): [string, Json] => [name, backwards(member)])
      .reverse(),
  );
}

/** Freezes a value and everything in it, so that whoever writes to it is caught. */
export function frozen<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(frozen);
    Object.freeze(value);
  }
  return value;
}

import { ExactNumber, isObject, type Json } from '../model/json.js';

/**
 * What can be done to one value: it becomes another of its type, of another type, null or nothing at all, or an object gets
 * a field that nobody announced.
 */
export type ContentFault = 'edit' | 'retype' | 'null' | 'missing' | 'extra field';

/**
 * What can be done to one event: it never comes, comes twice, comes just after the window, two accounts get each other's,
 * or it comes after the account's next one.
 */
export type StreamFault = 'drop' | 'duplicate' | 'delay' | 'swap' | 'reorder';

export type Fault = StreamFault | ContentFault;

/** The field that nobody announced. */
export const UNANNOUNCED = 'parity_challenge';

/** What stands there afterwards; undefined for nothing at all. */
export interface Altered {
  readonly value: Json | undefined;
}

/** A value with a fault in it, or undefined where the fault would change nothing, or nothing that this value can show. */
export function afflict(fault: ContentFault, value: Json): Altered | undefined {
  return CHANGES[fault](value);
}

const CHANGES: { readonly [Name in ContentFault]: (value: Json) => Altered | undefined } = {
  edit: (value) => become(edited(value)),
  retype: (value) => ({ value: retyped(value) }),
  // A rule that takes null, "" and missing for one has nothing to say where a value is lost.
  null: (value) => (isNothing(value) ? undefined : { value: null }),
  missing: (value) => (isNothing(value) ? undefined : { value: undefined }),
  'extra field': (value) => (isObject(value) ? { value: { ...value, [UNANNOUNCED]: 'unannounced' } } : undefined),
};

function become(value: Json | undefined): Altered | undefined {
  return value === undefined ? undefined : { value };
}

function isNothing(value: Json): boolean {
  return value === null || value === '';
}

/** Another value of the same type, so far off that no sensible tolerance takes them for one. Objects and arrays are edited in what they hold. */
function edited(value: Json): Json | undefined {
  if (typeof value === 'string') return editedText(value);
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return farFrom(value);
  return value instanceof ExactNumber ? farFrom(Number(value.text)) : undefined;
}

function farFrom(value: number): number {
  const far = value * 1000 + 1_000_007;
  return Number.isFinite(far) && far !== value ? far : 1_000_007;
}

const DAY_MS = 86_400_000;

/** A moment a day later, spelt as before; any other text with a word more. */
function editedText(text: string): string {
  const [day = ''] = /^\d{4}-\d\d-\d\d/.exec(text) ?? [];
  const ms = Date.parse(day);
  if (Number.isNaN(ms)) return `${text} edited`;
  return `${new Date(ms + DAY_MS).toISOString().slice(0, 10)}${text.slice(10)}`;
}

/** The value as another type has it, as near as types get: what a careless serializer does. */
function retyped(value: Json): Json {
  if (value === null) return false;
  if (typeof value === 'string') return /^-?[1-9]\d{0,14}$/.test(value) ? Number(value) : [value];
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return String(value);
  if (value instanceof ExactNumber) return value.text;
  return Array.isArray(value) ? Object.fromEntries(value.entries()) : [value];
}

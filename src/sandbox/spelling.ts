/**
 * How each side spells a value as JSON text. Ids go digit by digit and never through a double. Differences of spelling
 * that mean nothing (escapes, key order, microseconds, exponents) are there on purpose.
 */

/** A moment as a database keeps it, to the microsecond. */
export class Instant {
  /** Milliseconds since 1970, UTC. */
  readonly ms: number;
  /** Microseconds beyond, 0 to 999. */
  readonly micros: number;

  constructor(ms: number, micros: number) {
    this.ms = ms;
    this.micros = micros;
  }

  plus(ms: number): Instant {
    return new Instant(this.ms + ms, this.micros);
  }
}

/** What a record holds: a bigint is an integer, a number is a float. */
export type Value =
  | null
  | boolean
  | bigint
  | number
  | string
  | Instant
  | readonly Value[]
  | { readonly [name: string]: Value };

export type Fields = { readonly [name: string]: Value };

export function isFields(value: Value | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Instant);
}

/** Members as they were inserted, HTML and line separators escaped, milliseconds: ActiveSupport's `to_json`. */
export function spellAsRails(value: Value): string {
  return spell(value, {
    text: (text) => JSON.stringify(text).replace(/[<>&\u2028\u2029]/g, escape),
    float: (float) => float.replace(/(?<=e[+-])\d$/, '0$&'),
    instant: ({ ms }) => new Date(ms).toISOString(),
    names: (fields) => Object.keys(fields),
  });
}

/** Members sorted, nothing escaped that JSON does not demand, microseconds: Elixir's Jason. */
export function spellAsElixir(value: Value): string {
  return spell(value, {
    text: (text) => JSON.stringify(text),
    float: (float) => float.replace('e+', 'e'),
    instant: ({ ms, micros }) => new Date(ms).toISOString().replace('Z', `${String(micros).padStart(3, '0')}Z`),
    names: (fields) => Object.keys(fields).sort(),
  });
}

interface Dialect {
  readonly text: (text: string) => string;
  readonly float: (float: string) => string;
  readonly instant: (instant: Instant) => string;
  readonly names: (fields: Fields) => string[];
}

function spell(value: Value, dialect: Dialect): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return dialect.float(floatText(value));
  if (typeof value === 'string') return dialect.text(value);
  if (value instanceof Instant) return `"${dialect.instant(value)}"`;
  if (isFields(value)) {
    const members = dialect.names(value).map((name) => `${dialect.text(name)}:${spell(value[name] ?? null, dialect)}`);
    return `{${members.join(',')}}`;
  }
  return `[${value.map((item) => spell(item, dialect)).join(',')}]`;
}

/** Shortest digits, always with a point: `1.0`, `1.0e-7`. */
function floatText(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`JSON has no ${value}.`);
  // Both languages begin exponents earlier than JavaScript does: below 0.0001.
  const text = Math.abs(value) < 1e-4 && value !== 0 ? value.toExponential() : String(value);
  return /^-?\d+(?=$|e)/.test(text) ? text.replace(/^-?\d+/, '$&.0') : text;
}

function escape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

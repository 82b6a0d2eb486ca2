/**
 * A number whose decimal value no double holds, such as 9007199254740993. Two are equal exactly when their canonical
 * texts are; none equals a double, since a decimal that is the shortest spelling of a double is kept as that double.
 */
export class ExactNumber {
  /** Canonical decimal: sign, digits without leading or trailing zeros, `e`, exponent (`9007199254740993e0`). */
  readonly canonical: string;
  /** As the wire spelt it. */
  readonly text: string;

  constructor(canonical: string, text: string) {
    this.canonical = canonical;
    this.text = text;
  }

  toString(): string {
    return this.text;
  }

  toJSON(): string {
    return this.text;
  }
}

/** A decoded JSON value. Objects have a null prototype or own keys only; nothing here is ever executed. */
export type Json = null | boolean | number | string | ExactNumber | Json[] | { [key: string]: Json };

export type JsonObject = { [key: string]: Json };

/** True for a JSON object: neither null, array nor exact number. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);
}

import { ExactNumber, isObject, type Json } from '../model/json.js';

/** A value as JSON text, every digit of its numbers kept. */
export function show(value: Json | undefined): string {
  if (value === undefined) return 'undefined';
  if (value instanceof ExactNumber) return value.text;
  if (Array.isArray(value)) return `[${value.map(show).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  return `{${Object.keys(value)
    .map((name) => `${JSON.stringify(name)}:${show(value[name])}`)
    .join(',')}}`;
}

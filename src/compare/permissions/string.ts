import { plainDecimal } from '../../model/decimal.js';
import { ExactNumber, type Json } from '../../model/json.js';
import type { Reconcile } from './permission.js';

/** Scalars are compared by their text: "42" and 42 are one, "true" and true as well. Numbers count as spelt plainly. */
export const string: Reconcile = (control, candidate) => {
  const text = spelling(control);
  return text !== undefined && text === spelling(candidate) ? control : candidate;
};

function spelling(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'number' || value instanceof ExactNumber ? plainDecimal(value) : undefined;
}

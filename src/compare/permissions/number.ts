import { ExactNumber, type Json } from '../../model/json.js';
import type { Reconcile } from './permission.js';

/**
 * Numbers, or texts that spell one ("12.5" is how Ruby's BigDecimal and Elixir's Decimal arrive), at most `tolerance`
 * apart. Without a tolerance only equal values pass, and integers beyond 2^53 keep every digit.
 */
export function number(tolerance: number): Reconcile {
  return (control, candidate) => {
    const a = value(control);
    const b = value(candidate);
    if (a === undefined || b === undefined) return candidate;
    if (typeof a === 'bigint' && typeof b === 'bigint') {
      const distance = a > b ? a - b : b - a;
      return distance <= BigInt(Math.floor(tolerance)) ? control : candidate;
    }
    return Math.abs(Number(a) - Number(b)) <= tolerance ? control : candidate;
  };
}

function value(json: Json | undefined): number | bigint | undefined {
  if (typeof json === 'number') return Number.isSafeInteger(json) ? BigInt(json) : json;
  const text = json instanceof ExactNumber ? json.text : json;
  if (typeof text !== 'string' || !/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text)) return undefined;
  return /^-?\d+$/.test(text) ? BigInt(text) : Number(text);
}

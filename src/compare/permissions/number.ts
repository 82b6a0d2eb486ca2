import { canonicalDecimal, DECIMAL } from '../../model/decimal.js';
import { ExactNumber, type Json } from '../../model/json.js';
import type { Reconcile } from './permission.js';

/**
 * Numbers, or texts that spell one ("12.5" is how Ruby's BigDecimal and Elixir's Decimal arrive), at most `tolerance`
 * apart. Decimals are subtracted as decimals: no digit is lost, and 0.3 is exactly 0.1 from 0.4.
 */
export function number(tolerance: number): Reconcile {
  const most = canonicalDecimal(String(tolerance));
  return (control, candidate) => {
    const a = decimal(control);
    const b = decimal(candidate);
    if (a === undefined || b === undefined) return candidate;
    return a === b || (tolerance > 0 && apart(a, b, most)) ? control : candidate;
  };
}

/** The canonical decimal of a number or of a text that spells one. */
function decimal(value: Json | undefined): string | undefined {
  if (value instanceof ExactNumber) return value.canonical;
  if (typeof value === 'number') return canonicalDecimal(String(value));
  return typeof value === 'string' && DECIMAL.test(value) ? canonicalDecimal(value) : undefined;
}

/** Whole numbers with more digits than this are not worked out: a few bytes must not become gigabytes. */
const DIGITS_MOST = 10_000;

/** Whether two canonical decimals are at most a third one apart. */
function apart(a: string, b: string, most: string): boolean {
  const all = [a, b, most].map((text) => text.split('e') as [digits: string, exponent: string]);
  const exponents = all.map(([, exponent]) => Number(exponent));
  const least = Math.min(...exponents);
  // Beyond what doubles can hold their rounding no longer matters: one is immense, or next to nothing.
  if (Math.max(...exponents) - least > DIGITS_MOST) return Math.abs(Number(a) - Number(b)) <= Number(most);
  const [x = 0n, y = 0n, limit = 0n] = all.map(
    ([digits, exponent]) => BigInt(digits) * 10n ** BigInt(Number(exponent) - least),
  );
  return (x > y ? x - y : y - x) <= limit;
}

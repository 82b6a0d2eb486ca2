import { ExactNumber } from './json.js';

/** A decimal as JSON spells it; leading zeros are let pass, since texts of other systems have them. */
export const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** A decimal's value as one text: `-1.50e3`, `-1500` and `-15e2` are all `-15e2`. What is none comes back as it is. */
export function canonicalDecimal(text: string): string {
  const parts = DECIMAL.exec(text);
  if (parts === null) return text;
  const [, sign, whole, fraction = '', exponent = '0'] = parts;
  const digits = `${whole}${fraction}`;
  let start = 0;
  while (digits[start] === '0') start++;
  let end = digits.length;
  while (end > start && digits[end - 1] === '0') end--;
  if (start === end) return '0e0';
  return `${sign}${digits.slice(start, end)}e${BigInt(exponent) - BigInt(fraction.length - digits.length + end)}`;
}

/** Numbers that would need more zeros than this keep their exponent: a few bytes must not become gigabytes. */
const ZEROS_MOST = 1_000;

/**
 * A number's one spelling without an exponent, however the wire spelt it: `9007199254740993.0` is `9007199254740993`,
 * `1e21` has its 22 digits.
 */
export function plainDecimal(value: number | ExactNumber): string {
  if (value instanceof ExactNumber) return expanded(value.canonical);
  const text = String(value);
  return text.includes('e') ? expanded(canonicalDecimal(text)) : text;
}

function expanded(canonical: string): string {
  const [, sign = '', digits = '', , power = '0'] = DECIMAL.exec(canonical) ?? [];
  const exponent = Number(power);
  if (Math.abs(exponent) > ZEROS_MOST) return canonical;
  if (exponent >= 0) return `${sign}${digits}${'0'.repeat(exponent)}`;
  const padded = digits.padStart(1 - exponent, '0');
  return `${sign}${padded.slice(0, exponent)}.${padded.slice(exponent)}`;
}

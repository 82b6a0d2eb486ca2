import * as fc from 'fast-check';

/**
 * Decimals and their exact values, worked out with big integers alone, so that the decoder is judged by arithmetic it
 * does not use itself.
 */
export interface Decimal {
  readonly sign: '' | '-';
  readonly digits: string;
  /** How many of the digits stand behind the point. */
  readonly scale: number;
  readonly exponent: number;
}

/** Any value here is a multiple of ten to the minus this. */
const FLOOR = 1_000;

/** The value, as a whole number of units of ten to the minus FLOOR. */
export function units({ sign, digits, scale, exponent }: Decimal): bigint {
  const value = BigInt(digits) * 10n ** BigInt(FLOOR - scale + exponent);
  return sign === '-' ? -value : value;
}

/** A spelling that JSON allows. */
export function spell({ sign, digits, scale, exponent }: Decimal, mark: 'e' | 'E' | 'e+' = 'e'): string {
  const padded = digits.padStart(scale + 1, '0');
  const whole = padded.slice(0, padded.length - scale).replace(/^0+(?=\d)/, '');
  const fraction = padded.slice(padded.length - scale);
  const tail = exponent === 0 ? '' : `${exponent < 0 ? mark.replace('+', '') : mark}${exponent}`;
  return `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}${tail}`;
}

const digit = fc.integer({ min: 0, max: 9 });

export const decimal: fc.Arbitrary<Decimal> = fc.record({
  sign: fc.constantFrom('' as const, '-' as const),
  digits: fc.oneof(
    fc.array(digit, { minLength: 1, maxLength: 24 }).map((all) => all.join('')),
    // Around 2^53 and at the ends of the doubles, where a careless parser rounds.
    fc.constantFrom(
      '9007199254740991',
      '9007199254740992',
      '9007199254740993',
      '17976931348623157',
      '5',
      '49',
      '22250738585072014',
    ),
  ),
  scale: fc.nat({ max: 24 }),
  exponent: fc.oneof(fc.constant(0), fc.integer({ min: -20, max: 20 }), fc.integer({ min: -400, max: 400 })),
});

/** The same value in another spelling: the point moved, zeros added. */
export function respelt(value: Decimal, zeros: number, shift: number): Decimal {
  const scale = value.scale + zeros + shift;
  if (scale < 0) return { ...value, digits: `${value.digits}${'0'.repeat(zeros)}`, scale: value.scale + zeros };
  return { ...value, digits: `${value.digits}${'0'.repeat(zeros)}`, scale, exponent: value.exponent + shift };
}

/** A neighbour: the last digit is another one. */
export function nudged(value: Decimal): Decimal {
  const last = (Number(value.digits.at(-1)) + 1) % 10;
  return { ...value, digits: `${value.digits.slice(0, -1)}${last}` };
}

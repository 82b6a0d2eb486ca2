/** Of the number read last: behind the digits that count. */
export let significant: usize = 0;

/** Behind a plain decimal, or 0: an exponent is for the parser. The zeros that end a fraction do not count. */
export function readNumber(at: usize, end: usize): usize {
  let i = at;
  if (load<u8>(i) == 0x2d) i++;
  const digits = i;
  while (i < end && isDigit(load<u8>(i))) i++;
  if (i == digits || (load<u8>(digits) == 0x30 && i > digits + 1)) return 0;
  significant = i;
  let fraction: usize = 0;
  if (i < end && load<u8>(i) == 0x2e) {
    fraction = ++i;
    while (i < end && isDigit(load<u8>(i))) i++;
    if (i == fraction) return 0;
    significant = i;
    while (load<u8>(significant - 1) == 0x30) significant--;
    if (significant == fraction) significant = fraction - 1;
  }
  if (i < end && (load<u8>(i) | 0x20) == 0x65) return 0;
  return isOddlySpelt(at, digits, fraction, i) ? 0 : i;
}

/** Numbers whose usual spelling is another one: negative zero, tiny fractions, more digits than a double may hold. */
function isOddlySpelt(at: usize, digits: usize, fraction: usize, until: usize): bool {
  if (digits > at && load<u8>(digits) == 0x30) return true;
  if (fraction == 0) return until - digits > 20;
  if (until - digits > 15) return true;
  return load<u8>(digits) == 0x30 && load<u8>(fraction) == 0x30 && load<u8>(fraction, 1) == 0x30;
}

function isDigit(byte: u8): bool {
  return byte >= 0x30 && byte <= 0x39;
}

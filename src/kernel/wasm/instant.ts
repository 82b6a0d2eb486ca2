/** Whether the instant read last was written with more than three fractional digits; with fewer. */
export let fine: bool = false;
export let coarse: bool = false;
/** Its milliseconds since 1970. */
export let instantMs: i64 = 0;

/**
 * Reads an instant at [at, end): the spellings of the `instant` permission, truncated to milliseconds. False for what is
 * none or lacks a zone, and for days that not every year has and a 24th hour, which are for the exact reading to judge.
 */
export function readInstant(at: usize, end: usize): bool {
  // 2026-11-22T16:02:15Z is the shortest there is.
  if (end - at < 20) return false;
  const year = digits(at, 4);
  const month = digits(at + 5, 2);
  const day = digits(at + 8, 2);
  const hour = digits(at + 11, 2);
  const minute = digits(at + 14, 2);
  const second = digits(at + 17, 2);
  if ((year | month | day | hour | minute | second) < 0) return false;
  const separator = load<u8>(at, 10);
  if (load<u8>(at, 4) != 0x2d || load<u8>(at, 7) != 0x2d || (separator != 0x54 && separator != 0x20)) return false;
  if (load<u8>(at, 13) != 0x3a || load<u8>(at, 16) != 0x3a) return false;
  if (month < 1 || month > 12 || day < 1 || day > daysOf(month) || hour > 23 || minute > 59 || second > 59)
    return false;
  let i = at + 19;
  let ms = 0;
  fine = false;
  coarse = true;
  if (load<u8>(i) == 0x2e) {
    const fraction = ++i;
    while (i < end && isDigit(load<u8>(i))) {
      if (i - fraction < 3) ms = ms * 10 + load<u8>(i) - 0x30;
      i++;
    }
    const count = i - fraction;
    if (count == 0 || count > 9) return false;
    if (count == 1) ms *= 100;
    else if (count == 2) ms *= 10;
    fine = count > 3;
    coarse = count < 3;
  }
  if (!readZone(i, end)) return false;
  const seconds = daysSince1970(year, month, day) * 86_400 + <i64>(hour * 3600 + minute * 60 + second);
  instantMs = seconds * 1000 + <i64>ms - <i64>zoneMinutes * 60_000;
  return true;
}

let zoneMinutes: i32 = 0;

/** The zone that reaches from `at` to the end; false for what is none. */
function readZone(at: usize, end: usize): bool {
  const first = load<u8>(at);
  if (first == 0x5a) {
    zoneMinutes = 0;
    return at + 1 == end;
  }
  if (first != 0x2b && first != 0x2d) return false;
  const colon: usize = end - at == 6 && load<u8>(at, 3) == 0x3a ? 1 : 0;
  if (colon == 0 && end - at != 5) return false;
  const hours = digits(at + 1, 2);
  const minutes = digits(at + 3 + colon, 2);
  if ((hours | minutes) < 0 || hours > 23 || minutes > 59) return false;
  zoneMinutes = (hours * 60 + minutes) * (first == 0x2b ? 1 : -1);
  return true;
}

function daysOf(month: i32): i32 {
  return month == 2 ? 28 : month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/** Days of the proleptic Gregorian calendar; "chrono-compatible low-level date algorithms", days_from_civil. */
function daysSince1970(year: i32, month: i32, day: i32): i64 {
  const y = month <= 2 ? year - 1 : year;
  const era = (y >= 0 ? y : y - 399) / 400;
  const yearOfEra = y - era * 400;
  const dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
  return <i64>era * 146_097 + <i64>dayOfEra - 719_468;
}

/** So many digits as a number, or -1. */
function digits(at: usize, count: i32): i32 {
  let value = 0;
  for (let i = 0; i < count; i++) {
    const byte = load<u8>(at + i);
    if (!isDigit(byte)) return -1;
    value = value * 10 + byte - 0x30;
  }
  return value;
}

function isDigit(byte: u8): bool {
  return byte >= 0x30 && byte <= 0x39;
}

/**
 * Reads instants from bytes: the spellings of the `instant` permission, truncated to milliseconds. The day is kept from
 * call to call, since the instants of a feed are mostly of one day.
 */
export class Instants {
  /** Whether the last instant was written with more than three fractional digits. */
  fine = false;
  #day = -1;
  #dayMs = 0;

  /** Milliseconds since 1970, or undefined for what is no instant or lacks a zone. */
  read(bytes: Uint8Array, start: number, end: number): number | undefined {
    // 2026-11-22T16:02:15Z is the shortest there is.
    if (end - start < 20) return undefined;
    const year = digits(bytes, start, 4);
    const month = digits(bytes, start + 5, 2);
    const day = digits(bytes, start + 8, 2);
    const hour = digits(bytes, start + 11, 2);
    const minute = digits(bytes, start + 14, 2);
    const second = digits(bytes, start + 17, 2);
    if (year < 0 || month < 0 || day < 0 || hour < 0 || minute < 0 || second < 0) return undefined;
    const separator = bytes[start + 10];
    if (bytes[start + 4] !== 0x2d || bytes[start + 7] !== 0x2d || (separator !== 0x54 && separator !== 0x20))
      return undefined;
    if (bytes[start + 13] !== 0x3a || bytes[start + 16] !== 0x3a) return undefined;
    // Days that the calendar lacks, and a 24th hour, are for the exact reading to judge.
    if (day < 1 || day > (DAYS[month] ?? 0) || hour > 23 || minute > 59 || second > 59) return undefined;
    let i = start + 19;
    let ms = 0;
    this.fine = false;
    if (bytes[i] === 0x2e) {
      const fraction = ++i;
      while (i < end && isDigit(bytes[i] as number)) {
        if (i - fraction < 3) ms = ms * 10 + (bytes[i] as number) - 0x30;
        i++;
      }
      const count = i - fraction;
      if (count === 0 || count > 9) return undefined;
      if (count === 1) ms *= 100;
      else if (count === 2) ms *= 10;
      this.fine = count > 3;
    }
    const zoneMs = zone(bytes, i, end);
    if (zoneMs === undefined) return undefined;
    return this.#midnight(year, month, day) + hour * 3_600_000 + minute * 60_000 + second * 1000 + ms - zoneMs;
  }

  #midnight(year: number, month: number, day: number): number {
    const name = (year * 100 + month) * 100 + day;
    if (name !== this.#day) {
      this.#day = name;
      // Years below 100 would be taken for the twentieth century.
      const date = new Date(0);
      date.setUTCFullYear(year, month - 1, day);
      this.#dayMs = date.getTime();
    }
    return this.#dayMs;
  }
}

/** Days by month that every year has. */
const DAYS = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Offset of a zone that reaches to the end, in milliseconds; undefined for what is none. */
function zone(bytes: Uint8Array, at: number, end: number): number | undefined {
  if (bytes[at] === 0x5a && at + 1 === end) return 0;
  const sign = bytes[at] === 0x2b ? 1 : bytes[at] === 0x2d ? -1 : 0;
  const colon = end - at === 6 && bytes[at + 3] === 0x3a ? 1 : 0;
  if (sign === 0 || (colon === 0 && end - at !== 5)) return undefined;
  const hours = digits(bytes, at + 1, 2);
  const minutes = digits(bytes, at + 3 + colon, 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return undefined;
  return sign * (hours * 60 + minutes) * 60_000;
}

function digits(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = at; i < at + count; i++) {
    const byte = bytes[i] as number;
    if (!isDigit(byte)) return -1;
    value = value * 10 + byte - 0x30;
  }
  return value;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** `{"t":` in two words. */
const BEGINNING: u32 = 0x2274227b;
const COLON: u8 = 0x3a;
const POINT: u8 = 0x2e;
/** `}` and LF. */
const END: u16 = 0x0a7d;

/** In place of a row's milliseconds: its head is all there is of the line. Below zero otherwise: the time is in its head. */
const FINISHED: i32 = -2;
const ROW: usize = 24;

/**
 * Writes lines of a recording from `at` on, and where their payloads begin and end to `places`. A row, by byte offset: 0
 * milliseconds, 4 microseconds, 8 and 12 head from and to, 16 and 20 payload from and to. Returns the place behind the last
 * line. Up to 15 bytes behind that are written over.
 */
export function writeLines(rows: usize, count: i32, at: usize, places: usize): usize {
  let end = at;
  let place = places;
  for (let row = rows, last = rows + ROW * <usize>count; row < last; row += ROW) {
    const ms = load<i32>(row);
    if (ms >= 0) end = writeStamp(end, ms, load<i32>(row, 4));
    end = copy(load<i32>(row, 8), load<i32>(row, 12), end);
    if (ms == FINISHED) continue;
    store<i32>(place, <i32>end);
    end = copy(load<i32>(row, 16), load<i32>(row, 20), end);
    store<i32>(place, <i32>end, 4);
    place += 8;
    store<u16>(end, END);
    end += 2;
  }
  return end;
}

/** Copies bytes [from, to), and some behind them; the place behind the copy. */
function copy(from: usize, to: usize, at: usize): usize {
  for (let i = from, out = at; i < to; i += 16, out += 16) v128.store(out, v128.load(i));
  return at + to - from;
}

/** A line's beginning up to its time, as JSON.stringify writes numbers. */
function writeStamp(at: usize, ms: i32, micros: i32): usize {
  store<u32>(at, BEGINNING);
  store<u8>(at, COLON, 4);
  const end = writeNumber(at + 5, ms);
  if (micros == 0) return end;
  store<u8>(end, POINT);
  writeDigits(end + 1, micros, 3);
  return end + (micros % 100 == 0 ? 2 : micros % 10 == 0 ? 3 : 4);
}

function writeNumber(at: usize, number: i32): usize {
  let digits = 1;
  for (let rest = number / 10; rest > 0; rest /= 10) digits++;
  writeDigits(at, number, digits);
  return at + digits;
}

function writeDigits(at: usize, number: i32, digits: i32): void {
  let rest = number;
  for (let i = digits - 1; i >= 0; i--) {
    store<u8>(at + i, <u8>(0x30 + (rest % 10)));
    rest /= 10;
  }
}

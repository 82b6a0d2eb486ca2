import type { Reconcile } from './permission.js';

/**
 * Moments spelt differently: `…05.123Z`, `…05.123456+00:00`, Ruby's `2026-01-02 03:04:05 UTC`. Compared truncated to
 * the coarser of the two. A spelling without a zone is a finding, never taken for UTC in silence.
 */
export const instant: Reconcile = (control, candidate) => {
  if (typeof control !== 'string' || typeof candidate !== 'string') return candidate;
  const a = parseUtc(control) ?? parse(control);
  const b = parseUtc(candidate) ?? parse(candidate);
  if (a === undefined || b === undefined || a.secondMs !== b.secondMs) return candidate;
  const length = Math.min(a.fraction.length, b.fraction.length);
  return a.fraction.slice(0, length) === b.fraction.slice(0, length) ? control : candidate;
};

interface Instant {
  /** Milliseconds from 1970 to the beginning of its second, UTC. */
  readonly secondMs: number;
  /** The digits of the second's fraction that were written. They add to the second, also before 1970. */
  readonly fraction: string;
}

const pattern = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))? ?(Z|UTC|[+-]\d\d:?\d\d)$/;

function parse(text: string): Instant | undefined {
  const [, day, time, fraction = '', zone = ''] = pattern.exec(text) ?? [];
  if (day === undefined || !exists(day)) return undefined;
  const offset = zone === 'UTC' ? 'Z' : zone.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2');
  const secondMs = Date.parse(`${day}T${time}${offset}`);
  return Number.isNaN(secondMs) ? undefined : { secondMs, fraction };
}

/** Date.parse takes 30 February for 2 March. */
function exists(day: string): boolean {
  const ms = Date.parse(day);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(day);
}

/**
 * The spelling that nearly all services send, `2026-01-02T03:04:05.123Z`, read digit by digit; undefined for every other
 * one and for days that not every month has. A pattern and a parser of dates take several times as long, and most payloads have
 * such moments.
 */
function parseUtc(text: string): Instant | undefined {
  const end = text.length - 1;
  if (end < 19 || end > 29 || text.charCodeAt(end) !== 90 || text.charCodeAt(10) !== 84) return undefined;
  if (text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45) return undefined;
  if (text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58) return undefined;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 7);
  const day = digits(text, 8, 10);
  const hour = digits(text, 11, 13);
  const minute = digits(text, 14, 16);
  const second = digits(text, 17, 19);
  if (!(year >= 1000 && month >= 1 && month <= 12 && day >= 1 && day <= 28)) return undefined;
  if (!(hour <= 23 && minute <= 59 && second <= 59)) return undefined;
  if (end > 19 && (text.charCodeAt(19) !== 46 || Number.isNaN(digits(text, 20, end)))) return undefined;
  return { secondMs: Date.UTC(year, month - 1, day, hour, minute, second), fraction: text.slice(20, end) };
}

/** The number that digits spell; NaN for anything else, and for none. */
function digits(text: string, from: number, to: number): number {
  let number = from < to ? 0 : NaN;
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - 48;
    number = digit >= 0 && digit <= 9 ? number * 10 + digit : NaN;
  }
  return number;
}

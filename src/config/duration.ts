import { CallError } from '../model/errors.js';
import type { Ms } from '../model/timeline.js';

const UNITS: Readonly<Record<string, Ms>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Nothing here waits for longer than a year; what does is a slip of the pen. */
const LONGEST: Ms = 365 * 86_400_000;

/**
 * Reads a duration with its unit: `250ms`, `10s`, `1.5m`, `2h`, `1d`.
 * @throws CallError saying what a duration looks like
 */
export function parseDuration(text: string): Ms {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text);
  const shown = JSON.stringify(text);
  if (!match) throw new CallError(`expected a duration such as 250ms, 10s, 2m, 2h or 1d, found ${shown}`);
  const [, digits = '', unit] = match;
  if (unit === undefined) throw new CallError(unitLacks(digits));
  // Rounded to the microsecond: 0.1 + 0.2 belongs to nobody's window.
  const duration = Math.round(Number(digits) * (UNITS[unit] ?? 1) * 1000) / 1000;
  if (duration > LONGEST) throw new CallError(`expected a duration of at most 365d, found ${shown}`);
  return duration;
}

/** What to say about a number without a unit. */
export function unitLacks(digits: string): string {
  const right = Number(digits) === 0 ? '0s' : `${digits}s or ${digits}ms`;
  return `expected a duration with its unit, found ${digits}: write ${right}`;
}

/** Writes a duration as `parseDuration` reads it, in the largest unit that needs no fraction: 90000 is `90s`. */
export function formatDuration(duration: Ms): string {
  for (const unit of ['d', 'h', 'm', 's']) {
    const size = UNITS[unit] ?? 1;
    if (duration !== 0 && duration % size === 0) return `${duration / size}${unit}`;
  }
  return duration === 0 ? '0s' : `${Math.round(duration * 1000) / 1000}ms`;
}

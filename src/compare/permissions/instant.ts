import type { Json } from '../../model/json.js';
import type { Reconcile } from './permission.js';

/**
 * Moments spelt differently: `…05.123Z`, `…05.123456+00:00`, Ruby's `2026-01-02 03:04:05 UTC`. Compared truncated to
 * the coarser of the two. A spelling without a zone is a finding, never taken for UTC in silence.
 */
export const instant: Reconcile = (control, candidate) => {
  const a = parse(control);
  const b = parse(candidate);
  if (a === undefined || b === undefined || a.secondMs !== b.secondMs) return candidate;
  const digits = Math.min(a.fraction.length, b.fraction.length);
  return a.fraction.slice(0, digits) === b.fraction.slice(0, digits) ? control : candidate;
};

interface Instant {
  /** Milliseconds from 1970 to the beginning of its second, UTC. */
  readonly secondMs: number;
  /** The digits of the second's fraction that were written. They add to the second, also before 1970. */
  readonly fraction: string;
}

const pattern = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))? ?(Z|UTC|[+-]\d\d:?\d\d)$/;

function parse(value: Json | undefined): Instant | undefined {
  if (typeof value !== 'string') return undefined;
  const [, day, time, fraction = '', zone = ''] = pattern.exec(value) ?? [];
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

import type { Json } from '../../model/json.js';
import type { Reconcile } from './permission.js';

/**
 * Moments spelt differently: `…05.123Z`, `…05.123456+00:00`, Ruby's `2026-01-02 03:04:05 UTC`. Compared truncated to
 * the coarser of the two. A spelling without a zone is a finding, never taken for UTC in silence.
 */
export const instant: Reconcile = (control, candidate) => {
  const a = parse(control);
  const b = parse(candidate);
  if (a === undefined || b === undefined) return candidate;
  const digits = Math.min(a.digits, b.digits);
  return truncate(a, digits) === truncate(b, digits) ? control : candidate;
};

interface Instant {
  /** Nanoseconds since 1970, UTC. */
  readonly ns: bigint;
  /** Fractional digits of a second that were written. */
  readonly digits: number;
}

const pattern = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))? ?(Z|UTC|[+-]\d\d:?\d\d)$/;

function parse(value: Json | undefined): Instant | undefined {
  if (typeof value !== 'string') return undefined;
  const parts = pattern.exec(value);
  if (parts === null) return undefined;
  const zone = parts[4] === 'UTC' ? 'Z' : (parts[4] ?? '').replace(/^([+-]\d\d)(\d\d)$/, '$1:$2');
  const ms = Date.parse(`${parts[1]}T${parts[2]}${zone}`);
  if (Number.isNaN(ms)) return undefined;
  const fraction = parts[3] ?? '';
  return { ns: BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, '0')), digits: fraction.length };
}

function truncate(instant: Instant, digits: number): bigint {
  return instant.ns / 10n ** BigInt(9 - digits);
}

import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { shiftInstant } from '../../src/replay/instants.js';

it.each([
  ['2026-01-02T03:04:05.123Z', 1_000, '2026-01-02T03:04:06.123Z'],
  ['2026-01-02T03:04:05.123456Z', 1, '2026-01-02T03:04:05.124456Z'],
  ['2026-12-31T23:59:59.999999Z', 1, '2027-01-01T00:00:00.000999Z'],
  ['2026-01-02T03:04:05Z', 1_999, '2026-01-02T03:04:06Z'],
  ['2026-01-02T23:04:05.1+05:30', 3_600_000, '2026-01-03T00:04:05.1+05:30'],
  ['2026-01-02 03:04:05 UTC', 86_400_000, '2026-01-03 03:04:05 UTC'],
  ['2026-01-02T03:04:05,5-0800', -500, '2026-01-02T03:04:05,0-0800'],
])('%s moved by %d ms', (text, by, expected) => {
  expect(shiftInstant(text, by)).toBe(expected);
});

it.each(['2026-01-02', '2026-01-02T03:04:05', 'soon', '1795363391', '2026-13-40T03:04:05Z'])(
  '%s is no moment',
  (text) => {
    expect(shiftInstant(text, 1)).toBeUndefined();
  },
);

it('moves by exactly as much', () => {
  const when = fc.date({ min: new Date('1990-01-01'), max: new Date('2090-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(when, fc.integer({ min: -1e12, max: 1e12 }), (date, by) => {
      const moved = shiftInstant(date.toISOString(), by);
      expect(Date.parse(moved ?? '')).toBe(date.getTime() + by);
    }),
  );
});

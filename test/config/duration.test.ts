import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDuration, parseDuration } from '../../src/config/duration.js';
import { CallError } from '../../src/model/errors.js';

test.each([
  ['250ms', 250],
  ['0s', 0],
  ['0ms', 0],
  ['10s', 10_000],
  ['1.5s', 1500],
  ['0.3ms', 0.3],
  ['0.1s', 100],
  ['2m', 120_000],
  ['2h', 7_200_000],
  ['1d', 86_400_000],
  ['365d', 31_536_000_000],
])('%s is %d ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

describe('what is no duration', () => {
  test.each([
    ['10', 'expected a duration with its unit, found 10: write 10s or 10ms'],
    ['0', 'expected a duration with its unit, found 0: write 0s'],
    ['10 s', 'expected a duration such as 250ms, 10s, 2m, 2h or 1d, found "10 s"'],
    ['-1s', 'expected a duration such as 250ms, 10s, 2m, 2h or 1d, found "-1s"'],
    ['1m30s', 'expected a duration such as 250ms, 10s, 2m, 2h or 1d, found "1m30s"'],
    ['10S', 'expected a duration such as 250ms, 10s, 2m, 2h or 1d, found "10S"'],
    ['', 'expected a duration such as 250ms, 10s, 2m, 2h or 1d, found ""'],
    ['366d', 'expected a duration of at most 365d, found "366d"'],
  ])('%j', (text, message) => {
    expect(() => parseDuration(text)).toThrow(new CallError(message));
  });
});

test.each([
  [0, '0s'],
  [250, '250ms'],
  [1500, '1500ms'],
  [0.25, '0.25ms'],
  [10_000, '10s'],
  [90_000, '90s'],
  [120_000, '2m'],
  [86_400_000, '1d'],
])('%d ms is written %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test('what is written is read back, to the microsecond', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 31_536_000_000_000 }), (micros) => {
      expect(parseDuration(formatDuration(micros / 1000))).toBe(micros / 1000);
    }),
  );
});

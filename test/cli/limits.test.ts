import { describe, expect, it } from 'vitest';
import { withLimits } from '../../src/commands/limits.js';
import { shardOf } from '../../src/commands/shard.js';
import { CallError } from '../../src/model/errors.js';
import { eventType, GATE, settings } from '../given.js';

const types = ['email_opened', 'a.b', 'call logged'];
const given = settings({ events: types.map((name) => eventType({ name })) });

function gate(...limits: string[]) {
  return withLimits(given, limits).gate;
}

describe('--limit', () => {
  it.each([
    ['lag.p99<2s', { lag: { p99: 2_000 } }],
    ['lag.max <= 250ms', { lag: { max: 250 } }],
    ['missing<=3', { counts: { missing: 3, extra: 0 } }],
    // Fewer than three are at most two.
    ['missing<3', { counts: { missing: 2, extra: 0 } }],
    ['mismatch=0', { counts: { missing: 0, extra: 0, mismatch: 0 } }],
    ['missing=none', { counts: { extra: 0 } }],
    ['defectRate<0.1%', { defectRate: 0.001 }],
    ['defectRate<=0.05', { defectRate: 0.05 }],
    ['minPerType>=100', { minPerType: 100 }],
    ['minPerType>100', { minPerType: 101 }],
    ['confidence=0.99', { confidence: 0.99 }],
    ['reorderedShare<=5%', { reorderedShare: 0.05 }],
    ['types.email_opened.missing<=3', { types: { email_opened: { counts: { missing: 3 }, lag: {} } } }],
    ['types.a.b.lag.p99<=5s', { types: { 'a.b': { counts: {}, lag: { p99: 5_000 } } } }],
    ['types.call logged.missing=none', { types: { 'call logged': { counts: { missing: null }, lag: {} } } }],
  ])('%s is set over the config', (text, over) => {
    expect(gate(text)).toEqual({ ...GATE, ...over });
  });

  it('several add up, and the last of one name stands', () => {
    expect(gate('lag.p99<2s', 'lag.p50<1s', 'lag.p99<3s', 'types.a.b.late=1', 'types.a.b.extra=2')).toEqual({
      ...GATE,
      lag: { p50: 1_000, p99: 3_000 },
      types: { 'a.b': { counts: { late: 1, extra: 2 }, lag: {} } },
    });
    const { defectRate: _, ...without } = GATE;
    expect(gate('defectRate=none')).toEqual(without);
  });

  it('changes the hash of the limits, and of nothing else', () => {
    const limited = withLimits(given, ['missing<=3']);
    expect(limited.hash).not.toBe(withLimits(given, ['missing<=4']).hash);
    expect({ ...limited.hashes, gate: '' }).toEqual({ ...given.hashes, gate: '' });
    expect(withLimits(given, [])).toBe(given);
  });

  it.each([
    ['fast', `--limit "fast": is no limit; write one such as 'lag.p99<2s', 'missing<=3' or 'late=none'`],
    ['lag.p98<2s', '--limit "lag.p98<2s": there is no limit "lag.p98"; did you mean "lag.p95"?'],
    ['lag.p99>2s', '--limit "lag.p99>2s": lag.p99 is a limit from above; write "lag.p99<=2s"'],
    ['minPerType<5', '--limit "minPerType<5": minPerType is a limit from below; write "minPerType>=5"'],
    ['lag.p99<2', '--limit "lag.p99<2": expected a duration with its unit'],
    ['lag.p99<fast', '--limit "lag.p99<fast": expected a duration such as 250ms'],
    ['missing<0', '--limit "missing<0": expected a count of at least 0'],
    ['missing<=1.5', '--limit "missing<=1.5": expected a whole number'],
    ['defectRate<=0', '--limit "defectRate<=0": expected a rate above 0'],
    [
      'types.email_opened.inconclusiveShare<1%',
      `names no limit of a type; write one such as 'types.email_opened.missing<=3'`,
    ],
    ['types.email_open.missing<1', '"email_open" is no declared type; did you mean "email_opened"?'],
  ])('%s is refused', (text, told) => {
    expect(() => gate(text)).toThrow(CallError);
    expect(() => gate(text)).toThrow(told);
  });
});

describe('--shard', () => {
  it('names a share, counted from 1', () => {
    expect(shardOf('3/8')).toEqual({ index: 2, of: 8 });
    expect(shardOf('1/1')).toEqual({ index: 0, of: 1 });
    expect(shardOf(undefined)).toBeUndefined();
  });

  it.each(['0/8', '9/8', '3', '3/0', '-1/2', '1/20000', 'a/b'])('%s is refused', (text) => {
    expect(() => shardOf(text)).toThrow('is no share; write one such as 3/8');
  });
});

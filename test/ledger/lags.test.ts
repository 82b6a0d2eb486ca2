import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Lag } from '../../src/ledger/lag.js';
import { addLags, Lags } from '../../src/ledger/lags.js';

const OWN = { types: { slow: { counts: {}, lag: { p99: 5_000 } }, strict: { counts: { missing: 0 }, lag: {} } } };

const draws = fc.array(
  fc.record({
    type: fc.constantFrom('slow', 'strict', 'other'),
    ms: fc.integer({ min: -50, max: 9_000 }),
    fate: fc.constantFrom('paired', 'paired', 'missing', 'late', 'in a stall'),
  }),
  { maxLength: 60 },
);

function measure(of: (type: string) => Lag, all: readonly { type: string; ms: number; fate: string }[]): void {
  for (const { type, ms, fate } of all) {
    const lag = of(type);
    if (fate === 'paired' || fate === 'in a stall') lag.paired(ms, fate !== 'paired');
    else lag.missing();
    if (fate === 'late') lag.late(ms + 10_000);
  }
}

describe('lags', () => {
  it('are together what they would be if none were measured apart', () => {
    fc.assert(
      fc.property(draws, (all) => {
        const [apart, one] = [new Lags(OWN), new Lag()];
        measure((type) => apart.of(type), all);
        measure(() => one, all);
        const { lag, lagParts } = apart.summaries();
        const { measured: _, ...sum } = lag;
        const { measured: _2, ...whole } = one.summary();
        expect(sum).toEqual(whole);
        expect(apart.quantile(0.5)).toBe(one.quantile(0.5));
        expect(Object.keys(lagParts?.types ?? {})).toEqual(['slow']);
        expect(lagParts?.types['slow']?.count).toBe(
          all.filter(({ type, fate }) => type === 'slow' && fate === 'paired').length,
        );
      }),
      { numRuns: 60 },
    );
  });

  it('are not told apart where no type has a limit of its own', () => {
    const lags = new Lags({});
    lags.of('any').paired(5, false);
    expect(lags.summaries().lagParts).toBeUndefined();
    expect(lags.quantile(0.5)).toBeCloseTo(5, 2);
  });

  it('have intervals for their quantiles, whose ends are null where nothing is known of them', () => {
    const lag = new Lag();
    for (let ms = 1; ms <= 100; ms++) lag.paired(ms, false);
    // A histogram keeps three digits.
    const digits = (ms: number): unknown => expect.closeTo(ms, 1);
    expect(lag.interval(0.5, 0.95)).toEqual({ fromMs: digits(42), toMs: digits(59) });
    expect(lag.interval(0.99, 0.95)).toEqual({ fromMs: digits(97), toMs: null });
    expect(lag.upper(0.99, 0.95)).toBe('unknown');
    for (let n = 0; n < 100; n++) lag.missing();
    expect(lag.interval(0.95, 0.95)).toEqual({ fromMs: null, toMs: null });
    expect(lag.upper(0.5, 0.95)).toBe('censored');
    expect(new Lag().interval(0.5, 0.95)).toEqual({ fromMs: null, toMs: null });
  });

  it('add up, and nothing adds up to nothing', () => {
    expect(addLags([])).toEqual(new Lag().summary());
  });
});

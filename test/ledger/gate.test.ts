import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide, type Case } from '../../src/ledger/gate.js';
import { Lag } from '../../src/ledger/lag.js';
import { noOutcomes } from '../../src/ledger/ledger.js';
import type { GateDecision, OutcomeCounts } from '../../src/model/report.js';
import type { GateSettings } from '../../src/model/settings.js';
import { eventType, GATE, MATCH } from '../given.js';

const CLEAN = 2_995;

interface Facts extends Partial<Omit<Case, 'found'>> {
  readonly outcomes?: Partial<OutcomeCounts>;
  readonly types?: Record<string, Partial<OutcomeCounts>>;
  readonly found?: Partial<Case['found']>;
}

/** Just enough clean pairs of one type, and whatever a case changes. */
function facts({ outcomes = { match: CLEAN }, types = { email_opened: outcomes }, found, ...rest }: Facts = {}): Case {
  return {
    found: {
      outcomes: { ...noOutcomes(), ...outcomes },
      types: Object.fromEntries(Object.entries(types).map(([name, some]) => [name, { ...noOutcomes(), ...some }])),
      lag: new Lag().summary(),
      order: { pairs: 0, reordered: 0, examples: [] },
      unmapped: [],
      ...found,
    },
    events: [eventType()],
    unmapped: 'report',
    unseen: [],
    windowMs: MATCH.window.afterMs,
    ...rest,
  };
}

const decided = (gate: Partial<GateSettings>, some: Facts = {}): GateDecision =>
  decide({ ...GATE, ...gate }, facts(some));

function limit(decision: GateDecision, name: string): string | undefined {
  return decision.limits.find((limit) => limit.name === name)?.status;
}

function lags(pairs: readonly number[], missing = 0, late: readonly number[] = []): { lag: Case['found']['lag'] } {
  const lag = new Lag();
  for (const ms of pairs) lag.paired(ms, false);
  for (let n = 0; n < missing + late.length; n++) lag.missing();
  for (const ms of late) lag.late(ms);
  return { lag: lag.summary() };
}

const pairsOf5Ms = Array.from({ length: 100 }, () => 5);

describe('the gate', () => {
  it('is proven where every limit holds with enough evidence', () => {
    const decision = decided({});
    expect(decision).toMatchObject({
      status: 'proven',
      lacking: [],
      confidence: 0.95,
      evidence: { events: CLEAN, defects: 0 },
    });
    expect(decision.limits.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'defectRate held',
      'missing held',
      'extra held',
      'inconclusiveShare held',
      'minPerType held',
    ]);
  });

  it('is unproven one clean pair short of it, and says so', () => {
    expect(decided({}, { outcomes: { match: CLEAN - 1 } })).toMatchObject({
      status: 'unproven',
      lacking: ['1 more clean pair for 0.1 % at 95 % confidence'],
    });
  });

  it('says how many pairs are lacking, in figures for people', () => {
    expect(decided({}, { outcomes: { match: 2_583 } }).lacking).toEqual([
      '412 more clean pairs for 0.1 % at 95 % confidence',
    ]);
    expect(decided({}, { outcomes: { allowed: 100 } }).lacking).toEqual([
      '2,895 more clean pairs for 0.1 % at 95 % confidence',
    ]);
  });

  it('with one mismatch in 2,995 events is neither proven nor broken', () => {
    const decision = decided({}, { outcomes: { match: CLEAN - 1, mismatch: 1 } });
    expect(decision).toMatchObject({ status: 'unproven', evidence: { events: CLEAN, defects: 1 } });
    expect(limit(decision, 'defectRate')).toBe('undecided');
  });

  it('is broken by so many mismatches that the rate is above the limit for certain', () => {
    const decision = decided({}, { outcomes: { match: 2_900, mismatch: 20 } });
    expect(decision.status).toBe('broken');
    expect(limit(decision, 'defectRate')).toBe('exceeded');
  });

  it('is broken rather than unproven where both could be said', () => {
    expect(decided({}, { outcomes: { match: 1, missing: 1 } })).toMatchObject({ status: 'broken' });
  });

  it('takes a late, missing, extra or duplicate event for a defect as it does a mismatch', () => {
    for (const outcome of ['mismatch', 'missing', 'extra', 'late', 'duplicate'] as const) {
      expect(decided({ counts: {} }, { outcomes: { match: 100, [outcome]: 3 } }).evidence.defects).toBe(3);
    }
    expect(decided({}, { outcomes: { match: 1, duplicate: 5 } }).evidence).toEqual({
      events: 1,
      defects: 1,
      upperBound: 1,
    });
    expect(decided({}, { outcomes: { match: 100, inconclusive: 3 } }).evidence).toMatchObject({
      events: 100,
      defects: 0,
    });
  });
});

describe('no data', () => {
  it('is never a pass', () => {
    const decision = decided({ lag: { p99: 100 }, reorderedShare: 0.1 }, { outcomes: {} });
    expect(decision.status).toBe('unproven');
    expect(decision.evidence).toEqual({ events: 0, defects: 0, upperBound: 1 });
    expect(decision.lacking).toContain('no pair of email_opened was seen, 30 are needed');
    expect(decision.lacking).toContain('pairs to measure lag.p99 on');
  });

  it('is no pass whatever the limits are', () => {
    const gates = fc.record({
      defectRate: fc.constantFrom(undefined, 0.001, 1),
      minPerType: fc.constantFrom(0, 30),
      counts: fc.constantFrom({}, { missing: 0 }),
    });
    fc.assert(
      fc.property(gates, ({ defectRate, ...gate }) => {
        const { defectRate: _, ...without } = GATE;
        const settings = { ...without, ...gate, ...(defectRate === undefined ? {} : { defectRate }) };
        expect(decide(settings, facts({ outcomes: {} })).status).toBe('unproven');
      }),
      {
        examples: [
          [{ defectRate: undefined, minPerType: 0, counts: {} }],
          [{ defectRate: 1, minPerType: 0, counts: {} }],
        ],
      },
    );
  });
});

describe('a limit', () => {
  const cases: [name: string, gate: Partial<GateSettings>, held: Facts, exceeded: Facts][] = [
    ...(['mismatch', 'missing', 'extra', 'duplicate', 'late'] as const).map((name): (typeof cases)[number] => [
      name,
      { counts: { [name]: 2 } },
      { outcomes: { match: 100_000, [name]: 2 } },
      { outcomes: { match: 100_000, [name]: 3 } },
    ]),
    ['lag.p50', { lag: { p50: 10 } }, { found: lags(pairsOf5Ms) }, { found: lags(pairsOf5Ms.map((ms) => ms + 6)) }],
    [
      'lag.p95',
      { lag: { p95: 10 } },
      { found: lags([...pairsOf5Ms, 50]) },
      { found: lags([...pairsOf5Ms, 50, 50, 50, 50, 50, 50]) },
    ],
    [
      'lag.p99',
      { lag: { p99: 10 } },
      { found: lags([...pairsOf5Ms.slice(1), 50]) },
      { found: lags([...pairsOf5Ms.slice(2), 50, 50]) },
    ],
    ['lag.p99', { lag: { p99: 10 } }, { found: lags(pairsOf5Ms.slice(1), 1) }, { found: lags(pairsOf5Ms.slice(2), 2) }],
    ['lag.max', { lag: { max: 10 } }, { found: lags([10]) }, { found: lags([10.001]) }],
    ['lag.max', { lag: { max: 10 } }, { found: lags([5]) }, { found: lags([5], 1) }],
    ['lag.max', { lag: { max: 12_000 } }, { found: lags([5], 0, [12_000]) }, { found: lags([5], 1, [12_001]) }],
    [
      'lag.p50',
      { lag: { p50: MATCH.window.afterMs } },
      { found: lags([5, MATCH.window.afterMs - 20], 0) },
      { found: lags([5], 2) },
    ],
    [
      'reorderedShare',
      { reorderedShare: 0.1 },
      { found: { order: { pairs: 10, reordered: 1, examples: [] } } },
      { found: { order: { pairs: 10, reordered: 2, examples: [] } } },
    ],
    [
      'unmapped',
      {},
      { unmapped: 'fail' },
      { unmapped: 'fail', found: { unmapped: [{ side: 'candidate', event: 'x', count: 1 }] } },
    ],
  ];

  it.each(cases)('on %s holds up to it, and is exceeded beyond', (name, gate, held, exceeded) => {
    expect(limit(decided(gate, held), name)).toBe('held');
    expect(decided(gate, held).status).not.toBe('broken');
    expect(limit(decided(gate, exceeded), name)).toBe('exceeded');
    expect(decided(gate, exceeded).status).toBe('broken');
  });

  const undecided: [name: string, gate: Partial<GateSettings>, held: Facts, undecided: Facts, lacking: string][] = [
    [
      'inconclusiveShare',
      { inconclusiveShare: 0.05 },
      { outcomes: { match: 9_500, inconclusive: 500 } },
      { outcomes: { match: 9_499, inconclusive: 501 } },
      '5.01 % of the events are inconclusive, and at most 5 % may be: see the gaps',
    ],
    [
      'inconclusiveShare',
      {},
      {},
      { outcomes: { inconclusive: 7 } },
      '100 % of the events are inconclusive, and at most 5 % may be: see the gaps',
    ],
    [
      'minPerType',
      {},
      { types: { email_opened: { match: 10, allowed: 10, mismatch: 5, late: 5 } } },
      { types: { email_opened: { match: 28, missing: 5, extra: 5, inconclusive: 5, duplicate: 5 } } },
      '2 more pairs of email_opened',
    ],
    [
      'minPerType',
      { minPerType: 2_000 },
      { types: { email_opened: { match: 2_000 } } },
      { types: {} },
      'no pair of email_opened was seen, 2,000 are needed',
    ],
    ['lag.max', { lag: { max: 10 } }, { found: lags([1]) }, {}, 'pairs to measure lag.max on'],
    [
      'lag.p99',
      { lag: { p99: 10_001 } },
      { found: lags(pairsOf5Ms.slice(1), 1) },
      { found: lags(pairsOf5Ms.slice(2), 2) },
      'lag.p99 is beyond the window of 10 s: to hold it to 10 s, window.after has to be as long',
    ],
    [
      'lag.max',
      { lag: { max: 30_000 } },
      { found: lags([5], 0, [12_000]) },
      { found: lags([5], 1, [12_000]) },
      'lag.max is beyond the window of 10 s: to hold it to 30 s, window.after has to be as long',
    ],
    [
      'events',
      { minPerType: 0, counts: {}, defectRate: 1 },
      { outcomes: { match: 1 } },
      { outcomes: {} },
      'events to judge: none was seen while both sides were listening',
    ],
    [
      'coverage',
      {},
      {},
      { unseen: ['rep-1 was never subscribed on candidate: refused'] },
      'rep-1 was never subscribed on candidate: refused',
    ],
  ];

  it.each(undecided)(
    'on %s that is undecided leaves parity unproven, and says what is lacking',
    (name, gate, held, open, lacking) => {
      expect(decided(gate, held).status).toBe('proven');
      const decision = decided(gate, open);
      expect(limit(decision, name)).toBe('undecided');
      expect(decision.status).toBe('unproven');
      expect(decision.lacking).toContain(lacking);
    },
  );

  it('that is not set is not looked at', () => {
    const names = decided({ counts: {}, lag: {} }).limits.map(({ name }) => name);
    expect(names).toEqual(['defectRate', 'inconclusiveShare', 'minPerType']);
  });

  it('on unmapped frames is none where they are only reported', () => {
    const found = { unmapped: [{ side: 'candidate' as const, event: 'x', count: 9 }] };
    expect(decided({}, { found }).status).toBe('proven');
    expect(decided({}, { found, unmapped: 'ignore' }).status).toBe('proven');
  });

  it('on pairs of each type asks for none of types that one side alone has', () => {
    const { control: _, ...rest } = eventType({ name: 'page_visited', only: 'candidate' });
    expect(decided({}, { events: [eventType(), rest] }).status).toBe('proven');
  });

  it('on pairs of each type names all that fall short, and the worst in the limit itself', () => {
    const events = ['email_opened', 'call_logged', 'note_added'].map((name) => eventType({ name }));
    const decision = decided({}, { events, types: { email_opened: { match: 2_960 }, call_logged: { match: 7 } } });
    expect(decision.lacking).toEqual(['23 more pairs of call_logged', 'no pair of note_added was seen, 30 are needed']);
    expect(decision.limits.at(-1)).toMatchObject({ name: 'minPerType', actual: 'note_added: 0' });
  });

  it('on reordering that nothing was measured for says what is lacking', () => {
    const decision = decided({ reorderedShare: 0.1 });
    expect(limit(decision, 'reorderedShare')).toBe('undecided');
    expect(decision.lacking).toEqual(['pairs to measure reorderedShare on']);
  });
});

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide, type Occasion } from '../../src/ledger/gate.js';
import { Lag } from '../../src/ledger/lag.js';
import { addLags } from '../../src/ledger/lags.js';
import { noOutcomes } from '../../src/ledger/counts.js';
import type { Bar, Found } from '../../src/ledger/limits/answer.js';
import type { GateDecision, OutcomeCounts } from '../../src/model/report.js';
import type { GateSettings, TypeLimits } from '../../src/model/settings.js';
import { GATE, MATCH } from '../given.js';

const CLEAN = 2_995;

interface Facts {
  readonly outcomes?: Partial<OutcomeCounts>;
  readonly types?: Record<string, Partial<OutcomeCounts>>;
  readonly found?: Partial<Found>;
  readonly declared?: readonly string[];
  readonly unmapped?: Bar['unmapped'];
  readonly durationMs?: number;
}

/** Events of each side that could not be read, for two reasons. */
const unread = (control: number, candidate: number): Found['unreadable'] => [
  { side: 'control', reason: 'no key', count: control - 1 },
  { side: 'control', reason: 'no JSON', count: 1 },
  { side: 'candidate', reason: 'no key', count: candidate },
];

/** Just enough clean pairs of one type, and whatever a case changes. */
function facts({
  outcomes = { match: CLEAN },
  types = { email_opened: outcomes },
  found,
  durationMs = 0,
}: Facts = {}): Found {
  return {
    outcomes: { ...noOutcomes(), ...outcomes },
    types: Object.fromEntries(Object.entries(types).map(([name, some]) => [name, { ...noOutcomes(), ...some }])),
    lag: new Lag().summary(),
    order: { pairs: 0, reordered: 0, examples: [] },
    unmapped: [],
    unreadable: [],
    uncovered: [],
    open: { control: 0, candidate: 0 },
    rules: [],
    run: { startedAt: '', durationMs, accounts: 1, configHash: '', window: MATCH.window },
    ...found,
  };
}

const bar = (gate: Partial<GateSettings>, { declared = ['email_opened'], unmapped = 'report' }: Facts = {}): Bar => ({
  gate: { ...GATE, ...gate },
  types: declared,
  unmapped,
});

const decided = (gate: Partial<GateSettings>, some: Facts = {}, occasion: Occasion = {}): GateDecision =>
  decide(facts(some), bar(gate, some), occasion);

function limit(decision: GateDecision, name: string): string | undefined {
  return decision.limits.find((limit) => limit.name === name)?.status;
}

function lags(pairs: readonly number[], missing = 0, late: readonly number[] = []): { lag: Found['lag'] } {
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
        expect(decide(facts({ outcomes: {} }), { ...bar({}), gate: settings }).status).toBe('unproven');
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
      // As many as come in the second that the slowest take are on their way at any time.
      'inconclusiveShare',
      { inconclusiveShare: 0.05 },
      {
        outcomes: { match: 9_500 },
        durationMs: 95_000,
        found: { ...lags(Array<number>(100).fill(1_000)), open: { control: 580, candidate: 20 } },
      },
      {
        outcomes: { match: 9_500 },
        durationMs: 95_000,
        found: { ...lags(Array<number>(100).fill(1_000)), open: { control: 582, candidate: 20 } },
      },
      '501 events still waited for the other side at the end, more than are on their way at any time: go on for a window longer (10 s), or ask for a shorter one',
    ],
    [
      // What one side alone could not read is missing or extra on the other.
      'inconclusiveShare',
      { inconclusiveShare: 0.05 },
      { outcomes: { match: 9_500 }, found: { unreadable: unread(900, 500) } },
      { outcomes: { match: 9_500 }, found: { unreadable: unread(501, 900) } },
      '501 events could be read on neither side, so that nobody knows whether they are equal: see why under unreadable, and whether their key is right',
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
      { found: { uncovered: ['rep-1 was never subscribed on candidate: refused'] } },
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

  it('on pairs of each type names all that fall short, and the worst in the limit itself', () => {
    const declared = ['email_opened', 'call_logged', 'note_added'];
    const decision = decided({}, { declared, types: { email_opened: { match: 2_960 }, call_logged: { match: 7 } } });
    expect(decision.lacking).toEqual(['23 more pairs of call_logged', 'no pair of note_added was seen, 30 are needed']);
    expect(decision.limits.at(-1)).toMatchObject({ name: 'minPerType', actual: 'note_added: 0' });
  });

  it('on reordering that nothing was measured for says what is lacking', () => {
    const decision = decided({ reorderedShare: 0.1 });
    expect(limit(decision, 'reorderedShare')).toBe('undecided');
    expect(decision.lacking).toEqual(['pairs to measure reorderedShare on']);
  });
});

describe('how well a figure is known', () => {
  it('stands beside the defect rate as its bound', () => {
    const [rate] = decided({}).limits;
    expect(rate).toMatchObject({
      actual: '0 of 2,995',
      bound: 'below 0.1 %',
      limit: 'at most 0.1 % at 95 % confidence',
    });
    expect(decided({}, { outcomes: { match: 2_900, mismatch: 20 } }).limits[0]).toMatchObject({
      actual: '20 of 2,920',
      bound: 'above 0.454 %',
    });
  });

  it.each([
    ['p99', 298, 'too few events for a bound at 95 % confidence'],
    ['p99', 299, 'below 299 ms at 95 % confidence'],
    ['p50', 100, 'below 59 ms at 95 % confidence'],
  ] as const)('stands beside lag.%s of %i lags', (figure, pairs, bound) => {
    const found = lags(Array.from({ length: pairs }, (_, n) => n + 1));
    const limits = decided({ lag: { [figure]: 1_000 } }, { found }).limits;
    expect(limits.find(({ name }) => name === `lag.${figure}`)?.bound).toBe(bound);
  });

  it('says where a quantile may lie beyond the window', () => {
    const found = lags(
      Array.from({ length: 1_000 }, () => 5),
      6,
    );
    const limits = decided({ lag: { p99: 1_000 } }, { found }).limits;
    expect(limits.find(({ name }) => name === 'lag.p99')).toMatchObject({
      status: 'held',
      actual: '5 ms',
      bound: 'maybe beyond the window, at 95 % confidence',
    });
  });
});

describe('what is lacking', () => {
  it('is told in events and, at the rate so far, in time', () => {
    const decision = decided({ minPerType: 3_000 }, { outcomes: { match: 2_583 }, durationMs: 2_583 * 500 });
    expect(decision.lacking).toEqual([
      '412 more clean pairs for 0.1 % at 95 % confidence, about 3 min at this rate',
      '417 more pairs of email_opened, about 3 min at this rate',
    ]);
  });

  it.each([
    [1, 1_000, '50 min'],
    [2_994, 60_000, '1 s'],
    [100, 1_000, '29 s'],
    [10, 60_000, '5 h'],
    [1, 600_000, '21 d'],
  ])('after %i pairs in %i ms takes about %s', (match, durationMs, time) => {
    expect(decided({ minPerType: 1 }, { outcomes: { match }, durationMs }).lacking).toEqual([
      expect.stringMatching(new RegExp(`, about ${time} at this rate$`)),
    ]);
  });
});

describe('a type that was never seen', () => {
  it('leaves parity unproven, also where no number of pairs is asked for', () => {
    const some = { declared: ['email_opened', 'note_added'] };
    const decision = decided({ minPerType: 0 }, some);
    expect(decision).toMatchObject({ status: 'unproven', lacking: ['note_added was never seen'] });
    const types = { email_opened: { match: CLEAN }, note_added: { inconclusive: 1 } };
    expect(decided({ minPerType: 0 }, { ...some, types }).status).toBe('proven');
  });

  it('leaves it unproven whatever its own limits are', () => {
    const types = { note_added: { counts: {}, lag: {}, minPerType: 0 } };
    const decision = decided({ types }, { declared: ['email_opened', 'note_added'] });
    expect(decision.lacking).toEqual(['note_added was never seen']);
    expect(limit(decision, 'types.note_added.minPerType')).toBe('undecided');
  });
});

describe('limits of a type', () => {
  const own = (limits: Partial<TypeLimits>): Partial<GateSettings> => ({
    types: { email_opened: { counts: {}, lag: {}, ...limits } },
  });
  const types = { email_opened: { match: 5_000, missing: 2 }, call_logged: { match: 5_000 } };
  const some: Facts = { outcomes: { match: 10_000, missing: 2 }, types, declared: ['email_opened', 'call_logged'] };

  it('stand in place of those for all', () => {
    expect(decided({}, some).status).toBe('broken');
    const decision = decided(own({ counts: { missing: 2 } }), some);
    expect(decision.limits).toContainEqual(
      expect.objectContaining({
        name: 'missing',
        limit: 'at most 0, without email_opened',
        actual: '0',
        status: 'held',
      }),
    );
    expect(decision.limits).toContainEqual(
      expect.objectContaining({ name: 'types.email_opened.missing', limit: 'at most 2', actual: '2', status: 'held' }),
    );
    expect(decision.status).toBe('proven');
    expect(decided(own({ counts: { missing: 1 } }), some).status).toBe('broken');
    expect(decided(own({ counts: { missing: null } }), some).status).toBe('proven');
  });

  it('leave those for all to the other types', () => {
    const others = { ...types, call_logged: { match: 5_000, missing: 1 } };
    const decision = decided(own({ counts: { missing: 2 } }), {
      ...some,
      outcomes: { match: 10_000, missing: 3 },
      types: others,
    });
    expect(limit(decision, 'missing')).toBe('exceeded');
    expect(limit(decision, 'types.email_opened.missing')).toBe('held');
  });

  it('on the defect rate weigh its own events alone', () => {
    const decision = decided(own({ defectRate: 0.01, counts: { missing: null } }), some);
    expect(decision.limits.filter(({ name }) => name.endsWith('defectRate'))).toMatchObject([
      { name: 'defectRate', limit: 'at most 0.1 % at 95 % confidence, without email_opened', actual: '0 of 5,000' },
      { name: 'types.email_opened.defectRate', limit: 'at most 1 % at 95 % confidence', actual: '2 of 5,002' },
    ]);
    expect(decision.status).toBe('proven');
  });

  it('that every type has leave nothing to those for all', () => {
    const alone = {
      ...some,
      declared: ['email_opened'],
      types: { email_opened: { match: CLEAN } },
      outcomes: { match: CLEAN },
    };
    const slow = lags([900]).lag;
    const found = { lag: slow, lagParts: { types: { email_opened: slow }, others: new Lag().summary() } };
    const decision = decided(
      { ...own({ defectRate: 0.01, lag: { p99: 1_000 } }), lag: { p99: 10 }, minPerType: 1 },
      { ...alone, found },
    );
    expect(decision.status).toBe('proven');
    expect(decision.limits.map(({ name }) => name)).not.toContain('defectRate');
    expect(decision.limits.map(({ name }) => name)).not.toContain('lag.p99');
  });

  it('on pairs ask for their own number', () => {
    const decision = decided({ ...own({ minPerType: 5_001 }), counts: {} }, some);
    expect(decision.lacking).toEqual(['1 more pair of email_opened']);
  });

  it('on lag are held against lags measured apart', () => {
    const slow = lags(Array.from({ length: 50 }, () => 900)).lag;
    const quick = lags(Array.from({ length: 50 }, () => 5)).lag;
    const found = { lag: addLags([slow, quick]), lagParts: { types: { email_opened: slow }, others: quick } };
    const clean = {
      ...some,
      outcomes: { match: 10_000 },
      types: { email_opened: { match: 5_000 }, call_logged: { match: 5_000 } },
    };
    const gate = { lag: { p50: 10, p99: 10 } };
    expect(limit(decided(gate, { ...clean, found }), 'lag.p99')).toBe('exceeded');
    const decision = decided({ ...gate, ...own({ lag: { p99: 1_000 } }) }, { ...clean, found });
    expect(
      decision.limits.filter(({ name }) => name.includes('lag')).map(({ name, status }) => `${name} ${status}`),
    ).toEqual(['lag.p50 held', 'lag.p99 held', 'types.email_opened.lag.p99 held']);
    expect(limit(decided(own({ lag: { p99: 800 } }), { ...clean, found }), 'types.email_opened.lag.p99')).toBe(
      'exceeded',
    );
  });

  it('on lag that was not measured apart are undecided, never held', () => {
    const gate = { ...own({ lag: { p99: 1_000 } }), lag: { p99: 1_000 } };
    const decision = decided(gate, { declared: ['email_opened', 'call_logged'], found: lags(pairsOf5Ms) });
    expect(limit(decision, 'types.email_opened.lag.p99')).toBe('undecided');
    expect(limit(decision, 'lag.p99')).toBe('undecided');
    expect(decision.status).toBe('unproven');
  });
});

describe('a rule', () => {
  const rules = (letThrough: number, more: object) => ({
    found: { rules: [{ path: '$.x', reason: 'r', letThrough, ...more }] },
  });

  it('that let nothing through within the pairs it was to leaves parity unproven', () => {
    expect(decided({}, rules(0, { usedWithin: CLEAN + 1 })).status).toBe('proven');
    const decision = decided({}, rules(0, { usedWithin: CLEAN }));
    expect(decision).toMatchObject({
      status: 'unproven',
      lacking: [
        'the rule for $.x let nothing through in 2,995 pairs, and was to within 2,995: correct its path, or remove it',
      ],
    });
    expect(decided({}, rules(1, { usedWithin: 1 })).status).toBe('proven');
    expect(decided({}, rules(0, {})).status).toBe('proven');
  });

  it('that has expired by the day on which a report is decided leaves it unproven', () => {
    const some = rules(9, { expires: '2027-03-01' });
    expect(decided({}, some, { today: '2027-03-01' }).status).toBe('proven');
    expect(decided({}, some, { today: '2027-03-02' })).toMatchObject({
      status: 'unproven',
      lacking: ['the rule for $.x expired on 2027-03-01: remove it, or renew it, and judge again'],
    });
  });
});

describe('shards', () => {
  const run = (shards: readonly string[]) => ({ found: { run: { ...facts().run, shards } } });

  it('have to be there all, where a whole run is decided', () => {
    const some = run(['1/4', '3/4']);
    expect(decided({}, some).status).toBe('proven');
    expect(decided({}, some, { wantsAllShards: true })).toMatchObject({
      status: 'unproven',
      lacking: ['the reports of shard 2/4, 4/4'],
    });
    expect(decided({}, run(['1/2', '2/2']), { wantsAllShards: true }).status).toBe('proven');
    expect(decided({}, {}, { wantsAllShards: true }).status).toBe('proven');
  });
});

describe('a run that stops when it is proven', () => {
  const looking: Partial<GateSettings> = { bound: 'any-time' };

  it('needs more pairs than a fixed sample, and says both', () => {
    expect(decided(looking, { outcomes: { match: 2_995 } })).toMatchObject({
      status: 'unproven',
      lacking: ['505 more clean pairs for 0.1 % at 95 % confidence'],
    });
    const decision = decided(looking, { outcomes: { match: 3_500 } });
    expect(decision.status).toBe('proven');
    expect(decision.evidence).toMatchObject({ bound: 'any-time', events: 3_500, fixedSample: { events: 2_995 } });
    expect(decision.evidence.upperBound).toBeGreaterThan(decision.evidence.fixedSample?.upperBound ?? 1);
    expect(decision.limits[0]).toMatchObject({
      actual: '0 of 3,500',
      bound: 'below 0.1 %, at any time (a fixed sample, for which 2,995 are enough: below 0.0856 %)',
    });
  });

  it('is broken only by what would be certain at any time', () => {
    const some = { outcomes: { match: 2_992, mismatch: 8 } };
    expect(limit(decided({}, some), 'defectRate')).toBe('exceeded');
    expect(limit(decided(looking, some), 'defectRate')).toBe('undecided');
  });
});

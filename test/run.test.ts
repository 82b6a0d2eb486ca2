import { describe, expect, it } from 'vitest';
import type { Report } from '../src/model/report.js';
import type { Settings } from '../src/model/settings.js';
import type { Frame, TimelineEntry } from '../src/model/timeline.js';
import type { Outcome, Verdict } from '../src/model/verdict.js';
import { Line } from '../src/run.js';
import { down, eventType, frame, GATE, MATCH, path, rule, settings, tick, up } from './given.js';

/** Both sides of rep-1 have been listening from t = 500. */
const listening: readonly TimelineEntry[] = [up('control', 0), up('candidate', 0)];

function report(entries: readonly TimelineEntry[], some: Partial<Settings> = {}): Report {
  const line = new Line(settings(some));
  for (const entry of entries) line.add(entry);
  return line.report({ startedAt: '2026-11-22T16:03:11.660Z' });
}

/** A run in which both sides listen throughout, and long enough for every wait to end. */
function judged(entries: readonly TimelineEntry[], some: Partial<Settings> = {}): Report {
  return report([...listening, ...entries, tick(200_000)], some);
}

const control = (t: number, id: number | string, rest = '"x":1') => frame('control', t, `{"id":${id},${rest}}`);
const candidate = (t: number, id: number | string, rest = '"x":1') => frame('candidate', t, `{"id":${id},${rest}}`);

/** The outcomes that happened at all. */
function outcomes(report: Report): Partial<Record<Outcome, number>> {
  return Object.fromEntries(Object.entries(report.outcomes).filter(([, count]) => count > 0));
}

function only(report: Report): Verdict {
  expect(report.findings).toHaveLength(1);
  return report.findings[0] as Verdict;
}

describe('an event', () => {
  it('that is the same on both sides is a match', () => {
    const found = judged([control(1000, 7), candidate(1125.5, '7.0')]);
    expect(outcomes(found)).toEqual({ match: 1 });
    expect(found).toMatchObject({
      findings: [],
      observed: { control: 1, candidate: 1 },
      lag: { count: 1, minMs: 125.5, maxMs: 125.5 },
      order: { pairs: 1, reordered: 0 },
    });
    expect(found.types['email_opened']).toMatchObject({ match: 1 });
    expect(found.accounts['rep-1']).toMatchObject({ match: 1 });
  });

  it('that differs where a rule permits it is allowed, and the rule is counted', () => {
    const rules = [rule('$.at', { kind: 'instant' }), rule('$.x')];
    const found = judged(
      [control(1000, 7, '"at":"2026-01-02T03:04:05Z"'), candidate(1001, 7, '"at":"2026-01-02 03:04:05 UTC"')],
      { rules },
    );
    expect(outcomes(found)).toEqual({ allowed: 1 });
    expect(found.rules).toEqual([
      { path: '$.at', reason: 'a reason for $.at', letThrough: 1 },
      { path: '$.x', reason: 'a reason for $.x', letThrough: 0 },
    ]);
  });

  it('that differs elsewhere is a mismatch, with both payloads and the place', () => {
    const found = judged([control(1000, 7, '"x":9007199254740993'), candidate(1002, 7, '"x":9007199254740992')]);
    expect(outcomes(found)).toEqual({ mismatch: 1 });
    expect(only(found)).toEqual({
      id: 'v1',
      outcome: 'mismatch',
      account: 'rep-1',
      type: 'email_opened',
      key: '7',
      t: 1002,
      lagMs: 2,
      control: { t: 1000, channel: 'feed-of-control', event: 'email-opened', payload: '{"id":7,"x":9007199254740993}' },
      candidate: {
        t: 1002,
        channel: 'feed-of-candidate',
        event: 'item_created',
        payload: '{"id":7,"x":9007199254740992}',
      },
      differences: [
        { path: '$.x', group: '$.x', kind: 'changed', control: '9007199254740993', candidate: '9007199254740992' },
      ],
    });
  });

  it('that is renamed and nested on the candidate is compared in the terms of control', () => {
    const events = [
      eventType({ candidate: { event: 'item_created', where: [], body: path('$.data'), key: [path('$.ref')] } }),
    ];
    const rename = [{ from: path('$.actor.name'), to: path('$.person.full_name') }];
    const found = judged(
      [
        frame('control', 1000, '{"id":7,"person":{"full_name":"Ada"}}'),
        frame('candidate', 1001, '{"ref":7,"data":{"id":7,"actor":{"name":"Ada"}}}'),
      ],
      { events, rename },
    );
    expect(outcomes(found)).toEqual({ match: 1 });
  });

  it('that the candidate never had is missing, from its deadline on', () => {
    const found = judged([control(1000, 7)]);
    expect(only(found)).toMatchObject({ outcome: 'missing', key: '7', t: 11_000, control: { t: 1000 } });
    expect(only(found).candidate).toBeUndefined();
    expect(found.lag).toMatchObject({ count: 0, censored: 1, p50Ms: null });
    expect(found.status).toBe('broken');
  });

  it('that control never had is extra', () => {
    expect(only(judged([candidate(20_000, 7)]))).toMatchObject({
      outcome: 'extra',
      t: 20_005,
      candidate: { t: 20_000 },
    });
  });

  it.each([
    ['1 µs inside the window', 10_999.999, { match: 1 }],
    ['at its very end', 11_000, { match: 1 }],
    ['1 µs outside', 11_000.001, { late: 1 }],
    ['1 ms outside', 11_001, { late: 1 }],
    ['while the tombstone stands', 71_000, { late: 1 }],
    ['1 µs after the tombstone', 71_000.001, { missing: 1, extra: 1 }],
  ])('that comes %s', (_, t, expected) => {
    expect(outcomes(judged([control(1000, 7), candidate(t, 7)]))).toEqual(expected);
  });

  it('that comes late amends its missing, and stays censored', () => {
    const found = judged([control(1000, 7), tick(12_000), candidate(13_000, 7)]);
    expect(only(found)).toMatchObject({
      id: 'v1',
      amends: 'missing',
      outcome: 'late',
      lagMs: 12_000,
      t: 13_000,
      reason: 'the candidate came 12000 ms after control',
    });
    expect(found.lag).toMatchObject({ count: 0, censored: 1, maxMs: 12_000 });
    expect(found.order.pairs).toBe(0);
  });

  it('that comes late and differs is a mismatch', () => {
    expect(only(judged([control(1000, 7), candidate(13_000, 7, '"x":2')]))).toMatchObject({
      outcome: 'mismatch',
      amends: 'missing',
      lagMs: 12_000,
    });
  });

  it.each([
    ['on the candidate', candidate(1500, 7), 'candidate', 499, true],
    ['on control', control(1500, 7), 'control', 500, true],
    ['with other content', candidate(1500, 7, '"x":2'), 'candidate', 499, false],
  ] as const)('that is repeated %s is a duplicate there', (_, repeat, side, afterMs, sameContent) => {
    const found = judged([control(1000, 7), candidate(1001, 7), repeat]);
    expect(outcomes(found)).toEqual({ match: 1, duplicate: 1 });
    expect(only(found)).toMatchObject({ outcome: 'duplicate', duplicate: { side, afterMs, sameContent } });
    expect(found.duplicates).toEqual({ control: 0, candidate: 0, [side]: 1 });
  });

  it('that is repeated with a difference that a rule permits has the same content', () => {
    const found = judged([control(1000, 7), candidate(1001, 7), candidate(1002, 7, '"x":2')], { rules: [rule('$.x')] });
    expect(only(found)).toMatchObject({ duplicate: { sameContent: true } });
  });

  it('whose repeats are events of their own is paired with as many', () => {
    const entries = [control(1000, 7), control(1001, 7, '"x":2'), candidate(1002, 7), candidate(1003, 7, '"x":2')];
    expect(outcomes(judged(entries, { events: [eventType({ repeats: 'occurrences' })] }))).toEqual({ match: 2 });
  });

  it('that overtakes another is reordered, and still a match', () => {
    const found = judged([control(1000, 1), control(1001, 2), candidate(1002, 2), candidate(1003, 1)]);
    expect(outcomes(found)).toEqual({ match: 2 });
    expect(found.order).toEqual({
      pairs: 2,
      reordered: 1,
      examples: [{ account: 'rep-1', type: 'email_opened', key: '1' }],
    });
  });
});

describe('coverage before blame', () => {
  const cut = [down('candidate', 5000), up('candidate', 7000)];
  const sorted = (entries: readonly TimelineEntry[]) => entries.toSorted((a, b) => a.t - b.t);

  it.each([
    ['while the candidate was cut off', 6000, 'inconclusive'],
    ['shortly before the cut', 4999, 'inconclusive'],
    ['while the candidate settles again', 7499.999, 'inconclusive'],
    ['1 ms after it has settled, reaching back as far as two sockets are told apart', 7501, 'inconclusive'],
    ['once it has settled', 7505, 'missing'],
  ] as const)('an event %s', (_, t, expected) => {
    const found = judged(sorted([...cut, control(t, 7)]));
    expect(outcomes(found)).toEqual({ [expected]: 1 });
    expect(found.gaps).toEqual([
      { side: 'candidate', account: 'rep-1', fromMs: 5000, toMs: 7500, reason: 'closed with 1006' },
    ]);
  });

  it('tells the gap as the reason', () => {
    expect(only(judged(sorted([...cut, control(6000, 7)])))).toMatchObject({
      reason: 'candidate was not listening from 5.000 s to 7.500 s: closed with 1006',
    });
  });

  it('an event whose window ends as the cut begins is missing', () => {
    const late = [down('candidate', 15_000), up('candidate', 16_000)];
    expect(outcomes(judged(sorted([...late, control(5000, 7)])))).toEqual({ missing: 1 });
    expect(outcomes(judged(sorted([...late, control(5000.001, 7)])))).toEqual({ inconclusive: 1 });
  });

  it('a candidate event without control beside a cut of control is inconclusive', () => {
    const found = judged([down('control', 5000), candidate(6000, 7), up('control', 7000)]);
    expect(only(found)).toMatchObject({
      outcome: 'inconclusive',
      reason: expect.stringContaining('control was not listening'),
    });
  });

  it('the cut of one account blames nobody else', () => {
    const accounts = ['rep-1', 'rep-2'].map((id) => ({ id, values: { id } }));
    const entries = [
      up('control', 0, 'rep-2'),
      up('candidate', 0, 'rep-2'),
      down('candidate', 5000, { account: 'rep-2' }),
      control(6000, 7),
    ];
    expect(outcomes(judged(entries, { accounts }))).toEqual({ missing: 1 });
  });

  it('an event that arrives in the gap is a match all the same', () => {
    expect(outcomes(judged(sorted([...cut, control(6000, 7), candidate(7200, 7)])))).toEqual({ match: 1 });
  });

  it('a late event beside a gap stays inconclusive', () => {
    const found = judged(sorted([...cut, control(6000, 7), candidate(20_000, 7)]));
    expect(only(found)).toMatchObject({ outcome: 'inconclusive', amends: 'inconclusive', lagMs: 14_000 });
  });

  it('a stall of ours blames neither side, and its lags count for nothing', () => {
    const found = judged([control(1000, 7), control(10_400, 8), tick(12_000, 1_500), candidate(12_000.5, 8)]);
    expect(outcomes(found)).toEqual({ inconclusive: 1, match: 1 });
    expect(only(found)).toMatchObject({
      key: '7',
      reason: 'this process was not listening since 10.500 s: this process was not running',
    });
    expect(found.lag).toMatchObject({ count: 0, inStall: 1, censored: 0 });
  });

  it('an event before both sides listen is outside coverage', () => {
    const found = report([
      up('control', 0),
      control(600, 7),
      up('candidate', 1000),
      control(1499.999, 8),
      control(1505, 9),
      tick(200_000),
    ]);
    expect(found.outsideCoverage).toEqual({ control: 2, candidate: 0 });
    expect(outcomes(found)).toEqual({ missing: 1 });
  });

  it('an event before both sides listen that is paired after all is no longer outside coverage', () => {
    const found = report([...listening, control(100, 7), tick(10_200), candidate(10_300, 7), tick(200_000)]);
    expect(found.outsideCoverage).toEqual({ control: 0, candidate: 0 });
    expect(outcomes(found)).toEqual({ inconclusive: 1 });
  });

  it('a pair that is seen before both sides have settled is judged', () => {
    expect(outcomes(report([...listening, control(100, 7), candidate(101, 7), tick(200_000)]))).toEqual({ match: 1 });
  });

  describe('a candidate event soon after the start, without control,', () => {
    const pairs = (count: number, lagMs: number) =>
      Array.from({ length: count }, (_, n) => [control(700 + n, 8 + n), candidate(700 + n + lagMs, 8 + n)]).flat();
    const early = (lagMs: number) => [candidate(600, 7), ...pairs(30, lagMs).sort((a, b) => a.t - b.t)];

    it('is inconclusive for as long as its control event may have come before we listened', () => {
      expect(outcomes(judged(early(80)))).toEqual({ inconclusive: 1, match: 30 });
      expect(outcomes(judged([candidate(600, 7)]))).toEqual({ inconclusive: 1 });
    });

    it('is extra once no lag comes near the time we had been listening', () => {
      expect(outcomes(judged(early(50)))).toEqual({ extra: 1, match: 30 });
      // What came before is not known: a hole that ends when both sides begin to listen.
      const hole: TimelineEntry = { kind: 'tick', t: 450, hole: { file: 'f', line: 2, lines: 1, forMs: 50 } };
      expect(outcomes(judged([hole, ...early(50)]))).toEqual({ inconclusive: 1, match: 30 });
      expect(only(judged(early(50)))).toMatchObject({ outcome: 'extra', amends: 'inconclusive', t: 605 });
    });
  });

  it('an account that was never subscribed leaves parity unproven, with the reason', () => {
    const found = report([
      up('control', 0),
      down('candidate', 10, { reason: 'unmatched topic', final: true }),
      control(1000, 7),
      tick(100_000),
    ]);
    expect(found.status).toBe('unproven');
    expect(found.gate.lacking).toContain('rep-1 was never subscribed on candidate: unmatched topic');
    expect(found.outsideCoverage.control).toBe(1);
  });
});

describe('the books', () => {
  it('hold every frame in exactly one place', () => {
    const { control: _, ...only } = eventType({
      name: 'page_visited',
      candidate: { event: 'page_visit', where: [], key: [] },
      only: 'candidate',
    });
    const found = report(
      [
        ...listening,
        control(600, 1),
        candidate(601, 1),
        candidate(602, 1),
        frame('candidate', 700, '{}', { event: 'page_visit' }),
        frame('candidate', 701, '{}', { event: 'presence_diff' }),
        frame('control', 702, 'oops'),
        frame('control', 703, '', { unreadable: 'binary payload' }),
        control(9_000, 2),
        control(19_500, 3),
        tick(20_000),
      ],
      { events: [eventType(), only] },
    );
    expect(found).toMatchObject({
      observed: { control: 5, candidate: 4 },
      outcomes: { match: 1, duplicate: 1, missing: 1 },
      only: { page_visited: { side: 'candidate', count: 1 } },
      unmapped: [{ side: 'candidate', event: 'presence_diff', count: 1 }],
      open: { control: 1, candidate: 0 },
      outsideCoverage: { control: 0, candidate: 0 },
    });
    expect(found.unreadable).toEqual([
      { side: 'control', reason: 'binary payload', count: 1 },
      { side: 'control', reason: 'payload is no JSON', count: 1 },
    ]);
    expect(Object.keys(found.types)).toEqual(['email_opened']);
  });

  it('are those of an account the config does not name as well', () => {
    const stranger = { account: 'rep-9' };
    const entries = [
      up('control', 0, 'rep-9'),
      up('candidate', 0, 'rep-9'),
      frame('control', 1000, '{"id":1}', stranger),
      frame('candidate', 1001, '{"id":1}', stranger),
    ];
    expect(judged(entries).accounts['rep-9']).toMatchObject({ match: 1 });
  });

  it('of nothing are empty, and no pass', () => {
    const found = report([]);
    expect(outcomes(found)).toEqual({});
    expect(found).toMatchObject({
      status: 'unproven',
      observed: { control: 0, candidate: 0 },
      run: { durationMs: 0, accounts: 1 },
    });
  });

  it('may be looked at before the end', () => {
    const line = new Line(settings());
    for (const entry of [...listening, control(1000, 7), candidate(1005, 7), control(2000, 8), control(2001, 9)])
      line.add(entry);
    expect(line.progress()).toMatchObject({
      t: 2001,
      observed: { control: 3, candidate: 1 },
      outcomes: { match: 1 },
      up: { control: 1, candidate: 1 },
      accounts: 1,
      gaps: 0,
      open: { control: 2, candidate: 0 },
    });
  });

  it('do not depend on how often time was told', () => {
    const entries = [
      ...listening,
      control(1000, 1),
      control(1001, 2),
      candidate(1500, 2),
      candidate(11_000, 1),
      control(12_000, 3),
      candidate(23_000, 3),
      candidate(23_001, 4),
    ];
    const often = entries.flatMap((entry, index) => {
      const next = entries[index + 1]?.t ?? 60_000;
      return [entry, ...Array.from({ length: 50 }, (_, n) => tick(entry.t + ((next - entry.t) * (n + 1)) / 50))];
    });
    const { run: _, ...expected } = report([...entries, tick(60_000)]);
    const { run: __, ...found } = report(often);
    expect(found).toEqual(expected);
  });
});

describe('a mismatch in very many places', () => {
  it('says how many differences it does not tell', () => {
    const wide = (value: number) =>
      JSON.stringify({ id: 7, ...Object.fromEntries(Array.from({ length: 130 }, (_, n) => [`m${n}`, value])) });
    const found = only(judged([frame('control', 1000, wide(1)), frame('candidate', 1001, wide(2))]));
    expect(found).toMatchObject({ outcome: 'mismatch', reason: '30 further differences are not told' });
  });
});

describe('the gate', () => {
  const pairs = (count: number) =>
    Array.from({ length: count }, (_, n) => [control(1000 + n, n), candidate(1000 + n, n)]).flat();

  it('is proven by 2,995 clean pairs, and by none fewer', () => {
    expect(judged(pairs(2_995))).toMatchObject({ status: 'proven', gate: { evidence: { events: 2_995, defects: 0 } } });
    expect(judged(pairs(2_994)).gate.lacking).toEqual([
      '1 more clean pair for 0.1 % at 95 % confidence, about 1 s at this rate',
    ]);
  });

  // A missing event is known to lag by at least the window, 10 s; that it lags by more than 30 s is not known.
  it('is not broken by a censored lag where the limit is longer than the window', () => {
    const gate = { ...GATE, counts: {}, lag: { p50: 30_000 } };
    const found = judged([control(1000, 7)], { gate });
    expect(found.gate.limits.find(({ name }) => name === 'lag.p50')?.status).toBe('undecided');
  });

  it('asks that nothing is unmapped where the config says so', () => {
    const stray = frame('control', 5000, '{}', { event: 'stray' });
    expect(judged([...pairs(2_995), stray], { unmapped: 'fail' }).status).toBe('broken');
    expect(judged([...pairs(2_995), stray]).status).toBe('proven');
  });
});

describe('a frame that has its bytes at hand', () => {
  /** Judges the same entries from their bytes and from their texts. */
  function bothWays(entries: readonly Frame[], some: Partial<Settings>): [fromBytes: Report, fromTexts: Report] {
    const withBytes = entries.map((entry) => {
      const bytes = Buffer.from(entry.payload);
      return Object.assign({}, entry, { bytes, from: 0, to: bytes.length });
    });
    const [fromBytes, fromTexts] = [true, false].map((fast) => {
      const line = new Line(settings(some), { fast });
      for (const entry of [...listening, ...withBytes, tick(200_000)]) line.add(entry);
      return line.report({ startedAt: '2026-11-22T16:03:11.660Z' });
    });
    return [fromBytes as Report, fromTexts as Report];
  }

  const AT = '"at":"2026-01-02T03:04:05.123';

  it.each([
    ['a difference', [control(1000, 7), candidate(1001, 7, '"x":2')], []],
    ['a permitted difference', [control(1000, 7), candidate(1001, 7, '"x":2')], [rule('$.x')]],
    ['a repeat', [control(1000, 7), candidate(1001, 7), candidate(1002, 7)], []],
    ['a repeat of other content', [control(1000, 7), candidate(1001, 7), candidate(1002, 7, '"x":2')], []],
    [
      'a repeat that differs where a rule permits it',
      [control(1000, 7), candidate(1001, 7), candidate(1002, 7, '"x":2')],
      [rule('$.x')],
    ],
    ['a repeat of a missing event', [control(1000, 7), control(11_001, 7)], []],
  ] as const)('is judged as from its text: %s', (_, entries, rules) => {
    const [fromBytes, fromTexts] = bothWays(entries, { rules });
    expect(fromBytes).toEqual(fromTexts);
  });

  // Of a pair that agreed only the print is left: what it cannot tell has to be read again from where it came.
  it.each([
    ['spelt with an exponent', '"x":1', '"x":1e0', []],
    ['that names a member twice', '"x":1', '"x":2,"x":1', []],
    [
      'that a rule the scanner does not follow permits',
      '"x":1',
      '"x":"1"',
      [rule('$.x', { kind: 'number', tolerance: 0 })],
    ],
    ['that differs below a millisecond', `${AT}456Z"`, `${AT}999Z"`, [rule('$.at', { kind: 'instant' })]],
  ] as const)('is judged as from its text: a repeat %s', (_, first, repeat, rules) => {
    const original = first.replace('456Z', 'Z');
    const [fromBytes, fromTexts] = bothWays(
      [control(1000, 7, original), candidate(1001, 7, first), candidate(1002, 7, repeat)],
      { rules },
    );
    expect(only(fromBytes).duplicate).toEqual(only(fromTexts).duplicate);
  });
});

describe('stamps to the microsecond', () => {
  // The double 59835.558 + 10000 is less than 69835.558, and 69835.558 - 59835.558 more than 10000.
  it('at the very end of the window are in time', () => {
    expect(MATCH.window.afterMs).toBe(10_000);
    expect(outcomes(judged([control(59_835.558, 7), candidate(69_835.558, 7)]))).toEqual({ match: 1 });
  });
});

describe('what a single event must not change', () => {
  it('is what is told of those that still wait at the end, however early it was', () => {
    const pairs = Array.from({ length: 300 }, (_, at) => [
      control(20_000 + at * 200, at),
      candidate(20_005 + at * 200, at),
    ]);
    const early = [candidate(20_100, 1_000), control(50_100, 1_000)];
    const dead = Array.from({ length: 45 }, (_, at) => control(80_000 + at * 200, 2_000 + at));
    const entries = [...listening, ...[...pairs.flat(), ...early, ...dead].toSorted((a, b) => a.t - b.t)];
    const { gate, open } = report(entries);
    expect(open).toEqual({ control: 45, candidate: 0 });
    expect(gate.limits.find(({ name }) => name === 'inconclusiveShare')).toMatchObject({ status: 'undecided' });
  });

  it('is whether the books balance, where its stamp goes back behind one that was outside coverage', () => {
    const found = report([
      up('control', 0),
      control(10_000, 1),
      tick(30_000),
      candidate(9_000, 1),
      up('candidate', 31_000),
    ]);
    expect(found.outsideCoverage).toEqual({ control: 0, candidate: 0 });
    expect(outcomes(found)).toEqual({ match: 1 });
  });
});

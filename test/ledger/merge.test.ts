import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseReport } from '../../src/config/schema-report.js';
import { booksOf, conclude, decideAgain } from '../../src/ledger/conclude.js';
import { settleEarly } from '../../src/ledger/early.js';
import { merge } from '../../src/ledger/merge.js';
import { FINDINGS_KEPT, type Books, type Report } from '../../src/model/report.js';
import type { TimelineEntry } from '../../src/model/timeline.js';
import { Line } from '../../src/run.js';
import { down, frame, rule, settings, tick, up } from '../given.js';
import { runs } from '../runs.js';

const ACCOUNTS = ['rep-1', 'rep-2', 'rep-3', 'rep-4'];

const SETTINGS = settings({ rules: [rule('$.y')] });

/** The books of a run that is given some of the accounts, and what concerns them. */
function books(accounts: readonly string[], entries: readonly TimelineEntry[]): Books {
  const line = new Line({ ...SETTINGS, accounts: accounts.map((id) => ({ id, values: { id } })) });
  for (const entry of entries) if (!('account' in entry) || accounts.includes(entry.account)) line.add(entry);
  return line.books({ startedAt: '2026-11-22T16:03:11.660Z' });
}

/** As it comes back from a file. */
function saved(report: Report): Report {
  const read = parseReport(JSON.parse(JSON.stringify(report)));
  if ('problems' in read) throw new Error(read.problems.join('; '));
  return read;
}

/** What is settled by the books, without what is told in the order of arrival, and the histograms' own texts. */
function comparable(open: Books): unknown {
  const books = settleEarly(open);
  const { measured, ...lag } = books.lag;
  const { pairs, reordered } = books.order;
  const sorted = (rows: readonly unknown[]) => rows.map((row) => JSON.stringify(row)).sort();
  const { gaps, uncovered, ...rest } = books;
  return {
    ...rest,
    lag,
    missing: measured.missing,
    order: { pairs, reordered },
    ...Object.fromEntries(Object.entries({ gaps, uncovered }).map(([name, rows]) => [name, sorted(rows)])),
  };
}

const account = fc.constantFrom(...ACCOUNTS);
const side = fc.constantFrom('control' as const, 'candidate' as const);

/** A run of all sorts of things, in order, after everyone has subscribed (but for rep-4, perhaps), cut short or not. */
const timelines = fc
  .tuple(
    fc.boolean(),
    fc.boolean(),
    fc.array(
      fc.oneof(
        {
          weight: 12,
          arbitrary: fc.record({
            account,
            side,
            gap: fc.nat({ max: 2_000 }),
            id: fc.nat({ max: 4 }),
            x: fc.nat({ max: 1 }),
            event: fc.constantFrom(undefined, undefined, undefined, 'stray'),
          }),
        },
        {
          weight: 1,
          arbitrary: fc.record({
            account,
            side,
            gap: fc.nat({ max: 2_000 }),
            state: fc.constantFrom('up' as const, 'down' as const),
          }),
        },
        { weight: 1, arbitrary: fc.record({ gap: fc.nat({ max: 2_000 }), lateMs: fc.constantFrom(undefined, 400) }) },
      ),
      { maxLength: 60 },
    ),
  )
  .map(([everyone, finished, draws]) => {
    const listening: TimelineEntry[] = ACCOUNTS.slice(0, everyone ? 4 : 3).flatMap((id) => [
      up('control', 0, id),
      up('candidate', 0, id),
    ]);
    // From a moment on after which control has been listening, but not yet for long.
    let t = 500;
    const entries = draws.map((draw): TimelineEntry => {
      // A stall is told before whatever it delayed: nothing came while it lasted.
      t += draw.gap + ('lateMs' in draw ? (draw.lateMs ?? 0) : 0);
      if ('state' in draw)
        return draw.state === 'up' ? up(draw.side, t, draw.account) : down(draw.side, t, { account: draw.account });
      if (!('id' in draw)) return tick(t, draw.lateMs);
      const event = draw.event === undefined ? {} : { event: draw.event };
      return frame(draw.side, t, `{"id":${draw.id},"x":${draw.x},"y":${t}}`, { account: draw.account, ...event });
    });
    return listening.concat(entries, tick(finished ? t + 100_000 : t));
  });

describe('books of shares of the accounts', () => {
  it('add up to those of one run over all of them', () => {
    fc.assert(
      fc.property(timelines, (entries) => {
        const whole = comparable(books(ACCOUNTS, entries));
        const shares = [['rep-1'], ['rep-2', 'rep-4'], ['rep-3']].map((accounts) => books(accounts, entries));
        expect(comparable(merge(shares))).toEqual(whole);
        expect(comparable(merge(shares.toReversed()))).toEqual(whole);
        const [one, two, three] = shares as [Books, Books, Books];
        expect(merge([one, merge([two, three])])).toEqual(merge([merge([one, two]), three]));
      }),
      { numRuns: runs(150) },
    );
  });

  it('add up as reports that were decided and saved one by one', () => {
    fc.assert(
      fc.property(timelines, (entries) => {
        const whole = conclude(books(ACCOUNTS, entries), SETTINGS);
        const shares = [['rep-1'], ['rep-2', 'rep-4'], ['rep-3']].map((accounts): Report =>
          saved(conclude(books(accounts, entries), SETTINGS)),
        );
        const { status, gate, hints, lag } = decideAgain(shares, whole.terms);
        expect({ status, gate, hints, intervals: lag.intervals }).toEqual({
          status: whole.status,
          gate: whole.gate,
          hints: whole.hints,
          intervals: whole.lag.intervals,
        });
        expect(comparable(booksOf(decideAgain(shares, whole.terms)))).toEqual(comparable(booksOf(whole)));
        const nested = decideAgain([decideAgain(shares.slice(1), whole.terms), shares[0] as Report], whole.terms);
        expect(comparable(booksOf(nested))).toEqual(comparable(booksOf(whole)));
        // What was decided again says the same once more.
        expect(decideAgain([whole], whole.terms)).toEqual(whole);
      }),
      { numRuns: runs(100) },
    );
  });

  // What became of an early candidate event depends on the lags of all accounts, so that no share can tell alone.
  it('add up to the same soon after the start as well', () => {
    const entries = [
      ...ACCOUNTS.flatMap((id) => [up('control', 0, id), up('candidate', 0, id)]),
      frame('candidate', 600, '{"id":1}', { account: 'rep-2' }),
      ...Array.from({ length: 30 }, (_, n) => [
        frame('control', 700 + n * 10, `{"id":"pair ${n}"}`, { account: 'rep-1' }),
        frame('candidate', 705 + n * 10, `{"id":"pair ${n}"}`, { account: 'rep-1' }),
      ]).flat(),
      tick(100_000),
    ];
    const shares = merge(ACCOUNTS.map((id) => books([id], entries)));
    expect(settleEarly(shares).outcomes).toMatchObject({ extra: 1, match: 30, inconclusive: 0 });
    expect(comparable(shares)).toEqual(comparable(books(ACCOUNTS, entries)));
  });

  it('keep as many findings as one report may hold, the same ones whoever saw them, and count the others', () => {
    const entries = Array.from({ length: 2_200 }, (_, n) => [
      frame('control', 1_000 + n, `{"id":${n}}`, { account: 'rep-1' }),
      frame('control', 1_000 + n, `{"id":${n},"x":1}`, { account: 'rep-2' }),
      frame('candidate', 1_000 + n, `{"id":${n}}`, { account: 'rep-2' }),
    ]).flat();
    const timeline = [
      ...['rep-1', 'rep-2'].flatMap((id) => [up('control', 0, id), up('candidate', 0, id)]),
      ...entries,
      tick(100_000),
    ];
    const whole = books(['rep-1', 'rep-2'], timeline);
    const merged = merge(['rep-2', 'rep-1'].map((id) => books([id], timeline)));
    expect(whole.outcomes).toMatchObject({ missing: 2_200, mismatch: 2_200 });
    expect(whole.findings).toHaveLength(FINDINGS_KEPT);
    expect(whole.findings.at(-1)?.id).toBe(`v${FINDINGS_KEPT}`);
    expect(whole.findingsLeftOut).toBe(4_400 - FINDINGS_KEPT);
    expect(whole.groups).toEqual([
      { outcome: 'missing', type: 'email_opened', count: 2_200 },
      { outcome: 'mismatch', type: 'email_opened', path: '$.x', kind: 'absent', count: 2_200 },
    ]);
    expect(comparable(merged)).toEqual(comparable(whole));
  });

  it('of one share are its own', () => {
    const one = books(['rep-1'], [tick(1)]);
    expect(merge([one])).toEqual(one);
  });

  it('of no share are a call that was wrong', () => {
    expect(() => merge([])).toThrow('there are no books to merge');
  });

  const overtaken = (id: string): TimelineEntry[] => [
    frame('control', 1000, '{"id":1}', { account: id }),
    frame('control', 1001, '{"id":2}', { account: id }),
    frame('candidate', 1002, '{"id":2}', { account: id }),
    frame('candidate', 1003, '{"id":1}', { account: id }),
  ];

  it('count the reordered pairs of all shares', () => {
    const { order } = merge(['rep-1', 'rep-2'].map((id) => books([id], overtaken(id))));
    expect(order).toMatchObject({ pairs: 4, reordered: 2 });
  });

  it('tell the reordered pairs of all shares', () => {
    const { order } = merge(['rep-1', 'rep-2'].map((id) => books([id], overtaken(id))));
    expect(order.examples.map(({ account }) => account)).toEqual(['rep-1', 'rep-2']);
  });

  it('tell what is unmapped in one order, whoever came first', () => {
    const unknown = (id: string) => frame('control', 1000, '{}', { account: id, event: `of ${id}` });
    const both = ['rep-2', 'rep-1'];
    expect(merge(both.map((id) => books([id], [unknown(id)]))).unmapped).toEqual(
      books(both, both.map(unknown)).unmapped,
    );
  });

  it('add up for an account of a hostile name', () => {
    const pair = (id: string) => [
      frame('control', 1000, '{"id":1}', { account: id }),
      frame('candidate', 1001, '{"id":1}', { account: id }),
    ];
    const { accounts } = merge(['rep-1', 'constructor'].map((id) => books([id], pair(id))));
    expect(accounts['constructor']).toMatchObject({ match: 1 });
  });

  it('tell that a share was interrupted, whichever it was', () => {
    const [one, other] = ['rep-1', 'rep-2'].map((id) => books([id], [])) as [Books, Books];
    const interrupted = { ...other, run: { ...other.run, interrupted: 'SIGINT' } };
    expect(merge([one, interrupted]).run.interrupted).toBe('SIGINT');
    expect(merge([interrupted, one]).run.interrupted).toBe('SIGINT');
  });
});

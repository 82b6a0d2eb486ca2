import { describe, expect, it } from 'vitest';
import { noOutcomes } from '../../src/ledger/counts.js';
import { Ledger, type Entry } from '../../src/ledger/ledger.js';
import { FINDINGS_KEPT } from '../../src/model/report.js';
import type { Outcome } from '../../src/model/verdict.js';
import { frame } from '../given.js';

const sighting = { t: 1, channel: 'c', event: 'e', payload: '{}' };

function verdict(outcome: Outcome, some: Partial<Entry> = {}): Entry {
  const control = outcome === 'extra' ? {} : { control: sighting };
  const candidate = outcome === 'missing' ? {} : { candidate: sighting };
  return { outcome, account: 'rep-1', type: 'email_opened', key: '7', t: 1, ...control, ...candidate, ...some };
}

function ledger(): Ledger {
  return new Ledger({ types: ['email_opened', 'call_logged'], accounts: ['rep-1'], rules: 2 });
}

describe('a verdict', () => {
  it('is counted in all, by type and by account', () => {
    const book = ledger();
    book.record(verdict('match'));
    const extra = book.record(verdict('extra', { type: 'call_logged', account: 'rep-2' }));
    const { outcomes, types, accounts, findings } = book.account();
    expect(outcomes).toEqual({ ...noOutcomes(), match: 1, extra: 1 });
    expect(types).toEqual({ email_opened: { ...noOutcomes(), match: 1 }, call_logged: { ...noOutcomes(), extra: 1 } });
    expect(accounts).toEqual({ 'rep-1': { ...noOutcomes(), match: 1 }, 'rep-2': { ...noOutcomes(), extra: 1 } });
    expect(findings).toEqual([{ id: 'v1', ...extra }]);
  });

  it('that amends another takes its place, and the other is never edited', () => {
    const book = ledger();
    const missing = book.record(verdict('missing'));
    const kept = structuredClone(missing);
    const late = book.record(verdict('late'), missing);
    expect(late).toMatchObject({ outcome: 'late', amends: 'missing' });
    expect(missing).toEqual(kept);
    const { outcomes, types, findings } = book.account();
    expect(outcomes).toEqual({ ...noOutcomes(), late: 1 });
    expect(types['email_opened']).toEqual({ ...noOutcomes(), late: 1 });
    expect(findings).toEqual([{ id: 'v1', ...late }]);
  });

  it('that amends a finding to a match leaves no finding', () => {
    const book = ledger();
    book.record(verdict('match'), book.record(verdict('extra')));
    expect(book.account()).toMatchObject({ outcomes: { ...noOutcomes(), match: 1 }, findings: [] });
  });

  it('of a duplicate is counted on its side', () => {
    const book = ledger();
    const duplicate = { side: 'candidate' as const, afterMs: 5, sameContent: true };
    book.record(verdict('duplicate', { duplicate, control: undefined as never }));
    expect(book.account().duplicates).toEqual({ control: 0, candidate: 1 });
  });

  it('on a type or an account of a hostile name is counted like any', () => {
    const book = ledger();
    for (const name of ['__proto__', 'constructor', 'toString'])
      book.record(verdict('match', { type: name, account: name }));
    const { types, accounts } = book.account();
    expect(Object.keys(types)).toEqual(['email_opened', 'call_logged', '__proto__', 'constructor', 'toString']);
    expect(Object.getOwnPropertyDescriptor(accounts, '__proto__')?.value).toEqual({ ...noOutcomes(), match: 1 });
    expect(JSON.stringify(types)).toContain('"__proto__":{"match":1');
  });
});

describe('findings', () => {
  it('are kept up to a number, and the others told', () => {
    const book = ledger();
    const verdicts = Array.from({ length: FINDINGS_KEPT + 3 }, (_, n) =>
      book.record(verdict('missing', { key: `${n}` })),
    );
    expect(book.account().findings).toHaveLength(FINDINGS_KEPT);
    expect(book.account().findingsLeftOut).toBe(3);
    // Two are amended to a match, and one to late: what was left out is kept in their place.
    book.record(verdict('match'), verdicts.at(-1));
    expect(book.account()).toMatchObject({ findingsLeftOut: 2 });
    const late = book.record(verdict('late', { key: '0' }), verdicts[0]);
    expect(book.account().findings).toContainEqual(expect.objectContaining(late));
    book.record(verdict('match'), verdicts[1]);
    expect(book.account().findings).toHaveLength(FINDINGS_KEPT);
    expect(book.account()).toMatchObject({ findingsLeftOut: 1 });
    expect(book.account().outcomes).toEqual({ ...noOutcomes(), match: 2, late: 1, missing: FINDINGS_KEPT });
    expect(book.account().groups).toEqual([
      { outcome: 'missing', type: 'email_opened', count: FINDINGS_KEPT },
      { outcome: 'late', type: 'email_opened', count: 1 },
    ]);
  });

  it('stand in the order of time, and at one moment of what they speak of, however they were reached', () => {
    const book = ledger();
    book.record(verdict('mismatch', { t: 9, key: 'b' }));
    book.record(verdict('mismatch', { t: 9, key: 'a' }));
    book.record(verdict('mismatch', { t: 9, account: 'rep-0', key: 'z' }));
    const missing = book.record(verdict('missing', { t: 3 }));
    book.record(verdict('match', { t: 1 }));
    book.record(verdict('extra', { t: 5 }));
    book.record(verdict('late', { t: 12 }), missing);
    expect(book.account().findings.map(({ id, t, key }) => `${id} ${t} ${key}`)).toEqual([
      'v1 5 7',
      'v2 9 z',
      'v3 9 a',
      'v4 9 b',
      'v5 12 7',
    ]);
  });
});

describe('a pair that agrees', () => {
  it('is counted like a verdict, and leaves nothing behind', () => {
    const [counted, recorded] = [ledger(), ledger()];
    for (const outcome of ['match', 'allowed'] as const) {
      counted.agree(outcome, 'call_logged', 'rep-2');
      recorded.record(verdict(outcome, { type: 'call_logged', account: 'rep-2' }));
    }
    expect(counted.account()).toEqual(recorded.account());
    Object.assign(counted.observed, { control: 2, candidate: 2 });
    expect(() => counted.balance({ control: 0, candidate: 0 })).not.toThrow();
  });
});

describe('the books', () => {
  it('balance when every observation stands in one place', () => {
    const book = ledger();
    Object.assign(book.observed, { control: 5, candidate: 7 });
    book.record(verdict('match'));
    book.record(verdict('late'), book.record(verdict('missing')));
    book.record(verdict('extra'));
    book.only('candidate', 'page_visited');
    book.unmapped(frame('candidate', 1, '{}', { event: 'presence' }));
    book.unreadable(frame('control', 1, 'x'), 'no JSON');
    book.outsideCoverage.candidate = 1;
    expect(() => book.balance({ control: 2, candidate: 1 })).not.toThrow();
    expect(() => book.balance({ control: 1, candidate: 1 })).toThrow(
      'the books do not balance: 5 control frames observed, 4 placed',
    );
    expect(() => book.balance({ control: 2, candidate: 2 })).toThrow(
      'the books do not balance: 7 candidate frames observed, 8 placed',
    );
  });

  it('tell types of one side alone, each with its side', () => {
    const book = ledger();
    book.only('candidate', 'page_visited');
    book.only('candidate', 'page_visited');
    book.only('control', '__proto__');
    expect(Object.entries(book.account().only)).toEqual([
      ['page_visited', { side: 'candidate', count: 2 }],
      ['__proto__', { side: 'control', count: 1 }],
    ]);
  });
});

describe('names from the wire', () => {
  it('are tallied by side, the most frequent first, and by name where as many', () => {
    const book = ledger();
    for (const event of ['a', 'b', 'b', '__proto__']) book.unmapped(frame('control', 1, '', { event }));
    book.unmapped(frame('candidate', 1, '', { event: 'b' }));
    book.unreadable(frame('candidate', 1, ''), 'no JSON');
    expect(book.account().unmapped).toEqual([
      { side: 'control', event: 'b', count: 2 },
      { side: 'control', event: '__proto__', count: 1 },
      { side: 'control', event: 'a', count: 1 },
      { side: 'candidate', event: 'b', count: 1 },
    ]);
    expect(book.account().unreadable).toEqual([{ side: 'candidate', reason: 'no JSON', count: 1 }]);
  });

  it('cannot fill the memory: neither many of them nor long ones', () => {
    const book = ledger();
    const frames = 1_000;
    for (let n = 0; n < frames; n++) book.unmapped(frame('control', 1, '', { event: `${n}${'x'.repeat(1_000)}` }));
    const rows = book.account().unmapped;
    expect(rows).toHaveLength(201);
    expect(rows[0]).toEqual({ side: 'control', event: '(other names)', count: 800 });
    expect(Math.max(...rows.map(({ event }) => event.length))).toBe(200);
    book.observed.control = frames;
    expect(() => book.balance({ control: 0, candidate: 0 })).not.toThrow();
  });

  it('known before there were too many keep their own row', () => {
    const book = ledger();
    for (let n = 0; n < 300; n++) book.unmapped(frame('control', 1, '', { event: String(n) }));
    book.unmapped(frame('control', 1, '', { event: '5' }));
    expect(book.account().unmapped).toContainEqual({ side: 'control', event: '5', count: 2 });
  });

  it('that are long keep their own row as well', () => {
    const book = ledger();
    const long = 'x'.repeat(300);
    book.unmapped(frame('control', 1, '', { event: long }));
    for (let n = 0; n < 300; n++) book.unmapped(frame('control', 1, '', { event: String(n) }));
    book.unmapped(frame('control', 1, '', { event: long }));
    expect(book.account().unmapped).toContainEqual({ side: 'control', event: long.slice(0, 200), count: 2 });
  });
});

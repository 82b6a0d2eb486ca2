import type { Books, OutcomeCounts, Suspect } from '../model/report.js';
import type { Outcome, Verdict } from '../model/verdict.js';
import { noOutcomes } from './counts.js';
import { turnGroups } from './findings.js';
import { lagOf } from './lag.js';
import { inOrder } from './order.js';
import { turnSeries } from './series.js';

/** How much longer than all lags control must have listened before it counts as having had nothing to hear. */
const MARGIN = 1.5;

/** Pairs whose lags say how long lags are: of fewer, the longest may well be outdone by half. */
const ENOUGH = 30;

/**
 * A candidate event soon after the start may have had its control event before control listened, so it stands as
 * inconclusive. The lags of all pairs tell: if none came near the time that control had listened, its control event would
 * have been seen, and it is extra. Shares of a run have to be added up before.
 */
export function settleEarly(books: Books): Books {
  const reasons = new Map<string, string>();
  for (const verdict of books.findings) {
    if (verdict.reason !== undefined && verdict.outcome === 'inconclusive')
      reasons.set(nameOf(verdict), verdict.reason);
  }
  const isExtra = extraFrom(books);
  const suspects = books.early.suspects.toSorted(inOrder).map((suspect): Suspect => {
    const reason = reasons.get(nameOf(suspect));
    return reason === undefined || !isExtra(suspect) ? suspect : { ...suspect, reason };
  });
  const settled = turn(books, 'inconclusive', 'extra', (verdict) => ({
    ...withoutReason(verdict),
    outcome: 'extra',
    amends: 'inconclusive',
  }));
  return { ...settled, early: { suspects } };
}

/** The books as they were before: what a report needs to be added up with others. */
export function unsettleEarly(books: Books): Books {
  const reasons = new Map(books.early.suspects.map((suspect) => [nameOf(suspect), suspect.reason]));
  const open = turn(books, 'extra', 'inconclusive', (amended) => {
    const { amends: _, ...verdict } = amended;
    const reason = reasons.get(nameOf(verdict));
    return { ...verdict, outcome: 'inconclusive', ...(reason === undefined ? {} : { reason }) };
  });
  const suspects = books.early.suspects.map(withoutReason);
  return { ...open, early: { suspects } };
}

/** The books in which the suspects that turned out to be extra go from one outcome to the other. */
function turn(books: Books, from: Outcome, to: Outcome, amend: (verdict: Verdict) => Verdict): Books {
  const turned = books.early.suspects.filter(extraFrom(books));
  if (turned.length === 0) return books;
  const names = new Set(turned.map(nameOf));
  const cells = new Map(books.cells.map((cell) => [JSON.stringify([cell.account, cell.type]), cell]));
  for (const { account, type } of turned) {
    const name = JSON.stringify([account, type]);
    const cell = cells.get(name);
    if (cell !== undefined) cells.set(name, { ...cell, counts: moved(cell.counts, 1, from, to) });
  }
  return {
    ...books,
    outcomes: moved(books.outcomes, turned.length, from, to),
    types: movedIn(
      books.types,
      turned.map(({ type }) => type),
      from,
      to,
    ),
    accounts: movedIn(
      books.accounts,
      turned.map(({ account }) => account),
      from,
      to,
    ),
    cells: [...cells.values()],
    ...turnGroups(
      books,
      turned.map(({ type }) => type),
      from,
      to,
    ),
    ...(books.series === undefined ? {} : { series: turnSeries(books.series, turned, from, to) }),
    findings: books.findings.map((verdict) =>
      verdict.outcome === from && names.has(nameOf(verdict)) ? amend(verdict) : verdict,
    ),
  };
}

function withoutReason<Told extends { readonly reason?: string }>(told: Told): Omit<Told, 'reason'> {
  const { reason: _, ...rest } = told;
  return rest;
}

/** Whether what control listened is long enough for any lag: depends on pairs alone, so that it holds before and after it was told. */
function extraFrom({ lag }: Pick<Books, 'lag'>): (suspect: Suspect) => boolean {
  const longestMs = lag.count < ENOUGH ? Infinity : (lagOf(lag).quantile(1, false) ?? Infinity);
  return ({ listenedMs }) => listenedMs > Math.max(0, longestMs) * MARGIN;
}

function nameOf({ account, type, key, t }: Pick<Suspect, 'account' | 'type' | 'key' | 't'>): string {
  return JSON.stringify([account, type, key, t]);
}

function moved(counts: OutcomeCounts, by: number, from: Outcome, to: Outcome): OutcomeCounts {
  return { ...counts, [from]: counts[from] - by, [to]: counts[to] + by };
}

function movedIn(table: Books['types'], names: readonly string[], from: Outcome, to: Outcome): Books['types'] {
  const result = new Map(Object.entries(table));
  for (const name of names) result.set(name, moved(result.get(name) ?? noOutcomes(), 1, from, to));
  return Object.fromEntries(result);
}

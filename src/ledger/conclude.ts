import type { Books, LagSummary, Report, Terms } from '../model/report.js';
import type { Settings } from '../model/settings.js';
import { settleEarly, unsettleEarly } from './early.js';
import { decide, type Occasion } from './gate.js';
import { hints } from './hints.js';
import { lagOf } from './lag.js';
import { merge } from './merge.js';
import { compare } from './order.js';
import { statusWith } from './sections.js';

/** What of the settings a report is decided by. */
export type Deciding = Pick<Settings, 'gate' | 'events' | 'unmapped' | 'rules' | 'hashes'>;

/** Closes the books: decides, advises, and makes the report of it. */
export function conclude(books: Books, settings: Deciding): Report {
  const rules = books.rules.map((use, index) => {
    const { owner, expires, usedWithin } = settings.rules[index] ?? {};
    return {
      ...use,
      ...(owner === undefined ? {} : { owner }),
      ...(expires === undefined ? {} : { expires }),
      ...(usedWithin === undefined ? {} : { usedWithin }),
    };
  });
  return concludeBy({ ...books, rules }, termsOf(settings));
}

/** The same by terms that are known already. */
function concludeBy(books: Books, terms: Terms, occasion: Occasion = {}): Report {
  const settled = settleEarly(books);
  // Shares are added up in any order.
  const found = { ...settled, uncovered: settled.uncovered.toSorted(compare) };
  const decision = decide(found, terms, occasion);
  return {
    format: 'feed-parity/report',
    version: 1,
    status: statusWith(decision.status, found.sections ?? []),
    ...found,
    lag: withIntervals(found.lag, terms.gate.confidence),
    gate: decision,
    hints: hints(found),
    terms,
  };
}

function termsOf({ gate, events, unmapped, hashes }: Deciding): Terms {
  const types = events.filter((type) => type.only === undefined).map((type) => type.name);
  return { gate, unmapped, types, hashes };
}

/** Decides reports of one config again, all together, perhaps by other terms than they were decided by. */
export function decideAgain(reports: readonly Report[], terms: Terms, occasion: Occasion = {}): Report {
  return concludeBy(merge(reports.map(booksOf)), terms, occasion);
}

/** What a report was made from. */
export function booksOf(report: Report): Books {
  const { format: _, version: _2, status: _3, gate: _4, hints: _5, terms: _6, ...found } = report;
  const { intervals: _7, ...lag } = found.lag;
  return unsettleEarly({ ...found, lag });
}

/** Two-sided: each end may be wrong with half of the doubt. */
function withIntervals(measured: LagSummary, confidence: number): LagSummary {
  const lags = lagOf(measured);
  const interval = (q: number) => lags.interval(q, (1 + confidence) / 2);
  return { ...measured, intervals: { confidence, p50: interval(0.5), p95: interval(0.95), p99: interval(0.99) } };
}

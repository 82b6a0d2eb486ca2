import type { Books, EarlyFacts, OutcomeCounts, Suspect } from '../model/report.js';
import type { Ms } from '../model/timeline.js';
import type { Verdict } from '../model/verdict.js';
import { noOutcomes } from './ledger.js';

/** How much longer than all lags seen control must have listened before it counts as having had nothing to hear. */
const MARGIN = 1.5;

/** The rises of the longest lag: which was the longest at any moment. */
export class LongestLag {
  readonly #rises: { t: Ms; lagMs: Ms }[] = [];
  #longestMs = -1;

  /** A pair inside the window, complete at `t`. A candidate that came first lags by nothing. */
  paired(lagMs: Ms, t: Ms): void {
    const ms = Math.max(0, lagMs);
    if (ms <= this.#longestMs) return;
    this.#longestMs = ms;
    this.#rises.push({ t, lagMs: ms });
  }

  get rises(): EarlyFacts['rises'] {
    return this.#rises;
  }
}

/**
 * A candidate event soon after the start may have had its control event before control listened, so it stands as
 * inconclusive. The lags that everyone had by the time it is decided tell: if none came near the time that control had
 * listened, its control event would have been seen, and it is extra. Shares of a run have to be added up before.
 */
export function settleEarly({ early, ...books }: Books): Omit<Books, 'early'> {
  const extras = early.suspects.filter((suspect) => suspect.listenedMs > longestBy(suspect.decidedMs, early) * MARGIN);
  if (extras.length === 0) return books;
  const names = new Set(extras.map(nameOf));
  return {
    ...books,
    outcomes: turned(books.outcomes, extras.length),
    types: turnedIn(
      books.types,
      extras.map(({ type }) => type),
    ),
    accounts: turnedIn(
      books.accounts,
      extras.map(({ account }) => account),
    ),
    findings: books.findings.map((verdict) =>
      verdict.outcome === 'inconclusive' && names.has(nameOf(verdict)) ? extra(verdict) : verdict,
    ),
  };
}

/** Infinity before the first pair: nothing is known then. */
function longestBy(t: Ms, { rises }: EarlyFacts): Ms {
  const known = rises.filter((rise) => rise.t < t);
  return known.length === 0 ? Infinity : Math.max(...known.map(({ lagMs }) => lagMs));
}

function nameOf({ account, type, key, t }: Pick<Suspect, 'account' | 'type' | 'key' | 't'>): string {
  return JSON.stringify([account, type, key, t]);
}

function turned(counts: OutcomeCounts, by: number): OutcomeCounts {
  return { ...counts, inconclusive: counts.inconclusive - by, extra: counts.extra + by };
}

function turnedIn(table: Books['types'], names: readonly string[]): Books['types'] {
  const result = new Map(Object.entries(table));
  for (const name of names) result.set(name, turned(result.get(name) ?? noOutcomes(), 1));
  return Object.fromEntries(result);
}

function extra(verdict: Verdict): Verdict {
  const { reason: _, ...rest } = verdict;
  return { ...rest, outcome: 'extra', amends: 'inconclusive' };
}

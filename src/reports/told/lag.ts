import type { LagInterval, LagIntervals, LagSummary, Report } from '../../model/report.js';
import { count, duration, integer, percent } from '../text.js';

/** The columns after the first of what `lagRows` gives. */
export const LAG_FIGURES = ['p50', 'p95', 'p99', 'max'] as const;

/**
 * How much later the candidate comes. Events that never came count as infinitely late. Further rows say how well that is
 * known, leave those events out, and are of the types that have limits of their own.
 */
export function lagRows({ lag, lagParts, run }: Report): string[][] {
  if (lag.count + lag.censored + lag.inStall === 0) return [];
  const rows = [figures('every event', lag, run)];
  if (lag.intervals !== undefined) rows.push(intervals(lag.intervals));
  if (lag.censored > 0 && lag.count > 0) {
    rows.push([...figures('only those in the window', { ...lag, ...lag.inWindow }, run).slice(0, -1), '']);
  }
  if (lagParts !== undefined) {
    for (const [type, part] of Object.entries(lagParts.types)) rows.push(figures(type, part, run));
    rows.push(figures('all other types', lagParts.others, run));
  }
  return rows;
}

type Figures = Pick<LagSummary, 'censored' | 'p50Ms' | 'p95Ms' | 'p99Ms' | 'maxMs'>;

function figures(name: string, { censored, p50Ms, p95Ms, p99Ms, maxMs }: Figures, run: Report['run']): string[] {
  const beyond = censored > 0 ? `≥ ${duration(run.window.afterMs)}` : '–';
  const quantiles = [p50Ms, p95Ms, p99Ms].map((ms) => (ms === null ? beyond : duration(ms)));
  return [name, ...quantiles, maxMs === null ? '–' : duration(maxMs)];
}

function intervals({ confidence, p50, p95, p99 }: LagIntervals): string[] {
  return [`between, at ${percent(confidence)}`, ...[p50, p95, p99].map(between), ''];
}

/** An end that is open: too few events, or beyond the window. */
function between({ fromMs, toMs }: LagInterval): string {
  if (fromMs === null) return toMs === null ? '–' : `≤ ${duration(toMs)}`;
  return toMs === null ? `≥ ${duration(fromMs)}` : `${duration(fromMs)}–${duration(toMs)}`;
}

/** What the figures rest on. */
export function lagNotes({ lag, run }: Report): string[] {
  return [
    count(lag.count, 'pair'),
    ...(lag.censored === 0
      ? []
      : [`${integer(lag.censored)} missing or late (at least ${duration(run.window.afterMs)})`]),
    ...(lag.inStall === 0 ? [] : [`${integer(lag.inStall)} left out, measured in a stall of ours`]),
    ...(lag.negative === 0 ? [] : [`${integer(lag.negative)} with candidate first`]),
  ];
}

/** Pairs that the candidate delivered in another order; undefined where there were none to compare. */
export function orderTold({ order: { pairs, reordered } }: Report): string | undefined {
  if (pairs === 0) return undefined;
  return reordered === 0
    ? `all ${count(pairs, 'pair')} in control's order`
    : `${integer(reordered)} of ${count(pairs, 'pair')} came in another order than on control (${percent(reordered / pairs)})`;
}

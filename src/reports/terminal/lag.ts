import type { Report } from '../../model/report.js';
import type { Ms } from '../../model/timeline.js';
import { facts, wrap } from '../layout.js';
import type { Page } from '../layout.js';
import { count, duration, integer, percent } from '../text.js';
import { table } from './table.js';
import type { Row } from './table.js';

/** How much later the candidate comes. Events that never came count as infinitely late; a second row leaves them out. */
export function lag({ lag, run }: Report, page: Page): string[] {
  if (lag.count + lag.censored + lag.inStall === 0) return [];
  const beyond = lag.censored > 0 ? `≥ ${duration(run.window.afterMs)}` : '–';
  const figure = (ms: Ms | null): string => (ms === null ? beyond : duration(ms));
  const rows: Row[] = [['every event', figure(lag.p50Ms), figure(lag.p95Ms), figure(lag.p99Ms), longest(lag.maxMs)]];
  if (lag.censored > 0 && lag.count > 0) {
    const { p50Ms, p95Ms, p99Ms } = lag.inWindow;
    rows.push(['only those in the window', figure(p50Ms), figure(p95Ms), figure(p99Ms), '']);
  }
  const columns = [
    { heading: '', least: 12 },
    ...['p50', 'p95', 'p99', 'max'].map((heading) => ({ heading, align: 'right' as const })),
  ];
  const notes = [
    count(lag.count, 'pair'),
    ...(lag.censored === 0
      ? []
      : [`${integer(lag.censored)} missing or late (at least ${duration(run.window.afterMs)})`]),
    ...(lag.inStall === 0 ? [] : [`${integer(lag.inStall)} left out, measured in a stall of ours`]),
    ...(lag.negative === 0 ? [] : [`${integer(lag.negative)} with candidate first`]),
  ];
  return [page.ink('strong', 'Lag of the candidate'), ...table(page, columns, rows), ...facts(page, notes)];
}

function longest(maxMs: Ms | null): string {
  return maxMs === null ? '–' : duration(maxMs);
}

/** Pairs that the candidate delivered in another order. */
export function order({ order }: Report, page: Page): string[] {
  if (order.pairs === 0) return [];
  const { pairs, reordered, examples } = order;
  const told =
    reordered === 0
      ? `all ${count(pairs, 'pair')} in control's order`
      : `${integer(reordered)} of ${count(pairs, 'pair')} came in another order than on control (${percent(reordered / pairs)})`;
  const [first = '', ...more] = wrap(`Order: ${told}`, page.width, 2);
  const places = examples.slice(0, 3).map(({ key, account, type }) => `${type} key ${key}, ${account}`);
  return [page.ink('strong', 'Order') + first.slice('Order'.length), ...more, ...facts(page, places)];
}

import type { Report } from '../../model/report.js';
import { facts, wrap } from '../layout.js';
import type { Page } from '../layout.js';
import { LAG_FIGURES, lagNotes, lagRows, orderTold } from '../told/lag.js';
import { table } from './table.js';

/** How much later the candidate comes. */
export function lag(report: Report, page: Page): string[] {
  const rows = lagRows(report);
  if (rows.length === 0) return [];
  const columns = [{ heading: '', least: 12 }, ...LAG_FIGURES.map((heading) => ({ heading, align: 'right' as const }))];
  return [page.ink('strong', 'Lag of the candidate'), ...table(page, columns, rows), ...facts(page, lagNotes(report))];
}

/** Pairs that the candidate delivered in another order. */
export function order(report: Report, page: Page): string[] {
  const told = orderTold(report);
  if (told === undefined) return [];
  const [first = '', ...more] = wrap(`Order: ${told}`, page.width, 2);
  const places = report.order.examples.slice(0, 3).map(({ key, account, type }) => `${type} key ${key}, ${account}`);
  return [page.ink('strong', 'Order') + first.slice('Order'.length), ...more, ...facts(page, places)];
}

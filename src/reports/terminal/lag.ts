import type { Report } from '../../model/report.js';
import { facts, flow, wrap } from '../layout.js';
import type { Page } from '../layout.js';
import { LAG_FIGURES, lagNotes, lagRows, orderTold } from '../told/lag.js';
import { fits, table } from './table.js';

/** How much later the candidate comes. On a page that is too narrow for all figures, each row becomes a list of them. */
export function lag(report: Report, page: Page): string[] {
  const rows = lagRows(report);
  if (rows.length === 0) return [];
  const columns = [{ heading: '' }, ...LAG_FIGURES.map((heading) => ({ heading, align: 'right' as const }))];
  const body = fits(page, columns, rows) ? table(page, columns, rows) : rows.flatMap((row) => list(page, row));
  return [page.ink('strong', 'Lag of the candidate'), ...body, ...facts(page, lagNotes(report))];
}

function list(page: Page, [name = '', ...figures]: readonly string[]): string[] {
  const pieces = LAG_FIGURES.flatMap((heading, place) => {
    const figure = figures[place] ?? '';
    return figure === '' ? [] : [`${heading} ${figure}`];
  });
  return [
    ...wrap(name, page.width - 2).map((line) => `  ${line}`),
    ...flow(pieces, ' · ', page.width - 4).map((line) => `    ${line}`),
  ];
}

/** Pairs that the candidate delivered in another order. */
export function order(report: Report, page: Page): string[] {
  const told = orderTold(report);
  if (told === undefined) return [];
  const [first = '', ...more] = wrap(`Order: ${told}`, page.width, 2);
  const places = report.order.examples.slice(0, 3).map(({ key, account, type }) => `${type} key ${key}, ${account}`);
  return [page.ink('strong', 'Order') + first.slice('Order'.length), ...more, ...facts(page, places)];
}

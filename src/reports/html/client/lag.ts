/// <reference lib="dom" />
import { count, duration, integer } from '../../text.js';
import type { PageData } from '../data.js';
import { altogether, quantile, stretches, type Lags } from './bins.js';
import { course } from './course.js';
import { h } from './dom.js';
import { histogram } from './histogram.js';
import { part, table } from './tables.js';
import { moment } from './time.js';

/** How much later the candidate came: figures, course over time, and spread. */
export function lagPart(data: PageData): HTMLElement | undefined {
  const { lag, series, order } = data;
  if (lag.rows.length === 0) return undefined;
  const figures = table('Lag', ['', ...lag.columns], lag.rows);
  figures.classList.add('figures');
  const notes = [...lag.notes, ...(order === undefined ? [] : [order])];
  const told = h('p', { class: 'notes' }, notes.join(' · '));
  if (series === undefined || series.lags.length === 0) return part('lag', 'Lag of the candidate', figures, told);
  const over = stretches(series);
  return part(
    'lag',
    'Lag of the candidate',
    figures,
    told,
    course(data, over),
    histogram(data, altogether(series.lags)),
    asTable(over),
  );
}

/** The same figures for those who do not see the plots. */
function asTable(over: readonly (Lags | undefined)[]): HTMLElement {
  const details = h('details', { class: 'as-table' }, h('summary', {}, 'Lag over time as a table'));
  details.addEventListener(
    'toggle',
    () => {
      const rows = over.flatMap((lags) => {
        if (lags === undefined) return [];
        const first = [...lags.earlier.values()].reduce((sum, pairs) => sum + pairs, 0);
        const figures = [lags.minMs, quantile(lags, 0.5), quantile(lags, 0.99), lags.maxMs].map(duration);
        return [[moment(lags.fromMs, true), integer(lags.count), integer(first), ...figures]];
      });
      const columns = ['from', 'pairs', 'candidate first', 'shortest', 'p50', 'p99', 'longest'];
      details.append(
        h('p', { class: 'notes' }, `${count(rows.length, 'stretch', 'stretches')} of time; quantiles within 6 %.`),
        table('Lag over time', columns, rows),
      );
    },
    { once: true },
  );
  return details;
}

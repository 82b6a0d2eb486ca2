import type { Report } from '../../model/report.js';
import { remark, wrap } from '../layout.js';
import type { Page } from '../layout.js';
import { count } from '../text.js';
import { gapGroups, unjudgedRows } from '../told/gaps.js';
import { annotate, fits, table } from './table.js';

const MOST = 10;

/** When a side was not listening, and why: gaps of one side and reason are one row. */
export function gaps(report: Report, page: Page): string[] {
  const groups = gapGroups(report);
  if (groups.length === 0) return [];
  const shown = groups.slice(0, MOST);
  const rest = groups.length - shown.length;
  const rows = shown.map(({ side, who, when }) => [side, who, when]);
  const columns = [{ heading: '' }, { heading: '', least: 8 }, { heading: '' }];
  const beside = shown.map(({ side, who, when, reason }) => [side, who, when, reason]);
  const wide = [...columns, { heading: '' }];
  const below = (place: number): string[] =>
    wrap(shown[place]?.reason ?? '', page.width - 6).map((line) => `      ${line}`);
  return [
    page.ink('strong', 'Gaps'),
    ...(fits(page, wide, beside) ? table(page, wide, beside) : annotate(table(page, columns, rows), below)),
    ...(rest > 0 ? remark(page, `and ${count(rest, 'further reason')}`) : []),
  ];
}

/** What was seen and not judged. */
export function unjudged(report: Report, page: Page): string[] {
  const rows = unjudgedRows(report);
  if (rows.length === 0) return [];
  const columns = [
    { heading: '' },
    { heading: '', align: 'right' as const },
    { heading: '' },
    { heading: '', least: 10 },
  ];
  return [page.ink('strong', 'Seen, and not judged'), ...table(page, columns, rows)];
}

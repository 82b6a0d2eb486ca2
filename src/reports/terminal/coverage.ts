import type { Report } from '../../model/report.js';
import { remark } from '../layout.js';
import type { Page } from '../layout.js';
import { count, integer } from '../text.js';
import { coverage as covered } from '../told/cells.js';
import { fits, table } from './table.js';
import type { Column, Row } from './table.js';

const MOST = 12;

/** How much was judged of each type for each account. On a page that is too narrow for all types, only what is lacking. */
export function coverage(report: Report, page: Page): string[] {
  const found = covered(report, MOST);
  if (found === undefined) return [];
  const { types, rows, accountsLeft } = found;
  const columns: Column[] = [
    { heading: 'account', least: 10 },
    ...types.map((heading): Column => ({ heading, align: 'right' })),
  ];
  const grid = rows.map(({ account, counts }): Row => [account, ...counts.map(cell)]);
  const body = fits(page, columns, grid)
    ? [
        ...table(page, columns, grid),
        ...(accountsLeft > 0
          ? remark(page, `and ${count(accountsLeft, 'further account')}, of which more was judged`)
          : []),
      ]
    : lacking(found, page);
  return body.length === 0 ? [] : [page.ink('strong', 'Judged, by account'), ...body];
}

function cell(judged: number): Row[number] {
  return judged === 0 ? { text: 'none', style: 'doubt' } : integer(judged);
}

function lacking({ types, rows }: NonNullable<ReturnType<typeof covered>>, page: Page): string[] {
  const without = rows.flatMap(({ account, counts }) => {
    const none = types.filter((_, place) => counts[place] === 0);
    return none.length === 0 ? [] : [[account, `none of ${none.join(', ')}`]];
  });
  return table(
    page,
    [
      { heading: '', least: 10 },
      { heading: '', least: 12, wraps: true },
    ],
    without,
  );
}

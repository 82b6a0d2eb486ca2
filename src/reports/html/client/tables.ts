/// <reference lib="dom" />
import { integer } from '../../text.js';
import { h, paged, type Child } from './dom.js';

export type Cell = string | number | Node;

/** A table with headings, scrolled sideways where it is too wide; numbers to the right. Long ones come a page at a time. */
export function table(
  title: string,
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
  options: { readonly rowHeads?: boolean; readonly foot?: readonly Cell[]; readonly page?: number } = {},
): HTMLElement {
  const numeric = columns.map((_, at) => rows.some((row) => typeof row[at] === 'number'));
  const draw = (row: readonly Cell[]): HTMLElement =>
    h(
      'tr',
      {},
      row.map((cell, at) => {
        const side = numeric[at] === true ? { class: 'number' } : {};
        return at === 0 && options.rowHeads !== false
          ? h('th', { scope: 'row', ...side }, content(cell))
          : h('td', side, content(cell));
      }),
    );
  const body = h('tbody');
  const [, more] = paged(rows, options.page ?? 100, draw, body);
  return h(
    'div',
    { class: 'table' },
    h(
      'div',
      { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': title },
      h(
        'table',
        {},
        h('caption', { class: 'unseen' }, title),
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            columns.map((name, at) =>
              h('th', { scope: 'col', ...(numeric[at] === true && { class: 'number' }) }, name),
            ),
          ),
        ),
        body,
        options.foot && h('tfoot', {}, draw(options.foot)),
      ),
    ),
    more,
  );
}

function content(cell: Cell): Child {
  if (typeof cell !== 'number') return cell;
  return Number.isInteger(cell) ? integer(cell) : String(Number(cell.toPrecision(4)));
}

/** A part of the page under its heading. */
export function part(id: string, title: string, ...children: readonly Child[]): HTMLElement {
  return h('section', { id, 'aria-labelledby': `${id}-title` }, h('h2', { id: `${id}-title` }, title), children);
}

/** A sign and a word for how something was answered: the colour alone never says it. */
export function badge(kind: 'good' | 'bad' | 'doubt' | 'plain', text: string): HTMLElement {
  const signs = { good: '✓', bad: '✗', doubt: '?', plain: '' };
  return h('span', { class: `badge ${kind}` }, h('span', { 'aria-hidden': 'true' }, signs[kind]), text);
}

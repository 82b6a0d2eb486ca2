import Table from 'cli-table3';
import { columns as columnsOf, cut, wrap } from '../layout.js';
import type { Page, Style } from '../layout.js';

export interface Column {
  /** Empty for none; a table without any heading has no heading line. */
  readonly heading: string;
  readonly align?: 'right';
  /** The columns it may shrink to when the table is too wide; without it, it keeps its width. */
  readonly least?: number;
  /** Long cells become several lines instead of being cut. */
  readonly wraps?: true;
}

export interface Cell {
  readonly text: string;
  readonly style?: Style;
}

export type Row = readonly (Cell | string)[];

const INDENT = 2;
const GAP = 2;
/** Of a cell that wraps. */
const MOST_LINES = 6;

/**
 * Rows as aligned lines, indented, never wider than the page; one line a row, unless a column wraps. Text is cut before it
 * is coloured.
 */
export function table(page: Page, columns: readonly Column[], rows: readonly Row[]): string[] {
  const widths = shrink(columns, natural(columns, rows), room(page, columns));
  const heading = columns.map(({ heading }): Cell => ({ text: heading, style: 'faint' }));
  const headed = columns.some(({ heading }) => heading !== '') ? [heading, ...rows] : rows;
  if (headed.length === 0) return [];
  const drawn = new Table({
    colWidths: widths,
    colAligns: columns.map(({ align }) => align ?? 'left'),
    chars: BARE,
    // cli-table3 colours heads and borders by itself, even in a pipe, unless told not to.
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  for (const row of headed) drawn.push(...linesOf(row, columns, widths, page));
  return drawn
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
}

/** A row as the lines it takes. They are rows to cli-table3, whose own cells of several lines are slow. */
function linesOf(row: Row, columns: readonly Column[], widths: readonly number[], page: Page): string[][] {
  const cells = row.map((cell, place) => {
    const { text, style } = typeof cell === 'string' ? { text: cell, style: undefined } : cell;
    const width = widths[place] ?? 0;
    const lines = columns[place]?.wraps === true ? wrapped(text, width) : [cut(text, width)];
    return lines.map((line) => (line === '' ? '' : page.ink(style, line)));
  });
  const height = Math.max(1, ...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, at) => cells.map((lines) => lines[at] ?? ''));
}

/** A cell's lines, no more than a row may take; what is left out is told. */
function wrapped(text: string, width: number): string[] {
  const lines = wrap(text, width);
  const last = lines[MOST_LINES - 1] ?? '';
  return lines.length <= MOST_LINES ? lines : [...lines.slice(0, MOST_LINES - 1), cut(`${last} …`, width)];
}

/** Whether the rows fit the page when every column that may shrink has shrunk as far as it may. */
export function fits(page: Page, columns: readonly Column[], rows: readonly Row[]): boolean {
  const widths = natural(columns, rows).map((width, place) => Math.min(width, columns[place]?.least ?? width));
  return sum(widths) <= room(page, columns);
}

/** Each line with the lines that belong below it. */
export function annotate(lines: readonly string[], below: (place: number) => readonly string[]): string[] {
  const all: string[] = [];
  for (const [place, line] of lines.entries()) all.push(line, ...below(place));
  return all;
}

function natural(columns: readonly Column[], rows: readonly Row[]): number[] {
  return columns.map(({ heading }, place) => {
    let widest = columnsOf(heading);
    for (const row of rows) widest = Math.max(widest, columnsOf(textOf(row[place])));
    // cli-table3 takes a width of 0 for "as wide as it likes".
    return Math.max(1, widest);
  });
}

/** Takes from the widest column that may shrink; when none may any more, from the widest of all. */
function shrink(columns: readonly Column[], natural: readonly number[], room: number): number[] {
  const widths = [...natural];
  for (let excess = sum(widths) - room; excess > 0; excess--) {
    const place = widest(widths, (at) => (widths[at] ?? 0) > (columns[at]?.least ?? Infinity)) ?? widest(widths);
    if (place === undefined) break;
    widths[place] = (widths[place] ?? 0) - 1;
  }
  return widths;
}

function widest(widths: readonly number[], may: (place: number) => boolean = () => true): number | undefined {
  let best: number | undefined;
  for (const [place, width] of widths.entries()) {
    if (width > 1 && may(place) && width > (best === undefined ? 0 : (widths[best] ?? 0))) best = place;
  }
  return best;
}

function room(page: Page, columns: readonly Column[]): number {
  return page.width - INDENT - GAP * (columns.length - 1);
}

function textOf(cell: Cell | string | undefined): string {
  return typeof cell === 'string' ? cell : (cell?.text ?? '');
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** No lines: columns stand apart by blanks alone. */
const BARE = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: ' '.repeat(INDENT),
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: ' '.repeat(GAP),
};

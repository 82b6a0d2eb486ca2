import type { Report } from '../../model/report.js';
import type { Answered, Section } from '../../model/section.js';
import { remark, wrap } from '../layout.js';
import type { Page, Style } from '../layout.js';
import { count } from '../text.js';
import { figure, isNumeric, SIGNS, someCases, titleOf } from '../told/sections.js';
import { table } from './table.js';
import type { Column } from './table.js';

const MOST_CASES = 40;
const MOST_ROWS = 30;

const STYLES: Readonly<Record<Answered, Style>> = { passed: 'good', failed: 'bad', undecided: 'doubt' };

/** What was found besides the stream's verdicts: each section's cases and tables, whatever made it. */
export function sections({ sections }: Pick<Report, 'sections'>, page: Page): string[] {
  return (sections ?? []).flatMap((section, place) => [...(place === 0 ? [] : ['']), ...one(section, page)]);
}

function one(section: Section, page: Page): string[] {
  const { summary, cases, tables } = section;
  return [
    ...wrap(titleOf(section), page.width, 2).map((line) => page.ink('strong', line)),
    ...(summary === '' ? [] : wrap(summary, page.width - 2).map((line) => `  ${line}`)),
    ...answers(cases, page),
    ...tables.flatMap((found) => figures(found, page)),
  ];
}

function answers(cases: Section['cases'], page: Page): string[] {
  const shown = someCases(cases, MOST_CASES);
  const columns: Column[] = [
    { heading: '' },
    { heading: '', least: 14, wraps: true },
    { heading: '', least: 14, wraps: true },
  ];
  const rows = shown.map(({ name, status, detail }) => [
    { text: SIGNS[status], style: STYLES[status] },
    name,
    { text: detail, style: status === 'passed' ? ('faint' as const) : STYLES[status] },
  ]);
  return [...table(page, columns, rows), ...more(cases.length - shown.length, 'further check', page)];
}

function figures({ title, columns, rows }: Section['tables'][number], page: Page): string[] {
  const shown = rows.slice(0, MOST_ROWS);
  const headed = columns.map((heading, place): Column => ({
    heading,
    least: Math.min(8, heading.length),
    ...(isNumeric(rows, place) ? { align: 'right' } : { wraps: true }),
  }));
  return [
    ...(title === '' ? [] : wrap(title, page.width - 2).map((line) => `  ${page.ink('strong', line)}`)),
    ...table(
      page,
      headed,
      shown.map((row) => columns.map((_, place) => figure(row[place]))),
    ),
    ...more(rows.length - shown.length, 'further row', page),
  ];
}

function more(number: number, noun: string, page: Page): string[] {
  return number <= 0 ? [] : remark(page, `and ${count(number, noun)}`);
}

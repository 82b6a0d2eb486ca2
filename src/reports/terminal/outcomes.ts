import type { OutcomeCounts, Report } from '../../model/report.js';
import { OUTCOMES } from '../../model/verdict.js';
import type { Outcome } from '../../model/verdict.js';
import { flow, remark } from '../layout.js';
import type { Page, Style } from '../layout.js';
import { integer } from '../text.js';
import { fits, table } from './table.js';
import type { Cell, Column, Row } from './table.js';

/** What an outcome other than none is to the reader. */
export const OUTCOME_STYLES: Readonly<Record<Outcome, Style | undefined>> = {
  match: undefined,
  allowed: undefined,
  mismatch: 'bad',
  missing: 'bad',
  extra: 'bad',
  duplicate: 'doubt',
  late: 'doubt',
  inconclusive: 'doubt',
};

const SHORT: Readonly<Record<Outcome, string>> = {
  match: 'match',
  allowed: 'allow',
  mismatch: 'mism',
  missing: 'miss',
  extra: 'extra',
  duplicate: 'dupl',
  late: 'late',
  inconclusive: 'incon',
};

/**
 * A row a type, a column an outcome. On a narrow page outcomes that never happened lose their column, then the headings
 * are shortened, and at last each type becomes a list.
 */
export function outcomes(report: Report, page: Page): string[] {
  const types = Object.entries(report.types);
  if (types.length === 0 && total(report.outcomes) === 0) return [];
  const rows: [string, OutcomeCounts][] = types.length === 1 ? types : [...types, ['total', report.outcomes]];
  const happened = OUTCOMES.filter((outcome) => report.outcomes[outcome] > 0);
  const body =
    grid(page, rows, OUTCOMES, (outcome) => outcome) ??
    grid(page, rows, happened, (outcome) => outcome) ??
    grid(page, rows, happened, (outcome) => SHORT[outcome]) ??
    rows.flatMap(([type, counts]) => list(page, type, counts));
  return [page.ink('strong', 'Outcomes'), ...body, ...duplicates(report, page)];
}

/** A duplicate on control is the old feed's habit, one on candidate is news. */
function duplicates({ duplicates }: Report, page: Page): string[] {
  const { control, candidate } = duplicates;
  if (control + candidate === 0) return [];
  return remark(page, `duplicates: ${integer(control)} on control, ${integer(candidate)} on candidate`);
}

/** The table with these outcomes, or undefined if it does not fit. */
function grid(
  page: Page,
  types: readonly [string, OutcomeCounts][],
  shown: readonly Outcome[],
  name: (outcome: Outcome) => string,
): string[] | undefined {
  const columns: Column[] = [
    { heading: 'type', least: 14 },
    ...shown.map((outcome): Column => ({ heading: name(outcome), align: 'right' })),
    { heading: 'total', align: 'right' },
  ];
  const rows = types.map(([type, counts], place): Row => {
    const last = place > 0 && place === types.length - 1;
    return [
      { text: type, ...(last ? { style: 'faint' as const } : {}) },
      ...shown.map((outcome) => cell(outcome, counts[outcome])),
      { text: integer(total(counts)), style: 'strong' },
    ];
  });
  if (!fits(page, columns, rows)) return undefined;
  const absent = OUTCOMES.filter((outcome) => !shown.includes(outcome));
  const note = absent.length === 0 ? [] : remark(page, `no ${absent.join(', ')}`);
  return [...table(page, columns, rows), ...note];
}

function cell(outcome: Outcome, count: number): Cell {
  if (count === 0) return { text: '·', style: 'faint' };
  const style = OUTCOME_STYLES[outcome];
  return { text: integer(count), ...(style === undefined ? {} : { style }) };
}

function list(page: Page, type: string, counts: OutcomeCounts): string[] {
  const happened = OUTCOMES.filter((outcome) => counts[outcome] > 0);
  const pieces = happened.map((outcome) => `${outcome} ${integer(counts[outcome])}`);
  return [
    ...table(page, [{ heading: '', least: 10 }, { heading: '' }], [[type, integer(total(counts))]]),
    ...flow(pieces, ' · ', page.width - 4).map((line) => `    ${line}`),
  ];
}

function total(counts: OutcomeCounts): number {
  return OUTCOMES.reduce((sum, outcome) => sum + counts[outcome], 0);
}

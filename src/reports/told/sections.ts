import type { Answered, Section } from '../../model/section.js';
import { integer } from '../text.js';

/** How a question was answered, as a sign. */
export const SIGNS: Readonly<Record<Answered, string>> = { passed: '✓', failed: '✗', undecided: '?' };

/** `Hand-over: failed`; a section in which nothing was asked only has its title. */
export function titleOf({ title, status }: Section): string {
  return status === 'informs' ? title : `${title}: ${status}`;
}

/** As many cases as asked for: where not all have room, what went wrong comes before what did not. */
export function someCases(cases: Section['cases'], most: number): Section['cases'] {
  if (cases.length <= most) return cases;
  return (['failed', 'undecided', 'passed'] as const)
    .flatMap((status) => cases.filter((asked) => asked.status === status))
    .slice(0, most);
}

/** A cell of a table as people read it: what has more decimals than they can use is shortened. */
export function figure(value: string | number | undefined): string {
  if (typeof value !== 'number') return value ?? '';
  return Number.isInteger(value) ? integer(value) : String(Number(value.toPrecision(4)));
}

/** Whether a column of a table holds numbers. */
export function isNumeric(rows: Section['tables'][number]['rows'], column: number): boolean {
  return rows.some((row) => typeof row[column] === 'number');
}

import type { Report } from '../../model/report.js';
import type { Answered, Section } from '../../model/section.js';
import { figure, isNumeric, someCases, titleOf } from '../told/sections.js';
import { count } from '../text.js';
import { prose, table } from './text.js';

const MOST_CASES = 40;
const MOST_ROWS = 30;

const SIGNS: Readonly<Record<Answered, string>> = { passed: '✅', failed: '❌', undecided: '❔' };

/** What was found besides the stream's verdicts, each section under its own heading. */
export function sections({ sections }: Report): string[][] {
  return (sections ?? []).map((section) => [
    `### ${prose(titleOf(section))}`,
    '',
    ...(section.summary === '' ? [] : [prose(section.summary), '']),
    ...answers(section.cases),
    ...section.tables.flatMap(figures),
  ]);
}

function answers(cases: Section['cases']): string[] {
  const shown = someCases(cases, MOST_CASES);
  const columns = [{ heading: '' }, { heading: 'check' }, { heading: 'found' }];
  return [
    ...table(
      columns,
      shown.map(({ name, status, detail }) => [`${SIGNS[status]} ${status}`, prose(name), prose(detail)]),
    ),
    ...more(cases.length - shown.length, 'further check'),
  ];
}

function figures({ title, columns, rows }: Section['tables'][number]): string[] {
  const shown = rows.slice(0, MOST_ROWS);
  return [
    ...(title === '' ? [] : [`**${prose(title)}**`, '']),
    ...table(
      columns.map((heading, place) => ({
        heading: prose(heading),
        ...(isNumeric(rows, place) ? { align: 'right' as const } : {}),
      })),
      shown.map((row) => columns.map((_, place) => prose(figure(row[place])))),
    ),
    ...more(rows.length - shown.length, 'further row'),
  ];
}

/** That there is more of something than is shown. */
export function more(number: number, noun: string): string[] {
  return number <= 0 ? [] : [`and ${count(number, noun)}`, ''];
}

/// <reference lib="dom" />
import { integer } from '../../text.js';
import type { Section } from '../../../model/section.js';
import type { PageData } from '../data.js';
import { h } from './dom.js';
import { badge, part, table } from './tables.js';

const ANSWERS = { passed: 'good', failed: 'bad', undecided: 'doubt' } as const;

/** What was found besides the stream's verdicts, whatever made it. */
export function sectionParts({ sections }: PageData): HTMLElement[] {
  return sections.map(({ title, status, summary, cases, tables }, place) => {
    const found = part(
      `section-${place}`,
      title,
      status === 'informs' ? undefined : badge(ANSWERS[status], status),
      h('p', {}, summary),
      casesTable(cases),
      tables.flatMap(({ title, columns, rows }) => [h('h3', {}, title), table(title, columns, rows)]),
    );
    return found;
  });
}

function casesTable(cases: Section['cases']): HTMLElement | undefined {
  if (cases.length === 0) return undefined;
  const order = ['failed', 'undecided', 'passed'] as const;
  const rows = order.flatMap((status) =>
    cases
      .filter((one) => one.status === status)
      .map(({ name, detail }) => [name, badge(ANSWERS[status], status), detail]),
  );
  return table(`${integer(cases.length)} questions`, ['question', 'answer', 'detail'], rows, { page: 50 });
}

/** Tables that need no drawing: gaps, rules, what was not judged. */
export function tableParts({ tables }: PageData): HTMLElement[] {
  return tables.map(({ id, title, columns, rows }) => part(id, title, table(title, columns, rows, { page: 30 })));
}

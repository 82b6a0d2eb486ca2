import type { Report } from '../../src/model/report.js';
import type { Section } from '../../src/model/section.js';
import { broken } from './sample.js';

/** One section that failed and one that only informs. */
export const SECTIONS: readonly Section[] = [
  {
    kind: 'snapshot',
    title: 'Three lists against one',
    status: 'failed',
    summary: '3 of 5 accounts show the same list. The others differ in order or in what is in them.',
    cases: [
      { name: 'rep-1', status: 'passed', detail: '25 items' },
      { name: 'rep-2', status: 'failed', detail: 'item 4711 is only in the legacy lists' },
      { name: 'rep-3', status: 'undecided', detail: 'HTTP 503 from the candidate, three times' },
    ],
    tables: [
      {
        title: 'What a list costs',
        columns: ['side', 'requests', 'p95 ms'],
        rows: [
          ['control', 1500, 182.4321],
          ['candidate', 500, 40],
        ],
      },
    ],
    facts: { accounts: 5 },
  },
  { kind: 'rehearsal', title: 'A flip at any moment', status: 'informs', summary: '', cases: [], tables: [] },
];

export function sectioned(): Report {
  return { ...broken(), sections: SECTIONS };
}

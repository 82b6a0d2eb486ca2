import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import type { Report } from '../../src/model/report.js';
import { columns } from '../../src/reports/layout.js';
import { terminal } from '../../src/reports/terminal.js';
import { proven, empty } from './sample.js';
import { sectioned, SECTIONS } from './sectioned.js';

function told(report: Report, width: number): string {
  const text = terminal(report, { width, colour: false });
  return text.slice(text.indexOf('\n\nThree lists') + 1, text.indexOf('\n\nDifferences that rules'));
}

it('a section is told with its cases and tables', () => {
  expect(`${told(sectioned(), 80)}\n`).toMatchInlineSnapshot(`
    "
    Three lists against one: failed
      3 of 5 accounts show the same list. The others differ in order or in what is
      in them.
      ✓  rep-1  25 items
      ✗  rep-2  item 4711 is only in the legacy lists
      ?  rep-3  HTTP 503 from the candidate, three times
      What a list costs
      side       requests  p95 ms
      control       1,500   182.4
      candidate       500      40

    A flip at any moment
    "
  `);
});

it('a section fits a narrow page, and colour changes nothing else', () => {
  for (let width = 40; width <= 140; width += 4) {
    const colourful = terminal(sectioned(), { width, colour: true });
    expect(stripVTControlCharacters(colourful)).toBe(terminal(sectioned(), { width, colour: false }));
    for (const line of colourful.split('\n')) expect(columns(line)).toBeLessThanOrEqual(width);
  }
});

it('words of a table are wrapped where there is no room, and what even then has none is marked as left out', () => {
  const [section] = SECTIONS;
  const row = (words: string) => [
    { title: 'By fault', columns: ['fault', 'tried', 'found as'], rows: [['null', 268, words]] },
  ];
  const narrow = (words: string) => told({ ...proven(), sections: [{ ...section!, tables: row(words) }] }, 40);
  const words = 'mismatch 163, missing 45, not at all 60';
  expect(narrow(words)).not.toContain('…');
  for (const word of words.split(' ')) expect(narrow(words)).toContain(word);
  expect(narrow(`${'mismatch 163, '.repeat(40)}not at all 60`)).toMatch(/ …$/m);
});

it('what went wrong is shown where there is no room for all', () => {
  const [section] = SECTIONS;
  const passed = Array.from({ length: 100 }, (_, at) => ({
    name: `good-${at}`,
    status: 'passed' as const,
    detail: '',
  }));
  const cases = [...passed, { name: 'bad', status: 'failed' as const, detail: 'why' }];
  const text = told({ ...proven(), sections: [{ ...section!, cases }] }, 80);
  expect(text).toContain('✗  bad      why');
  expect(text).toContain('and 61 further checks');
});

it('a section is the answer where nothing else was asked', () => {
  const failed = { ...empty(), status: 'broken' as const, sections: SECTIONS };
  expect(terminal(failed, { width: 200, colour: false })).toMatch(
    /^PARITY BROKEN\. 1 check failed: Three lists against one, rep-2: item 4711 is only in the legacy lists\.\n/,
  );
  const gate = { ...empty().gate, lacking: [] };
  const open = { ...empty(), gate, sections: SECTIONS };
  expect(terminal(open, { width: 200, colour: false })).toMatch(
    /^PARITY UNPROVEN\. Lacking: Three lists against one, rep-3: HTTP 503 from the candidate, three times\.\n/,
  );
});

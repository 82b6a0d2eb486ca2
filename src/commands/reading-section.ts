import type { Section } from '../model/section.js';

/**
 * What was said while recordings were read, such as lines that had to be left out: who has only the report, as CI does, has to
 * know it as well. It informs; events whose lines cannot be read are missing from what is judged.
 */
export function readingSection(said: readonly string[]): Section[] {
  if (said.length === 0) return [];
  return [
    {
      kind: 'recording',
      title: 'Reading',
      status: 'informs',
      summary:
        'Not all of what was recorded could be used as it is. What could not be read is missing from what was judged.',
      cases: [],
      tables: [{ title: 'What was said while reading', columns: ['said'], rows: said.map((sentence) => [sentence]) }],
    },
  ];
}

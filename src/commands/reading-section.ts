import type { Section } from '../model/section.js';

/**
 * What was said while recordings were read, such as lines that had to be left out: who has only the report, as CI does, has to
 * know it as well. It informs: events beside lines that cannot be read are inconclusive, and the gate has limits for these.
 */
export function readingSection(told: readonly string[]): Section[] {
  if (told.length === 0) return [];
  return [
    {
      kind: 'recording',
      title: 'Reading',
      status: 'informs',
      summary:
        'Not all of what was recorded could be used as it is. Events beside what could not be read are inconclusive.',
      cases: [],
      tables: [{ title: 'What was said while reading', columns: ['said'], rows: told.map((sentence) => [sentence]) }],
    },
  ];
}

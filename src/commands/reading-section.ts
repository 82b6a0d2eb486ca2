import type { Section } from '../model/section.js';
import type { Tell } from '../recording/reader.js';

/** What is told while recordings are read. */
export interface Reading {
  readonly tell: Tell;
  /** The section of the report that holds it; none where nothing was told. */
  sections(): Section[];
}

const INCONCLUSIVE = 'Where lines cannot be read, what lies beside them is inconclusive.';

/**
 * Gives what is told on to people, and keeps it for the report, such as lines that had to be left out or accounts that were
 * not recorded: who has only the report, as CI does, has to know it as well. It informs: events beside lines that cannot be
 * read are inconclusive, and the gate has limits for these. `unreadable`: what lines that cannot be read come to otherwise.
 */
export function openReading(say: Tell, unreadable = INCONCLUSIVE): Reading {
  const told: string[] = [];
  return {
    tell: (sentence) => {
      told.push(sentence);
      say(sentence);
    },
    sections: () => (told.length === 0 ? [] : [sectionOf(told, unreadable)]),
  };
}

function sectionOf(told: readonly string[], unreadable: string): Section {
  return {
    kind: 'recording',
    title: 'Reading',
    status: 'informs',
    summary: `Not everything that was read is as it was asked for, or as it was recorded. ${unreadable}`,
    cases: [],
    tables: [{ title: 'What was said while reading', columns: ['said'], rows: told.map((sentence) => [sentence]) }],
  };
}

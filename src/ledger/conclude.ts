import type { Books, Report } from '../model/report.js';
import type { Settings } from '../model/settings.js';
import { decide } from './gate.js';
import { hints } from './hints.js';

/** Closes the books: decides, advises, and makes the report of it. */
export function conclude(books: Books, settings: Pick<Settings, 'gate' | 'events' | 'unmapped'>): Report {
  const { gate, events, unmapped } = settings;
  const decision = decide(gate, { found: books, events, unmapped, unseen: books.uncovered });
  return {
    format: 'feed-parity/report',
    version: 1,
    status: decision.status,
    ...books,
    gate: decision,
    hints: hints(books),
  };
}

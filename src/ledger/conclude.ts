import type { Books, Report } from '../model/report.js';
import type { Settings } from '../model/settings.js';
import { settleEarly } from './early.js';
import { decide } from './gate.js';
import { hints } from './hints.js';

/** Closes the books: decides, advises, and makes the report of it. */
export function conclude(books: Books, settings: Pick<Settings, 'gate' | 'events' | 'unmapped'>): Report {
  const { gate, events, unmapped } = settings;
  const found = settleEarly(books);
  const windowMs = found.run.window.afterMs;
  const decision = decide(gate, { found, events, unmapped, unseen: found.uncovered, windowMs });
  return {
    format: 'feed-parity/report',
    version: 1,
    status: decision.status,
    ...found,
    gate: decision,
    hints: hints(found),
  };
}

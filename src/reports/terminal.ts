import type { Report } from '../model/report.js';
import type { Render } from './index.js';
import { page } from './layout.js';
import type { Page } from './layout.js';
import { coverage } from './terminal/coverage.js';
import { mismatches, others } from './terminal/findings.js';
import { gaps, unjudged } from './terminal/gaps.js';
import { gate, hints, rules } from './terminal/gate.js';
import { headline } from './terminal/headline.js';
import { lag, order } from './terminal/lag.js';
import { outcomes } from './terminal/outcomes.js';
import { replay } from './terminal/replay.js';
import { sections } from './terminal/sections.js';
import { plainly } from './plainly.js';

/** A part of the report as lines; none when it has nothing to say. */
type Part = (report: Report, page: Page) => string[];

const PARTS: readonly Part[] = [
  headline,
  outcomes,
  coverage,
  lag,
  order,
  mismatches,
  others,
  gaps,
  unjudged,
  sections,
  rules,
  gate,
  hints,
  replay,
];

/** For people who decide about a flag: the answer first, then its grounds. No line is wider than `width` (40 at least). */
export const terminal: Render = (report, options) => {
  // Payloads are foreign: nothing of them may reach a terminal before its control characters are gone.
  const harmless = plainly(report);
  const paper = page(options);
  const parts = PARTS.map((part) => part(harmless, paper)).filter((lines) => lines.length > 0);
  return parts.map((lines) => lines.map((line) => `${line}\n`).join('')).join('\n');
};

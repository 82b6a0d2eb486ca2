import type { Report, Status } from '../../model/report.js';
import { facts, wrap } from '../layout.js';
import type { Page, Style } from '../layout.js';
import { runFacts, why } from '../told/answer.js';

const STYLES: Readonly<Record<Status, Style>> = { proven: 'good', broken: 'bad', unproven: 'doubt' };

/** What the gate says, and why, in a sentence; then the facts of the run. */
export function headline(report: Report, page: Page): string[] {
  const said = `PARITY ${report.status.toUpperCase()}`;
  const [first = '', ...more] = wrap(`${said}. ${why(report)}`, page.width, 2);
  const opened = page.ink('strong', page.ink(STYLES[report.status], said)) + first.slice(said.length);
  return [opened, ...more, '', ...runFacts(report).flatMap((pieces) => facts(page, pieces))];
}

import type { LimitResult, Report, Status } from '../../model/report.js';
import { facts, wrap } from '../layout.js';
import type { Page, Style } from '../layout.js';
import { count, duration, integer, percent } from '../text.js';

const STYLES: Readonly<Record<Status, Style>> = { proven: 'good', broken: 'bad', unproven: 'doubt' };

/** What the gate says, and why, in a sentence; then the facts of the run. */
export function headline(report: Report, page: Page): string[] {
  const said = `PARITY ${report.status.toUpperCase()}`;
  const [first = '', ...more] = wrap(`${said}. ${why(report)}`, page.width, 2);
  const opened = page.ink('strong', page.ink(STYLES[report.status], said)) + first.slice(said.length);
  return [opened, ...more, '', ...runFacts(report).flatMap((pieces) => facts(page, pieces))];
}

/** Why the gate says so, in one sentence. */
export function why(report: Report): string {
  const { gate, observed } = report;
  if (report.status === 'proven') return proof(report);
  if (report.status === 'broken') return breach(gate.limits.filter(({ status }) => status === 'exceeded'));
  if (observed.control + observed.candidate === 0) return 'Nothing was observed, and no data is never a pass.';
  const [first, ...others] = gate.lacking;
  if (first === undefined) return 'There is too little evidence to decide.';
  const rest = others.length === 0 ? '' : ` (and ${integer(others.length)} more below)`;
  return `Lacking: ${first.replace(/\.$/, '')}${rest}.`;
}

function proof({ gate }: Report): string {
  const { events, defects, upperBound } = gate.evidence;
  const found = defects === 0 ? 'without a defect' : `with ${count(defects, 'defect')}`;
  return `Every limit holds: ${count(events, 'event')} ${found}, so at most ${percent(upperBound)} are defective, at ${percent(gate.confidence)} confidence.`;
}

function breach(exceeded: readonly LimitResult[]): string {
  if (exceeded.length === 0) return 'A limit is exceeded for certain.';
  const each = exceeded.map(({ name, actual, limit }) => `${name} is ${actual} (limit: ${limit})`);
  const shown = each.slice(0, 3).join(', ');
  const rest = each.length > 3 ? `, and ${integer(each.length - 3)} more` : '';
  return `${count(exceeded.length, 'limit is', 'limits are')} exceeded: ${shown}${rest}.`;
}

function runFacts({ run, observed }: Report): string[][] {
  const { control, candidate } = observed;
  return [
    [
      duration(run.durationMs),
      count(run.accounts, 'account'),
      `${count(control, 'event')} on control, ${integer(candidate)} on candidate`,
      ...(run.interrupted === undefined ? [] : [`cut short by ${run.interrupted}`]),
    ],
    [
      `started ${run.startedAt}`,
      `window ${run.window.beforeMs === 0 ? '0' : `−${duration(run.window.beforeMs)}`} to +${duration(run.window.afterMs)}`,
      `config ${run.configHash}`,
    ],
  ];
}

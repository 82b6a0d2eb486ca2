import type { BothSides, Gap, Report } from '../../model/report.js';
import type { Side } from '../../model/timeline.js';
import { remark, wrap } from '../layout.js';
import type { Page } from '../layout.js';
import { count, duration, integer } from '../text.js';
import { groupBy } from './group.js';
import { annotate, fits, table } from './table.js';
import type { Row } from './table.js';

const MOST = 10;

/** When a side was not listening, and why: gaps of one side and reason are one row. */
export function gaps(report: Report, page: Page): string[] {
  const groups = groupBy(report.gaps, ({ side, reason, final }) => JSON.stringify([side, reason, final]));
  if (groups.length === 0) return [];
  const shown = groups.toSorted((one, other) => other.length - one.length).slice(0, MOST);
  const rest = groups.length - shown.length;
  const rows = shown.map((group) => row(group, report.run.durationMs));
  const columns = [{ heading: '' }, { heading: '', least: 8 }, { heading: '' }];
  const reasons = shown.map(([first]) => reasonOf(first));
  const beside = rows.map((row, place) => [...row, reasons[place] ?? '']);
  const wide = [...columns, { heading: '' }];
  const below = (place: number): string[] => wrap(reasons[place] ?? '', page.width - 6).map((line) => `      ${line}`);
  return [
    page.ink('strong', 'Gaps'),
    ...(fits(page, wide, beside) ? table(page, wide, beside) : annotate(table(page, columns, rows), below)),
    ...(rest > 0 ? remark(page, `and ${count(rest, 'further reason')}`) : []),
  ];
}

/** `control  20 accounts  20×, 5.2 s to 5.9 s` */
function row(group: readonly [Gap, ...Gap[]], endMs: number): Row {
  const [first] = group;
  const accounts = new Set(group.flatMap(({ account }) => account ?? []));
  const who = accounts.size === 1 ? [...accounts].join('') : accounts.size === 0 ? '' : count(accounts.size, 'account');
  return [first.side ?? 'both', who, when(group, endMs)];
}

function reasonOf({ reason, final }: Gap): string {
  return final === undefined ? reason : `${final === reason ? reason : `${reason}, then ${final}`} (given up)`;
}

function when(group: readonly Gap[], endMs: number): string {
  const lengths = group.map(({ fromMs, toMs }) => (toMs ?? endMs) - fromMs);
  const longest = Math.max(...lengths);
  const lasting = group.some(({ toMs }) => toMs === null);
  const [single, ...rest] = group;
  if (single !== undefined && rest.length === 0) {
    return `${lasting ? '' : `${duration(longest)} `}from ${duration(single.fromMs)}${lasting ? ' to the end' : ''}`;
  }
  const shortest = duration(Math.min(...lengths));
  const length = shortest === duration(longest) ? shortest : `${shortest} to ${duration(longest)}`;
  return `${integer(group.length)}×, ${length}${lasting ? ', to the end' : ''}`;
}

/** What a type that only one side has is to those who move from control to candidate. */
const PURPOSE: Readonly<Record<Side, string>> = { candidate: 'new on purpose', control: 'gone on purpose' };

/** What was seen and not judged. */
export function unjudged(report: Report, page: Page): string[] {
  const rows: Row[] = [
    ...top(report.unmapped).map(({ side, event, count }): Row => ['unmapped', integer(count), side, event]),
    ...beyond('unmapped', report.unmapped),
    ...top(report.unreadable).map(({ side, reason, count }): Row => ['unreadable', integer(count), side, reason]),
    ...beyond('unreadable', report.unreadable),
    ...Object.entries(report.only).map(([type, { side, count }]): Row => [PURPOSE[side], integer(count), side, type]),
    ...bySide('outside coverage', report.outsideCoverage),
    ...bySide('still open', report.open),
  ];
  if (rows.length === 0) return [];
  const columns = [
    { heading: '' },
    { heading: '', align: 'right' as const },
    { heading: '' },
    { heading: '', least: 10 },
  ];
  return [page.ink('strong', 'Seen, and not judged'), ...table(page, columns, rows)];
}

interface Counted {
  readonly count: number;
}

function top<Item extends Counted>(items: readonly Item[]): Item[] {
  return items.toSorted((one, other) => other.count - one.count).slice(0, MOST);
}

function beyond(label: string, items: readonly Counted[]): Row[] {
  const rest = items.length - MOST;
  const seen = items.toSorted((one, other) => other.count - one.count).slice(MOST);
  const events = seen.reduce((total, { count }) => total + count, 0);
  return rest > 0 ? [[label, integer(events), '', `${integer(rest)} more, not listed`]] : [];
}

function bySide(label: string, counts: BothSides): Row[] {
  const { control, candidate } = counts;
  return [
    ...(control > 0 ? [[label, integer(control), 'control', '']] : []),
    ...(candidate > 0 ? [[label, integer(candidate), 'candidate', '']] : []),
  ];
}

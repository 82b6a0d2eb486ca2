import type { BothSides, Gap, Report } from '../../model/report.js';
import type { Side } from '../../model/timeline.js';
import { count, duration, integer } from '../text.js';
import { groupBy } from './group.js';

const MOST = 10;

/** When a side was not listening, and why: gaps of one side and reason are one, and so are holes of one side. */
export interface GapGroup {
  readonly side: Side | 'both';
  /** `rep-7`, `20 accounts`, or nothing. */
  readonly who: string;
  /** `20×, 5.2 s to 5.9 s` */
  readonly when: string;
  readonly reason: string;
  /** Whether these are holes in a recording. */
  readonly isUnread: boolean;
}

/** The most frequent first. */
export function gapGroups({ gaps, run }: Report): GapGroup[] {
  return groupBy(gaps, ({ side, reason, final, unread }) => JSON.stringify(unread ? [side] : [side, reason, final]))
    .sort((one, other) => other.length - one.length)
    .map((group) => gapGroup(group, run.durationMs));
}

function gapGroup(group: readonly [Gap, ...Gap[]], endMs: number): GapGroup {
  const [first] = group;
  const accounts = new Set(group.flatMap(({ account }) => account ?? []));
  const who = accounts.size === 1 ? [...accounts].join('') : accounts.size === 0 ? '' : count(accounts.size, 'account');
  return {
    side: first.side ?? 'both',
    who,
    when: when(group, endMs),
    reason: reasonOf(group),
    isUnread: first.unread === true,
  };
}

function reasonOf([{ reason, final, unread }, ...others]: readonly [Gap, ...Gap[]]): string {
  if (unread === true && others.length > 0) return `${reason}, and ${count(others.length, 'further place')}`;
  return final === undefined ? reason : `${final === reason ? reason : `${reason}, then ${final}`} (given up)`;
}

function when(group: readonly Gap[], endMs: number): string {
  const lengths = group.map(({ fromMs, toMs }) => (toMs ?? endMs) - fromMs);
  const longest = lengths.reduce((one, other) => Math.max(one, other), 0);
  const lasting = group.some(({ toMs }) => toMs === null);
  const [single, ...rest] = group;
  if (single !== undefined && rest.length === 0) {
    return `${lasting ? '' : `${duration(longest)} `}from ${duration(single.fromMs)}${lasting ? ' to the end' : ''}`;
  }
  const shortest = duration(lengths.reduce((one, other) => Math.min(one, other), longest));
  const length = shortest === duration(longest) ? shortest : `${shortest} to ${duration(longest)}`;
  return `${integer(group.length)}×, ${length}${lasting ? ', to the end' : ''}`;
}

/** What a type that only one side has is to those who move from control to candidate. */
const PURPOSE: Readonly<Record<Side, string>> = { candidate: 'new on purpose', control: 'gone on purpose' };

/** What was seen and not judged: why, how many, on which side, and what. */
export function unjudgedRows(report: Report): string[][] {
  return [
    ...top(report.unmapped).map(({ side, event, count }) => ['unmapped', integer(count), side, event]),
    ...beyond('unmapped', report.unmapped),
    ...top(report.unreadable).map(({ side, reason, count }) => ['unreadable', integer(count), side, reason]),
    ...beyond('unreadable', report.unreadable),
    ...Object.entries(report.only).map(([type, { side, count }]) => [PURPOSE[side], integer(count), side, type]),
    ...bySide('outside coverage', report.outsideCoverage),
    ...bySide('still open', report.open),
  ];
}

interface Counted {
  readonly count: number;
}

function top<Item extends Counted>(items: readonly Item[]): Item[] {
  return items.toSorted((one, other) => other.count - one.count).slice(0, MOST);
}

function beyond(label: string, items: readonly Counted[]): string[][] {
  const rest = items.length - MOST;
  const seen = items.toSorted((one, other) => other.count - one.count).slice(MOST);
  const events = seen.reduce((total, { count }) => total + count, 0);
  return rest > 0 ? [[label, integer(events), '', `${integer(rest)} more, not listed`]] : [];
}

function bySide(label: string, counts: BothSides): string[][] {
  const { control, candidate } = counts;
  return [
    ...(control > 0 ? [[label, integer(control), 'control', '']] : []),
    ...(candidate > 0 ? [[label, integer(candidate), 'candidate', '']] : []),
  ];
}

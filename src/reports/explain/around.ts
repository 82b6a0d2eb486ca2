import type { Gap, Report } from '../../model/report.js';
import type { Link, Mark, Ms } from '../../model/timeline.js';
import { SIDES } from '../../model/timeline.js';
import type { Verdict } from '../../model/verdict.js';
import { duration } from '../text.js';

/** Something that happened near a verdict. */
export interface Happening {
  readonly t: Ms;
  /** Part of the verdict itself. */
  readonly isOwn: boolean;
  /** `control`, `candidate`, or neither. */
  readonly who: string;
  readonly what: string;
}

/** What is told before, during and after the verdict, beside its own moments: findings must not push out links. */
const MOST = { links: 5, findings: 6 };

/** What is known of the time around a verdict, in order. */
export interface Around {
  /** The moment that times are told from: its first arrival. */
  readonly originMs: Ms;
  readonly happenings: readonly Happening[];
  /** How much more there is before and after. */
  readonly before: number;
  readonly after: number;
}

/** Its arrivals and deadline, and of the same account the nearest links, gaps, marks and other findings. */
export function around(verdict: Verdict, report: Report): Around {
  const own = ownOf(verdict, report);
  const originMs = Math.min(...own.map(({ t }) => t));
  const end = Math.max(...own.map(({ t }) => t));
  const links = [
    ...report.moments.flatMap((moment) => momentOf(moment, verdict.account)),
    ...report.gaps.flatMap((gap) => gapOf(gap, verdict.account, report)),
  ];
  const findings = report.findings
    .filter(({ id, account }) => id !== verdict.id && account === verdict.account)
    .map(neighbour);
  const near = [nearest(links, originMs, end, MOST.links), nearest(findings, originMs, end, MOST.findings)];
  return {
    originMs,
    happenings: [...own, ...near.flatMap(({ told }) => told)].sort((a, b) => a.t - b.t),
    before: near.reduce((sum, { before }) => sum + before, 0),
    after: near.reduce((sum, { after }) => sum + after, 0),
  };
}

/** The last before, the first within, and the first after; and how many more there are. */
function nearest(
  all: readonly Happening[],
  from: Ms,
  to: Ms,
  most: number,
): { readonly told: readonly Happening[]; readonly before: number; readonly after: number } {
  const inOrder = all.toSorted((a, b) => a.t - b.t);
  const earlier = inOrder.filter(({ t }) => t < from);
  const within = inOrder.filter(({ t }) => t >= from && t <= to);
  const later = inOrder.filter(({ t }) => t > to);
  return {
    told: [...earlier.slice(-most), ...within.slice(0, 2 * most), ...later.slice(0, most)],
    before: Math.max(0, earlier.length - most),
    after: Math.max(0, within.length - 2 * most) + Math.max(0, later.length - most),
  };
}

function ownOf(verdict: Verdict, { run }: Report): Happening[] {
  const { outcome, duplicate, control, candidate } = verdict;
  const own = SIDES.flatMap((side): Happening[] => {
    const sighting = verdict[side];
    return sighting === undefined ? [] : [happening(sighting.t, side, `came: ${sighting.event}`, true)];
  });
  if (duplicate !== undefined) {
    const first = verdict.t - duplicate.afterMs;
    return [happening(first, duplicate.side, 'the first of this key had come', true), ...own];
  }
  if (control !== undefined && candidate !== undefined) {
    const endT = control.t + run.window.afterMs;
    return candidate.t > endT ? [...own, happening(endT, '', 'the window ended', true)] : own;
  }
  const wait = outcome === 'missing' ? 'the wait for candidate ended: missing' : `the wait ended: ${outcome}`;
  return [...own, happening(verdict.t, '', outcome === 'extra' ? 'the wait for control ended: extra' : wait, true)];
}

function happening(t: Ms, who: string, what: string, isOwn = false): Happening {
  return { t, who, what, isOwn };
}

function momentOf(moment: Link | Mark, account: string): Happening[] {
  if (moment.kind === 'mark') return [happening(moment.t, '', `mark: ${moment.label}`)];
  if (moment.account !== account) return [];
  return [happening(moment.t, moment.side, `${moment.state}: ${moment.reason}`)];
}

/** Gaps of a side are told by its links already, as far as these are told; what is left are stalls of ours and later ones. */
function gapOf(gap: Gap, account: string, { moments }: Report): Happening[] {
  if (gap.account !== undefined && gap.account !== account) return [];
  const isTold = moments.some(
    (moment) =>
      moment.kind === 'link' && moment.account === account && moment.side === gap.side && moment.t === gap.fromMs,
  );
  if (isTold && gap.unread !== true) return [];
  const long = gap.toMs === null ? 'to the end' : `for ${duration(gap.toMs - gap.fromMs)}`;
  const what = gap.unread === true ? 'a hole in the recording' : 'not listening';
  return [happening(gap.fromMs, gap.side ?? '', `${what} ${long}: ${gap.reason}`)];
}

function neighbour({ id, t, outcome, type, key }: Verdict): Happening {
  return happening(t, '', `${id} ${outcome}: ${type} ${key}`);
}

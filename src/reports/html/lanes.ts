import type { OutcomeCounts, Report } from '../../model/report.js';
import type { Lane } from '../../model/series.js';
import type { Ms, Side } from '../../model/timeline.js';
import { DEFECTS, totalOf } from '../told/cells.js';
import { short } from './findings.js';

/** One account's row in the timeline. */
export interface LaneData {
  readonly account: string;
  readonly events: number;
  readonly defects: number;
  readonly inconclusive: number;
  /** Verdicts by cell of time; without it, only the counts are known. */
  readonly outcomes?: Lane['outcomes'];
  readonly gaps: readonly { readonly side: Side; readonly fromMs: Ms; readonly toMs: Ms }[];
  /** When a subscription came up. */
  readonly ups: readonly { readonly side: Side; readonly t: Ms }[];
}

/** Accounts and, for each, gaps and links that the page holds. */
const LANES_HELD = 500;
const MOMENTS_HELD = 100;

/** The accounts with the most defects, then those with the most events. */
export function lanesOf(report: Report): LaneData[] {
  const lanes = new Map(report.series?.lanes.map((lane) => [lane.account, lane.outcomes]));
  const ranked = Object.entries(report.accounts).sort(([a, one], [b, other]) => worse(one, other) || (a < b ? -1 : 1));
  const held = ranked.slice(0, LANES_HELD);
  const gaps = byAccount(held, report.gaps);
  const links = byAccount(
    held,
    report.moments.flatMap((moment) => (moment.kind === 'link' && moment.state === 'up' ? [moment] : [])),
  );
  return held.map(([account, counts]): LaneData => {
    const outcomes = lanes.get(account);
    return {
      account: short(account),
      events: totalOf(counts),
      defects: totalOf(counts, DEFECTS),
      inconclusive: counts.inconclusive,
      ...(outcomes && { outcomes }),
      gaps: (gaps.get(account) ?? []).flatMap(({ side, fromMs, toMs }) =>
        side === undefined ? [] : [{ side, fromMs, toMs: toMs ?? report.run.durationMs }],
      ),
      ups: (links.get(account) ?? []).map(({ side, t }) => ({ side, t })),
    };
  });
}

function worse(one: OutcomeCounts, other: OutcomeCounts): number {
  return totalOf(other, DEFECTS) - totalOf(one, DEFECTS) || totalOf(other) - totalOf(one);
}

function byAccount<Item extends { readonly account?: string }>(
  accounts: readonly (readonly [string, unknown])[],
  items: readonly Item[],
): Map<string, Item[]> {
  const found = new Map<string, Item[]>(accounts.map(([account]) => [account, []]));
  for (const item of items) {
    const held = item.account === undefined ? undefined : found.get(item.account);
    if (held !== undefined && held.length < MOMENTS_HELD) held.push(item);
  }
  return found;
}

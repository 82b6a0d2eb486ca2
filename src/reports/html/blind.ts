import type { Gap, Report } from '../../model/report.js';
import type { Ms, Side } from '../../model/timeline.js';

/** Who did not listen: a side, or this process to either; or what came is not known, since a recording cannot be read there. */
export type Blinded = Side | 'ours' | 'unread';

/** An interval in which some accounts were not listened to. */
export interface Blind {
  readonly who: Blinded;
  readonly fromMs: Ms;
  readonly toMs: Ms;
  /** Of all accounts, above 0 and at most 1. */
  readonly share: number;
}

/** Intervals that the page holds a side. A run with more is drawn with the largest ones. */
const HELD = 1_000;

/** Parts of the run that a plot could show apart. */
const FINEST = 1_000;

/** When which share of the accounts was not listened to, and why: what a plot over all accounts shades. */
export function blindness({ gaps, run }: Pick<Report, 'gaps' | 'run'>): Blind[] {
  return (['ours', 'control', 'candidate', 'unread'] as const).flatMap((who) => {
    const steps = gaps
      .filter((gap) => whoOf(gap) === who)
      .flatMap(({ account, fromMs, toMs }) => {
        const by = account === undefined ? run.accounts : 1;
        return [
          { t: fromMs, by },
          { t: Math.min(toMs ?? run.durationMs, run.durationMs), by: -by },
        ];
      })
      .sort((a, b) => a.t - b.t);
    const intervals: Blind[] = [];
    let absent = 0;
    steps.forEach(({ t, by }, index) => {
      absent += by;
      const toMs = steps[index + 1]?.t ?? t;
      const share = Math.min(1, absent / Math.max(1, run.accounts));
      if (absent === 0 || toMs === t) return;
      const last = intervals.at(-1);
      // Accounts rarely go at the very same moment: steps that nobody could see apart are one.
      if (last?.toMs === t && toMs - last.fromMs < run.durationMs / FINEST) {
        intervals.splice(-1, 1, { ...last, toMs, share: Math.max(last.share, share) });
      } else intervals.push({ who, fromMs: t, toMs, share });
    });
    if (intervals.length <= HELD) return intervals;
    return intervals.sort((a, b) => (b.toMs - b.fromMs) * b.share - (a.toMs - a.fromMs) * a.share).slice(0, HELD);
  });
}

function whoOf({ side, unread }: Gap): Blinded {
  return unread === true ? 'unread' : (side ?? 'ours');
}

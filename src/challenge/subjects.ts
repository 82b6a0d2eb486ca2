import type { Gap, Report } from '../model/report.js';
import type { MatchSettings } from '../model/settings.js';
import { SIDES, type Ms, type TimelineEntry } from '../model/timeline.js';
import { shuffled } from './draw.js';
import { nameOf, type EventName, type Sample, type Sampled } from './sample.js';

/** The line: what it makes of a timeline. */
export type Judge = (entries: Iterable<TimelineEntry>) => Report;

/** An event that faults may be put into: seen once on each side, found to agree, with everyone listening all around it. */
export interface Subject extends EventName {
  readonly control: Sampled;
  readonly candidate: Sampled;
}

/** How long an event can matter: its window, and once more for one that comes late. */
export function reachOf({ window, resolutionMs }: MatchSettings): Ms {
  return 2 * window.afterMs + window.beforeMs + resolutionMs;
}

/** The sample as a timeline, with some frames replaced, and with quiet listening behind it so that every wait ends. */
export function timelineOf(
  sample: Sample,
  frames: readonly Sampled[],
  match: MatchSettings,
  replaced: ReadonlyMap<number, readonly Sampled[]> = new Map(),
): TimelineEntry[] {
  const altered = frames.flatMap((sampled) => replaced.get(sampled.number) ?? [sampled]);
  const all = [...sample.quiet, ...altered.map(({ number, frame }) => ({ number, entry: frame as TimelineEntry }))];
  all.sort((a, b) => a.entry.t - b.entry.t || a.number - b.number);
  const end: TimelineEntry = { kind: 'tick', t: sample.endT + reachOf(match) + 1 };
  return [...all.map(({ entry }) => entry), end];
}

/** What a sample was found to be as it came. */
export interface Unaltered {
  readonly frames: readonly Sampled[];
  readonly report: Report;
}

/** Judges the sample as it came; as much of it as the report tells every finding of, since an untold one would pass for none. */
export function judgeUnaltered(sample: Sample, match: MatchSettings, judge: Judge, seed: number): Unaltered {
  let { frames } = sample;
  for (;;) {
    const report = judge(timelineOf(sample, frames, match));
    if (report.findingsLeftOut === 0) return { frames, report };
    const names = shuffled([...new Set(frames.map(nameOf))], seed, (name) => name);
    const half = new Set(names.slice(0, Math.floor(names.length / 2)));
    frames = frames.filter((sampled) => half.has(nameOf(sampled)));
  }
}

/** The events of a sample that may be afflicted, given what the unaltered sample was judged to be. */
export function subjectsOf(sample: Sample, { frames, report }: Unaltered, match: MatchSettings): Subject[] {
  const blamed = new Set(report.findings.map(nameOf));
  const since = startOf(sample, match);
  const events = new Map<string, Sampled[]>();
  for (const sampled of frames) {
    const name = nameOf(sampled);
    const event = events.get(name);
    if (event === undefined) events.set(name, [sampled]);
    else event.push(sampled);
  }
  return [...events].flatMap(([name, seen]): Subject[] => {
    const control = seen.find(({ side }) => side === 'control');
    const candidate = seen.find(({ side }) => side === 'candidate');
    if (control === undefined || candidate === undefined || seen.length > 2 || blamed.has(name)) return [];
    const { account, type, key } = control;
    const first = Math.min(control.frame.t, candidate.frame.t);
    const from = first - reachOf(match);
    const to = control.frame.t + reachOf(match);
    const listened = first >= since(account) && !report.gaps.some((gap) => disturbs(gap, account, from, to));
    return listened ? [{ account, type, key, control, candidate }] : [];
  });
}

/** From when on both sides of an account were listening; Infinity if never. */
function startOf({ quiet }: Sample, { settleMs }: MatchSettings): (account: string) => Ms {
  const ups = new Map<string, Ms>();
  for (const { entry } of quiet) {
    if (entry.kind !== 'link' || entry.state !== 'up') continue;
    const link = JSON.stringify([entry.side, entry.account]);
    if (!ups.has(link)) ups.set(link, entry.t + settleMs);
  }
  return (account) => Math.max(...SIDES.map((side) => ups.get(JSON.stringify([side, account])) ?? Infinity));
}

function disturbs(gap: Gap, account: string, from: Ms, to: Ms): boolean {
  const concerns = gap.account === undefined || gap.account === account;
  return concerns && gap.fromMs < to && (gap.toMs ?? Infinity) > from;
}

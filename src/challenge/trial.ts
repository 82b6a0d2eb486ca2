import type { Report } from '../model/report.js';
import type { Settings } from '../model/settings.js';
import type { Side } from '../model/timeline.js';
import type { Outcome } from '../model/verdict.js';
import type { Fault } from './faults.js';
import type { Standing } from './left-out.js';
import { nameOf, type Sample, type Sampled } from './sample.js';
import { timelineOf, type Judge, type Subject } from './subjects.js';

/** How a fault was found: by the outcome of the event it was put into, or in the order of the account's events. */
export type Sign = Exclude<Outcome, 'match' | 'allowed' | 'inconclusive'> | 'reordered';

/** One fault in one event. */
export interface Trial {
  readonly fault: Fault;
  readonly side: Side;
  readonly type: string;
  /** Of a fault in a content: where, grouped, and what the config makes of that place. */
  readonly path?: string;
  readonly standing?: Standing;
  /** `unnoticed`: the event's verdict did not change. `undecided`: nobody could be blamed, for a gap. */
  readonly found: Sign | 'unnoticed' | 'undecided';
}

/** A fault that is to be put into an event: what it was, and the frames that stand in the place of others. */
export interface Injection extends Omit<Trial, 'found'> {
  readonly subject: Subject;
  readonly replaced: readonly (readonly [number: number, frames: readonly Sampled[]])[];
}

/** Faults of one pass: a report tells every finding of so many. */
export const INJECTIONS_MOST = 1_000;

/** What every pass over the sample needs. */
export interface Bench {
  readonly sample: Sample;
  /** Those of the subjects alone: what was wrong before stays out of the way. */
  readonly frames: readonly Sampled[];
  readonly settings: Settings;
  readonly judge: Judge;
  readonly seed: number;
  readonly subjects: readonly Subject[];
  readonly unaltered: Report;
}

/** Runs the line over the sample with faults in it. */
export function judgeAltered(bench: Bench, injections: readonly Injection[]): Report {
  const replaced = new Map(injections.flatMap((injection) => injection.replaced));
  return bench.judge(timelineOf(bench.sample, bench.frames, bench.settings.match, replaced));
}

/** One pass: faults in events that have nothing to do with each other, each looked up by the event it was put into. */
export function attempt(bench: Bench, injections: readonly Injection[]): Trial[] {
  if (injections.length === 0) return [];
  const { findings, findingsLeftOut } = judgeAltered(bench, injections);
  // There are few enough for every finding to be told: an untold one would pass for unnoticed.
  if (findingsLeftOut > 0) throw new Error(`${findingsLeftOut} findings of a challenge were not told`);
  const signs = new Map<string, Outcome[]>();
  for (const finding of findings) {
    const name = nameOf(finding);
    signs.set(name, [...(signs.get(name) ?? []), finding.outcome]);
  }
  return injections.map((injection) => trialOf(injection, signOf(signs.get(nameOf(injection.subject)) ?? [])));
}

export function trialOf({ fault, side, type, path, standing }: Injection, found: Trial['found']): Trial {
  const where = path === undefined || standing === undefined ? {} : { path, standing };
  return { fault, side, type, ...where, found };
}

function signOf(outcomes: readonly Outcome[]): Trial['found'] {
  const sign = outcomes.find(isSign);
  return sign ?? (outcomes.length === 0 ? 'unnoticed' : 'undecided');
}

function isSign(outcome: Outcome): outcome is Exclude<Sign, 'reordered'> {
  return outcome !== 'match' && outcome !== 'allowed' && outcome !== 'inconclusive';
}

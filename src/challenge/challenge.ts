import type { Settings } from '../model/settings.js';
import { alarms } from './alarms.js';
import { tryContentFaults } from './contents.js';
import type { Sample } from './sample.js';
import { byFault, byPath, tally, type FaultScore, type PathScore, type Tally } from './score.js';
import { tryStreamFaults } from './stream.js';
import { judgeUnaltered, subjectsOf, timelineOf, type Judge } from './subjects.js';
import type { Bench, Sign, Trial } from './trial.js';

/** What the configured rules and limits caught of known faults in a copy of a stream. */
export interface Challenge {
  readonly seed: number;
  readonly configHash: string;
  /** Events that agreed, with everyone listening, and so could take a fault. */
  readonly events: number;
  /** False if they are a choice of what came. */
  readonly isWhole: boolean;
  /** Times that the sample was put through the line with faults in it. */
  readonly passes: number;
  /**
   * `contents`: faults in values, off the paths that pair: what comparing is worth, and what is meant by "the score".
   * `pairing`: faults in keys, conditions and what holds them. `stream`: faults of whole events.
   */
  readonly score: Readonly<Record<'contents' | 'pairing' | 'stream', Tally>>;
  readonly faults: readonly FaultScore[];
  readonly paths: readonly PathScore[];
  /** Objects, and what became of fields in them that nobody announced. */
  readonly newFields: readonly PathScore[];
  /** Findings that no configured limit counts. */
  readonly uncounted: readonly Sign[];
  /** Paths (of a side and a type) beyond those tried: only so many are. */
  readonly pathsLeftOut: number;
}

/**
 * Applies known faults to copies of a sample, puts each copy through the line, and compares with what the line made of the
 * sample as it was: a fault is noticed when the verdict of the very event it was put into turned, and caught if a
 * configured limit counts that verdict. The same sample and seed give the same answer.
 */
export function challenge(sample: Sample, settings: Settings, judge: Judge, seed: number): Challenge {
  const asItCame = judgeUnaltered(sample, settings.match, judge, seed);
  const subjects = subjectsOf(sample, asItCame, settings.match);
  const agreeing = new Set(subjects.flatMap(({ control, candidate }) => [control, candidate]));
  const frames = asItCame.frames.filter((sampled) => agreeing.has(sampled));
  const unaltered = judge(timelineOf(sample, frames, settings.match));
  const bench: Bench = { sample, frames, settings, judge, seed, subjects, unaltered };
  const counted = alarms(unaltered, settings);
  const stream = tryStreamFaults(bench);
  const { trials, passes, pathsSeen, pathsTried } = tryContentFaults(bench);
  const isPairing = ({ standing }: Trial) => standing?.kind === 'pairing';
  const isNew = ({ fault }: Trial) => fault === 'extra field';
  const all = [...stream, ...trials];
  const foundAs = new Set(all.flatMap(({ found }) => (found === 'unnoticed' || found === 'undecided' ? [] : found)));
  return {
    seed,
    configHash: settings.hash,
    events: subjects.length,
    isWhole: sample.isWhole && asItCame.frames.length === sample.frames.length,
    passes: passes + new Set(stream.map(({ fault, side }) => `${fault} ${side}`)).size,
    score: {
      contents: tally(
        trials.filter((trial) => !isPairing(trial)),
        counted,
      ),
      pairing: tally(trials.filter(isPairing), counted),
      stream: tally(stream, counted),
    },
    faults: byFault(all, counted),
    paths: byPath(
      trials.filter((trial) => !isNew(trial)),
      counted,
    ),
    newFields: byPath(trials.filter(isNew), counted),
    uncounted: [...foundAs].filter((sign) => !counted.has(sign)),
    pathsLeftOut: pathsSeen - pathsTried,
  };
}

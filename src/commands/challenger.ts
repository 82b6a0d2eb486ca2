import { challenge } from '../challenge/challenge.js';
import { Sample } from '../challenge/sample.js';
import { challengeSection } from '../challenge/section.js';
import type { Judge } from '../challenge/subjects.js';
import { withSections } from '../ledger/sections.js';
import type { Report } from '../model/report.js';
import type { Section } from '../model/section.js';
import type { Settings } from '../model/settings.js';
import type { TimelineEntry } from '../model/timeline.js';
import { Line } from '../run.js';
import { wholeNumber } from './context.js';

/** The seed of `--seed`. @throws CallError */
export function seedOf({ seed }: { readonly seed: string }): number {
  return wholeNumber('--seed', seed, 0, 0xffffffff);
}

/** A challenge that goes along with a run: it is shown every entry, keeps a bounded sample, and is asked at the end. */
export interface Challenger {
  add(entry: TimelineEntry): void;
  section(): Section;
}

export function openChallenger(settings: Settings, seed: number): Challenger {
  const sample = new Sample(settings, seed);
  return {
    add: (entry) => sample.add(entry),
    section: () => challengeSection(challenge(sample, settings, judgeWith(settings), seed)),
  };
}

/** The report with the answer of the challenge beside it, where there was one. */
export function withChallenge(report: Report, challenger: Pick<Challenger, 'section'> | undefined): Report {
  return challenger === undefined ? report : withSections(report, [challenger.section()]);
}

/** The real line. */
function judgeWith(settings: Settings): Judge {
  return (entries) => {
    const line = new Line(settings, { findings: Infinity });
    for (const entry of entries) line.add(entry);
    // Wall time takes no part in any verdict.
    return line.report({ startedAt: new Date(0).toISOString() });
  };
}

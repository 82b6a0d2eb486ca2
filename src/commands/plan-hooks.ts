import { startClock } from '../clock.js';
import { ObserveError } from '../model/errors.js';
import type { Plan } from '../model/plan.js';
import type { Section } from '../model/section.js';
import type { Settings } from '../model/settings.js';
import type { Frame } from '../model/timeline.js';
import type { Asked } from '../plan/dry-run.js';
import type { Hooks } from '../plan/hooks.js';
import { isolationCalls } from '../plan/isolation.js';
import { ownHooks } from '../plan/own-hooks.js';
import { listCalls, Snapshot } from '../snapshot-line.js';
import { redaction } from './tape.js';

/** What a plan can ask for; lists only where the config says where they are. */
export function planHooks(settings: Settings, plan: Plan): Hooks {
  return {
    ...ownHooks(settings, plan),
    ...(settings.snapshot === undefined ? {} : { snapshot: (signal: AbortSignal) => compareLists(settings, signal) }),
  };
}

/** What those would call, for a dry run. */
export function hookCalls(settings: Settings): Asked {
  return {
    isolation: isolationCalls(settings),
    snapshot: settings.snapshot === undefined ? [] : listCalls(settings),
  };
}

/** A snapshot of the accounts' lists; what cannot be read is nobody's answer. */
async function compareLists(settings: Settings, signal: AbortSignal): Promise<Section> {
  const clock = startClock({ everyMs: 100, stallMs: settings.match.stallMs });
  const { redact } = redaction(settings);
  const snapshot = new Snapshot(settings, {
    now: () => clock.now(),
    interrupt: signal,
    ...(redact === undefined ? {} : { redact: (frame: Frame) => redact(frame) as Frame }),
  });
  try {
    await snapshot.compare();
    const [section] = snapshot.report({ startedAt: clock.startedAt }).sections ?? [];
    if (section === undefined) throw new Error('a snapshot without a section');
    return section;
  } catch (error) {
    if (!(error instanceof ObserveError)) throw error;
    return { kind: 'snapshot', title: 'Snapshot', status: 'undecided', summary: error.message, cases: [], tables: [] };
  } finally {
    await snapshot.stop();
  }
}

import type { Plan } from '../model/plan.js';
import type { Settings } from '../model/settings.js';
import type { Ms } from '../model/timeline.js';
import type { Hooks } from './hooks.js';
import { interferenceSection } from './interference-section.js';
import { judgeInterference, pairsOf } from './interference.js';
import { isolationSection } from './isolation-section.js';
import { checkIsolation } from './isolation.js';

/** How long a server may take to refuse an account what is another's. */
const ANSWER_MS: Ms = 10_000;

/** The judgements that this room has itself, for the accounts that the plan is about. */
export function ownHooks(settings: Settings, { interference }: Pick<Plan, 'interference'>): Hooks {
  return {
    isolation: async (signal) =>
      isolationSection(await checkIsolation(settings, { timeoutMs: ANSWER_MS, random: () => 0.5, signal })),
    ...(interference === undefined
      ? {}
      : { interference: (off, on) => interferenceSection(interference.side, judgeInterference(pairsOf(off, on))) }),
  };
}

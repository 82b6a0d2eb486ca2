import type { ReplayFacts } from '../model/report.js';
import type { Section } from '../model/section.js';
import type { GateSettings } from '../model/settings.js';
import { SIDES } from '../model/timeline.js';

/**
 * Keeps a replay from being proven by what was accepted alone: an event that a system refuses is judged no more than one
 * that is inconclusive, and it may be the very one that the system cannot take. None where few sends failed.
 */
export function sendsSections(
  { sent, failed }: Pick<ReplayFacts, 'sent' | 'failed'>,
  { inconclusiveShare }: Pick<GateSettings, 'inconclusiveShare'>,
): Section[] {
  const cases = SIDES.flatMap((side) => {
    const refused = failed.filter(({ target }) => target === side).reduce((sum, { count }) => sum + count, 0);
    const all = sent[side] + refused;
    if (refused <= inconclusiveShare * all) return [];
    const detail = `${refused} of ${all} failed, at most ${Number((100 * inconclusiveShare).toPrecision(4))} % (gate.inconclusiveShare)`;
    return [{ name: `sends to ${side}`, status: 'undecided' as const, detail }];
  });
  if (cases.length === 0) return [];
  const summary =
    'Too many sends failed: what was not accepted was not judged, and what was judged says nothing of it.';
  return [{ kind: 'replay', title: 'Sends', status: 'undecided', summary, cases, tables: [] }];
}

import type { Report } from '../../model/report.js';
import type { Ms } from '../../model/timeline.js';
import type { Verdict } from '../../model/verdict.js';
import { count, duration } from '../text.js';

/** Why a verdict is what it is, in sentences. */
export function why(verdict: Verdict, { run }: Pick<Report, 'run'>): string[] {
  return [WHY[verdict.outcome](verdict, run.window), ...amended(verdict)];
}

type Window = Report['run']['window'];

const WHY: Readonly<Record<Verdict['outcome'], (verdict: Verdict, window: Window) => string>> = {
  match: () => 'Both sides came in time and say the same.',
  allowed: () => 'Both sides came in time and differ only where rules permit it.',
  mismatch: (verdict, window) => {
    const places = verdict.differences?.length ?? 0;
    const more = verdict.reason === undefined ? '' : ` (${verdict.reason})`;
    const rules = verdict.allowedBy?.length ?? 0;
    const rest = rules === 0 ? '' : `; what else differs is let through by ${count(rules, 'rule')}`;
    return `${came(verdict, window)}, and its content differs in ${count(places, 'place')} that no rule permits${more}${rest}.`;
  },
  missing: (_, { afterMs }) =>
    `Control came, and candidate was listening during all of the ${duration(afterMs)} in which its event had to come; nothing came by then.`,
  extra: ({ amends }, window) =>
    amends === 'inconclusive'
      ? 'Candidate came, and control sent none of that key, although it had been listening for longer than any event of the run took.'
      : `Candidate came, and control, which was listening during all of the time in which its event had to come (${span(window)}), sent none of that key.`,
  duplicate: ({ duplicate }) => {
    if (duplicate === undefined) return 'A key was seen again on a side that already had its event.';
    const { side, afterMs, sameContent } = duplicate;
    return `${capital(side)} had already sent this key ${duration(afterMs)} before; it came again, with ${sameContent ? 'the same' : 'other'} content, while the first was still remembered.`;
  },
  late: (verdict, window) => `${came(verdict, window)}; the content is as it should be.`,
  inconclusive: ({ reason }) => `Nobody can be blamed: ${reason ?? 'a side was not listening'}.`,
};

/** How long after control the candidate came, and whether that was in time. */
function came({ lagMs }: Verdict, { afterMs }: Window): string {
  if (lagMs === undefined) return 'Both sides came';
  if (lagMs < 0) return `Candidate came ${duration(-lagMs)} before control, inside the window`;
  const late = lagMs - afterMs;
  const when = late > 0 ? `${duration(late)} after the window of ${duration(afterMs)} had ended` : 'inside the window';
  return `Candidate came ${duration(lagMs)} after control, ${when}`;
}

/** Of a candidate event: control's may have come `after` before it, or `before` after it. */
function span({ beforeMs, afterMs }: Window): string {
  return `from ${duration(afterMs)} before it to ${spell(beforeMs)} after it`;
}

function spell(ms: Ms): string {
  return ms === 0 ? 'right' : duration(ms);
}

function amended({ amends, outcome }: Verdict): string[] {
  return amends === undefined ? [] : [`It stood as ${amends} until then, and was amended to ${outcome} by later news.`];
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

import type { Report } from '../../model/report.js';
import type { Verdict } from '../../model/verdict.js';
import { duration, integer } from '../text.js';
import { alike, differing, notKept, reasonOf, someOfEach, valuesOf } from '../told/findings.js';
import { gapGroups, unjudgedRows } from '../told/gaps.js';
import { more } from './sections.js';
import { code, prose, table } from './text.js';

const MOST = 15;
/** Of one outcome. */
const MOST_TYPES = 5;

const right = { align: 'right' } as const;

/** Where bodies differ, most frequent first, each with one example. */
export function mismatches(report: Report): string[] {
  const groups = differing(report);
  if (groups.length === 0) return [];
  const rows = groups.slice(0, MOST).map(({ type, path, kind, times, example }) => {
    const told = [integer(times), code(type), code(path), kind];
    if (example === undefined) return told;
    const { control, candidate } = valuesOf(example.difference);
    return [...told, code(control), code(candidate), placeOf(example.verdict)];
  });
  const columns = ['type', 'place', 'kind', 'control', 'candidate', 'for example'].map((heading) => ({ heading }));
  return [
    '### Mismatches',
    '',
    ...table([{ heading: 'times', ...right }, ...columns], rows),
    ...more(groups.length - rows.length, 'further difference'),
  ];
}

/** Findings other than differing bodies, by outcome and type. */
export function others(report: Report): string[] {
  const groups = alike(report);
  const shown = someOfEach(groups, MOST_TYPES);
  const left = notKept(report);
  if (groups.length + left.length === 0) return [];
  const rows = shown.map(({ outcome, type, times, verdicts }) => {
    const reasons = new Set(verdicts.slice(0, 3).map(reasonOf));
    const places = verdicts.slice(0, 3).map(placeOf).join('; ');
    return [
      integer(times),
      outcome,
      code(type),
      prose([...reasons].filter(Boolean).join('; ')),
      `${places}${times > 3 ? '; …' : ''}`,
    ];
  });
  const columns = ['outcome', 'type', 'why', 'for example'].map((heading) => ({ heading }));
  return [
    '### Other findings',
    '',
    ...table([{ heading: 'times', ...right }, ...columns], rows),
    ...more(groups.length - shown.length, 'further group'),
    ...left.flatMap((sentence) => [prose(sentence), '']),
  ];
}

function placeOf({ key, account, id, outcome, duplicate, lagMs }: Verdict): string {
  const delay = duplicate?.afterMs ?? (outcome === 'late' ? lagMs : undefined);
  return `key ${code(key)}, ${code(account)}, ${code(id)}${delay === undefined ? '' : `, after ${duration(delay)}`}`;
}

/** When a side was not listening, and why. */
export function gaps(report: Report): string[] {
  const groups = gapGroups(report);
  if (groups.length === 0) return [];
  const rows = groups.slice(0, MOST).map(({ side, who, when, reason }) => [side, prose(who), when, prose(reason)]);
  return [
    '### Gaps',
    '',
    ...table(
      ['side', 'who', 'when', 'why'].map((heading) => ({ heading })),
      rows,
    ),
    ...more(groups.length - rows.length, 'further reason'),
  ];
}

/** What was seen and not judged. */
export function unjudged(report: Report): string[] {
  const rows = unjudgedRows(report);
  if (rows.length === 0) return [];
  return [
    '### Seen, and not judged',
    '',
    ...table(
      [{ heading: 'why' }, { heading: 'events', ...right }, { heading: 'side' }, { heading: 'what' }],
      rows.map(([why = '', events = '', side = '', what = '']) => [why, events, side, prose(what)]),
    ),
  ];
}

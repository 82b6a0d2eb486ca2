import type { Report } from '../../model/report.js';
import type { Verdict } from '../../model/verdict.js';
import { columns, cut, flow, remark, wrap } from '../layout.js';
import type { Page } from '../layout.js';
import { count, integer } from '../text.js';
import { alike, differing, notKept, placeOf, reasonOf, someOfEach, valuesOf } from '../told/findings.js';
import type { Differing } from '../told/findings.js';
import { groupBy } from '../told/group.js';
import { OUTCOME_STYLES } from './outcomes.js';
import { annotate, table } from './table.js';

const MOST = 10;
/** Of one outcome. */
const MOST_TYPES = 3;
/** Of one reason. */
const MOST_LINES = 3;

/** Where bodies differ, most frequent first, by type, place and kind, each with one example. */
export function mismatches(report: Report, page: Page): string[] {
  const groups = differing(report);
  if (groups.length === 0) return [];
  const shown = groups.slice(0, MOST);
  const lines = table(
    page,
    [{ heading: '', align: 'right' }, { heading: '', least: 10 }, { heading: '', least: 12 }, { heading: '' }],
    shown.map(({ times, type, path, kind }) => [
      { text: `${integer(times)}×`, style: 'bad' },
      type,
      { text: path, style: 'strong' },
      kind,
    ]),
  );
  return [
    page.ink('strong', 'Mismatches'),
    ...annotate(lines, (place) => {
      const group = shown[place];
      return group?.example === undefined ? [] : exampleOf(group.example, page);
    }),
    ...more(groups.length - shown.length, 'further difference', page),
  ];
}

/** `"a" → "b"  key 7, rep-1, v17`: values share the room, and what one does not need is the other's. */
function exampleOf({ difference, verdict }: NonNullable<Differing['example']>, page: Page): string[] {
  const room = page.width - 6;
  const { control, candidate } = valuesOf(difference);
  const where = cut(placeOf(verdict), room);
  const together = columns(`${control} → ${candidate}  ${where}`) <= room;
  const half = Math.floor((room - 3) / 2);
  const left = cut(control, Math.max(half, room - 3 - columns(candidate)));
  const right = cut(candidate, room - 3 - columns(left));
  const values = `      ${left} ${page.ink('faint', '→')} ${right}`;
  return together ? [`${values}  ${page.ink('faint', where)}`] : [values, `      ${page.ink('faint', where)}`];
}

/** Findings other than differing bodies, by outcome and type. */
export function others(report: Report, page: Page): string[] {
  const groups = alike(report);
  if (groups.length === 0) return leftOut(report, page);
  const shown = someOfEach(groups, MOST_TYPES);
  const lines = table(
    page,
    [{ heading: '', align: 'right' }, { heading: '' }, { heading: '', least: 10 }],
    shown.map(({ outcome, type, times }) => {
      const style = OUTCOME_STYLES[outcome];
      return [{ text: `${integer(times)}×`, ...(style && { style }) }, { text: outcome, style: 'strong' }, type];
    }),
  );
  return [
    page.ink('strong', 'Other findings'),
    ...annotate(lines, (place) => examplesOf(shown[place]?.verdicts ?? [], page)),
    ...more(groups.length - shown.length, 'further group', page),
    ...leftOut(report, page),
  ];
}

/** Up to three examples: on one line when their reason is the same, else the reason after each. */
function examplesOf(group: readonly Verdict[], page: Page): string[] {
  const room = page.width - 6;
  const reasons = new Set(group.map(reasonOf));
  const lines: string[] = [];
  if (reasons.size === 1) {
    const [reason = ''] = reasons;
    lines.push(...wrap(reason, room).slice(0, MOST_LINES));
    const rest = group.length > 3 ? ['…'] : [];
    lines.push(
      ...flow([...group.slice(0, 3).map(placeOf), ...rest], ' · ', room).map((line) => page.ink('faint', line)),
    );
  } else {
    // Three different reasons tell more than three examples of the first.
    for (const [first] of groupBy(group, reasonOf).slice(0, 3)) lines.push(...reasoned(first, room, page));
  }
  return lines.map((line) => `      ${line}`);
}

function reasoned(verdict: Verdict, room: number, page: Page): string[] {
  const place = cut(placeOf(verdict), room);
  const reason = reasonOf(verdict);
  const together = columns(`${reason}  ${place}`) <= room;
  if (together) return [`${reason}${reason === '' ? '' : '  '}${page.ink('faint', place)}`];
  return [...wrap(reason, room).slice(0, MOST_LINES), page.ink('faint', place)];
}

function leftOut(report: Report, page: Page): string[] {
  return notKept(report).flatMap((sentence) => remark(page, sentence));
}

function more(number: number, noun: string, page: Page): string[] {
  return number <= 0 ? [] : remark(page, `and ${count(number, noun)}`);
}

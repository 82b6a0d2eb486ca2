import type { Report } from '../../model/report.js';
import type { Difference, Verdict } from '../../model/verdict.js';
import { OUTCOMES } from '../../model/verdict.js';
import { columns, cut, flow, remark, wrap } from '../layout.js';
import type { Page } from '../layout.js';
import { count, duration, integer } from '../text.js';
import { groupBy } from './group.js';
import { OUTCOME_STYLES } from './outcomes.js';
import { annotate, table } from './table.js';

const MOST = 10;
/** Of one outcome. */
const MOST_TYPES = 3;
/** Of one reason. */
const MOST_LINES = 3;

/** Where bodies differ, most frequent first, by type, place and kind, each with one example. */
export function mismatches(report: Report, page: Page): string[] {
  const verdicts = report.findings.filter(isMismatch);
  const differences = verdicts.flatMap((verdict) => verdict.differences.map((difference) => ({ verdict, difference })));
  const groups = groupBy(differences, ({ verdict, difference }) =>
    JSON.stringify([verdict.type, difference.group, difference.kind]),
  );
  if (groups.length === 0) return [];
  const shown = groups.toSorted((one, other) => other.length - one.length).slice(0, MOST);
  const lines = table(
    page,
    [{ heading: '', align: 'right' }, { heading: '', least: 10 }, { heading: '', least: 12 }, { heading: '' }],
    shown.map((group) => {
      const { verdict, difference } = group[0];
      const times = new Set(group.map(({ verdict }) => verdict)).size;
      return [
        { text: `${integer(times)}×`, style: 'bad' },
        verdict.type,
        { text: difference.group, style: 'strong' },
        difference.kind,
      ];
    }),
  );
  return [
    page.ink('strong', 'Mismatches'),
    ...annotate(lines, (place) => {
      const example = shown[place]?.[0];
      return example === undefined ? [] : exampleOf(example.difference, example.verdict, page);
    }),
    ...more(groups.length - shown.length, 'further difference', page),
  ];
}

type Mismatch = Verdict & { readonly differences: readonly Difference[] };

function isMismatch(verdict: Verdict): verdict is Mismatch {
  return verdict.outcome === 'mismatch' && (verdict.differences?.length ?? 0) > 0;
}

/** `"a" → "b"  key 7, rep-1, v17`: values share the room, and what one does not need is the other's. */
function exampleOf(difference: Difference, verdict: Verdict, page: Page): string[] {
  const room = page.width - 6;
  const control = difference.control ?? 'absent';
  const candidate = difference.candidate ?? 'absent';
  const where = cut(placeOf(verdict), room);
  const together = columns(`${control} → ${candidate}  ${where}`) <= room;
  const half = Math.floor((room - 3) / 2);
  const left = cut(control, Math.max(half, room - 3 - columns(candidate)));
  const right = cut(candidate, room - 3 - columns(left));
  const values = `      ${left} ${page.ink('faint', '→')} ${right}`;
  return together ? [`${values}  ${page.ink('faint', where)}`] : [values, `      ${page.ink('faint', where)}`];
}

/** Which verdict it is, for `parity explain`; late and duplicate ones with their own delay. */
function placeOf({ key, account, id, outcome, duplicate, lagMs }: Verdict): string {
  const delay = duplicate?.afterMs ?? (outcome === 'late' ? lagMs : undefined);
  return `key ${key}, ${account}, ${id}${delay === undefined ? '' : `, after ${duration(delay)}`}`;
}

/** Findings other than differing bodies, by outcome and type. */
export function others(report: Report, page: Page): string[] {
  const verdicts = report.findings.filter((verdict) => !isMismatch(verdict));
  const groups = groupBy(verdicts, ({ outcome, type }) => JSON.stringify([outcome, type]));
  if (groups.length === 0) return leftOut(report, page);
  const sorted = groups.toSorted((one, other) => other.length - one.length);
  // Some of each outcome: a frequent one must not push out a rare one.
  const shown = OUTCOMES.flatMap((outcome) =>
    sorted.filter(([first]) => first.outcome === outcome).slice(0, MOST_TYPES),
  );
  const lines = table(
    page,
    [{ heading: '', align: 'right' }, { heading: '' }, { heading: '', least: 10 }],
    shown.map((group) => {
      const { outcome, type } = group[0];
      const style = OUTCOME_STYLES[outcome];
      const times = `${integer(group.length)}×`;
      return [{ text: times, ...(style && { style }) }, { text: outcome, style: 'strong' }, type];
    }),
  );
  return [
    page.ink('strong', 'Other findings'),
    ...annotate(lines, (place) => examplesOf(shown[place] ?? [], page)),
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

/** Why, in words that verdicts of the same cause share: the delay of each is told with its place. */
function reasonOf({ outcome, reason, duplicate, lagMs }: Verdict): string {
  if (duplicate !== undefined) {
    return `again on ${duplicate.side}, with ${duplicate.sameContent ? 'the same' : 'other'} content`;
  }
  return outcome === 'late' && lagMs !== undefined ? '' : (reason ?? '');
}

function leftOut({ findingsLeftOut }: Report, page: Page): string[] {
  if (findingsLeftOut === 0) return [];
  const told = `${count(findingsLeftOut, 'further finding is', 'further findings are')} counted above, but not kept in this report`;
  return remark(page, told);
}

function more(number: number, noun: string, page: Page): string[] {
  return number <= 0 ? [] : remark(page, `and ${count(number, noun)}`);
}

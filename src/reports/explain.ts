import type { Report } from '../model/report.js';
import type { Verdict } from '../model/verdict.js';
import { around, type Around } from './explain/around.js';
import type { Located } from './explain/marks.js';
import { payloads } from './explain/payloads.js';
import type { Steps } from './explain/pretty.js';
import { why } from './explain/why.js';
import { escaped } from './json.js';
import { page, remark, wrap, type Page } from './layout.js';
import { table } from './terminal/table.js';
import { OUTCOME_STYLES } from './terminal/outcomes.js';
import { plainly } from './plainly.js';
import { count, duration, plain } from './text.js';

/** A rule of the config, and what it has to do with a verdict. */
export interface RuleThere {
  readonly path: string;
  readonly reason: string;
  /** Differences that it let through in the whole run. */
  readonly letThrough: number;
  /** `let through`: it permitted a difference of this very verdict. `did not permit`: it speaks of a place that differs. */
  readonly had: 'let through' | 'did not permit';
}

/** Everything known of one verdict. */
export interface Explanation {
  readonly verdict: Verdict;
  readonly why: readonly string[];
  readonly rules: readonly RuleThere[];
  readonly around: Around;
}

/** `speaksOf` says whether a rule's path leads to a place or to something that holds it. */
export function explanationOf(
  verdict: Verdict,
  report: Report,
  speaksOf: (rule: string, place: string) => boolean,
): Explanation {
  const allowedBy = new Set(verdict.allowedBy);
  const places = (verdict.differences ?? []).map(({ path }) => path);
  const rules = report.rules.flatMap((rule): RuleThere[] => [
    ...(allowedBy.has(rule.path) ? [{ ...rule, had: 'let through' as const }] : []),
    ...(places.some((place) => speaksOf(rule.path, place)) ? [{ ...rule, had: 'did not permit' as const }] : []),
  ]);
  return { verdict, why: why(verdict, report), rules, around: around(verdict, report) };
}

/** One verdict as one JSON document. */
export function explanationJson(explanation: Explanation): string {
  const document = { format: 'feed-parity/explanation', version: 1, ...explanation };
  return `${escaped(JSON.stringify(document, null, 2))}\n`;
}

/** One verdict for people: what it is, why, both payloads, the rules, the time around it. Ends in a line break. */
export function explanationText(
  explanation: Explanation,
  stepsOf: (place: string) => Steps,
  options: { readonly width: number; readonly colour: boolean },
): string {
  const paper = page(options);
  const located = (explanation.verdict.differences ?? []).map((difference): Located => ({
    difference,
    steps: stepsOf(difference.path),
  }));
  const harmless = plainly(explanation);
  const parts = [
    head(harmless, paper),
    differences(harmless, paper),
    // Payloads are searched as they are, and made harmless line by line.
    payloads(explanation.verdict, located, paper),
    rules(harmless, paper),
    timeline(harmless.around, paper),
  ].filter((lines) => lines.length > 0);
  return parts.map((lines) => lines.map((line) => `${line}\n`).join('')).join('\n');
}

function head({ verdict, why }: Explanation, { ink, width }: Page): string[] {
  const { id, outcome, type, key, account } = verdict;
  const [first = '', ...more] = wrap(`${id} ${outcome}: ${type}, key ${key}, ${account}`, width, 2);
  const lead = `${id} ${outcome}`;
  const opened = first.startsWith(lead)
    ? ink('strong', ink(OUTCOME_STYLES[outcome], lead)) + first.slice(lead.length)
    : first;
  return [opened, ...more, '', ...why.flatMap((sentence) => wrap(sentence, width - 2).map((line) => `  ${line}`))];
}

function differences({ verdict }: Explanation, page: Page): string[] {
  const found = verdict.differences ?? [];
  if (found.length === 0) return [];
  const shown = found.slice(0, 20);
  const columns = [
    { heading: '', least: 16 },
    { heading: '' },
    { heading: 'control', least: 12, wraps: true as const },
    { heading: 'candidate', least: 12, wraps: true as const },
  ];
  const rows = shown.map(({ path, kind, control, candidate }) => [
    { text: path, style: 'strong' as const },
    kind,
    control ?? { text: 'absent', style: 'faint' as const },
    candidate ?? { text: 'absent', style: 'faint' as const },
  ]);
  const rest = found.length - shown.length;
  return [
    page.ink('strong', 'Where they differ'),
    ...table(page, columns, rows),
    ...(rest === 0 ? [] : remark(page, `and ${count(rest, 'further place')}`)),
  ];
}

function rules({ rules, verdict }: Explanation, page: Page): string[] {
  if (rules.length === 0) {
    return (verdict.differences ?? []).length === 0
      ? []
      : [page.ink('strong', 'Rules'), ...remark(page, 'none speaks of these places')];
  }
  const columns = [{ heading: '' }, { heading: '', least: 16 }, { heading: '', least: 12, wraps: true as const }];
  const rows = rules.map(({ had, path, reason }) => [
    { text: had, style: had === 'let through' ? ('good' as const) : ('doubt' as const) },
    path,
    { text: reason, style: 'faint' as const },
  ]);
  return [page.ink('strong', 'Rules'), ...table(page, columns, rows)];
}

function timeline({ originMs, happenings, before, after }: Around, page: Page): string[] {
  const columns = [
    { heading: '', align: 'right' as const },
    { heading: '' },
    { heading: '', least: 20, wraps: true as const },
  ];
  const rows = happenings.map(({ t, who, what, isOwn }) => {
    const style = isOwn ? {} : { style: 'faint' as const };
    return [
      { text: since(t - originMs), ...style },
      { text: who, ...style },
      { text: plain(what), ...style },
    ];
  });
  return [
    page.ink('strong', `Around it: times from ${(originMs / 1000).toFixed(3)} s of the run, when it began`),
    ...(before === 0 ? [] : remark(page, `${count(before, 'earlier moment')} of the account`)),
    ...table(page, columns, rows),
    ...(after === 0 ? [] : remark(page, `and ${count(after, 'later moment')} of the account`)),
  ];
}

function since(ms: number): string {
  if (ms === 0) return '0';
  return ms > 0 ? `+${duration(ms)}` : duration(ms);
}

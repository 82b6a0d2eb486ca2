import type { LimitResult, Report } from '../../model/report.js';
import { facts, wrap } from '../layout.js';
import type { Page, Style } from '../layout.js';
import { integer } from '../text.js';
import { actualOf, evidence, reasonOfRule } from '../told/answer.js';
import { annotate, fits, table } from './table.js';
import type { Column, Row } from './table.js';

const MARKS: Readonly<Record<LimitResult['status'], { readonly sign: string; readonly style: Style }>> = {
  held: { sign: '✓', style: 'good' },
  exceeded: { sign: '✗', style: 'bad' },
  undecided: { sign: '?', style: 'doubt' },
};

/** The limits, what was measured against each, and what is lacking. */
export function gate({ gate }: Report, page: Page): string[] {
  const { limits, lacking } = gate;
  if (limits.length === 0 && lacking.length === 0) return [];
  // The limit on the defect rate, where there is one, tells the same of a fixed sample.
  const same = limits.some(({ name }) => name === 'defectRate') && gate.evidence.bound === undefined;
  const told = gate.evidence.events === 0 || same;
  return [
    page.ink('strong', 'Gate'),
    ...limitTable(limits, page),
    ...(told ? [] : facts(page, evidence(gate))),
    ...bullets('lacking', lacking, page),
  ];
}

/** On a narrow page the status loses its word, since the mark says it too, and then long cells are wrapped. */
function limitTable(limits: readonly LimitResult[], page: Page): string[] {
  if (limits.length === 0) return [];
  const columns: Column[] = [
    { heading: '' },
    { heading: '', least: 'inconclusiveShare'.length },
    { heading: 'limit', least: 12, wraps: true },
    { heading: 'actual', least: 12, wraps: true },
  ];
  const rows = limits.map((found): Row => {
    const { name, limit, status } = found;
    const { sign, style } = MARKS[status];
    const figure = { text: actualOf(found), ...(status === 'held' ? {} : { style }) };
    return [{ text: sign, style }, name, { text: limit, style: 'faint' }, figure, { text: status, style }];
  });
  const whole = ['', '', 'limit', 'actual', ''].map((heading) => ({ heading }));
  if (fits(page, whole, rows)) return table(page, whole, rows);
  return table(
    page,
    columns,
    rows.map((row) => row.slice(0, columns.length)),
  );
}

/**
 * What the rules let through. Whether an idle one may go is for the hints, which know if the run was long enough. On a page
 * that is too narrow the reasons stand below their rules.
 */
export function rules({ rules }: Report, page: Page): string[] {
  if (rules.length === 0) return [];
  const columns: Column[] = [
    { heading: '', align: 'right' },
    { heading: '', least: 16 },
  ];
  const rows = rules.map(({ path, letThrough }): Row => {
    const times: Row[number] = letThrough === 0 ? { text: 'none', style: 'doubt' } : integer(letThrough);
    return [times, path];
  });
  const reasons = rules.map((rule) => ({ text: reasonOfRule(rule), style: 'faint' as const }));
  const wide = [{ heading: '', align: 'right' as const }, { heading: '' }, { heading: '' }];
  const beside = rows.map((row, place): Row => [...row, reasons[place] ?? '']);
  const below = (place: number): string[] =>
    wrap(reasons[place]?.text ?? '', page.width - 6).map((line) => `      ${page.ink('faint', line)}`);
  return [
    page.ink('strong', 'Differences that rules let through'),
    ...(fits(page, wide, beside) ? table(page, wide, beside) : annotate(table(page, columns, rows), below)),
  ];
}

/** Advice drawn from the whole run. */
export function hints({ hints }: Report, page: Page): string[] {
  return hints.length === 0 ? [] : [page.ink('strong', 'Hints'), ...bullets('', hints, page)];
}

function bullets(label: string, sentences: readonly string[], page: Page): string[] {
  const lead = label === '' ? '' : `${label}: `;
  return sentences.flatMap((sentence) => wrap(`- ${lead}${sentence}`, page.width - 2, 2).map((line) => `  ${line}`));
}

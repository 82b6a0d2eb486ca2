import type { LimitResult, OutcomeCounts, Report, Status } from '../../model/report.js';
import { OUTCOMES } from '../../model/verdict.js';
import { integer } from '../text.js';
import { actualOf, evidence, reasonOfRule, runFacts, why } from '../told/answer.js';
import { coverage as covered, totalOf } from '../told/cells.js';
import { LAG_FIGURES, lagNotes, lagRows, orderTold } from '../told/lag.js';
import { replayLines } from '../told/replay.js';
import { more } from './sections.js';
import { code, prose, table } from './text.js';

const MOST = 60;
const MOST_COLUMNS = 12;

const SIGNS: Readonly<Record<Status | LimitResult['status'], string>> = {
  proven: '✅',
  held: '✅',
  broken: '❌',
  exceeded: '❌',
  unproven: '❔',
  undecided: '❔',
};

const right = { align: 'right' } as const;

/** What the gate says, and why, in a sentence; then what it rests on, and the facts of the run. */
export function headline(report: Report): string[] {
  return [
    `## ${SIGNS[report.status]} Parity ${report.status}`,
    '',
    `**${prose(why(report))}**`,
    '',
    `Evidence: ${prose(evidence(report.gate).join(' · '))}`,
    '',
    ...runFacts(report).map((facts) => `- ${prose(facts.join(' · '))}`),
    '',
  ];
}

/** The limits, what was measured against each, and what is lacking. */
export function gate({ gate }: Report): string[] {
  const { limits, lacking } = gate;
  if (limits.length === 0 && lacking.length === 0) return [];
  const rows = limits
    .slice(0, MOST)
    .map((found) => [
      `${SIGNS[found.status]} ${found.status}`,
      code(found.name),
      prose(found.limit),
      prose(actualOf(found)),
    ]);
  return [
    '### Limits',
    '',
    ...table(
      ['', 'figure', 'limit', 'actual'].map((heading) => ({ heading })),
      rows,
    ),
    ...more(limits.length - rows.length, 'further limit'),
    ...list(lacking.map((sentence) => `lacking: ${sentence}`)),
  ];
}

/** A row a type, a column an outcome. */
export function outcomes(report: Report): string[] {
  const types = Object.entries(report.types);
  if (types.length === 0 && totalOf(report.outcomes) === 0) return [];
  const columns = [
    { heading: 'type' },
    ...OUTCOMES.map((heading) => ({ heading, ...right })),
    { heading: 'total', ...right },
  ];
  const row = (name: string, counts: OutcomeCounts): string[] => [
    name,
    ...OUTCOMES.map((outcome) => integer(counts[outcome])),
    integer(totalOf(counts)),
  ];
  const rows = types.slice(0, MOST).map(([type, counts]) => row(code(type), counts));
  return [
    '### Outcomes',
    '',
    ...table(columns, [...rows, row('**total**', report.outcomes)]),
    ...more(types.length - rows.length, 'further type'),
    ...duplicates(report),
  ];
}

/** How much was judged of each type for each account. */
export function coverage(report: Report): string[] {
  const found = covered(report, MOST);
  if (found === undefined) return [];
  const types = found.types.slice(0, MOST_COLUMNS);
  const columns = types.map((type) => ({ heading: code(type), ...right }));
  const rows = found.rows.map(({ account, counts }) => [
    code(account),
    ...types.map((_, place) => (counts[place] === 0 ? '**none**' : integer(counts[place] ?? 0))),
  ]);
  return [
    '### Judged, by account',
    '',
    ...table([{ heading: 'account' }, ...columns], rows),
    ...more(found.types.length - types.length, 'further type'),
    ...more(found.accountsLeft, 'further account'),
  ];
}

/** A duplicate on control is the old feed's habit, one on candidate is news. */
function duplicates({ duplicates: { control, candidate } }: Report): string[] {
  if (control + candidate === 0) return [];
  return [`Duplicates: ${integer(control)} on control, ${integer(candidate)} on candidate`, ''];
}

/** How much later the candidate comes, and in which order. */
export function lag(report: Report): string[] {
  const rows = lagRows(report);
  const order = orderTold(report);
  if (rows.length === 0 && order === undefined) return [];
  const figures = LAG_FIGURES.map((heading) => ({ heading, ...right }));
  return [
    '### Lag of the candidate',
    '',
    ...table(
      [{ heading: '' }, ...figures],
      rows.slice(0, MOST).map(([name = '', ...figures]) => [prose(name), ...figures]),
    ),
    ...(rows.length === 0 ? [] : list([lagNotes(report).join(' · ')])),
    ...(order === undefined ? [] : [`Order: ${prose(order)}`, '']),
  ];
}

/** What the rules let through. */
export function rules({ rules }: Report): string[] {
  if (rules.length === 0) return [];
  const rows = rules
    .slice(0, MOST)
    .map((rule) => [
      rule.letThrough === 0 ? 'none' : integer(rule.letThrough),
      code(rule.path),
      prose(reasonOfRule(rule)),
    ]);
  return [
    '### Differences that rules let through',
    '',
    ...table([{ heading: 'times', ...right }, { heading: 'rule' }, { heading: 'reason' }], rows),
    ...more(rules.length - rows.length, 'further rule'),
  ];
}

/** Advice drawn from the whole run. */
export function hints({ hints }: Report): string[] {
  return hints.length === 0 ? [] : ['### Hints', '', ...list(hints)];
}

/** What a replay sent, where the events were its. */
export function replay({ replay }: Report): string[] {
  return replay === undefined ? [] : ['### Replay', '', ...list(replayLines(replay))];
}

function list(sentences: readonly string[]): string[] {
  const shown = sentences.slice(0, MOST);
  const rest = sentences.length - shown.length;
  const lines = shown.map((sentence) => `- ${prose(sentence)}`);
  return lines.length === 0 ? [] : [...lines, ...(rest > 0 ? [`- and ${integer(rest)} more`] : []), ''];
}

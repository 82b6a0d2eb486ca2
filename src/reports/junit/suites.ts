import type { LagInterval, Report } from '../../model/report.js';
import type { Answered, Section } from '../../model/section.js';
import { OUTCOMES, type Verdict } from '../../model/verdict.js';
import { DEFECTS, judged, tally, totalOf, type Judged } from '../told/cells.js';
import { actualOf, evidence, why } from '../told/answer.js';
import { notKept, placeOf, reasonOf, valuesOf } from '../told/findings.js';
import { orderTold } from '../told/lag.js';
import { replayLines } from '../told/replay.js';
import { figure, SIGNS } from '../told/sections.js';

/** Of one case. */
const MOST_TOLD = 10;
/** Of a value in a line of detail. */
const LONGEST = 300;

export interface Case {
  /** What readers group by. */
  readonly group: string;
  readonly name: string;
  readonly answer: Answered;
  /** Why, in a line; of no use where it passed. */
  readonly message: string;
  /** More lines of the same. */
  readonly detail: string;
}

export interface Suite {
  readonly name: string;
  readonly properties: readonly (readonly [name: string, value: string])[];
  readonly cases: readonly Case[];
  /** Whatever else was said. */
  readonly text: string;
}

/** A case a type and account: defects are failures, what is merely inconclusive is an error. */
export function streamSuite(report: Report): Suite {
  const findings = new Map<string, Verdict[]>();
  for (const verdict of report.findings) {
    for (const cell of [nameOf(verdict.type), nameOf(verdict.type, verdict.account)]) {
      const known = findings.get(cell);
      if (known === undefined) findings.set(cell, [verdict]);
      else if (known.length < MOST_TOLD) known.push(verdict);
    }
  }
  return {
    name: 'stream',
    properties: [...runProperties(report), ...lagProperties(report)],
    cases: judged(report).map((cell) => cellCase(cell, findings.get(nameOf(cell.type, cell.account)) ?? [])),
    text: [
      orderTold(report),
      ...notKept(report),
      ...report.hints,
      ...(report.replay === undefined ? [] : replayLines(report.replay)),
    ]
      .filter((line) => line !== undefined)
      .join('\n'),
  };
}

function cellCase({ type, account, counts }: Judged, findings: readonly Verdict[]): Case {
  const failed = totalOf(counts, DEFECTS) > 0;
  const answer = failed ? 'failed' : counts.inconclusive > 0 ? 'undecided' : 'passed';
  return {
    group: `stream.${type}`,
    name: nameOf(type, account),
    answer,
    message: tally(counts),
    detail: findings
      .filter(({ outcome }) => !failed || outcome !== 'inconclusive')
      .flatMap(linesOf)
      .join('\n'),
  };
}

function nameOf(type: string, account?: string): string {
  return `${type} of ${account ?? 'all further accounts'}`;
}

function linesOf(verdict: Verdict): string[] {
  const reason = reasonOf(verdict);
  const head = `${verdict.outcome}: ${placeOf(verdict)}${reason === '' ? '' : `: ${reason}`}`;
  const differences = (verdict.differences ?? []).slice(0, MOST_TOLD).map((difference) => {
    const { control, candidate } = valuesOf(difference);
    return `  ${difference.path} ${difference.kind}: ${shortened(control)} → ${shortened(candidate)}`;
  });
  return [head, ...differences];
}

function shortened(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}

function runProperties({ status, run, observed, outcomes, types }: Report): [string, string][] {
  return [
    ['status', status],
    ['startedAt', run.startedAt],
    ['configHash', run.configHash],
    ['accounts', String(run.accounts)],
    ['observed.control', String(observed.control)],
    ['observed.candidate', String(observed.candidate)],
    ...Object.entries(outcomes).map(([outcome, count]): [string, string] => [`outcomes.${outcome}`, String(count)]),
    ...Object.entries(types).flatMap(([type, counts]) =>
      OUTCOMES.filter((outcome) => counts[outcome] > 0).map((outcome): [string, string] => [
        `types.${type}.${outcome}`,
        String(counts[outcome]),
      ]),
    ),
  ];
}

/** Milliseconds; a quantile among those that never came is left out, as there is no such number. */
function lagProperties({ lag, order }: Report): [string, string][] {
  const figures = {
    'lag.count': lag.count,
    'lag.censored': lag.censored,
    'lag.inStall': lag.inStall,
    'lag.p50Ms': lag.p50Ms,
    'lag.p95Ms': lag.p95Ms,
    'lag.p99Ms': lag.p99Ms,
    'lag.inWindow.p50Ms': lag.inWindow.p50Ms,
    'lag.inWindow.p95Ms': lag.inWindow.p95Ms,
    'lag.inWindow.p99Ms': lag.inWindow.p99Ms,
    'lag.minMs': lag.minMs,
    'lag.maxMs': lag.maxMs,
    ...Object.fromEntries(QUANTILES.flatMap((name) => ends(name, lag.intervals?.[name]))),
    'order.pairs': order.pairs,
    'order.reordered': order.reordered,
  };
  return Object.entries(figures).flatMap(([name, value]): [string, string][] =>
    value === null ? [] : [[name, String(value)]],
  );
}

const QUANTILES = ['p50', 'p95', 'p99'] as const;

/** Where a quantile is, at the confidence of the gate. */
function ends(name: string, interval: LagInterval | undefined): [string, number | null][] {
  return [
    [`lag.${name}.fromMs`, interval?.fromMs ?? null],
    [`lag.${name}.toMs`, interval?.toMs ?? null],
  ];
}

const ANSWERS = { held: 'passed', exceeded: 'failed', undecided: 'undecided' } as const;
const VERDICTS = { proven: 'passed', broken: 'failed', unproven: 'undecided' } as const;

/** A case a limit, and one for the answer itself, so that no run that proved nothing is all green. */
export function gateSuite(report: Report): Suite {
  const { gate, status } = report;
  const answer: Case = {
    group: 'gate',
    name: 'parity is proven',
    answer: VERDICTS[status],
    message: why(report),
    detail: gate.lacking.map((sentence) => `lacking: ${sentence}`).join('\n'),
  };
  const limits = gate.limits.map((found): Case => ({
    group: 'gate.limits',
    name: `${found.name}: ${found.limit}`,
    answer: ANSWERS[found.status],
    message: `${found.name} is ${actualOf(found)} (limit: ${found.limit})`,
    detail: '',
  }));
  const text = [evidence(gate).join(' · '), ...limits.map(({ answer, message }) => `${SIGNS[answer]} ${message}`)];
  return { name: 'gate', properties: [], cases: [answer, ...limits], text: text.join('\n') };
}

export function sectionSuites({ sections }: Report): Suite[] {
  return (sections ?? []).map((section) => ({
    name: section.title,
    properties: [
      ['kind', section.kind],
      ['status', section.status],
    ],
    cases: section.cases.map(({ name, status, detail }) => ({
      group: section.kind,
      name,
      answer: status,
      message: detail,
      detail: '',
    })),
    text: [
      section.summary,
      ...section.cases.map(({ name, status, detail }) => `${SIGNS[status]} ${name}${detail && `: ${detail}`}`),
      ...section.tables.flatMap(tableText),
    ].join('\n'),
  }));
}

function tableText({ title, columns, rows }: Section['tables'][number]): string[] {
  return ['', title, columns.join(' | '), ...rows.map((row) => columns.map((_, at) => figure(row[at])).join(' | '))];
}

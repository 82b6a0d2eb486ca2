import type { BothSides, LimitResult, OutcomeCounts, Report, Status } from '../../model/report.js';
import type { Section } from '../../model/section.js';
import type { Series } from '../../model/series.js';
import type { Ms } from '../../model/timeline.js';
import { actualOf, evidence, reasonOfRule, runFacts, why } from '../told/answer.js';
import { coverage, type Coverage } from '../told/cells.js';
import { gapGroups, unjudgedRows } from '../told/gaps.js';
import { LAG_FIGURES, lagNotes, lagRows, orderTold } from '../told/lag.js';
import { replayLines } from '../told/replay.js';
import { blindness, type Blind } from './blind.js';
import { toldFindings, type ToldFindings } from './findings.js';
import { lanesOf, type LaneData } from './lanes.js';

/** What the page's script is given: what a report says, ready to be drawn, and bounded in size. */
export interface PageData {
  readonly status: Status;
  /** Why the gate says so, in a sentence. */
  readonly why: string;
  readonly facts: readonly (readonly string[])[];
  readonly evidence: readonly string[];
  readonly limits: readonly LimitResult[];
  readonly lacking: readonly string[];
  readonly hints: readonly string[];
  readonly uncovered: readonly string[];
  readonly outcomes: OutcomeCounts;
  readonly types: readonly (readonly [string, OutcomeCounts])[];
  readonly duplicates: BothSides;
  /** What was judged: a row an account, a column a type. */
  readonly coverage: Coverage | undefined;
  /** What a replay did, a line each. */
  readonly replay: readonly string[];
  readonly durationMs: Ms;
  readonly lag: {
    readonly columns: readonly string[];
    readonly rows: readonly (readonly string[])[];
    readonly notes: readonly string[];
    readonly p50Ms: Ms | null;
    readonly p99Ms: Ms | null;
    /** Limits on a quantile or on the longest, of all types together. */
    readonly limits: readonly { readonly name: string; readonly ms: Ms }[];
  };
  readonly order: string | undefined;
  readonly series: Omit<Series, 'lanes'> | undefined;
  readonly blind: readonly Blind[];
  readonly lanes: readonly LaneData[];
  readonly accounts: number;
  readonly marks: readonly { readonly t: Ms; readonly label: string }[];
  readonly momentsLeftOut: number;
  readonly tables: readonly TableData[];
  readonly sections: readonly Section[];
  readonly findings: ToldFindings;
}

export interface TableData {
  readonly id: string;
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** Rows of a table that the page holds; beyond, it says how many there are. */
const ROWS_HELD = 1_000;
const MARKS_HELD = 200;

export function pageData(report: Report): PageData {
  const { gate, lag, series, moments } = report;
  return {
    status: report.status,
    why: why(report),
    facts: runFacts(report),
    evidence: evidence(gate),
    limits: gate.limits.map((limit) => ({ ...limit, actual: actualOf(limit) })),
    lacking: gate.lacking,
    hints: report.hints,
    uncovered: report.uncovered,
    outcomes: report.outcomes,
    types: Object.entries(report.types),
    duplicates: report.duplicates,
    coverage: coverage(report, ROWS_HELD),
    replay: report.replay === undefined ? [] : replayLines(report.replay),
    durationMs: report.run.durationMs,
    lag: {
      columns: LAG_FIGURES,
      rows: lagRows(report),
      notes: lagNotes(report),
      p50Ms: lag.inWindow.p50Ms,
      p99Ms: lag.inWindow.p99Ms,
      limits: Object.entries(report.terms.gate.lag).map(([figure, ms]) => ({ name: `lag.${figure}`, ms })),
    },
    order: orderTold(report),
    series: series === undefined ? undefined : courseOf(series),
    blind: blindness(report),
    lanes: lanesOf(report),
    accounts: Object.keys(report.accounts).length,
    marks: moments.flatMap((moment) => (moment.kind === 'mark' ? [moment] : [])).slice(0, MARKS_HELD),
    momentsLeftOut: report.momentsLeftOut,
    tables: tablesOf(report).filter(({ rows }) => rows.length > 0),
    sections: report.sections ?? [],
    findings: toldFindings(report),
  };
}

/** Its lanes come with what else is known of each account. */
function courseOf({ widthMs, outcomes, lags, cellMs }: Series): Omit<Series, 'lanes'> {
  return { widthMs, outcomes, lags, cellMs };
}

function tablesOf(report: Report): TableData[] {
  const gaps = gapGroups(report);
  return [
    {
      id: 'rules',
      title: 'Differences that rules let through',
      columns: ['path', 'let through', 'reason'],
      rows: report.rules.map((rule) => [rule.path, rule.letThrough, reasonOfRule(rule)]),
    },
    {
      id: 'gaps',
      title: 'Gaps',
      columns: ['side', 'accounts', 'when', 'reason'],
      rows: gaps.slice(0, ROWS_HELD).map(({ side, who, when, reason }) => [side, who, when, reason]),
    },
    {
      id: 'unjudged',
      title: 'Seen, and not judged',
      columns: ['why', 'events', 'side', 'what'],
      rows: unjudgedRows(report),
    },
    {
      id: 'order',
      title: 'Pairs in another order than on control',
      columns: ['account', 'type', 'key'],
      rows: report.order.examples.map(({ account, type, key }) => [account, type, key]),
    },
  ];
}

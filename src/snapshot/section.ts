import type { Answered, Section } from '../model/section.js';
import type { SnapshotGate, SnapshotSettings } from '../model/snapshot.js';
import { SIDES, type Side } from '../model/timeline.js';
import type { OutcomeCounts } from '../model/report.js';
import type { Cost } from './cost.js';
import type { DriftFound } from './drift.js';
import type { Item } from './reading.js';

/** Rows that a table tells one by one; the number of further ones is told. */
export const ROWS_TOLD = 100;

/** What a snapshot found, besides the verdicts on single items. */
export interface Found {
  readonly settings: SnapshotSettings;
  readonly gate: SnapshotGate;
  readonly outcomes: OutcomeCounts;
  readonly unordered: Readonly<Record<Side, readonly Item[]>>;
  readonly edges: readonly Edge[];
  readonly churn: Churn;
  readonly cost: Cost;
  readonly bad: Readonly<Record<Side, ReadonlyMap<string, number>>>;
  /** Accounts whose lists were compared, of how many. */
  readonly accounts: { readonly read: number; readonly all: number };
  readonly drift: DriftFound | undefined;
}

/** An item that was lost or doubled where two pages meet. */
export interface Edge {
  readonly side: Side;
  readonly item: Item;
  readonly what: 'lost' | 'doubled';
  readonly place: string;
}

export interface Churn {
  /** Readings of an account beyond its first. */
  reread: number;
  /** Items that were looked at again, and those of them that turned out to agree. */
  items: number;
  settled: number;
}

type Case = Section['cases'][number];
type Table = Section['tables'][number];

/** The lists as a section of the report. */
export function snapshotSection(found: Found): Section {
  const cases = [...judgedCases(found), ...undecidedCases(found), ...found.cost.cases(found.gate)];
  return {
    kind: 'snapshot',
    title: 'Lists',
    status: worst(cases),
    summary: summaryOf(found),
    cases,
    tables: [
      found.cost.table(),
      attemptsTable(found),
      ...unorderedTable(found),
      ...edgesTable(found),
      ...badTable(found),
      ...truthTable(found),
    ],
    facts: factsOf(found),
  };
}

/** The worst answer; without any, nothing was asked. */
export function worst(cases: readonly Case[]): Section['status'] {
  const has = (status: Answered) => cases.some((one) => one.status === status);
  if (cases.length === 0) return 'informs';
  return has('failed') ? 'failed' : has('undecided') ? 'undecided' : 'passed';
}

function judgedCases({ outcomes, unordered, edges, gate, settings }: Found): Case[] {
  const judged = outcomes.match + outcomes.allowed + outcomes.mismatch + outcomes.missing + outcomes.extra;
  const onCandidate = edges.filter(({ side }) => side === 'candidate').length;
  const asked: (readonly [string, number, number | undefined])[] = [
    ['missing items', outcomes.missing, gate.missing],
    ['extra items', outcomes.extra, gate.extra],
    ['mismatches', outcomes.mismatch, gate.mismatch],
    ['duplicates', outcomes.duplicate, gate.duplicate],
  ];
  if (settings.sort !== undefined) {
    asked.push(['items out of order', unordered.candidate.length, gate.inversions]);
    asked.push(['items lost or doubled between pages', onCandidate, gate.pageEdges]);
  }
  return asked.flatMap(([name, actual, limit]): Case[] => {
    if (limit === undefined) return [];
    const detail = `${actual}, at most ${limit}`;
    if (actual > limit) return [{ name, status: 'failed', detail }];
    return [{ name, status: judged === 0 ? 'undecided' : 'passed', detail: judged === 0 ? 'no items' : detail }];
  });
}

/** What keeps lists that show no defect from being an answer. */
function undecidedCases({ accounts, outcomes, gate, bad }: Found): Case[] {
  const cases: Case[] = [];
  if (accounts.read < accounts.all) {
    const came = SIDES.flatMap((side) => [...bad[side].keys()].map((reason) => `${side}: ${reason}`)).join(', ');
    const detail = `${accounts.read} of ${accounts.all}${came === '' ? '' : ` (${came})`}`;
    cases.push({ name: 'accounts read', status: 'undecided', detail });
  }
  const all = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
  if (outcomes.inconclusive > gate.inconclusiveShare * all) {
    const detail = `${outcomes.inconclusive} of ${all}, at most ${Number((100 * gate.inconclusiveShare).toPrecision(4))} %`;
    cases.push({ name: 'inconclusive items', status: 'undecided', detail });
  }
  return cases;
}

function summaryOf({ accounts, outcomes, churn, cost }: Found): string {
  const pairs = outcomes.match + outcomes.allowed + outcomes.mismatch;
  const whole = `${pairs} items on both sides, over ${accounts.read} of ${accounts.all} accounts.`;
  const [control, candidate] = SIDES.map((side) => cost.of(side));
  const requests =
    control === undefined || candidate === undefined
      ? ''
      : ` A full list takes ${control.requests} requests on control and ${candidate.requests} on candidate.`;
  const again =
    churn.items === 0
      ? ''
      : ` ${churn.items} times an item was looked at again, and ${churn.settled} items agreed then.`;
  return whole + requests + again;
}

function attemptsTable({ churn, outcomes }: Found): Table {
  return {
    title: 'churn',
    columns: ['', 'count'],
    rows: [
      ['accounts read again', churn.reread],
      ['items looked at again', churn.items],
      ['of them agreed later', churn.settled],
      ['inconclusive in the end', outcomes.inconclusive],
    ],
  };
}

function unorderedTable({ unordered }: Found): Table[] {
  const all = SIDES.flatMap((side) => unordered[side].map((item) => ({ side, item })));
  if (all.length === 0) return [];
  return [
    {
      title: 'out of order',
      columns: ['side', 'account', 'type', 'key', 'list', 'page'],
      rows: [
        ...all
          .slice(0, ROWS_TOLD)
          .map(({ side, item }) => [side, item.account, item.type, item.key, item.list + 1, item.page]),
        ...further(all.length, 6),
      ],
    },
  ];
}

function edgesTable({ edges }: Found): Table[] {
  if (edges.length === 0) return [];
  return [
    {
      title: 'page edges',
      columns: ['side', 'account', 'type', 'key', 'what', 'where'],
      rows: [
        ...edges
          .slice(0, ROWS_TOLD)
          .map(({ side, item, what, place }) => [side, item.account, item.type, item.key, what, place]),
        ...further(edges.length, 6),
      ],
    },
  ];
}

/** A last row that says how many are not told. */
export function further(count: number, columns: number): string[][] {
  const left = count - ROWS_TOLD;
  return left <= 0 ? [] : [[`and ${left} more`, ...Array.from({ length: columns - 1 }, () => '')]];
}

function badTable({ bad }: Found): Table[] {
  const rows = SIDES.flatMap((side) => [...bad[side]].map(([reason, count]) => [side, reason, count]));
  return rows.length === 0 ? [] : [{ title: 'bad answers', columns: ['side', 'what came', 'count'], rows }];
}

function truthTable({ drift }: Found): Table[] {
  if (drift === undefined || drift.asked + drift.unasked === 0) return [];
  const { says, told, asked, unasked, failures } = drift;
  const counts: Table = {
    title: 'source of truth',
    columns: ['', 'count'],
    rows: [
      ...Object.entries(says),
      ['records read again', asked],
      ['records beyond the limit', unasked],
      ['records that could not be read', failures],
    ],
  };
  const rows = told.map(({ item, path, says }) => [item.account, item.type, item.key, path, says]);
  return [counts, { title: 'drift', columns: ['account', 'type', 'key', 'path', 'now'], rows }];
}

function factsOf({ cost, churn, edges, unordered, accounts, drift }: Found): NonNullable<Section['facts']> {
  const costs = Object.fromEntries(SIDES.map((side) => [side, { ...cost.of(side) }]));
  return {
    accounts: { ...accounts },
    cost: costs,
    churn: { ...churn },
    pageEdges: edges.length,
    inversions: { control: unordered.control.length, candidate: unordered.candidate.length },
    ...(drift === undefined ? {} : { truth: { ...drift.says } }),
  };
}

import { OUTCOMES } from '../model/verdict.js';
import { REORDERED_TOLD, type Books, type BothSides, type Gap, type OutcomeCounts } from '../model/report.js';
import { Lag } from './lag.js';
import { compare, FINDINGS_KEPT, inOrder, noOutcomes } from './ledger.js';

/**
 * Adds up the books of runs that each saw a share of the accounts under the same config. Associative and commutative;
 * the sums balance because each share's did.
 */
export function merge(all: readonly Books[]): Books {
  const [first, ...rest] = all;
  if (first === undefined) throw new Error('there are no books to merge');
  return rest.reduce(mergeTwo, first);
}

function mergeTwo(a: Books, b: Books): Books {
  const findings = [...a.findings, ...b.findings].sort(inOrder);
  const interrupted = a.run.interrupted ?? b.run.interrupted;
  const lag = new Lag();
  lag.add(a.lag);
  lag.add(b.lag);
  return {
    observed: bothSides(a.observed, b.observed),
    outcomes: outcomes(a.outcomes, b.outcomes),
    types: table(a.types, b.types),
    accounts: table(a.accounts, b.accounts),
    lag: lag.summary(),
    order: {
      pairs: a.order.pairs + b.order.pairs,
      reordered: a.order.reordered + b.order.reordered,
      // Nothing tells which share's came first.
      examples: [...a.order.examples, ...b.order.examples]
        .sort((x, y) => compare(x.account, y.account))
        .slice(0, REORDERED_TOLD),
    },
    duplicates: bothSides(a.duplicates, b.duplicates),
    only: sums([...Object.entries(a.only), ...Object.entries(b.only)]),
    unmapped: rows([...a.unmapped, ...b.unmapped], (row) => `${row.side} ${row.event}`),
    unreadable: rows([...a.unreadable, ...b.unreadable], (row) => `${row.side} ${row.reason}`),
    outsideCoverage: bothSides(a.outsideCoverage, b.outsideCoverage),
    open: bothSides(a.open, b.open),
    gaps: distinct([...a.gaps, ...b.gaps]),
    rules: a.rules.map((rule, index) => ({ ...rule, letThrough: rule.letThrough + (b.rules[index]?.letThrough ?? 0) })),
    findings: findings
      .slice(0, FINDINGS_KEPT)
      .map((verdict, index) => Object.assign({}, verdict, { id: `v${index + 1}` })),
    findingsLeftOut: a.findingsLeftOut + b.findingsLeftOut + Math.max(0, findings.length - FINDINGS_KEPT),
    early: {
      suspects: [...a.early.suspects, ...b.early.suspects].sort(inOrder),
      rises: [...a.early.rises, ...b.early.rises],
    },
    uncovered: [...new Set([...a.uncovered, ...b.uncovered])].sort(),
    run: {
      ...a.run,
      startedAt: a.run.startedAt < b.run.startedAt ? a.run.startedAt : b.run.startedAt,
      durationMs: Math.max(a.run.durationMs, b.run.durationMs),
      accounts: a.run.accounts + b.run.accounts,
      ...(interrupted === undefined ? {} : { interrupted }),
    },
  };
}

function bothSides(a: BothSides, b: BothSides): BothSides {
  return { control: a.control + b.control, candidate: a.candidate + b.candidate };
}

function outcomes(a: OutcomeCounts, b: OutcomeCounts): OutcomeCounts {
  const sum = noOutcomes();
  for (const outcome of OUTCOMES) sum[outcome] = a[outcome] + b[outcome];
  return sum;
}

function table(a: Books['types'], b: Books['types']): Books['types'] {
  // A map, since an object also holds what nobody put in: an account may be called `constructor`.
  const sum = new Map(Object.entries(a));
  for (const [name, counts] of Object.entries(b)) sum.set(name, outcomes(sum.get(name) ?? noOutcomes(), counts));
  return Object.fromEntries(sum);
}

function sums(entries: readonly (readonly [string, Books['only'][string]])[]): Books['only'] {
  const sum = new Map<string, Books['only'][string]>();
  for (const [type, { side, count }] of entries) sum.set(type, { side, count: (sum.get(type)?.count ?? 0) + count });
  return Object.fromEntries(sum);
}

/** Rows of the same name as one, the largest first. */
function rows<Row extends { readonly count: number; readonly side: string }>(
  all: readonly Row[],
  name: (row: Row) => string,
): Row[] {
  const sum = new Map<string, Row>();
  for (const row of all) {
    const known = sum.get(name(row));
    sum.set(name(row), known === undefined ? row : { ...row, count: known.count + row.count });
  }
  return [...sum.values()].sort((a, b) => (a.side < b.side ? 1 : a.side > b.side ? -1 : b.count - a.count));
}

/** Gaps by time; a stall that several shares of one process saw is one. */
function distinct(gaps: readonly Gap[]): Gap[] {
  const seen = new Map(gaps.map((gap) => [JSON.stringify(gap), gap]));
  return [...seen.values()].sort((a, b) => a.fromMs - b.fromMs);
}

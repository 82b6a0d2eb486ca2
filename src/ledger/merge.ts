import {
  MOMENTS_TOLD,
  REORDERED_TOLD,
  type Books,
  type BothSides,
  type Cell,
  type Gap,
  type LagParts,
  type ReplayFacts,
} from '../model/report.js';
import { sumOf, toldCells } from './counts.js';
import { Findings } from './findings.js';
import { addLags } from './lags.js';
import { compare, inOrder } from './order.js';
import { inTime } from './moments.js';
import { mergeReplay } from './replay.js';
import { mergeSeries } from './series.js';

/**
 * Adds up the books of runs under the same config: of shares of the accounts, or of one run after another. Associative
 * and commutative; the sums balance because each share's did.
 */
export function merge(all: readonly Books[]): Books {
  const [first, ...rest] = all;
  if (first === undefined) throw new Error('there are no books to merge');
  return rest.reduce(mergeTwo, first);
}

function mergeTwo(a: Books, b: Books): Books {
  return {
    observed: bothSides(a.observed, b.observed),
    outcomes: sumOf([a.outcomes, b.outcomes]),
    types: table(a.types, b.types),
    accounts: table(a.accounts, b.accounts),
    ...cells(a, b),
    lag: addLags([a.lag, b.lag]),
    ...lagParts(a, b),
    order: {
      pairs: a.order.pairs + b.order.pairs,
      reordered: a.order.reordered + b.order.reordered,
      // Nothing tells which share's came first.
      examples: [...a.order.examples, ...b.order.examples]
        .sort((x, y) => compare(x.account, y.account) || compare(x.type, y.type) || compare(x.key, y.key))
        .slice(0, REORDERED_TOLD),
    },
    duplicates: bothSides(a.duplicates, b.duplicates),
    only: sums([...Object.entries(a.only), ...Object.entries(b.only)]),
    unmapped: rows([...a.unmapped, ...b.unmapped], (row) => row.event),
    unreadable: rows([...a.unreadable, ...b.unreadable], (row) => row.reason),
    outsideCoverage: bothSides(a.outsideCoverage, b.outsideCoverage),
    open: bothSides(a.open, b.open),
    gaps: distinct([...a.gaps, ...b.gaps]),
    rules: a.rules.map((rule, index) => ({ ...rule, letThrough: rule.letThrough + (b.rules[index]?.letThrough ?? 0) })),
    ...findings(a, b),
    early: { suspects: [...a.early.suspects, ...b.early.suspects].sort(inOrder) },
    ...moments(a, b),
    ...(a.series === undefined || b.series === undefined ? {} : { series: mergeSeries(a.series, b.series) }),
    uncovered: [...new Set([...a.uncovered, ...b.uncovered])].sort(compare),
    run: run(a, b),
    ...replay(a.replay, b.replay),
    ...sections(a, b),
  };
}

function run(a: Books, b: Books): Books['run'] {
  const interrupted = [a.run.interrupted, b.run.interrupted].filter((signal) => signal !== undefined).sort(compare)[0];
  const shards = [...new Set([...(a.run.shards ?? []), ...(b.run.shards ?? [])])].sort(compare);
  const inBoth = Object.keys(a.accounts).filter((account) => Object.hasOwn(b.accounts, account)).length;
  return {
    ...a.run,
    startedAt: a.run.startedAt < b.run.startedAt ? a.run.startedAt : b.run.startedAt,
    durationMs: Math.max(a.run.durationMs, b.run.durationMs),
    accounts: a.run.accounts + b.run.accounts - inBoth,
    ...(interrupted === undefined ? {} : { interrupted }),
    ...(shards.length === 0 ? {} : { shards }),
  };
}

function findings(a: Books, b: Books): ReturnType<Findings['told']> {
  const all = new Findings();
  all.addAll(a);
  all.addAll(b);
  return all.told();
}

function cells(a: Books, b: Books): Pick<Books, 'cells' | 'cellsLeftOut'> {
  const sum = new Map<string, Cell>();
  for (const { type, account, counts } of [...a.cells, ...b.cells]) {
    const name = JSON.stringify([account, type]);
    const known = sum.get(name);
    sum.set(name, { type, account, counts: known === undefined ? counts : sumOf([known.counts, counts]) });
  }
  return toldCells([...sum.values()], a.cellsLeftOut + b.cellsLeftOut);
}

/** Of shares that did not measure apart, nothing can be told apart. */
function lagParts(a: Books, b: Books): Pick<Books, 'lagParts'> {
  if (a.lagParts === undefined || b.lagParts === undefined) return {};
  const types = new Map(Object.entries(a.lagParts.types));
  for (const [type, lag] of Object.entries(b.lagParts.types)) {
    const known = types.get(type);
    types.set(type, known === undefined ? lag : addLags([known, lag]));
  }
  const parts: LagParts = {
    types: Object.fromEntries(types),
    others: addLags([a.lagParts.others, b.lagParts.others]),
  };
  return { lagParts: parts };
}

/** The first of both. Marks that several shares of one run saw are one. */
function moments(a: Books, b: Books): Pick<Books, 'moments' | 'momentsLeftOut'> {
  const all = inTime([...a.moments, ...b.moments]);
  const beyond = Math.max(0, all.length - MOMENTS_TOLD);
  return { moments: all.slice(0, MOMENTS_TOLD), momentsLeftOut: a.momentsLeftOut + b.momentsLeftOut + beyond };
}

function replay(a: ReplayFacts | undefined, b: ReplayFacts | undefined): Pick<Books, 'replay'> {
  const facts = a === undefined || b === undefined ? (a ?? b) : mergeReplay(a, b);
  return facts === undefined ? {} : { replay: facts };
}

/** Those of both. What was said while reading is told once: shares of one run have read the same files. */
function sections(a: Books, b: Books): Pick<Books, 'sections'> {
  const all = [...(a.sections ?? []), ...(b.sections ?? [])].map((section) => ({
    section,
    name: JSON.stringify([section.kind, section.title, section]),
  }));
  if (all.length === 0) return {};
  const sorted = all.sort((x, y) => compare(x.name, y.name));
  const once = sorted.filter(({ section, name }, at) => section.kind !== 'recording' || name !== sorted[at - 1]?.name);
  return { sections: once.map(({ section }) => section) };
}

function bothSides(a: BothSides, b: BothSides): BothSides {
  return { control: a.control + b.control, candidate: a.candidate + b.candidate };
}

function table(a: Books['types'], b: Books['types']): Books['types'] {
  // A map, since an object also holds what nobody put in: an account may be called `constructor`.
  const sum = new Map(Object.entries(a));
  for (const [name, counts] of Object.entries(b)) {
    const known = sum.get(name);
    sum.set(name, known === undefined ? counts : sumOf([known, counts]));
  }
  return Object.fromEntries(sum);
}

function sums(entries: readonly (readonly [string, Books['only'][string]])[]): Books['only'] {
  const sum = new Map<string, Books['only'][string]>();
  for (const [type, { side, count }] of entries) sum.set(type, { side, count: (sum.get(type)?.count ?? 0) + count });
  return Object.fromEntries(sum);
}

/** Rows of the same side and name as one: control's first, the largest first. */
function rows<Row extends { readonly count: number; readonly side: string }>(
  all: readonly Row[],
  nameOf: (row: Row) => string,
): Row[] {
  const sum = new Map<string, Row>();
  for (const row of all) {
    const name = `${row.side} ${nameOf(row)}`;
    const known = sum.get(name);
    sum.set(name, known === undefined ? row : { ...row, count: known.count + row.count });
  }
  return [...sum.values()].sort(
    (a, b) => compare(b.side, a.side) || b.count - a.count || compare(nameOf(a), nameOf(b)),
  );
}

/** Gaps by time, in one order for whoever adds up; a stall or hole that several shares of one process saw is one. */
export function distinct(gaps: readonly Gap[]): Gap[] {
  const seen = new Map(gaps.map((gap) => [JSON.stringify(gap), gap]));
  return [...seen].sort(([x, a], [y, b]) => a.fromMs - b.fromMs || compare(x, y)).map(([, gap]) => gap);
}

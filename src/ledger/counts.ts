import { CELLS_KEPT, type Cell, type OutcomeCounts, type Report } from '../model/report.js';
import { OUTCOMES } from '../model/verdict.js';
import { compare } from './order.js';

/** In the order of OUTCOMES, and spelt out: there is one of these for each account and type, and each verdict counts in some. */
export function noOutcomes(): OutcomeCounts {
  return { match: 0, allowed: 0, mismatch: 0, missing: 0, extra: 0, duplicate: 0, late: 0, inconclusive: 0 };
}

export function sumOf(counts: readonly OutcomeCounts[]): OutcomeCounts {
  const sum = noOutcomes();
  for (const some of counts) addTo(sum, some);
  return sum;
}

function addTo(sum: OutcomeCounts, some: OutcomeCounts): void {
  for (const outcome of OUTCOMES) sum[outcome] += some[outcome];
}

export function totalOf(counts: OutcomeCounts): number {
  return OUTCOMES.reduce((sum, outcome) => sum + counts[outcome], 0);
}

/** What a report tells of types and accounts. */
export type Tables = Pick<Report, 'types' | 'accounts' | 'cells' | 'cellsLeftOut'>;

/** Counts by account and type: one place to count in, from which all tables are made in the end. */
export class Cells {
  readonly #types: readonly string[];
  readonly #accounts = new Map<string, Map<string, OutcomeCounts>>();

  /** Declared names have their rows even if nothing comes of them. */
  constructor(types: readonly string[], accounts: readonly string[]) {
    this.#types = types;
    for (const account of accounts) this.#accounts.set(account, new Map());
  }

  /** The counts of an account and a type, to count in. They stay the same object. */
  of(type: string, account: string): OutcomeCounts {
    let types = this.#accounts.get(account);
    if (types === undefined) this.#accounts.set(account, (types = new Map()));
    let counts = types.get(type);
    if (counts === undefined) types.set(type, (counts = noOutcomes()));
    return counts;
  }

  tables(): Tables {
    const types = new Map(this.#types.map((type) => [type, noOutcomes()]));
    const accounts = new Map<string, OutcomeCounts>();
    const cells: Cell[] = [];
    for (const [account, row] of this.#accounts) {
      const counts = noOutcomes();
      accounts.set(account, counts);
      for (const [type, some] of row) {
        addTo(counts, some);
        let ofType = types.get(type);
        if (ofType === undefined) types.set(type, (ofType = noOutcomes()));
        addTo(ofType, some);
        if (totalOf(some) > 0) cells.push({ type, account, counts: { ...some } });
      }
    }
    return { types: Object.fromEntries(types), accounts: Object.fromEntries(accounts), ...toldCells(cells) };
  }
}

/**
 * As many cells as are told: the first by name, since one that is among the first of all is so in every share, which
 * counts it whole.
 */
export function toldCells(cells: readonly Cell[], leftOut = 0): Pick<Tables, 'cells' | 'cellsLeftOut'> {
  const sorted = cells.toSorted((a, b) => compare(a.account, b.account) || compare(a.type, b.type));
  return { cells: sorted.slice(0, CELLS_KEPT), cellsLeftOut: leftOut + Math.max(0, cells.length - CELLS_KEPT) };
}

import type { OutcomeCounts, Report } from '../../model/report.js';
import { OUTCOMES, type Outcome } from '../../model/verdict.js';
import { integer } from '../text.js';

/** What was judged of a type for an account, or for all the accounts that the report does not tell apart. */
export interface Judged {
  readonly type: string;
  readonly account?: string;
  readonly counts: OutcomeCounts;
}

/** Their counts add up to those of the types. */
export function judged({ cells, cellsLeftOut, types }: Report): Judged[] {
  if (cellsLeftOut === 0) return [...cells];
  const rest = Object.entries(types).map(([type, counts]): Judged => {
    const told = cells.filter((cell) => cell.type === type);
    const left = OUTCOMES.map((outcome) => [
      outcome,
      counts[outcome] - told.reduce((sum, cell) => sum + cell.counts[outcome], 0),
    ]);
    return { type, counts: Object.fromEntries(left) as OutcomeCounts };
  });
  return [...cells, ...rest.filter(({ counts }) => totalOf(counts) > 0)];
}

/** What counts as a defect to the gate. */
export const DEFECTS: readonly Outcome[] = ['mismatch', 'missing', 'extra', 'duplicate', 'late'];

export function totalOf(counts: OutcomeCounts, outcomes: readonly Outcome[] = OUTCOMES): number {
  return outcomes.reduce((sum, outcome) => sum + counts[outcome], 0);
}

/** `31 mismatch, 10 missing`, of those that happened. */
export function tally(counts: OutcomeCounts): string {
  return OUTCOMES.filter((outcome) => counts[outcome] > 0)
    .map((outcome) => `${integer(counts[outcome])} ${outcome}`)
    .join(', ');
}

/** How much was judged: a row an account, a column a type. */
export interface Coverage {
  readonly types: readonly string[];
  /** Those of which least was judged first, where not all have room. */
  readonly rows: readonly { readonly account: string; readonly counts: readonly number[] }[];
  readonly accountsLeft: number;
}

/** Of the declared types and all accounts; undefined for a single account, of which the outcomes tell as much. */
export function coverage({ cells, cellsLeftOut, accounts, types, terms }: Report, most: number): Coverage | undefined {
  const names = Object.keys(accounts);
  const columns = [...new Set([...terms.types, ...Object.keys(types)])];
  if (names.length < 2 || columns.length === 0 || cellsLeftOut > 0) return undefined;
  const counts = new Map(cells.map(({ account, type, counts }) => [JSON.stringify([account, type]), totalOf(counts)]));
  const rows = names.map((account) => ({
    account,
    counts: columns.map((type) => counts.get(JSON.stringify([account, type])) ?? 0),
  }));
  const least = ({ counts }: (typeof rows)[number]): number => Math.min(...counts);
  const shown = rows.length <= most ? rows : rows.toSorted((one, other) => least(one) - least(other)).slice(0, most);
  return { types: columns, rows: shown, accountsLeft: rows.length - shown.length };
}

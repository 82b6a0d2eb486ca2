import { OUTCOMES, type Outcome, type Verdict } from '../model/verdict.js';
import type { BothSides, OutcomeCounts, Report } from '../model/report.js';
import type { Frame, Side } from '../model/timeline.js';

/** Verdicts kept whole for the report; further ones are counted, and their number is told. */
export const FINDINGS_KEPT = 10_000;

/** A verdict without its place among the findings, which only the whole report knows. */
export type Entry = Omit<Verdict, 'id'>;

/**
 * The account of everything that was observed. Verdicts are added and amended by further verdicts, never edited; each
 * observation stands in exactly one place, and `balance` proves it.
 */
export class Ledger {
  readonly observed: BothSides = { control: 0, candidate: 0 };
  readonly outcomes = noOutcomes();
  readonly types: Record<string, OutcomeCounts> = Object.create(null) as Record<string, OutcomeCounts>;
  readonly accounts: Record<string, OutcomeCounts> = Object.create(null) as Record<string, OutcomeCounts>;
  readonly duplicates: BothSides = { control: 0, candidate: 0 };
  readonly outsideCoverage: BothSides = { control: 0, candidate: 0 };
  readonly letThrough: number[];
  readonly #only = new Map<string, { side: Side; count: number }>();
  readonly #unmapped = new Tally();
  readonly #unreadable = new Tally();
  /** Observations by side that stand in un-amended verdicts. */
  readonly #judged: BothSides = { control: 0, candidate: 0 };
  readonly #findings = new Set<Entry>();
  #leftOut = 0;

  constructor(names: { types: readonly string[]; accounts: readonly string[]; rules: number }) {
    for (const type of names.types) this.types[type] = noOutcomes();
    for (const account of names.accounts) this.accounts[account] = noOutcomes();
    this.letThrough = Array.from({ length: names.rules }, () => 0);
  }

  /** Counts a pair that agrees, without keeping anything of it: the common case. */
  agree(outcome: 'match' | 'allowed', type: string, account: string): void {
    this.#tally(outcome, type, account, 1);
    this.#judged.control++;
    this.#judged.candidate++;
  }

  /** Adds a verdict. What it amends no longer counts. */
  record(verdict: Entry, amended?: Entry): Entry {
    const entry: Entry = amended === undefined ? verdict : { ...verdict, amends: amended.outcome };
    if (amended !== undefined) {
      this.#count(amended, -1);
      if (isFinding(amended) && !this.#findings.delete(amended)) this.#leftOut--;
    }
    this.#count(entry, 1);
    if (isFinding(entry)) {
      if (this.#findings.size < FINDINGS_KEPT) this.#findings.add(entry);
      else this.#leftOut++;
    }
    return entry;
  }

  #tally(outcome: Outcome, type: string, account: string, by: 1 | -1): void {
    this.outcomes[outcome] += by;
    (this.types[type] ??= noOutcomes())[outcome] += by;
    (this.accounts[account] ??= noOutcomes())[outcome] += by;
  }

  #count(verdict: Entry, by: 1 | -1): void {
    this.#tally(verdict.outcome, verdict.type, verdict.account, by);
    if (verdict.duplicate !== undefined) this.duplicates[verdict.duplicate.side] += by;
    if (verdict.control !== undefined) this.#judged.control += by;
    if (verdict.candidate !== undefined) this.#judged.candidate += by;
  }

  only(side: Side, type: string): void {
    const entry = this.#only.get(type);
    if (entry === undefined) this.#only.set(type, { side, count: 1 });
    else entry.count++;
  }

  unmapped(frame: Frame): void {
    this.#unmapped.add(frame.side, frame.event);
  }

  unreadable(frame: Frame, reason: string): void {
    this.#unreadable.add(frame.side, reason);
  }

  /** Everything counted so far, for the report. */
  account(): Pick<Report, 'observed' | 'outcomes' | 'types' | 'accounts' | 'duplicates' | 'only' | 'unmapped'> &
    Pick<Report, 'unreadable' | 'outsideCoverage' | 'findings' | 'findingsLeftOut'> {
    return {
      observed: this.observed,
      outcomes: this.outcomes,
      types: { ...this.types },
      accounts: { ...this.accounts },
      duplicates: this.duplicates,
      only: Object.fromEntries(this.#only),
      unmapped: this.#unmapped.rows().map(({ side, name, count }) => ({ side, event: name, count })),
      unreadable: this.#unreadable.rows().map(({ side, name, count }) => ({ side, reason: name, count })),
      outsideCoverage: this.outsideCoverage,
      findings: [...this.#findings].sort(inOrder).map((entry, index) => Object.assign({ id: `v${index + 1}` }, entry)),
      findingsLeftOut: this.#leftOut,
    };
  }

  /** Asserts that the books balance: observed = judged + open + unreadable + unmapped + only + outside coverage. */
  balance(open: Readonly<BothSides>): void {
    for (const side of ['control', 'candidate'] as const) {
      let only = 0;
      for (const entry of this.#only.values()) if (entry.side === side) only += entry.count;
      const placed =
        this.#judged[side] +
        open[side] +
        this.#unreadable.of(side) +
        this.#unmapped.of(side) +
        only +
        this.outsideCoverage[side];
      if (placed !== this.observed[side]) {
        throw new Error(`the books do not balance: ${this.observed[side]} ${side} frames observed, ${placed} placed`);
      }
    }
  }
}

function isFinding(verdict: Entry): boolean {
  return verdict.outcome !== 'match' && verdict.outcome !== 'allowed';
}

/** Findings by time, and at one moment by what they speak of: the order does not depend on who found them. */
export function inOrder(a: Named, b: Named): number {
  return a.t - b.t || compare(a.account, b.account) || compare(a.type, b.type) || compare(a.key, b.key);
}

type Named = Pick<Verdict, 'account' | 'type' | 'key' | 't'>;

export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function noOutcomes(): OutcomeCounts {
  return Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Record<Outcome, number>;
}

/** Distinct names told a side; further ones are counted together, so that hostile names cannot fill the memory. */
const NAMES_KEPT = 200;

/** Counts by side and name. */
class Tally {
  readonly #counts: Record<Side, Map<string, number>> = { control: new Map(), candidate: new Map() };

  add(side: Side, name: string): void {
    const counts = this.#counts[side];
    const short = name.slice(0, 200);
    const row = counts.has(short) || counts.size < NAMES_KEPT ? short : '(other names)';
    counts.set(row, (counts.get(row) ?? 0) + 1);
  }

  of(side: Side): number {
    let sum = 0;
    for (const count of this.#counts[side].values()) sum += count;
    return sum;
  }

  rows(): { side: Side; name: string; count: number }[] {
    return (['control', 'candidate'] as const).flatMap((side) =>
      [...this.#counts[side]].map(([name, count]) => ({ side, name, count })).sort((a, b) => b.count - a.count),
    );
  }
}

import type { BothSides, OutcomeCounts, Report } from '../model/report.js';
import type { Frame, Ms, Side } from '../model/timeline.js';
import { Cells, noOutcomes } from './counts.js';
import { Findings, type Entry, type Told } from './findings.js';
import { compare } from './order.js';

export type { Entry };

/** Until when after it became certain a verdict may be amended, unless the ledger is told. */
const AMENDABLE_MS: Ms = 120_000;

/**
 * The account of everything that was observed. Verdicts are added and amended by further verdicts, never edited; each
 * observation stands in exactly one place, and `balance` proves it.
 */
export class Ledger {
  readonly observed: BothSides = { control: 0, candidate: 0 };
  readonly outcomes = noOutcomes();
  readonly duplicates: BothSides = { control: 0, candidate: 0 };
  readonly outsideCoverage: BothSides = { control: 0, candidate: 0 };
  readonly letThrough: number[];
  readonly #cells: Cells;
  readonly #only = new Map<string, { side: Side; count: number }>();
  readonly #unmapped = new Tally();
  readonly #unreadable = new Tally();
  /** Pairs that agreed at once, of which nothing else is kept. */
  #agreed = 0;
  /** Observations by side that stand in other un-amended verdicts. */
  readonly #judged: BothSides = { control: 0, candidate: 0 };
  /** Findings that later news may still amend, the oldest first; the sample holds only such as will stand. */
  readonly #fresh = new Set<Entry>();
  readonly #findings: Findings;
  readonly #amendableMs: Ms;

  /**
   * `amendableMs`: for how long a verdict may be amended, counted from when it became certain; `findings`: how many are
   * kept whole.
   */
  constructor(names: {
    readonly types: readonly string[];
    readonly accounts: readonly string[];
    readonly rules: number;
    readonly amendableMs?: Ms;
    readonly findings?: number;
  }) {
    this.#cells = new Cells(names.types, names.accounts);
    this.letThrough = Array.from({ length: names.rules }, () => 0);
    this.#amendableMs = names.amendableMs ?? AMENDABLE_MS;
    this.#findings = new Findings(names.findings);
  }

  /** Where verdicts on a type are counted for an account: always the same object, for who counts many there. */
  cell(type: string, account: string): OutcomeCounts {
    return this.#cells.of(type, account);
  }

  /** Counts a pair that agrees, without keeping anything of it: the common case. */
  agree(outcome: 'match' | 'allowed', type: string, account: string): void {
    this.agreeIn(this.#cells.of(type, account), outcome);
  }

  /** The same, in a cell that is known already. */
  agreeIn(cell: OutcomeCounts, outcome: 'match' | 'allowed'): void {
    cell[outcome]++;
    this.outcomes[outcome]++;
    this.#agreed++;
  }

  /** Adds a verdict. What it amends no longer counts. */
  record(verdict: Entry, amended?: Entry): Entry {
    const entry: Entry = amended === undefined ? verdict : { ...verdict, amends: amended.outcome };
    if (amended !== undefined) {
      this.#count(amended, -1);
      if (isFinding(amended) && !this.#fresh.delete(amended)) this.#findings.remove(amended);
    }
    this.#count(entry, 1);
    this.#settle(entry.t - this.#amendableMs);
    if (!isFinding(entry)) return entry;
    if (mayBeAmended(entry)) this.#fresh.add(entry);
    else this.#findings.add(entry);
    return entry;
  }

  /**
   * Counts a mismatch of which nothing would be kept, since the sample has its fill of such. False, and nothing is counted,
   * where it has to be recorded.
   */
  recordOutdone(verdict: Entry): boolean {
    this.#settle(verdict.t - this.#amendableMs);
    if (!this.#findings.addOutdone(verdict)) return false;
    this.outcomes.mismatch++;
    this.#cells.of(verdict.type, verdict.account).mismatch++;
    this.#judged.control++;
    this.#judged.candidate++;
    return true;
  }

  /** Whether any finding can be one of which nothing would be kept. */
  get isSampling(): boolean {
    return this.#findings.isSampling;
  }

  /** What became certain before this moment stands. */
  #settle(before: Ms): void {
    for (const entry of this.#fresh) {
      if (entry.t >= before) return;
      this.#fresh.delete(entry);
      this.#findings.add(entry);
    }
  }

  #count(verdict: Entry, by: 1 | -1): void {
    this.outcomes[verdict.outcome] += by;
    this.#cells.of(verdict.type, verdict.account)[verdict.outcome] += by;
    if (verdict.duplicate !== undefined) this.duplicates[verdict.duplicate.side] += by;
    if (verdict.control !== undefined) this.#judged.control += by;
    if (verdict.candidate !== undefined) this.#judged.candidate += by;
  }

  only(side: Side, type: string): void {
    const entry = this.#only.get(type);
    if (entry === undefined) this.#only.set(type, { side, count: 1 });
    else entry.count++;
  }

  unmapped(frame: Pick<Frame, 'side' | 'event'>): void {
    this.#unmapped.add(frame.side, frame.event);
  }

  unreadable(frame: Frame, reason: string): void {
    this.#unreadable.add(frame.side, reason);
  }

  /** Everything counted so far, for the report. */
  account(): Pick<Report, 'observed' | 'outcomes' | 'types' | 'accounts' | 'cells' | 'cellsLeftOut' | 'duplicates'> &
    Pick<Report, 'only' | 'unmapped' | 'unreadable' | 'outsideCoverage'> &
    Told {
    return {
      observed: { ...this.observed },
      outcomes: { ...this.outcomes },
      ...this.#cells.tables(),
      duplicates: { ...this.duplicates },
      only: Object.fromEntries(this.#only),
      unmapped: this.#unmapped.rows().map(({ side, name, count }) => ({ side, event: name, count })),
      unreadable: this.#unreadable.rows().map(({ side, name, count }) => ({ side, reason: name, count })),
      outsideCoverage: { ...this.outsideCoverage },
      ...this.#told(),
    };
  }

  /** What is still fresh is told with what stands, and stays fresh. */
  #told(): Told {
    if (this.#fresh.size === 0) return this.#findings.told();
    const all = this.#findings.copy();
    for (const entry of this.#fresh) all.add(entry);
    return all.told();
  }

  /** Asserts that the books balance: observed = judged + open + unreadable + unmapped + only + outside coverage. */
  balance(open: Readonly<BothSides>): void {
    for (const side of ['control', 'candidate'] as const) {
      let only = 0;
      for (const entry of this.#only.values()) if (entry.side === side) only += entry.count;
      const placed =
        this.#agreed +
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

/** Only what one side alone was there for may have its other half come later. */
function mayBeAmended({ control, candidate, duplicate }: Entry): boolean {
  return duplicate === undefined && (control === undefined || candidate === undefined);
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
      [...this.#counts[side]]
        .map(([name, count]) => ({ side, name, count }))
        .sort((a, b) => b.count - a.count || compare(a.name, b.name)),
    );
  }
}

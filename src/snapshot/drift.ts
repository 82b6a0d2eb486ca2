import type { Account } from '../model/settings.js';
import type { Side } from '../model/timeline.js';
import type { Comparison } from '../model/verdict.js';
import type { Judged } from './judge.js';
import type { Item } from './reading.js';
import type { Truth } from './truth.js';

/** Which side agrees with the source of truth now. */
export type Freshness = 'candidate is fresher' | 'control is fresher' | 'neither';

/** How a side's item compares with the record of this text; undefined where the text holds none. */
export type AgainstRecord = (record: string, side: Side, item: Item) => Comparison | undefined;

/** Explains mismatches at enriched paths: a service reads the record anew, and may hold a later or an earlier state of it. */
export class Drift {
  readonly #truth: Truth | undefined;
  readonly #isEnriched: (difference: string) => boolean;
  readonly #against: AgainstRecord;
  readonly #says: Record<Freshness, number> = { 'candidate is fresher': 0, 'control is fresher': 0, neither: 0 };
  readonly #told: Drifted[] = [];

  constructor(truth: Truth | undefined, isEnriched: (difference: string) => boolean, against: AgainstRecord) {
    this.#truth = truth;
    this.#isEnriched = isEnriched;
    this.#against = against;
  }

  /** What the source of truth says of a mismatch: `control is fresher at $.person.title`; undefined where it was not asked. */
  async explain(account: Account, { control, candidate, comparison }: Judged): Promise<string | undefined> {
    if (this.#truth === undefined || comparison?.outcome !== 'mismatch') return undefined;
    const paths = comparison.differences.map(({ path }) => path).filter(this.#isEnriched);
    if (paths.length === 0 || control === undefined || candidate === undefined) return undefined;
    const record = await this.#truth.read(control, account);
    if (record === undefined) return 'the source of truth could not be asked';
    const one = this.#against(record, 'control', control);
    const other = this.#against(record, 'candidate', candidate);
    if (one === undefined || other === undefined) return 'the source of truth answered no record';
    const told = paths.map((path) => ({ item: control, path, says: freshness(path, one, other) }));
    for (const { says } of told) this.#says[says]++;
    this.#told.push(...told.slice(0, DRIFTS_TOLD - this.#told.length));
    return told.map(({ path, says }) => `${says} at ${path}`).join('; ');
  }

  /** Undefined where there is no source of truth. */
  get found(): DriftFound | undefined {
    if (this.#truth === undefined) return undefined;
    const { asked, unasked, failures } = this.#truth;
    return { asked, unasked, failures: failures.length, says: this.#says, told: this.#told };
  }
}

export interface DriftFound {
  /** Records that were read again, those that were not since there were too many, and those that could not be. */
  readonly asked: number;
  readonly unasked: number;
  readonly failures: number;
  /** Differences at enriched paths, by who agrees with the source of truth. */
  readonly says: Readonly<Record<Freshness, number>>;
  readonly told: readonly Drifted[];
}

/** A place where the sides differ, and who is right about it now. */
export interface Drifted {
  readonly item: Item;
  readonly path: string;
  readonly says: Freshness;
}

/** Differences that are told one by one. */
const DRIFTS_TOLD = 100;

/** Whose value at a path is that of the source of truth: one side's alone, or else neither is the fresher. */
function freshness(path: string, control: Comparison, candidate: Comparison): Freshness {
  const [one, other] = [agreesAt(path, control), agreesAt(path, candidate)];
  if (one === other) return 'neither';
  return one ? 'control is fresher' : 'candidate is fresher';
}

function agreesAt(path: string, comparison: Comparison): boolean {
  if (comparison.outcome !== 'mismatch') return true;
  return !comparison.differences.some(
    ({ path: other }) => other === path || isBelow(other, path) || isBelow(path, other),
  );
}

function isBelow(path: string, other: string): boolean {
  return path.startsWith(`${other}.`) || path.startsWith(`${other}[`);
}

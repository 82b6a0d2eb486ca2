import { LAG_BINS, type LagBucket, type Lane, type Series, type Sparse } from '../model/series.js';
import type { Ms } from '../model/timeline.js';
import { OUTCOMES, type Outcome } from '../model/verdict.js';

const BUCKETS = 240;
const SHORTEST_MS = 100;
const BUCKETS_A_CELL = 4;
const CELLS = BUCKETS / BUCKETS_A_CELL;

/** Lanes that a report holds; the accounts beyond are in its sums alone. */
export const LANES_KEPT = 500;

/** Counts by cell, for each outcome that ever happened. */
export type Cells = Partial<Record<Outcome, Uint32Array>>;

/**
 * The course of a run, in at most 240 buckets of time. When a run outgrows them, each two become one. All runs' buckets
 * begin at 0 and double in width, so that courses of shares add up exactly, whatever their lengths.
 */
export class RunningSeries {
  #widthMs = SHORTEST_MS;
  readonly #outcomes: Cells = {};
  readonly #lanes = new Map<string, Cells>();
  readonly #later = new Bins();
  readonly #earlier = new Bins();
  readonly #min = new Float64Array(BUCKETS).fill(Infinity);
  readonly #max = new Float64Array(BUCKETS).fill(-Infinity);

  /** A verdict that became certain at `t`. With `by` -1 one that no longer counts, since a later one amends it. */
  count(t: Ms, outcome: Outcome, account: string, by: 1 | -1 = 1): void {
    this.countIn(this.lane(account), t, outcome, by);
  }

  /** The same, in an account's lane that is known already. */
  countIn(lane: Cells, t: Ms, outcome: Outcome, by: 1 | -1 = 1): void {
    const bucket = this.#bucketOf(t);
    tally(this.#outcomes, outcome, BUCKETS, bucket, by);
    tally(lane, outcome, CELLS, Math.floor(bucket / BUCKETS_A_CELL), by);
  }

  /** An account's lane: always the same object, for who counts many there. */
  lane(account: string): Cells {
    let lane = this.#lanes.get(account);
    if (lane === undefined) this.#lanes.set(account, (lane = {}));
    return lane;
  }

  /** The lag of a pair inside the window that was complete at `t`; negative where the candidate came first. */
  lag(t: Ms, lagMs: Ms): void {
    const bucket = this.#bucketOf(t);
    (lagMs < 0 ? this.#earlier : this.#later).add(bucket, binOf(Math.abs(lagMs)), 1);
    if (lagMs < (this.#min[bucket] as number)) this.#min[bucket] = lagMs;
    if (lagMs > (this.#max[bucket] as number)) this.#max[bucket] = lagMs;
  }

  #bucketOf(t: Ms): number {
    while (t >= this.#widthMs * BUCKETS) this.#coarsen();
    return t > 0 ? Math.floor(t / this.#widthMs) : 0;
  }

  #coarsen(): void {
    this.#widthMs *= 2;
    for (const cells of [this.#outcomes, ...this.#lanes.values()]) Object.values(cells).forEach(foldCounts);
    this.#later.fold();
    this.#earlier.fold();
    fold(this.#min, Math.min, Infinity);
    fold(this.#max, Math.max, -Infinity);
  }

  /** Adds another course, exactly and in any order: a share's, or what one was saved as. */
  add(other: Series): void {
    while (this.#widthMs < other.widthMs) this.#coarsen();
    const shrink = this.#widthMs / other.widthMs;
    const place = (at: number): number => Math.floor(at / shrink);
    addCells(this.#outcomes, other.outcomes, BUCKETS, place);
    for (const { account, outcomes } of other.lanes) {
      const lane = this.#lanes.get(account) ?? {};
      this.#lanes.set(account, lane);
      addCells(lane, outcomes, CELLS, place);
    }
    for (const { at, minMs, maxMs, later, earlier } of other.lags) {
      const bucket = place(at);
      for (const [bin, count] of pairs(later)) this.#later.add(bucket, bin, count);
      for (const [bin, count] of pairs(earlier)) this.#earlier.add(bucket, bin, count);
      this.#min[bucket] = Math.min(this.#min[bucket] as number, minMs);
      this.#max[bucket] = Math.max(this.#max[bucket] as number, maxMs);
    }
  }

  /** A verdict at `t` turns out to be another. Accounts without a lane are amended in the sums alone. */
  turn(t: Ms, account: string, from: Outcome, to: Outcome): void {
    const hadLane = this.#lanes.has(account);
    this.count(t, from, account, -1);
    this.count(t, to, account);
    if (!hadLane) this.#lanes.delete(account);
  }

  /** What a report holds of it. */
  series(lanesKept = LANES_KEPT): Series {
    const lanes = [...this.#lanes].map(([account, cells]) => ({ account, outcomes: sparseAll(cells) }));
    return {
      widthMs: this.#widthMs,
      outcomes: sparseAll(this.#outcomes),
      lags: this.#lags(),
      cellMs: this.#widthMs * BUCKETS_A_CELL,
      lanes: worst(lanes).slice(0, lanesKept),
    };
  }

  /** Adding 0 makes 0 of -0, which JSON does not know. */
  #lags(): LagBucket[] {
    const lags: LagBucket[] = [];
    for (let at = 0; at < BUCKETS; at++) {
      const later = this.#later.row(at);
      const earlier = this.#earlier.row(at);
      const count = total(later) + total(earlier);
      if (count === 0) continue;
      lags.push({ at, count, minMs: (this.#min[at] as Ms) + 0, maxMs: (this.#max[at] as Ms) + 0, later, earlier });
    }
    return lags;
  }
}

/** The course of two shares of one run. Associative and commutative where no account is in two shares, or few are. */
export function mergeSeries(a: Series, b: Series, lanesKept = LANES_KEPT): Series {
  const sum = new RunningSeries();
  sum.add(a);
  sum.add(b);
  return sum.series(lanesKept);
}

/** The course, where verdicts of one outcome turned out to be of another. */
export function turnSeries(
  series: Series,
  turned: readonly { readonly t: Ms; readonly account: string }[],
  from: Outcome,
  to: Outcome,
): Series {
  const course = new RunningSeries();
  course.add(series);
  for (const { t, account } of turned) course.turn(t, account, from, to);
  return course.series();
}

/** A histogram for each bucket. There is none in memory until the first lag is added. */
class Bins {
  #counts: Uint32Array | undefined;

  add(bucket: number, bin: number, count: number): void {
    const counts = (this.#counts ??= new Uint32Array(BUCKETS * LAG_BINS));
    (counts[bucket * LAG_BINS + bin] as number) += count;
  }

  row(bucket: number): Sparse {
    return this.#counts === undefined ? [] : sparse(this.#counts.subarray(bucket * LAG_BINS, (bucket + 1) * LAG_BINS));
  }

  fold(): void {
    const counts = this.#counts;
    if (counts === undefined) return;
    for (let to = 0; to < counts.length / 2; to++) {
      const from = to + Math.floor(to / LAG_BINS) * LAG_BINS;
      counts[to] = (counts[from] as number) + (counts[from + LAG_BINS] as number);
    }
    counts.fill(0, counts.length / 2);
  }
}

const FLOAT = new Float32Array(1);
const BITS = new Uint32Array(FLOAT.buffer);
/** The exponent and the first three digits after the point of 0.125, the shortest lag that has its own bin. */
const FIRST = (124 << 3) - 1;

/** The bin of a lag, by the first bits of the number: no logarithm is taken, which no standard says the last digit of. */
function binOf(ms: Ms): number {
  FLOAT[0] = ms;
  const bin = ((BITS[0] as number) >>> 20) - FIRST;
  return bin < 0 ? 0 : bin < LAG_BINS ? bin : LAG_BINS - 1;
}

function tally(cells: Cells, outcome: Outcome, length: number, at: number, by: number): void {
  const counts = (cells[outcome] ??= new Uint32Array(length));
  (counts[at] as number) += by;
}

function addCells(cells: Cells, other: Series['outcomes'], length: number, place: (at: number) => number): void {
  for (const outcome of OUTCOMES) {
    for (const [at, count] of pairs(other[outcome] ?? [])) tally(cells, outcome, length, place(at), count);
  }
}

function foldCounts(counts: Uint32Array): void {
  fold(counts, (a, b) => a + b, 0);
}

/** Each two become one, and the second half is empty. */
function fold(
  values: Uint32Array | Float64Array,
  together: (one: number, other: number) => number,
  empty: number,
): void {
  const half = values.length / 2;
  for (let at = 0; at < half; at++) values[at] = together(values[2 * at] as number, values[2 * at + 1] as number);
  values.fill(empty, half);
}

function sparseAll(cells: Cells): Partial<Record<Outcome, Sparse>> {
  const all: Partial<Record<Outcome, Sparse>> = {};
  for (const outcome of OUTCOMES) {
    const counts = cells[outcome];
    const told = counts === undefined ? [] : sparse(counts);
    if (told.length > 0) all[outcome] = told;
  }
  return all;
}

function sparse(counts: Uint32Array): Sparse {
  const told: number[] = [];
  for (let at = 0; at < counts.length; at++) if (counts[at] !== 0) told.push(at, counts[at] as number);
  return told;
}

function* pairs(sparse: Sparse): Generator<[number, number]> {
  for (let at = 0; at < sparse.length; at += 2) yield [sparse[at] as number, sparse[at + 1] as number];
}

function total(sparse: Sparse): number {
  let sum = 0;
  for (let at = 1; at < sparse.length; at += 2) sum += sparse[at] as number;
  return sum;
}

/** The most defects first, then the most events; at last by name, so that the order does not depend on who asked. */
function worst(lanes: readonly Lane[]): Lane[] {
  const ranked = lanes.map((lane) => {
    const of = (outcome: Outcome): number => total(lane.outcomes[outcome] ?? []);
    const events = OUTCOMES.reduce((sum, outcome) => sum + of(outcome), 0);
    return { lane, events, defects: events - of('match') - of('allowed') - of('inconclusive') };
  });
  ranked.sort((a, b) => b.defects - a.defects || b.events - a.events || (a.lane.account < b.lane.account ? -1 : 1));
  return ranked.map(({ lane }) => lane);
}

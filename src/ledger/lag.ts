import type { Histogram } from 'hdr-histogram-js';
// Its parts one by one: the package as a whole compiles a formatter when it is loaded, which nobody asks for here.
import { build } from 'hdr-histogram-js/dist/HistogramBuilder.js';
import { decodeFromCompressedBase64, encodeIntoCompressedBase64 } from 'hdr-histogram-js/dist/encoding.js';
import type { LagInterval, LagMeasured, LagSummary } from '../model/report.js';
import type { Ms } from '../model/timeline.js';
import { COUNTED_MOST, LagCounts } from './lag-counts.js';
import { lowerRank, upperRank } from './ranks.js';

/** Longer lags are counted at this one: it is far beyond any window. */
const LONGEST_US = 7 * 24 * 3_600_000_000;

/**
 * Lags of paired events. Two histograms, because a histogram knows no negative values and either feed may be first.
 * Microseconds inside, three significant digits: a quantile is off by at most 0.1 %.
 */
export class Lag {
  readonly #later = new Recorder();
  readonly #earlier = new Recorder();
  #missing = 0;
  #inStall = 0;
  readonly #late = new Recorder();
  #min = Infinity;
  #max = -Infinity;

  /** A pair inside the window. */
  paired(lagMs: Ms, inStall: boolean): void {
    if (inStall) {
      this.#inStall++;
      return;
    }
    if (lagMs < 0) this.#earlier.record(-lagMs);
    else this.#later.record(lagMs);
    this.#extremes(lagMs);
  }

  /** An event whose counterpart did not come within the window. */
  missing(): void {
    this.#missing++;
  }

  /** A missing event that came after all. */
  late(lagMs: Ms): void {
    this.#missing--;
    this.#late.record(Math.abs(lagMs));
    this.#extremes(lagMs);
  }

  #extremes(lagMs: Ms): void {
    if (lagMs < this.#min) this.#min = lagMs;
    if (lagMs > this.#max) this.#max = lagMs;
  }

  /** Nearest-rank quantile over pairs and, if asked, censored events; null when it falls among those. */
  quantile(q: number, censored = true): Ms | null {
    const pairs = this.#earlier.totalCount + this.#later.totalCount;
    const total = pairs + (censored ? this.#missing + this.#late.totalCount : 0);
    const rank = Math.max(1, Math.ceil(q * total));
    return total === 0 ? null : this.#atRank(rank);
  }

  /** The lag of this rank among pairs and censored events; null when it falls among these. */
  #atRank(rank: number): Ms | null {
    const earlier = this.#earlier.totalCount;
    if (rank > earlier + this.#later.totalCount) return null;
    return rank <= earlier
      ? -valueAt(this.#earlier.histogram, earlier - rank + 1)
      : valueAt(this.#later.histogram, rank - earlier);
  }

  /** The interval between two bounds on a quantile, each right with this probability; ends that are not known are null. */
  interval(q: number, confidence: number): LagInterval {
    const [low, high] = [lowerRank(this.#total, q, confidence), upperRank(this.#total, q, confidence)];
    return {
      fromMs: low === undefined ? null : this.#atRank(low),
      toMs: high === undefined ? null : this.#atRank(high),
    };
  }

  /** What the quantile lies below with this probability, if the events are enough to tell and the lag was measured. */
  upper(q: number, confidence: number): Ms | 'censored' | 'unknown' {
    const rank = upperRank(this.#total, q, confidence);
    return rank === undefined ? 'unknown' : (this.#atRank(rank) ?? 'censored');
  }

  get #total(): number {
    return this.#earlier.totalCount + this.#later.totalCount + this.#missing + this.#late.totalCount;
  }

  summary(): LagSummary {
    const summary = {
      count: this.#earlier.totalCount + this.#later.totalCount,
      censored: this.#missing + this.#late.totalCount,
      inStall: this.#inStall,
      negative: this.#earlier.totalCount,
      p50Ms: this.quantile(0.5),
      p95Ms: this.quantile(0.95),
      p99Ms: this.quantile(0.99),
      inWindow: {
        p50Ms: this.quantile(0.5, false),
        p95Ms: this.quantile(0.95, false),
        p99Ms: this.quantile(0.99, false),
      },
      minMs: this.#min === Infinity ? null : this.#min,
      maxMs: this.#max === -Infinity ? null : this.#max,
      measured: {
        earlier: encoded(this.#earlier.histogram),
        later: encoded(this.#later.histogram),
        late: encoded(this.#late.histogram),
        missing: this.#missing,
      },
    };
    KNOWN.set(summary.measured, this);
    return summary;
  }

  /** Whether nothing was measured since it said this. */
  isStill({ count, censored, inStall, measured }: LagSummary): boolean {
    const missing = this.#missing === measured.missing && this.#missing + this.#late.totalCount === censored;
    return missing && this.#inStall === inStall && this.#earlier.totalCount + this.#later.totalCount === count;
  }

  /** Adds what another run measured. Exact, and in any order. */
  add(other: LagSummary): void {
    this.#earlier.add(other.measured.earlier);
    this.#later.add(other.measured.later);
    this.#late.add(other.measured.late);
    this.#missing += other.measured.missing;
    this.#inStall += other.inStall;
    if (other.minMs !== null) this.#min = Math.min(this.#min, other.minMs);
    if (other.maxMs !== null) this.#max = Math.max(this.#max, other.maxMs);
  }
}

/** What was measured before, to be asked again: more must not be added to it. */
export function lagOf(summary: LagSummary): Lag {
  const known = KNOWN.get(summary.measured);
  if (known?.isStill(summary) === true) return known;
  const lag = new Lag();
  KNOWN.set(summary.measured, lag);
  lag.add(summary);
  return lag;
}

/** Several figures of a report are read from the same histograms, and reading those from a summary takes its time. */
const KNOWN = new WeakMap<LagMeasured, Lag>();

/** Of most runs two of three histograms are empty, and look alike. */
let emptyText: string | undefined;

function empty(): string {
  return (emptyText ??= encodeIntoCompressedBase64(histogram()));
}

function encoded(histogram: Histogram): string {
  return histogram.totalCount === 0 ? empty() : encodeIntoCompressedBase64(histogram);
}

function histogram(): Histogram {
  return build({
    bitBucketSize: 32,
    autoResize: true,
    lowestDiscernibleValue: 1,
    highestTrackableValue: 60_000_000,
    numberOfSignificantValueDigits: 3,
  });
}

/** A histogram, with counts in front of it for the path that every pair takes. */
class Recorder {
  readonly #histogram = histogram();
  readonly #counts = new LagCounts();

  record(lagMs: Ms): void {
    const us = Math.round(lagMs * 1000);
    if (us <= COUNTED_MOST) this.#counts.add(us);
    else this.#histogram.recordValue(Math.min(us, LONGEST_US));
  }

  /** Adds what another one wrote of itself. */
  add(text: string): void {
    if (text !== empty()) this.histogram.add(decodeFromCompressedBase64(text, 32, false));
  }

  get histogram(): Histogram {
    this.#counts.pour(this.#histogram);
    return this.#histogram;
  }

  get totalCount(): number {
    return this.histogram.totalCount;
  }
}

/** The value with the given rank, counted from the smallest. */
function valueAt(histogram: Histogram, rank: number): Ms {
  return histogram.getValueAtPercentile(((rank - 0.25) / histogram.totalCount) * 100) / 1000;
}

import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64, type Histogram } from 'hdr-histogram-js';
import type { LagSummary } from '../model/report.js';
import type { Ms } from '../model/timeline.js';

/** Longer lags are counted at this one: it is far beyond any window. */
const LONGEST_US = 7 * 24 * 3_600_000_000;

/**
 * Lags of paired events. Two histograms, because a histogram knows no negative values and either feed may be first.
 * Microseconds inside, three significant digits: a quantile is off by at most 0.1 %.
 */
export class Lag {
  readonly #later = histogram();
  readonly #earlier = histogram();
  #missing = 0;
  #inStall = 0;
  readonly #late: Histogram = histogram();
  #min = Infinity;
  #max = -Infinity;

  /** A pair inside the window. */
  paired(lagMs: Ms, inStall: boolean): void {
    if (inStall) {
      this.#inStall++;
      return;
    }
    record(lagMs < 0 ? this.#earlier : this.#later, Math.abs(lagMs));
    this.#extremes(lagMs);
  }

  /** An event whose counterpart did not come within the window. */
  missing(): void {
    this.#missing++;
  }

  /** A missing event that came after all. */
  late(lagMs: Ms): void {
    this.#missing--;
    record(this.#late, Math.abs(lagMs));
    this.#extremes(lagMs);
  }

  #extremes(lagMs: Ms): void {
    this.#min = Math.min(this.#min, lagMs);
    this.#max = Math.max(this.#max, lagMs);
  }

  /** Nearest-rank quantile over pairs and, if asked, censored events; null when it falls among those. */
  quantile(q: number, censored = true): Ms | null {
    const pairs = this.#earlier.totalCount + this.#later.totalCount;
    const total = pairs + (censored ? this.#missing + this.#late.totalCount : 0);
    const rank = Math.max(1, Math.ceil(q * total));
    if (total === 0 || rank > pairs) return null;
    return rank <= this.#earlier.totalCount
      ? -valueAt(this.#earlier, this.#earlier.totalCount - rank + 1)
      : valueAt(this.#later, rank - this.#earlier.totalCount);
  }

  summary(): LagSummary {
    return {
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
        earlier: encodeIntoCompressedBase64(this.#earlier),
        later: encodeIntoCompressedBase64(this.#later),
        late: encodeIntoCompressedBase64(this.#late),
        missing: this.#missing,
      },
    };
  }

  /** Adds what another run measured. Exact, and in any order. */
  add(other: LagSummary): void {
    this.#earlier.add(decoded(other.measured.earlier));
    this.#later.add(decoded(other.measured.later));
    this.#late.add(decoded(other.measured.late));
    this.#missing += other.measured.missing;
    this.#inStall += other.inStall;
    if (other.minMs !== null) this.#min = Math.min(this.#min, other.minMs);
    if (other.maxMs !== null) this.#max = Math.max(this.#max, other.maxMs);
  }
}

function decoded(text: string): Histogram {
  return decodeFromCompressedBase64(text, 32, false);
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

function record(histogram: Histogram, lagMs: Ms): void {
  histogram.recordValue(Math.min(Math.round(lagMs * 1000), LONGEST_US));
}

/** The value with the given rank, counted from the smallest. */
function valueAt(histogram: Histogram, rank: number): Ms {
  return histogram.getValueAtPercentile(((rank - 0.25) / histogram.totalCount) * 100) / 1000;
}

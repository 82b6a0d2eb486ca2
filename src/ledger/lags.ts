import type { LagParts, LagSummary } from '../model/report.js';
import type { GateSettings } from '../model/settings.js';
import type { Ms } from '../model/timeline.js';
import { Lag } from './lag.js';

/**
 * Lags, measured apart for types that have lag limits of their own: each lag is measured once, so that this costs nothing,
 * and all together are their sum.
 */
export class Lags {
  readonly #others = new Lag();
  readonly #types: ReadonlyMap<string, Lag>;

  constructor({ types = {} }: Pick<GateSettings, 'types'>) {
    const apart = Object.entries(types).filter(([, { lag }]) => Object.keys(lag).length > 0);
    this.#types = new Map(apart.map(([type]) => [type, new Lag()]));
  }

  /** Where lags of a type are measured. */
  of(type: string): Lag {
    return this.#types.get(type) ?? this.#others;
  }

  quantile(q: number): Ms | null {
    if (this.#types.size === 0) return this.#others.quantile(q);
    return sumOf([this.#others, ...this.#types.values()].map((lag) => lag.summary())).quantile(q);
  }

  /** All lags, and if any are measured apart, those too. */
  summaries(): { readonly lag: LagSummary; readonly lagParts?: LagParts } {
    const others = this.#others.summary();
    if (this.#types.size === 0) return { lag: others };
    const types = Object.fromEntries([...this.#types].map(([type, lag]) => [type, lag.summary()]));
    return { lag: addLags([others, ...Object.values(types)]), lagParts: { types, others } };
  }
}

/** What several runs, or types, measured together. Exact, and in any order. */
export function addLags(all: readonly LagSummary[]): LagSummary {
  return sumOf(all).summary();
}

function sumOf(all: readonly LagSummary[]): Lag {
  const sum = new Lag();
  for (const lag of all) sum.add(lag);
  return sum;
}

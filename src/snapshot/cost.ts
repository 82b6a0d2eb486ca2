import { mean, quantile } from 'simple-statistics';
import type { SnapshotGate } from '../model/snapshot.js';
import { SIDES, type Ms, type Side } from '../model/timeline.js';
import type { Section } from '../model/section.js';
import type { ReadingCost } from './reading.js';

/** Samples below which a 95th percentile is no more than the slowest one. */
const ENOUGH_FOR_P95 = 20;

export interface SideCost {
  readonly samples: number;
  /** Of one full list, on average. */
  readonly requests: number;
  readonly bytes: number;
  readonly items: number;
  readonly p50Ms: Ms;
  readonly p95Ms: Ms;
  readonly maxMs: Ms;
}

/** What a full list takes on each side. */
export class Cost {
  readonly #samples: Record<Side, ReadingCost[]> = { control: [], candidate: [] };

  add(cost: ReadingCost): void {
    this.#samples[cost.side].push(cost);
  }

  samples(side: Side): number {
    return this.#samples[side].length;
  }

  /** Undefined where a side's lists were never read whole. */
  of(side: Side): SideCost | undefined {
    const samples = this.#samples[side];
    if (samples.length === 0) return undefined;
    const times = samples.map(({ ms }) => ms);
    return {
      samples: samples.length,
      requests: rounded(mean(samples.map(({ requests }) => requests))),
      bytes: Math.round(mean(samples.map(({ bytes }) => bytes))),
      items: rounded(mean(samples.map(({ items }) => items))),
      p50Ms: rounded(quantile(times, 0.5)),
      p95Ms: rounded(quantile(times, 0.95)),
      maxMs: rounded(Math.max(...times)),
    };
  }

  table(): Section['tables'][number] {
    const sides = SIDES.map((side) => this.of(side));
    const row = (name: string, figure: (cost: SideCost) => number) => [
      name,
      ...sides.map((cost) => (cost === undefined ? '' : figure(cost))),
    ];
    return {
      title: 'cost of a full list',
      columns: ['', 'control', 'candidate'],
      rows: [
        row('requests', ({ requests }) => requests),
        row('bytes', ({ bytes }) => bytes),
        row('items', ({ items }) => items),
        row('ms, p50', ({ p50Ms }) => p50Ms),
        row('ms, p95', ({ p95Ms }) => p95Ms),
        row('ms, slowest', ({ maxMs }) => maxMs),
        row('samples', ({ samples }) => samples),
      ],
    };
  }

  /** The candidate's figures against their limits. */
  cases(gate: SnapshotGate): Section['cases'] {
    const cost = this.of('candidate');
    const figures = { requests: cost?.requests, bytes: cost?.bytes, p50: cost?.p50Ms, p95: cost?.p95Ms };
    return (['requests', 'bytes', 'p50', 'p95'] as const).flatMap((name): Case[] => {
      const limit = gate[name];
      if (limit === undefined) return [];
      const figure = figures[name];
      const unit = name === 'p50' || name === 'p95' ? ' ms' : '';
      const few = name === 'p95' && (cost?.samples ?? 0) < ENOUGH_FOR_P95;
      if (figure === undefined || (few && figure <= limit)) {
        const detail = `${cost?.samples ?? 0} samples are too few; give --samples ${ENOUGH_FOR_P95}`;
        return [{ name: `cost: ${name}`, status: 'undecided', detail }];
      }
      const status = figure > limit ? 'failed' : 'passed';
      return [{ name: `cost: ${name}`, status, detail: `${figure}${unit}, at most ${limit}${unit}` }];
    });
  }
}

type Case = Section['cases'][number];

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}

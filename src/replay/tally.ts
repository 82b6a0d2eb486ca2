import { createHistogram } from 'node:perf_hooks';
import type { ReplayFacts } from '../model/report.js';
import type { Ms, Side } from '../model/timeline.js';

/** A replay's counts, as its report tells them. */
export type Counted = Pick<ReplayFacts, 'intended' | 'due' | 'notReached' | 'sent' | 'failed' | 'skipped' | 'lateness'>;

/** Reasons told one by one; a server may word each failure differently. */
const REASONS_MOST = 20;
const OTHER = 'other reasons';
const LONGEST_US = 24 * 3_600_000_000;

/** What a replay counts: what was due, sent, refused and left, and how late we were. */
export class Tally {
  readonly #sent = { control: 0, candidate: 0 };
  readonly #failed = { control: new Map<string, number>(), candidate: new Map<string, number>() };
  readonly #skipped = new Map<string, number>();
  /** Microseconds; its least value is 1. */
  readonly #lateness = createHistogram({ highest: LONGEST_US });
  #due = 0;
  #notReached = 0;

  /** An event is sent, so much after its intended time. */
  due(latenessMs: Ms): void {
    this.#due++;
    this.#lateness.record(Math.min(Math.max(1, Math.round(latenessMs * 1000)), LONGEST_US));
  }

  sent(target: Side): void {
    this.#sent[target]++;
  }

  failed(target: Side, reason: string): void {
    count(this.#failed[target], reason);
  }

  skipped(reason: string): void {
    count(this.#skipped, reason);
  }

  /** The replay was cut short before these. */
  notReached(events: number): void {
    this.#notReached += events;
  }

  counts(): Counted {
    const h = this.#lateness;
    const failed = (['control', 'candidate'] as const).flatMap((target) =>
      rows(this.#failed[target]).map((row) => Object.assign({ target }, row)),
    );
    return {
      intended: this.#due + this.#notReached,
      due: this.#due,
      notReached: this.#notReached,
      sent: { ...this.#sent },
      failed,
      skipped: rows(this.#skipped),
      lateness:
        this.#due === 0
          ? null
          : { p50Ms: h.percentile(50) / 1000, p99Ms: h.percentile(99) / 1000, maxMs: h.max / 1000 },
    };
  }
}

function count(into: Map<string, number>, reason: string): void {
  const name = into.has(reason) || into.size < REASONS_MOST ? reason : OTHER;
  into.set(name, (into.get(name) ?? 0) + 1);
}

function rows(counts: ReadonlyMap<string, number>): { readonly reason: string; readonly count: number }[] {
  return [...counts].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count);
}

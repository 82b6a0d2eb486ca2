import type { Kernel } from '../kernel/kernel.js';
import type { Payload } from '../model/rows.js';
import type { Settings } from '../model/settings.js';
import type { Side } from '../model/timeline.js';
import type { Comparison } from '../model/verdict.js';
import { writePlan } from './layout.js';
import { compilePlans } from './plan.js';

/** Longer payloads are looked at. */
const LONGEST = 65_536;
/** The kernel reads sixteen bytes at a time. */
const PADDING = 16;

/**
 * Unequal pairs that were looked at, by the way in which they differ: at which places, and what stands there on either side,
 * but not which values (see ../kernel/wasm/contrast.ts). All that differ in the same way are judged alike, so that where every
 * pair is unequal few have to be parsed. It knows no rule: where one would have to see the values, there is no way to name.
 */
export class Precedents {
  readonly #kernel: Kernel;
  readonly #rules: number;
  /** A bit for each rule that speaks of several places. */
  readonly #several: number;
  readonly #plans: Readonly<Record<Side, ReadonlyMap<string, number>>>;
  /** Where payloads lie while they are compared. */
  readonly #room: Readonly<Record<Side, number>>;
  readonly #contrasted: number;
  readonly #known: (Comparison | undefined)[] = [];
  /** Pairs that were asked about, and those of them that differ in a way that has a number. */
  asked = 0;
  named = 0;

  constructor(settings: Pick<Settings, 'events' | 'rename' | 'rules'>, kernel: Kernel) {
    const plans = { control: new Map<string, number>(), candidate: new Map<string, number>() };
    for (const { side, event, plan } of compilePlans(settings))
      plans[side].set(
        event,
        // Which type is which has been told already.
        writePlan(kernel, plan, () => 0),
      );
    this.#plans = plans;
    this.#kernel = kernel;
    this.#rules = settings.rules.length;
    this.#several = settings.rules.reduce(
      (bits, { path }, rule) => (path.segments.some(({ kind }) => kind === 'each') ? bits | (1 << rule) : bits),
      0,
    );
    this.#room = { control: kernel.reserve(LONGEST + PADDING), candidate: kernel.reserve(LONGEST + PADDING) };
    this.#contrasted = kernel.run.contrasted.value;
  }

  /** The number of the way in which two payloads differ; 0 where they have to be looked at. */
  wayOf(control: Payload, candidate: Payload): number {
    this.asked++;
    const way = this.#contrast(control, candidate);
    if (way !== 0) this.named++;
    return way;
  }

  #contrast(control: Payload, candidate: Payload): number {
    const [ours, theirs] = [this.#planOf(control), this.#planOf(candidate)];
    if (ours === undefined || theirs === undefined) return 0;
    if (control.length > LONGEST || candidate.length > LONGEST) return 0;
    const { run, bytes } = this.#kernel;
    const { control: a, candidate: b } = this.#room;
    control.rows.copy(control.offset, control.length, bytes, a);
    candidate.rows.copy(candidate.offset, candidate.length, bytes, b);
    return run.contrast(ours, a, a + control.length, theirs, b, b + candidate.length, this.#rules, this.#several);
  }

  /** The correlation key of the payloads that were asked about last, where there was a way to name. */
  get key(): string {
    const { i32, bytes } = this.#kernel;
    const from = this.#contrasted + 4;
    return bytes.toString('latin1', from, from + (i32[this.#contrasted >> 2] as number));
  }

  /** How a pair that differs in this way compared; its values are those of that pair. */
  of(way: number): Comparison | undefined {
    return this.#known[way];
  }

  /** The first pair that differs in this way has been looked at. */
  set(way: number, comparison: Comparison): void {
    this.#known[way] = comparison;
  }

  #planOf({ rows, envelope }: Payload): number | undefined {
    const { side, event } = rows.envelope(envelope);
    return this.#plans[side].get(event);
  }
}

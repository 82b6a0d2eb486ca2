import type { Ms } from '../model/timeline.js';

/** A feature flag in memory: a default variant, and variants of single accounts. */
export class Flag {
  readonly key: string;
  private readonly variants = new Map<string, Variant>();
  /** What the new service knows. */
  private readonly known = new Map<string, Variant>();
  private readonly delayMs: Ms;
  private readonly later: (delayMs: Ms, run: () => void) => void;

  /** The new service hears of a change so much later than the one who makes it. */
  constructor(key: string, delayMs: Ms = 0, later: (delayMs: Ms, run: () => void) => void = (_, run) => run()) {
    this.key = key;
    this.delayMs = delayMs;
    this.later = later;
  }

  /** As it was set. */
  variant(account: string): Variant {
    return this.variants.get(account) ?? 'on';
  }

  /** As the new service knows it. */
  isOn(account: string): boolean {
    return (this.known.get(account) ?? 'on') === 'on';
  }

  set(account: string, variant: Variant): void {
    this.variants.set(account, variant);
    if (this.delayMs === 0) this.known.set(account, variant);
    else this.later(this.delayMs, () => this.known.set(account, variant));
  }
}

export type Variant = 'on' | 'off';

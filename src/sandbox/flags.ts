/** A feature flag in memory: a default variant, and variants of single accounts. */
export class Flag {
  readonly key: string;
  private readonly variants = new Map<string, Variant>();

  constructor(key: string) {
    this.key = key;
  }

  variant(account: string): Variant {
    return this.variants.get(account) ?? 'on';
  }

  isOn(account: string): boolean {
    return this.variant(account) === 'on';
  }

  set(account: string, variant: Variant): void {
    this.variants.set(account, variant);
  }
}

export type Variant = 'on' | 'off';

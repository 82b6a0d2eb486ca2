/** A seeded stream of randomness: the same parts give the same stream, on every machine. */
export class Random {
  private state: number;

  /** The parts name the stream: a seed, and what it is for. They are hashed (FNV-1a, 32 bits). */
  constructor(...parts: readonly (number | string)[]) {
    let hash = 0x811c9dc5;
    for (const character of parts.join('\u0000')) {
      hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
    }
    this.state = hash >>> 0;
  }

  /** A number in [0, 1): mulberry32 (Tommy Ettinger, public domain). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  }

  /** An integer from low to high, both included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(choices: readonly [T, ...T[]] | readonly T[]): T {
    if (choices.length === 0) throw new RangeError('Nothing to pick from.');
    return choices[this.integer(0, choices.length - 1)] as T;
  }

  /** A number of exponential distribution. */
  exponential(mean: number): number {
    return -Math.log(1 - this.next()) * mean;
  }
}

/**
 * Two lanes of hash over a correlation key's text, 64 bits in all, by which keys are looked up. The scanner computes the
 * same from bytes (kernel/wasm/claim.ts): FNV-1a and its like, with a shift that brings the high bits down.
 */
export class KeyLanes {
  a = 0;
  b = 0;

  of(text: string): this {
    let a = 0x2f0b4c47;
    let b = 0x811c9dc5 | 0;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      a = Math.imul(a ^ unit, 0x01000193);
      a ^= a >>> 15;
      b = Math.imul((b + unit) | 0, 0x85ebca6b);
      b ^= b >>> 13;
    }
    this.a = a;
    this.b = b;
    return this;
  }
}

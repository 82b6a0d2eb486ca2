const CHUNK = 1024 * 1024;

/**
 * Room for what is kept of messages, one behind the other in large blocks: a small buffer for each would be work for the
 * garbage collector, and one of ws keeps all that its socket had read at once. What lies there never changes.
 */
export class Arena {
  chunk = Buffer.alloc(0);
  #used = 0;

  /** Copies bytes [from, to) of a buffer into `chunk`, and returns where they begin there. */
  keep(bytes: Uint8Array, from: number, to: number): number {
    const length = to - from;
    if (this.#used + length > this.chunk.length) {
      this.chunk = Buffer.allocUnsafeSlow(Math.max(CHUNK, length));
      this.#used = 0;
    }
    const at = this.#used;
    this.chunk.set(bytes.subarray(from, to), at);
    this.#used += length;
    return at;
  }
}

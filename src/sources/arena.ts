const CHUNK = 1024 * 1024;
/** A message around its payload is about as long as this at the most. */
const HEAD = 1024;
/** One block in so many is counted by V8: the more, the rarer its collections, and the more waits for them. */
const COUNTED_EVERY = 3;

/**
 * Room for what is kept of messages, one behind the other in large blocks: a small buffer for each would be work for the
 * garbage collector, and one of ws keeps all that its socket had read at once. What lies there never changes.
 *
 * Blocks live for minutes. V8 starts to mark its whole heap for every few buffers of such a size that it counts, which
 * finds nothing and costs more than the messages do. Shared memory it does not count; but then nothing would ever free
 * it. So one block in a few is an ordinary one: it brings about the collections that free them all.
 */
export class Arena {
  chunk: Buffer = Buffer.alloc(0);
  #used = 0;
  #blocks = 0;

  /** Copies bytes [from, to) of a buffer into `chunk`, and returns where they begin there. */
  keep(bytes: Uint8Array, from: number, to: number): number {
    // What stands around a payload comes along: less work than a view of what lies between.
    if (bytes.length - (to - from) <= HEAD) return this.#put(bytes) + from;
    return this.#put(bytes.subarray(from, to));
  }

  #put(bytes: Uint8Array): number {
    const at = this.#used;
    if (at + bytes.length > this.chunk.length) {
      this.chunk = this.#block(Math.max(CHUNK, bytes.length));
      this.#used = 0;
      return this.#put(bytes);
    }
    // Of shared memory `set` copies byte by byte where the places are not aligned alike: a fill with one copy takes a third.
    this.chunk.fill(bytes, at, at + bytes.length);
    this.#used += bytes.length;
    return at;
  }

  #block(size: number): Buffer {
    // One too large for the others' count is counted itself.
    if (size > CHUNK || this.#blocks++ % COUNTED_EVERY === 0) return Buffer.allocUnsafeSlow(size);
    return Buffer.from(new SharedArrayBuffer(size));
  }
}

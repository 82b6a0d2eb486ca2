/** What a message says around its payload, by the bytes it says it in. */
export interface Head {
  readonly channel: string;
  readonly event: string;
  /** Bytes before the payload, and behind it. */
  readonly before: Buffer;
  readonly after: Buffer;
}

/** Heads remembered for one connection. A feed has a handful. */
const KEPT = 8;

/**
 * The heads that a connection's messages have had: all messages of one channel and event begin and end in the same bytes,
 * so that only the first of them has to be parsed.
 */
export class Heads {
  #known: Head[] = [];

  /** The head that a message begins and ends with. */
  of(message: Buffer): Head | undefined {
    for (const head of this.#known) {
      const { before, after } = head;
      if (message.length < before.length + after.length) continue;
      if (message.compare(before, 0, before.length, 0, before.length) !== 0) continue;
      if (message.compare(after, 0, after.length, message.length - after.length) === 0) return head;
    }
    return undefined;
  }

  learn(head: Head): void {
    this.#known = [head, ...this.#known].slice(0, KEPT);
  }
}

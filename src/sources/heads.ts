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
      const rest = message.length - after.length;
      if (rest >= before.length && says(message, 0, before) && says(message, rest, after)) return head;
    }
    return undefined;
  }

  learn(head: Head): void {
    this.#known = [head, ...this.#known].slice(0, KEPT);
  }
}

/** Whether these bytes stand at a place of a message. A loop: they are few, and a call out of JavaScript costs more. */
function says(message: Buffer, at: number, bytes: Buffer): boolean {
  for (let n = 0; n < bytes.length; n++) if (message[at + n] !== bytes[n]) return false;
  return true;
}

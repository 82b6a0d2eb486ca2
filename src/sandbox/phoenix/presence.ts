import { randomBytes } from 'node:crypto';

/** One connection's entry under its key. */
export interface Meta {
  /** Wall time in milliseconds. */
  readonly online_at: number;
  /** Names this entry among all of its key. */
  readonly phx_ref: string;
}

/** Who is in one topic: the metas of each key, one a connection. */
export class Presence {
  readonly #keys = new Map<string, Meta[]>();

  join(key: string): Meta {
    const meta = { online_at: Date.now(), phx_ref: randomBytes(12).toString('base64url') };
    this.#keys.set(key, [...(this.#keys.get(key) ?? []), meta]);
    return meta;
  }

  leave(key: string, meta: Meta): void {
    const rest = (this.#keys.get(key) ?? []).filter((other) => other !== meta);
    if (rest.length > 0) this.#keys.set(key, rest);
    else this.#keys.delete(key);
  }

  /** Payload of `presence_state`: `{key:{metas:[…]}}`. */
  state(): string {
    return JSON.stringify(entries(this.#keys));
  }
}

/** Payload of `presence_diff` for one connection that came or went. */
export function presenceDiff(change: 'joins' | 'leaves', key: string, meta: Meta): string {
  const changed = entries(new Map([[key, [meta]]]));
  return JSON.stringify({ joins: {}, leaves: {}, [change]: changed });
}

/** `fromEntries` defines own members, so that a key such as `__proto__` is one as any other. */
function entries(keys: ReadonlyMap<string, readonly Meta[]>): Record<string, { metas: readonly Meta[] }> {
  return Object.fromEntries([...keys].map(([key, metas]) => [key, { metas }]));
}

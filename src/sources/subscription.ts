import type { Arena } from './arena.js';
import { AccountLink } from './link.js';
import type { Pace } from './pace.js';
import type { Ramp } from './ramp.js';
import { Redial } from './redial.js';
import type { SourceContext } from './source.js';

/** What a subscription needs of the connection under it. */
export interface Connection {
  /** Opens a fresh connection and subscribes to every channel. Must not throw. */
  dial(): void;
  /** Gives the present connection up, if there is one. Must not throw, and tells the subscription nothing. */
  hangUp(): void;
}

/** What the accounts of one source share. */
export interface Shared {
  readonly context: SourceContext;
  readonly ramp: Ramp;
  readonly pace: Pace;
  /** Where payloads are kept. */
  readonly arena: Arena;
}

/**
 * One account's standing with its side: which channels are acknowledged, what the timeline was told, and when to dial.
 * It is up while every channel is acknowledged.
 */
export class Subscription {
  readonly #channels: ReadonlySet<string>;
  readonly #connection: Connection;
  readonly #acknowledged = new Set<string>();
  readonly #link: AccountLink;
  readonly #redial: Redial;
  readonly #patienceMs: number;
  #patience: NodeJS.Timeout | undefined;
  #over = false;

  constructor(shared: Shared, account: string, channels: readonly string[], connection: Connection) {
    this.#channels = new Set(channels);
    this.#connection = connection;
    this.#link = new AccountLink(shared.context, account);
    this.#redial = new Redial(shared.pace, shared.ramp, shared.context.random, () => this.#dial());
    this.#patienceMs = shared.pace.patienceMs;
  }

  /** True once it was refused or stopped: there is nothing more to do for this account. */
  get over(): boolean {
    return this.#over;
  }

  begin(spreadMs: number): void {
    this.#redial.first(spreadMs);
  }

  /** The server confirmed a channel. */
  acknowledge(channel: string): void {
    if (this.#over || !this.#channels.has(channel)) return;
    this.#acknowledged.add(channel);
    if (this.#acknowledged.size < this.#channels.size) return;
    clearTimeout(this.#patience);
    this.#link.up();
    this.#redial.up();
  }

  /** One channel ended or failed while the connection stays; whoever calls sees to it that it is joined again. */
  loseChannel(channel: string, reason: string): void {
    if (this.#over) return;
    this.#acknowledged.delete(channel);
    this.#link.down(reason);
    this.#redial.settle();
    this.#await();
  }

  /** The connection ended or is worth nothing: it is given up, and dialled again after a wait. */
  lose(reason: string): void {
    if (this.#over) return;
    clearTimeout(this.#patience);
    this.#acknowledged.clear();
    this.#link.down(reason);
    this.#connection.hangUp();
    this.#redial.again();
  }

  /** The server said no, and would say no again: told once, with what the user can do, and never retried. */
  refuse(reason: string, remedy: string): void {
    if (this.#over) return;
    this.#link.end(reason, remedy);
    this.stop();
  }

  stop(): void {
    this.#over = true;
    clearTimeout(this.#patience);
    this.#redial.stop();
    this.#connection.hangUp();
  }

  #dial(): void {
    this.#await();
    this.#connection.dial();
  }

  #await(): void {
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => {
      const missing = [...this.#channels].find((channel) => !this.#acknowledged.has(channel)) ?? 'the subscription';
      this.lose(`${missing} not acknowledged within ${this.#patienceMs / 1_000} s`);
    }, this.#patienceMs);
  }
}

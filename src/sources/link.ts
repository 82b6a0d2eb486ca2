import type { SourceContext } from './source.js';

/**
 * What the timeline is told of one account's subscription: ups and downs in turn. Before the first up each new reason
 * for failing is told once, so that a command can say within seconds what was tried. A final end is told once, as the last.
 */
export class AccountLink {
  readonly #context: SourceContext;
  readonly #account: string;
  readonly #failures = new Set<string>();
  #state: 'untold' | 'up' | 'down' | 'ended' = 'untold';

  constructor(context: SourceContext, account: string) {
    this.#context = context;
    this.#account = account;
  }

  get ended(): boolean {
    return this.#state === 'ended';
  }

  up(): void {
    if (this.#state === 'up' || this.ended) return;
    this.#state = 'up';
    this.#push('up', 'subscribed');
  }

  down(reason: string): void {
    if (this.#state === 'down' || this.ended) return;
    if (this.#state === 'untold') {
      if (this.#failures.has(reason)) return;
      this.#failures.add(reason);
    } else this.#state = 'down';
    this.#push('down', reason);
  }

  /** Down for good. `remedy` says what the user can do about it, and names a place in the config, never a secret. */
  end(reason: string, remedy: string): void {
    if (this.ended) return;
    this.#state = 'ended';
    this.#push('down', reason, { final: true, remedy });
  }

  #push(state: 'up' | 'down', reason: string, end: { final?: true; remedy?: string } = {}): void {
    const { side, now, push } = this.#context;
    push({ kind: 'link', t: now(), side, account: this.#account, state, reason, ...end });
  }
}

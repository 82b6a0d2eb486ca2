import type { Account } from '../model/settings.js';
import type { TruthSettings } from '../model/snapshot.js';
import type { Ms } from '../model/timeline.js';
import { noEffort, type Asker } from './ask.js';
import { BadAnswer, fillHeaders, fillIn } from './call.js';
import { pause } from './pause.js';
import type { Item } from './reading.js';

/** Reads records again from the source of truth, no faster than it is told to and not without end. */
export class Truth {
  readonly #settings: TruthSettings;
  readonly #asker: Asker;
  readonly #now: () => Ms;
  readonly #signal: AbortSignal;
  #freeAt: Ms = 0;
  /** Records that were read again. */
  asked = 0;
  /** Asked for, beyond what may be. */
  unasked = 0;
  /** Answers that were none, one sentence each. */
  readonly failures: string[] = [];

  constructor(settings: TruthSettings, tools: { asker: Asker; now: () => Ms; signal: AbortSignal }) {
    this.#settings = settings;
    this.#asker = tools.asker;
    this.#now = tools.now;
    this.#signal = tools.signal;
  }

  /** The record's text as it is now; undefined where it could not be had, which decides nothing. */
  async read({ type, key }: Pick<Item, 'type' | 'key'>, account: Account): Promise<string | undefined> {
    const { url, headers, perSecond, most } = this.#settings;
    if (this.asked >= most) {
      this.unasked++;
      return undefined;
    }
    this.asked++;
    const waitMs = this.#freeAt - this.#now();
    this.#freeAt = Math.max(this.#freeAt, this.#now()) + 1000 / perSecond;
    if (waitMs > 0) await pause(waitMs, this.#signal);
    const call = {
      method: 'GET' as const,
      url: fillIn(url, account, 'url', { type, key }),
      headers: fillHeaders(headers, account),
      place: 'snapshot.truth',
      account: account.id,
    };
    try {
      return (await this.#asker.ask(call, noEffort())).text;
    } catch (error) {
      if (!(error instanceof BadAnswer)) throw error;
      this.failures.push(error.message);
      return undefined;
    }
  }
}

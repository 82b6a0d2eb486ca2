import { isDeepStrictEqual } from 'node:util';
import { ObserveError } from '../../model/errors.js';
import type { Json } from '../../model/json.js';
import type { FlagSettings, Variant } from '../../model/plan.js';
import type { Account } from '../../model/settings.js';
import type { Call } from './call.js';
import { Caller } from './caller.js';
import { openProvider } from './index.js';
import type { FlagProvider, FlagReading } from './provider.js';

/** One plan's flag: its provider, and whoever makes its calls. */
export class Flag {
  readonly provider: FlagProvider;
  readonly #caller: Caller;

  constructor(flag: FlagSettings, accounts: readonly Account[]) {
    const targeted = flag.targeting.accounts.flatMap((id) => accounts.find((account) => account.id === id) ?? []);
    this.provider = openProvider(flag.provider, { flag, accounts: targeted });
    this.#caller = new Caller(this.provider, flag.timeoutMs);
  }

  /** @throws ObserveError when it cannot be read */
  async read(signal: AbortSignal): Promise<FlagReading> {
    return this.provider.reading(await this.#make(this.provider.reads, signal));
  }

  /** Sets the variant for whom the plan targets. @throws ObserveError, or CallError when others would be touched */
  async set(to: Variant, signal: AbortSignal): Promise<void> {
    await this.#make(this.provider.changes(to, await this.read(signal)), signal);
  }

  /** Brings the first state back and makes sure that it reads so. @throws ObserveError when it could not, or does not */
  async restore(first: Json, signal: AbortSignal): Promise<void> {
    await this.#make(this.provider.restores(first, await this.read(signal)), signal);
    const now = await this.read(signal);
    if (isDeepStrictEqual(now.state, first)) return;
    throw new ObserveError(
      `${this.provider.name}: the flag was put back, but reads ${JSON.stringify(now.state)} instead of ${JSON.stringify(first)}; look who else changes it`,
    );
  }

  close(): Promise<void> {
    return this.#caller.close();
  }

  /** One after the other: a later call may rest on an earlier one. */
  async #make(calls: readonly Call[], signal: AbortSignal): Promise<string[]> {
    const answers: string[] = [];
    for (const call of calls) answers.push(await this.#caller.make(call, signal));
    return answers;
  }
}

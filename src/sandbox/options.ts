import { CallError } from '../model/errors.js';
import type { Ms } from '../model/timeline.js';
import type { JobDelay } from './jobs.js';
import { Random } from './random.js';

export interface SandboxOptions {
  /** Letters, digits, `_`, `-` and `.`: they become part of channel names. */
  readonly accounts: readonly string[];
  /** What is published, and which faults hit what, follows from it. */
  readonly seed: number;
  /** Background jobs at a time; 16 if not given. */
  readonly workers?: number;
  /** How long background jobs take; 10 ms on average, by exponential distribution, if not given. */
  readonly delayMs?: JobDelay;
  /** Loopback ports; any free one where not given. */
  readonly pusherPort?: number;
  readonly phoenixPort?: number;
  /** Port of the HTTP API for people, 0 for any free one; without it there is none. */
  readonly apiPort?: number;
  /** By account; made up where not given. */
  readonly tokens?: Readonly<Record<string, string>>;
  /** The matching window that the config asks for and delays go past: `{beforeMs: 0, afterMs: 2000}` if not given. */
  readonly window?: { readonly beforeMs: Ms; readonly afterMs: Ms };
  /** Items of a page of a list; 100 if not given. */
  readonly pageSize?: number;
  /** Items that the page shows, as the config says; 50 if not given, null for all. */
  readonly pageShows?: number | null;
  /** How much later the new service hears of a flag; at once if not given. */
  readonly flagDelayMs?: Ms;
  /** Names of switches that are on from the start. */
  readonly switches?: readonly string[];
  /** The config's `gate` section, if not the default one. */
  readonly gate?: Readonly<Record<string, unknown>>;
}

/** @throws CallError for accounts or workers that cannot be. */
export function checkOptions(accounts: readonly string[], workers: number): void {
  if (accounts.length === 0 || new Set(accounts).size < accounts.length) {
    throw new CallError('The sandbox needs at least one account, and each only once.');
  }
  const odd = accounts.find((account) => !/^[\w.-]{1,100}$/.test(account));
  if (odd !== undefined) {
    throw new CallError(
      `${JSON.stringify(odd)} cannot be an account of the sandbox; use letters, digits, _, - and dots.`,
    );
  }
  if (!Number.isSafeInteger(workers) || workers < 1) {
    throw new CallError(`The sandbox cannot work with ${workers} workers; give a whole number from 1.`);
  }
}

/** Each account's token: the given one, or one made up from the seed. */
export function tokensOf({ accounts, seed, tokens = {} }: SandboxOptions): ReadonlyMap<string, string> {
  return new Map(accounts.map((account) => [account, tokens[account] ?? madeUpToken(seed, account)]));
}

function madeUpToken(seed: number, account: string): string {
  const random = new Random(seed, 'token', account);
  return `token-${Array.from({ length: 24 }, () => random.integer(0, 35).toString(36)).join('')}`;
}

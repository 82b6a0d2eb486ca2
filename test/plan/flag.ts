import { onTestFinished } from 'vitest';
import type { FlagSettings, ProviderSettings } from '../../src/model/plan.js';
import type { Account } from '../../src/model/settings.js';
import { Flag } from '../../src/plan/flags/flag.js';

export const ACCOUNTS: readonly Account[] = ['rep-1', 'rep-2', 'rep-3'].map((id) => ({
  id,
  values: { id, token: `token-of-${id}` },
}));

export interface Wish {
  readonly key?: string;
  readonly variants?: FlagSettings['variants'];
  readonly scope?: 'accounts' | 'everyone';
  readonly timeoutMs?: number;
}

/** A flag that is turned for rep-1 and rep-2, whose targeting keys are user-rep-1 and user-rep-2. */
export function flagSettings(
  provider: ProviderSettings,
  { key = 'new-feed', variants = { on: 'on', off: 'off' }, scope = 'accounts', timeoutMs = 5_000 }: Wish = {},
): FlagSettings {
  const accounts = ['rep-1', 'rep-2'];
  const keys = Object.fromEntries(accounts.map((id) => [id, `user-${id}`]));
  return { key, variants, targeting: { scope, accounts, keys }, timeoutMs, provider };
}

export function openFlag(provider: ProviderSettings, wish: Wish = {}): Flag {
  const flag = new Flag(flagSettings(provider, wish), ACCOUNTS);
  onTestFinished(() => flag.close());
  return flag;
}

/** Never aborted. */
export const GO_ON = new AbortController().signal;

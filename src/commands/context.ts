import { loadSettings, type Loaded } from '../config/load.js';
import { parseDuration } from '../config/duration.js';
import type { Secrets } from '../config/secrets.js';
import { CallError, KnownError } from '../model/errors.js';
import type { Settings } from '../model/settings.js';
import type { Ms } from '../model/timeline.js';

/** Loads the config for a command, from the process's environment and folder. */
export async function loadConfig(options: { readonly config?: string }): Promise<Loaded> {
  const today = new Date().toISOString().slice(0, 10);
  return loadSettings(options.config, { env: process.env, today, cwd: process.cwd() });
}

/** Does the work, and keeps the secrets out of what it says went wrong: a server may send back what it was sent. */
export async function discreetly<Result>(secrets: Secrets, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof KnownError)) throw error;
    throw new KnownError(error.fault, secrets.redact(error.message), { cause: error });
  }
}

/** The settings for some of the accounts only; without a list, all of them. */
export function onlyAccounts(settings: Settings, list: string | undefined): Settings {
  if (list === undefined) return settings;
  const ids = list.split(',').map((id) => id.trim());
  const unknown = ids.find((id) => !settings.accounts.some((account) => account.id === id));
  if (unknown !== undefined) {
    throw new CallError(`--accounts: the config has no account ${JSON.stringify(unknown)}; name ids from its accounts`);
  }
  return { ...settings, accounts: settings.accounts.filter((account) => ids.includes(account.id)) };
}

/** A duration from the command line. */
export function duration(option: string, text: string): Ms {
  try {
    return parseDuration(text);
  } catch (error) {
    throw new CallError(`${option}: ${(error as Error).message}`, { cause: error });
  }
}

/** A number from the command line, within limits. */
export function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new CallError(`${option}: ${JSON.stringify(text)} is no whole number from ${least} to ${most}`);
}

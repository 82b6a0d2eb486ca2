import { CallError } from '../../model/errors.js';
import type { FlagSettings, Variant } from '../../model/plan.js';
import type { Account } from '../../model/settings.js';
import { WRITINGS } from '../../replay/targets/template.js';
import type { FlagReading } from './provider.js';

/** What a template of a flag is filled with. */
export interface Values {
  readonly flag: FlagSettings;
  readonly account?: Account;
  /** The variant's value, as the provider spells it. */
  readonly variant?: string;
}

const PLACE = /\{(key|variant|targetingKey|account(?:\.[^{}]+)?)\}/g;

/** Whether a template says something of one account, so that it takes a call for each. */
export function isPerAccount(text: string): boolean {
  return /\{(?:account(?:\.[^{}]+)?|targetingKey)\}/.test(text);
}

/** The text with its values, each written as it has to be where it goes. @throws CallError for a value an account lacks */
export function filled(text: string, values: Values, writing: keyof typeof WRITINGS): string {
  return text.replaceAll(PLACE, (whole, name: string) => WRITINGS[writing](valueOf(whole, name, values)));
}

function valueOf(whole: string, name: string, { flag, account, variant }: Values): string {
  if (name === 'key') return flag.key;
  if (name === 'variant') return variant ?? whole;
  if (account === undefined) return whole;
  if (name === 'targetingKey') return flag.targeting.keys[account.id] ?? account.id;
  if (name === 'account') return account.id;
  const value = account.values[name.slice('account.'.length)];
  if (value !== undefined) return value;
  throw new CallError(
    `flag: the account ${account.id} lacks the value that ${whole} names; add it to the config's accounts`,
  );
}

export function spelt(flag: FlagSettings, variant: Variant): string {
  return String(flag.variants[variant]);
}

/** One call that sets the flag for all cannot put back what differs among them. @throws CallError when it does */
export function checkRestorable(now: FlagReading | undefined, isSetPerAccount: boolean): void {
  const different = new Set(Object.values(now?.variants ?? {}));
  if (isSetPerAccount || different.size < 2) return;
  throw new CallError(
    'flag: the accounts have different variants now, and what sets the flag names no account, so that this could not be put back; name {account} or {targetingKey} there, or target fewer accounts',
  );
}

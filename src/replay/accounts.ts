import { CallError } from '../model/errors.js';
import type { Account, ReplaySettings, Settings } from '../model/settings.js';

/**
 * Which test account stands in for each recorded one. In order, the recorded ones are dealt out to the test accounts
 * round and round.
 * @throws CallError when a recorded account has none
 */
export function assignAccounts(
  recorded: readonly string[],
  accounts: readonly Account[],
  how: ReplaySettings['accounts'],
): ReadonlyMap<string, Account> {
  const byId = new Map(accounts.map((account) => [account.id, account]));
  const result = new Map<string, Account>();
  const lacking: string[] = [];
  for (const [index, id] of recorded.entries()) {
    const named = how === 'same' ? id : how === 'order' ? accounts[index % accounts.length]?.id : (how[id] ?? id);
    const account = named === undefined ? undefined : byId.get(named);
    if (account === undefined) lacking.push(named === id || named === undefined ? id : `${id} (sent as ${named})`);
    else result.set(id, account);
  }
  if (lacking.length === 0) return result;
  const shown = lacking.slice(0, 3).join(', ') + (lacking.length > 3 ? ` and ${lacking.length - 3} more` : '');
  throw new CallError(
    `replay: the config has no account ${shown}; say which test account stands in, with replay.accounts: {${recorded[0]}: ${accounts[0]?.id ?? 'rep-1'}}, or replay.accounts: order`,
  );
}

/**
 * Which one each recorded account is, from 0, of those that the same test account stands in for; and how many the most
 * are that one stands in for.
 */
export function turnsOf(assigned: ReadonlyMap<string, Account>): {
  readonly of: ReadonlyMap<string, number>;
  readonly most: number;
} {
  const of = new Map<string, number>();
  const counts = new Map<string, number>();
  for (const [recorded, { id }] of assigned) {
    const nth = counts.get(id) ?? 0;
    of.set(recorded, nth);
    counts.set(id, nth + 1);
  }
  return { of, most: Math.max(1, ...counts.values()) };
}

/**
 * The channel of the test account that is to a recorded channel what the recorded account's channel is to it: the
 * config's templates say how channels are named. Undefined for a channel that no template makes.
 */
export function channelFor(
  settings: Pick<Settings, 'accounts' | 'control'>,
): (recorded: { readonly channel: string; readonly account: string }, account: Account) => string | undefined {
  const templates = settings.control?.kind === 'pusher' ? settings.control.pusher.channels : [];
  // Of an account whose values are not known several templates may be like a channel: the one that says most of it is.
  const narrowest = [...templates].sort((one, other) => saidBy(other) - saidBy(one));
  const known = new Map(settings.accounts.map((account) => [account.id, account]));
  return ({ channel, account: id }, account) => {
    if (templates.length === 0 || account.id === id) return channel;
    const values = known.get(id)?.values ?? { id };
    const template =
      templates.find((template) => fill(template, values) === channel) ??
      narrowest.find((template) => pattern(template).test(channel));
    return template === undefined ? undefined : fill(template, account.values);
  };
}

const VALUE = /\{account\.([^{}]*)\}/g;

function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replaceAll(VALUE, (whole, name: string) => values[name] ?? whole);
}

/** Characters that a template spells out. */
function saidBy(template: string): number {
  return template.replaceAll(VALUE, '').length;
}

function pattern(template: string): RegExp {
  const parts = template
    .split(/\{account\.[^{}]*\}/)
    .map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('.+')}$`);
}

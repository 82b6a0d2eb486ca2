import { CallError } from '../model/errors.js';
import type { PublishSettings } from '../model/plan.js';
import type { Account, Settings } from '../model/settings.js';
import type { ReplayEvent } from '../replay/events.js';

/** Whole numbers that no event of a recent run had. */
export class NewKeys {
  #next: number;

  /** `run`: the second in which the run began, which no other run has. Stays below 2^53. */
  constructor(run: number) {
    this.#next = run * 100_000;
  }

  next(): string {
    return String(this.#next++);
  }
}

/**
 * Single events made for the occasion, in turn for each account.
 * @throws CallError for an account that the config lacks, or a payload that the target needs and the plan does not give
 */
export function* published(
  given: PublishSettings,
  settings: Settings,
  keys: NewKeys,
  times = given.count,
): Generator<ReplayEvent> {
  const accounts = given.accounts.map((id) => {
    const account = settings.accounts.find((one) => one.id === id);
    if (account === undefined) throw new CallError(`plan: the config has no account ${JSON.stringify(id)}`);
    return account;
  });
  const type = settings.events.find(({ name }) => name === given.type);
  if (given.payload === undefined && settings.replay?.control.kind !== 'sandbox') {
    throw new CallError(
      `plan: publishing ${given.type} needs a payload, as only the sandbox makes up its own; add one such as payload: '{"id": {key}}'`,
    );
  }
  for (let nth = 0; nth < times; nth++) {
    const account = accounts[nth % accounts.length] as Account;
    const key = keys.next();
    yield {
      dueMs: nth * given.everyMs,
      account,
      channel: channelOf(settings, account),
      event: type?.control?.event ?? given.type,
      type: given.type,
      payload: filled(given.payload ?? '{}', account, key),
      key,
      recordedKey: key,
    };
  }
}

/** Where control tells the account of its events: the first of its channels. */
function channelOf({ control }: Settings, account: Account): string {
  const template = control?.kind === 'pusher' ? (control.pusher.channels[0] ?? '') : '';
  return template.replaceAll(/\{account\.([^{}]+)\}/g, (whole, name: string) => account.values[name] ?? whole);
}

function filled(payload: string, account: Account, key: string): string {
  return payload
    .replaceAll('{key}', key)
    .replaceAll('{account}', JSON.stringify(account.id).slice(1, -1))
    .replaceAll(/\{account\.([^{}]+)\}/g, (whole, name: string) => {
      const value = account.values[name];
      return value === undefined ? whole : JSON.stringify(value).slice(1, -1);
    });
}

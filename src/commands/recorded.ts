import { CallError } from '../model/errors.js';
import type { Account, Settings } from '../model/settings.js';
import { SIDES, type TimelineHeader } from '../model/timeline.js';
import type { Tell } from '../recording/reader.js';

/** Refuses a recording of one side that stands alone: nothing in it can be paired. */
export function refuseOneSided(file: string, header: TimelineHeader): void {
  const sentence = oneSided(file, header);
  if (sentence !== undefined) throw new CallError(sentence);
}

/** What is to be said of a recording that does not hold both sides. */
export function oneSided(file: string, { sides }: TimelineHeader): string | undefined {
  const lacking = SIDES.find((side) => !sides.includes(side));
  if (lacking === undefined) return undefined;
  return `${file}: holds the ${sides.join(' and ') || 'no'} side alone; name the recording of ${lacking} as well`;
}

/**
 * The settings for the accounts that were recorded, which a watch would have had: of others nothing is known. Tells
 * which those are.
 */
export function ofRecorded(settings: Settings, recorded: readonly string[], tell: Tell): Settings {
  if (recorded.length === 0) return settings;
  const known = new Map(settings.accounts.map((account) => [account.id, account]));
  const ids = new Set(recorded);
  const accounts = [...ids].map((id): Account => known.get(id) ?? { id, values: { id } });
  const unknown = accounts.filter(({ id }) => !known.has(id));
  const absent = settings.accounts.filter(({ id }) => !ids.has(id));
  if (unknown.length > 0) tell(`recorded accounts that are not in the config are judged as well: ${list(unknown)}`);
  if (absent.length > 0) {
    const share = `${absent.length} of ${settings.accounts.length}`;
    tell(`accounts of the config that were not recorded are left out (${share}): ${list(absent)}`);
  }
  return { ...settings, accounts };
}

/** Accounts named one by one before only their number is told. */
const NAMED = 10;

function list(accounts: readonly Account[]): string {
  const ids = accounts.slice(0, NAMED).map(({ id }) => id);
  return `${ids.join(', ')}${accounts.length > ids.length ? ` and ${accounts.length - ids.length} more` : ''}`;
}

import type { Json } from '../model/json.js';
import { ObserveError } from '../model/errors.js';
import type { FlagSettings } from '../model/plan.js';
import type { Flag } from './flags/flag.js';
import type { FlagReading } from './flags/provider.js';
import { Journal, leftJournals, refuseLeftJournals, type JournalEntry } from './journal.js';
import { flagName, takeLease } from './lease.js';

export interface Guarded {
  readonly flag: Flag;
  readonly settings: FlagSettings;
  /** Of leases and journals, absolute. */
  readonly folder: string;
  readonly about: Pick<JournalEntry, 'writtenAt' | 'plan' | 'planFile' | 'flag'>;
  readonly say: (sentence: string) => void;
}

/** Nothing stops a restore but its own calls' time-outs. */
const NEVER = new AbortController().signal;

/**
 * Lets work turn a flag: alone, with its first state on disk before, and put back afterwards, however the work ended.
 * @throws what the work threw; CallError and ObserveError, before it began, when it could not be made safe; ObserveError
 *   when the flag could not be put back, which leaves the journal for `parity plan --restore`
 */
export async function guarded<Result>(
  { flag, settings, folder, about, say }: Guarded,
  work: (journal: Journal, first: FlagReading) => Promise<Result>,
): Promise<Result> {
  const name = leaseName(settings);
  const lease = await takeLease(folder, name, about.plan, settings.key);
  try {
    await refuseLeftJournals(folder, name);
    const first = await flag.read(NEVER);
    // What could not be done, or not be undone, is told before anything is changed.
    for (const to of ['on', 'off'] as const) flag.provider.changes(to, first);
    const entry = {
      ...about,
      lease: name,
      flagKey: settings.key,
      first: first.state,
      doing: 'nothing was changed yet',
    };
    const journal = await Journal.begin(folder, entry);
    let result: Result;
    try {
      result = await work(journal, first);
    } catch (error) {
      // What went wrong first is what is told; a flag that stays as it is is told on its own.
      await putBack(flag, first.state, journal, settings).catch((late: unknown) =>
        say(late instanceof Error ? late.message : String(late)),
      );
      throw error;
    }
    await putBack(flag, first.state, journal, settings);
    return result;
  } finally {
    await lease.release();
  }
}

async function putBack(flag: Flag, first: Json, journal: Journal, { key }: FlagSettings): Promise<void> {
  try {
    await journal.doing(`the flag ${key} was being put back`);
    await flag.restore(first, NEVER);
  } catch (error) {
    throw new ObserveError(
      `the flag ${key} could not be put back: ${error instanceof Error ? error.message : String(error)}. Once that is mended, call parity plan --restore`,
      { cause: error },
    );
  }
  await journal.end();
}

/**
 * Puts back every flag that a plan has left, as its journal says. `revive` makes the flag of an entry.
 * @throws CallError and ObserveError; journals of flags that are not back stay
 */
export async function restoreAll(
  folder: string,
  revive: (entry: JournalEntry, file: string) => { readonly flag: Flag; readonly settings: FlagSettings },
  say: (sentence: string) => void,
): Promise<number> {
  const left = await leftJournals(folder);
  for (const { file, entry } of left) {
    const { flag, settings } = revive(entry, file);
    const lease = await takeLease(folder, entry.lease, 'parity plan --restore', entry.flagKey);
    try {
      const journal = Journal.resume(file, entry);
      await putBack(flag, entry.first, journal, settings);
      say(`the flag ${entry.flagKey} is back as it was before ${entry.plan}, which was cut off while ${entry.doing}`);
    } finally {
      await lease.release();
      await flag.close();
    }
  }
  return left.length;
}

/** The same for everybody who turns this flag of this service. */
export function leaseName({ key, provider }: FlagSettings): string {
  switch (provider.kind) {
    case 'http':
      return flagName([provider.kind, provider.http.read.url, key]);
    case 'launchdarkly': {
      const { url, project, environment } = provider.launchdarkly;
      return flagName([provider.kind, url, project, environment, key]);
    }
    case 'unleash': {
      const { url, project, environment } = provider.unleash;
      return flagName([provider.kind, url, project, environment, key]);
    }
    case 'flipper':
      return flagName([provider.kind, provider.flipper.url, key]);
    case 'flagd':
      return flagName([provider.kind, provider.flagd.file, key]);
    case 'command':
      return flagName([provider.kind, ...provider.command.set, key]);
    default:
      return flagName([provider.kind, provider.sandbox.url, key]);
  }
}

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CallError } from '../model/errors.js';
import type { Json } from '../model/json.js';
import { removeDurably, writeDurably } from './durable.js';
import { isLeased } from './lease.js';

/** What is needed to put a flag back, written before it is changed and there until it is put back. */
export interface JournalEntry {
  readonly format: 'feed-parity/plan-journal';
  readonly version: 1;
  /** Wall time, ISO 8601. */
  readonly writtenAt: string;
  /** The plan's name and file. */
  readonly plan: string;
  readonly planFile: string;
  /** Name of the flag's lease. */
  readonly lease: string;
  readonly flagKey: string;
  /** The plan's `flag` section as it was written, its variables not filled in. */
  readonly flag: Json;
  /** The flag's state before anything was changed. */
  readonly first: Json;
  /** What was going on last. */
  readonly doing: string;
}

/** The journal of one running plan. */
export class Journal {
  #entry: JournalEntry;

  private constructor(
    private readonly file: string,
    entry: JournalEntry,
  ) {
    this.#entry = entry;
  }

  /** Writes the first state, for good, before anything is changed. @throws CallError when it cannot be written */
  static async begin(folder: string, entry: Omit<JournalEntry, 'format' | 'version'>): Promise<Journal> {
    const journal = new Journal(join(folder, `${entry.lease}.journal`), {
      format: 'feed-parity/plan-journal',
      version: 1,
      ...entry,
    });
    await journal.#write();
    return journal;
  }

  /** The journal that a plan has left, taken up again. */
  static resume(file: string, entry: JournalEntry): Journal {
    return new Journal(file, entry);
  }

  /** Tells what is about to be done, so that a restore can say where the plan was cut off. */
  async doing(what: string): Promise<void> {
    this.#entry = { ...this.#entry, doing: what };
    await this.#write();
  }

  /** The flag is back: nothing is left to be done. */
  async end(): Promise<void> {
    await removeDurably(this.file);
  }

  async #write(): Promise<void> {
    try {
      await writeDurably(this.file, `${JSON.stringify(this.#entry, null, 2)}\n`);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      throw new CallError(
        `plan: the journal ${this.file} could not be written (${code ?? message}), and without it no flag is touched; say with plan.journal in the config where there is room`,
        { cause: error },
      );
    }
  }
}

/** A journal that a plan has left. */
export interface LeftJournal {
  readonly file: string;
  readonly entry: JournalEntry;
}

/**
 * Journals of plans that are not running any more; the one of the lease that we hold ourselves is none of a running plan.
 * @throws CallError for one that cannot be read, as it may be all that is known of a flag
 */
export async function leftJournals(folder: string, ours?: string): Promise<LeftJournal[]> {
  const names = (await readdir(folder).catch(() => [] as string[])).filter((name) => name.endsWith('.journal')).sort();
  const left: LeftJournal[] = [];
  for (const name of names) {
    const file = join(folder, name);
    const text = await readFile(file, 'utf8').catch(() => undefined);
    // Its plan has just ended.
    if (text === undefined) continue;
    const entry = entryOf(text, file);
    if (entry.lease === ours || !(await isLeased(folder, entry.lease))) left.push({ file, entry });
  }
  return left;
}

/** Refuses to begin while a flag waits to be put back. @throws CallError */
export async function refuseLeftJournals(folder: string, ours: string): Promise<void> {
  const [first] = await leftJournals(folder, ours);
  if (first === undefined) return;
  const { plan, flagKey, doing, writtenAt } = first.entry;
  throw new CallError(
    `plan: ${plan} (${writtenAt}) was cut off while ${doing}, and the flag ${flagKey} was not put back; call parity plan --restore first`,
  );
}

function entryOf(text: string, file: string): JournalEntry {
  try {
    const entry = JSON.parse(text) as JournalEntry;
    if (entry.format === 'feed-parity/plan-journal' && entry.version === 1) return entry;
  } catch {
    // Told below.
  }
  throw new CallError(
    `plan: ${file} is no journal that this version can read; look at it, put the flag back by hand, and remove it`,
  );
}

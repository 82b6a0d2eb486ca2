import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CallError } from '../model/errors.js';
import { createDurably, makeFolder, removeDurably } from './durable.js';
import { isAlive, thisProcess, type ProcessName } from './process.js';

/** A flag's right to be turned by one plan at a time. */
export interface Lease {
  release(): Promise<void>;
}

interface Holder extends ProcessName {
  readonly plan: string;
  readonly flag: string;
}

/** A short name for a flag, the same for whoever turns it. */
export function flagName(parts: readonly string[]): string {
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12);
  return `${(parts.at(-1) ?? '').replaceAll(/[^\w-]/g, '-').slice(0, 40)}-${digest}`;
}

/**
 * Takes the lease of a flag. Each process writes a file of its own and looks for others then, so that of two that begin
 * at one moment at least one sees the other, and no file of a living process is ever taken away; those of dead ones are.
 * @throws CallError when another plan holds it
 */
export async function takeLease(folder: string, name: string, plan: string, flag: string): Promise<Lease> {
  const me: Holder = { ...thisProcess(), plan, flag };
  const file = join(folder, `${name}.${me.pid}.lease`);
  await makeFolder(folder).catch((error: unknown) => {
    throw unwritable(folder, error);
  });
  await createOwn(file, me);
  const release = (): Promise<void> => removeDurably(file);
  try {
    for (const other of await leasesOf(folder, name)) {
      if (other.file === file) continue;
      if (other.holder !== undefined && isAlive(other.holder)) throw held(other.holder, other.file);
      await removeDurably(other.file);
    }
  } catch (error) {
    await release();
    throw error;
  }
  return { release };
}

/** Whether somebody alive has the lease of a flag. */
export async function isLeased(folder: string, name: string): Promise<boolean> {
  const leases = await leasesOf(folder, name);
  return leases.some(({ holder }) => holder !== undefined && isAlive(holder));
}

async function createOwn(file: string, me: Holder): Promise<void> {
  const text = `${JSON.stringify(me)}\n`;
  try {
    await createDurably(file, text);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw unwritable(file, error);
    const before = await holderOf(file);
    if (before !== undefined && isAlive(before)) throw held(before, file);
    // A dead process that had our number.
    await removeDurably(file);
    await createDurably(file, text);
  }
}

async function leasesOf(
  folder: string,
  name: string,
): Promise<{ readonly file: string; readonly holder: Holder | undefined }[]> {
  const names = (await readdir(folder).catch(() => [] as string[])).filter(
    (one) => one.startsWith(`${name}.`) && one.endsWith('.lease'),
  );
  return Promise.all(
    names.map(async (one) => ({ file: join(folder, one), holder: await holderOf(join(folder, one)) })),
  );
}

/** Undefined for a file that is gone, or that its process did not live to write. */
async function holderOf(file: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

function held({ plan, flag, pid, host }: Holder, file: string): CallError {
  return new CallError(
    `plan: the flag ${flag} is being turned by ${plan} (process ${pid} on ${host}); wait until it has ended, or, if that machine is gone, remove ${file} and call parity plan --restore`,
  );
}

function unwritable(file: string, error: unknown): CallError {
  const { code, message } = error as NodeJS.ErrnoException;
  return new CallError(
    `plan: ${file} could not be written (${code ?? message}); say with plan.journal in the config where there is room`,
    { cause: error },
  );
}

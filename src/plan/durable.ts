import { mkdir, open, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import writeFileAtomic from 'write-file-atomic';

/** Files that are there after a power loss, and are never half written: data, then the name, then the folder, are flushed. */
export async function writeDurably(file: string, text: string): Promise<void> {
  await makeFolder(dirname(file));
  // It flushes the data before it renames.
  await writeFileAtomic(file, text, { mode: 0o600, fsync: true });
  await flushFolder(dirname(file));
}

/** A folder that its owner alone can look into. */
export async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
}

/** Writes a file that must not be there, in a folder that is. @throws an error of code EEXIST if it is */
export async function createDurably(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await flushFolder(dirname(file));
}

/** Removes a file, if it is there. */
export async function removeDurably(file: string): Promise<void> {
  try {
    await unlink(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  await flushFolder(dirname(file));
}

async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

import { constants } from 'node:fs';
import { access, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { CallError } from '../model/errors.js';

/** Why a file cannot be written, as far as people can do something about it. */
const CAUSES: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such directory; make it, or name another file',
  ENOTDIR: 'there is no such directory; make it, or name another file',
  EISDIR: 'it is a directory; name a file in it',
  EACCES: 'permission is denied; name a file that can be written',
  EPERM: 'permission is denied; name a file that can be written',
  EROFS: 'it is on a file system that can only be read; name a file elsewhere',
  ENOSPC: 'no space is left there; name a file where there is room',
  EDQUOT: 'no space is left there; name a file where there is room',
};

/**
 * Tells before any work is done that a file could not be written after it; `what` is what the caller calls it.
 * @throws CallError
 */
export async function refuseUnwritable(path: string, what: string): Promise<void> {
  try {
    const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (found?.isDirectory() === true) throw Object.assign(new Error(), { code: 'EISDIR' });
    // The whole file takes the place of a regular one, so that its directory is what has to be writable.
    if (found !== undefined) await access(path, constants.W_OK);
    if (found === undefined || found.isFile()) await access(dirname(resolve(path)), constants.W_OK);
  } catch (error) {
    throw unwritable(path, what, error as NodeJS.ErrnoException);
  }
}

/**
 * Writes a file as a whole: whoever reads it sees the text of before or the new one, never half of it. A device or a pipe
 * is written to as it is.
 * @throws CallError
 */
export async function writeWhole(path: string, text: string, what: string): Promise<void> {
  try {
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && !found.isFile()) return await writeFile(path, text);
    // Loaded here, as most runs write no file.
    const { default: writeFileAtomic } = await import('write-file-atomic');
    await writeFileAtomic(path, text);
    // A full disk takes a part and calls it done.
    if ((await stat(path)).size !== Buffer.byteLength(text)) throw Object.assign(new Error(), { code: 'ENOSPC' });
  } catch (error) {
    throw unwritable(path, what, error as NodeJS.ErrnoException);
  }
}

/** The error of a file that could not be written. */
export function unwritable(path: string, what: string, error: NodeJS.ErrnoException): CallError {
  const cause = CAUSES[error.code ?? ''] ?? `${error.code ?? error.message}; name a file that can be written`;
  return new CallError(`${what}: ${path} could not be written: ${cause}`, { cause: error });
}

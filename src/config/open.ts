import { access, readFile, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { CallError } from '../model/errors.js';
import { readDocument } from './document.js';
import type { Document } from './document.js';

const NAMES = ['parity.yaml', 'parity.yml', 'parity.json'];

/** What a file that is written by hand is to be, and how whoever has none comes by one. */
export type Kind = keyof typeof KINDS;

const KINDS = {
  config: { noun: 'config', remedy: 'write a first config with `parity init`' },
  accounts: {
    noun: 'list of accounts',
    remedy: 'write a list of accounts, such as - {id: rep-1, token: "${REP1_TOKEN}"}',
  },
  plan: {
    noun: 'plan',
    remedy:
      'write a plan, which names a flag and the phases it goes through: one is in the README under "Flipping the flag", and `parity plan --schema` tells all that can be in it',
  },
} as const;

/** Such files are written by hand; what is larger is something else. */
const LARGEST_BYTES = 4 * 1024 * 1024;

/**
 * The nearest config: in the directory, or above it up to the root of the repository (where `.git` is). Outside a
 * repository only the directory itself is searched.
 * @throws CallError when there is none
 */
export async function discover(cwd: string): Promise<string> {
  for (const directory of await directoriesFrom(cwd)) {
    for (const name of NAMES) {
      const file = join(directory, name);
      if (await exists(file)) return file;
    }
  }
  const names = `${NAMES.slice(0, -1).join(', ')} or ${NAMES.at(-1)}`;
  throw new CallError(
    `found no ${names} in ${cwd} or above it in its repository; write one with \`parity init\`, or name one with --config`,
  );
}

/**
 * Reads a file of the config, or a plan; `label` is how messages name it.
 * @throws CallError when it is missing, unreadable, empty or no YAML
 */
export async function openDocument(file: string, label: string, kind: Kind): Promise<Document> {
  const bytes = await readBytes(file, label, kind);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new CallError(`${label} is no text in UTF-8; is it the file that was meant?`, { cause: error });
  }
  const document = readDocument(text, label);
  if (document.tree === null) throw new CallError(`${label} is empty; ${KINDS[kind].remedy}`);
  return document;
}

/** A file as the user would name it. */
export function labelOf(file: string, cwd: string): string {
  const near = relative(cwd, file);
  return near.startsWith('..') || isAbsolute(near) ? file : near;
}

async function readBytes(file: string, label: string, kind: Kind): Promise<Buffer> {
  const { noun, remedy } = KINDS[kind];
  try {
    const status = await stat(file);
    if (status.isDirectory()) throw new CallError(`${label} is a directory; name a file in it`);
    if (status.size > LARGEST_BYTES)
      throw new CallError(`${label} is larger than 4 MB and so no ${noun}; is it the file that was meant?`);
    return await readFile(file);
  } catch (error) {
    if (error instanceof CallError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    const why =
      code === 'ENOENT' ? 'does not exist; correct its name' : `cannot be read (${code}); see to its permissions`;
    throw new CallError(`${label} ${why}, or ${remedy}`, { cause: error });
  }
}

async function directoriesFrom(cwd: string): Promise<string[]> {
  const directories: string[] = [];
  for (let directory = cwd; ; directory = dirname(directory)) {
    directories.push(directory);
    if (await exists(join(directory, '.git'))) return directories;
    if (dirname(directory) === directory) return [cwd];
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

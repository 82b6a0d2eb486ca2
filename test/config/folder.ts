import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { loadSettings } from '../../src/config/load.js';
import type { LoadContext, Loaded } from '../../src/config/load.js';
import { CallError } from '../../src/model/errors.js';

export const TODAY = '2026-11-22';

/** A fresh directory with these files, gone after the test. */
export function folderOf(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'parity-config-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

export async function load(
  config: string | Uint8Array,
  context: Partial<LoadContext> = {},
  files: Readonly<Record<string, string>> = {},
): Promise<Loaded> {
  const cwd = folderOf({ 'parity.yaml': config, ...files });
  return loadSettings('parity.yaml', { env: {}, today: TODAY, cwd, ...context });
}

/** The lines of the error that loading ends in; fails the test when it ends otherwise. */
export async function problemsIn(...given: Parameters<typeof load>): Promise<string[]> {
  try {
    await load(...given);
  } catch (error) {
    if (error instanceof CallError) return error.message.split('\n');
    throw error;
  }
  throw new Error('the config was taken to be right');
}

export const ACCOUNTS = 'accounts: [{id: a}]\n';
export const EVENTS = 'events: {e: {control: {event: x, key: $.id}, candidate: {event: y, key: $.id}}}\n';
/** The least config there is; what follows begins on line 3. */
export const LEAST = ACCOUNTS + EVENTS;

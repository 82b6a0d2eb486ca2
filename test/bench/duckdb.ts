import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { scratch } from './contest.js';

const VERSION = '1.5.6-r.1';

/**
 * Installs DuckDB in the benchmark's own folder, once; it is no dependency of the project. Returns the folder, or undefined
 * where the registry cannot be reached.
 */
export async function duckdb(): Promise<string | undefined> {
  const folder = scratch('duckdb');
  const manifest = scratch('duckdb/node_modules/@duckdb/node-api/package.json');
  const installed = existsSync(manifest) && (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
  if (installed === VERSION) return folder;
  const install = ['install', '--prefix', folder, '--no-audit', '--no-fund', `@duckdb/node-api@${VERSION}`];
  try {
    await promisify(execFile)('npm', install, { timeout: 180_000, shell: process.platform === 'win32' });
    return folder;
  } catch (error) {
    const [why] = String((error as { stderr?: unknown }).stderr ?? error).match(
      /npm error (?!code |syscall |errno ).*/,
    ) ?? [error];
    process.stderr.write(`DuckDB could not be installed, and is left out: ${String(why)}\n`);
    return undefined;
  }
}

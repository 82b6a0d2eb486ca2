import { execSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Builds the command once before the suite, so that tests of the command line run what a user runs, and makes a folder for
 * whoever cannot tell when it is no longer needed. Returns what removes it.
 */
export default function build(): () => void {
  execSync('npm run --silent build', { stdio: 'inherit' });
  const folder = (process.env['TEST_FOLDER'] = mkdtempSync(join(tmpdir(), 'feed-parity-')));
  return () => rmSync(folder, { recursive: true });
}

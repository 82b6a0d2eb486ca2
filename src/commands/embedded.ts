import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings, type Loaded } from '../config/load.js';
import { startSandbox, type Sandbox, type SandboxOptions } from '../sandbox/system.js';

/** Runs a sandbox together with the settings that watch it, and stops it however the work ends. */
export async function withSandbox<Result>(
  options: SandboxOptions,
  work: (sandbox: Sandbox, loaded: Loaded) => Promise<Result>,
): Promise<Result> {
  const sandbox = await startSandbox(options);
  const folder = await mkdtemp(join(tmpdir(), 'parity-'));
  try {
    const file = join(folder, 'parity.yaml');
    await writeFile(file, sandbox.config(), { mode: 0o600 });
    const today = new Date().toISOString().slice(0, 10);
    return await work(sandbox, await loadSettings(file, { env: {}, today, cwd: folder }));
  } finally {
    await sandbox.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

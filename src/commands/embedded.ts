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
  try {
    return await work(sandbox, await loadText(sandbox.config()));
  } finally {
    await sandbox.stop();
  }
}

/** Loads a config that only exists as text. Its file is gone before anything can interrupt the work. */
async function loadText(config: string): Promise<Loaded> {
  const folder = await mkdtemp(join(tmpdir(), 'parity-'));
  try {
    const file = join(folder, 'parity.yaml');
    await writeFile(file, config, { mode: 0o600 });
    const today = new Date().toISOString().slice(0, 10);
    return await loadSettings(file, { env: {}, today, cwd: folder });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { PARITY } from './contest.js';

/** A sandbox in a process of its own, and what ends it. Its config is written to the file. */
export async function startSandbox(config: string, ...options: readonly string[]): Promise<() => Promise<void>> {
  const child = spawn(process.execPath, [PARITY, 'sandbox', '--config', config, ...options], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exit = once(child, 'exit');
  // It says so when it is there.
  await Promise.race([once(child.stderr, 'data'), exit]);
  if (child.exitCode !== null) throw new Error(`the sandbox ended with exit code ${child.exitCode}`);
  child.stderr.resume();
  return async () => {
    child.kill('SIGTERM');
    await exit;
  };
}

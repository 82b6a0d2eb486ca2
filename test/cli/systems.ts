import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import type { SandboxOptions } from '../../src/sandbox/options.js';
import { startSandbox, type Sandbox } from '../../src/sandbox/system.js';
import { afterwards } from './afterwards.js';
import { folder } from './folder.js';

/** A sandbox for one test, and the file with the config that watches it. */
export interface Stage {
  readonly sandbox: Sandbox;
  readonly file: string;
  /** Resolves once so many watchers listen to every account on both sides. */
  readonly listening: (watchers?: number) => Promise<void>;
}

/** Limits that a second of clean traffic meets. Whether a machine under test stalls is no matter here. */
const GATE = { defectRate: 0.05, missing: 0, extra: 0, mismatch: 0, minPerType: 3, inconclusiveShare: 0.5 };

/** Starts a sandbox; `edit` changes the config that watches it. */
export async function stage(
  options: Partial<SandboxOptions> = {},
  edit: (config: string) => string = (config) => config,
): Promise<Stage> {
  const window = { beforeMs: 0, afterMs: 500 };
  const sandbox = await startSandbox({ accounts: ['rep-1', 'rep-2'], seed: 7, window, gate: GATE, ...options });
  afterwards(() => sandbox.stop());
  const config = edit(sandbox.config().replace('stall: 250ms', 'stall: 5s'));
  const file = join(await folder({ 'parity.yaml': config }), 'parity.yaml');
  const countOf = (account: string): number[] => [
    sandbox.pusher.listeners(`private-feed-${account}`),
    sandbox.phoenix.listeners(`feed:${account}`),
  ];
  const listening = (watchers = 1): Promise<void> =>
    vi.waitUntil(() => sandbox.accounts.flatMap(countOf).every((count) => count === watchers), {
      timeout: 25_000,
      interval: 20,
    }) as Promise<unknown> as Promise<void>;
  return { sandbox, file, listening };
}

/** Lets clean traffic pass until the test is over. */
export function traffic(sandbox: Sandbox, ratePerS = 150): void {
  const over = new AbortController();
  const passing = sandbox.run({ ratePerS, durationMs: Infinity, signal: over.signal });
  onTestFinished(async () => {
    over.abort();
    await passing;
  });
}

/** Serves HTTP for one test; returns the address. */
export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  afterwards(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

import { writeFile } from 'node:fs/promises';
import { startSandbox } from '../sandbox/system.js';
import { duration, wholeNumber } from './context.js';
import { listenForInterrupt } from './interrupt.js';
import { sayer } from './say.js';
import { refuseUnwritable, unwritable } from './whole-file.js';

export interface SandboxOptions {
  readonly accounts: string;
  readonly rate: string;
  readonly duration?: string;
  readonly seed: string;
  readonly delay?: string;
  readonly flagDelay?: string;
  readonly switch?: readonly string[];
  readonly config: string;
  readonly quiet?: boolean;
}

/** `parity sandbox`: runs the embedded systems with traffic, and writes the config that watches them. */
export async function sandbox(options: SandboxOptions): Promise<number> {
  const say = sayer(options);
  const count = wholeNumber('--accounts', options.accounts, 1, 5_000);
  const ratePerS = wholeNumber('--rate', options.rate, 0, 10_000);
  const seed = wholeNumber('--seed', options.seed, 0, 2 ** 31 - 1);
  const durationMs = options.duration === undefined ? Infinity : duration('--duration', options.duration);
  const delay =
    options.delay === undefined
      ? {}
      : { delayMs: { kind: 'constant' as const, ms: duration('--delay', options.delay) } };
  const flagDelay = options.flagDelay === undefined ? {} : { flagDelayMs: duration('--flag-delay', options.flagDelay) };
  await refuseUnwritable(options.config, '--config');
  const accounts = Array.from({ length: count }, (_, index) => `rep-${index + 1}`);
  const systems = await startSandbox({
    accounts,
    seed,
    apiPort: 0,
    ...delay,
    ...flagDelay,
    switches: options.switch ?? [],
  });
  const interrupt = listenForInterrupt((signal) => say(`${signal}: stopping`));
  try {
    await writeFile(options.config, systems.config(), { mode: 0o600 }).catch((error: NodeJS.ErrnoException) => {
      throw unwritable(options.config, '--config', error);
    });
    say(
      `sandbox: Pusher on 127.0.0.1:${systems.pusher.port}, Phoenix on 127.0.0.1:${systems.phoenix.port}, API on ${systems.apiUrl}`,
    );
    say(
      `${count} accounts, ${ratePerS} events/s; watch it with: parity watch --config ${options.config} --duration 30s`,
    );
    if (ratePerS > 0) await systems.run({ ratePerS, durationMs, signal: interrupt.interrupt });
    else await ended(durationMs, interrupt.interrupt);
    return interrupt.exitCode() ?? 0;
  } finally {
    await systems.stop();
    interrupt.release();
  }
}

/** Resolves after the duration, or when interrupted. */
function ended(durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, Math.min(durationMs, 2 ** 31 - 1));
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

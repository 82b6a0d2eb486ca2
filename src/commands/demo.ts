import type { Ms } from '../model/timeline.js';
import { scoreTable } from '../reports/score.js';
import type { Sandbox } from '../sandbox/system.js';
import { wholeNumber } from './context.js';
import { withSandbox } from './embedded.js';
import { checkReporters, speaks, type ReporterOptions } from './reporters.js';
import { printReport, write } from './result.js';
import { sayer } from './say.js';
import { score } from './score.js';
import { screen } from './screen.js';
import { attend } from './watch.js';

const WINDOW_MS: Ms = 2_000;
const ACCOUNTS = 12;
const RATE_PER_S = 80;
const TRAFFIC_MS: Ms = 8_000;

/** What goes wrong in the demo: every kind of fault that the sandbox knows. */
const FAULTS = {
  drop: 4,
  duplicate: 4,
  delay: 3,
  reorder: 3,
  edit: 5,
  extra: 3,
  disconnect: { count: 1, side: 'control', forMs: 800 },
  mute: { count: 1, side: 'candidate', forMs: 800 },
  malformed: 2,
  'close-without-rejoin': 1,
} as const;

/**
 * `parity demo`: watches a sandbox with known faults, prints the report and, beside it, what was injected and what was
 * found. Exit code 0 only if every fault was found as what it is, and nothing else was.
 */
export async function demo(options: ReporterOptions & { readonly seed: string }): Promise<number> {
  const seed = wholeNumber('--seed', options.seed, 0, 2 ** 31 - 1);
  await checkReporters(options);
  const say = sayer(options);
  const accounts = Array.from({ length: ACCOUNTS }, (_, index) => `rep-${index + 1}`);
  say(
    `demo: ${ACCOUNTS} accounts, ${RATE_PER_S} events/s for ${(WINDOW_MS + TRAFFIC_MS) / 1000} s through an embedded legacy and new system`,
  );
  const window = { beforeMs: 0, afterMs: WINDOW_MS };
  return withSandbox({ accounts, seed, window }, async (sandbox, { settings, secrets }) => {
    const over = new AbortController();
    const refused = accounts.at(-1) as string;
    let traffic = Promise.resolve();
    const live = {
      onListening: () => {
        traffic = cause(sandbox, refused, settings.match.settleMs, over.signal).finally(() => over.abort());
      },
      finish: over.signal,
    };
    const { report, interruptedWith } = await attend(settings, live, options, say);
    over.abort();
    await traffic;
    await printReport(report, { ...options, secrets });
    if (interruptedWith !== undefined) return interruptedWith;
    const result = score(report, sandbox.truth);
    const spoken = speaks(options);
    const table = scoreTable(result, screen(spoken ? process.stdout : process.stderr));
    if (spoken) await write(`\n${table}`);
    else if (options.quiet !== true) process.stderr.write(table);
    return result.falseAlarms.length === 0 && result.rows.every((row) => row.found === row.injected) ? 0 : 1;
  });
}

/**
 * Lets the traffic with its faults pass, from the moment both sides certainly listen, until the last of it has arrived or
 * the signal aborts; one account is refused for good.
 */
async function cause(sandbox: Sandbox, refused: string, settleMs: Ms, signal: AbortSignal): Promise<void> {
  const cut = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  await new Promise((resolve) => setTimeout(resolve, settleMs + 100));
  void sandbox.strike('refuse-join', refused, { side: 'candidate', forMs: WINDOW_MS + TRAFFIC_MS });
  // What comes within a window of the start may have its counterpart before it, and is blamed on nobody.
  await sandbox.run({ ratePerS: RATE_PER_S, durationMs: WINDOW_MS, signal });
  await sandbox.run({ ratePerS: RATE_PER_S, durationMs: TRAFFIC_MS, faults: FAULTS, signal });
  await Promise.race([sandbox.drained(), cut]);
}

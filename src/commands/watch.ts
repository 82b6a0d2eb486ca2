import { runLive, type LiveOptions } from '../live.js';
import type { Report } from '../model/report.js';
import type { Settings } from '../model/settings.js';
import { duration, loadConfig, onlyAccounts } from './context.js';
import { listenForInterrupt } from './interrupt.js';
import { printReport } from './result.js';
import { sayer, type Say } from './say.js';
import { openView } from './view.js';

export interface WatchOptions {
  readonly config?: string;
  readonly duration?: string;
  readonly accounts?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `parity watch`: compares both feeds live and returns the exit code of the report. */
export async function watch(options: WatchOptions): Promise<number> {
  const { settings, secrets, file } = await loadConfig(options);
  const say = sayer(options, secrets);
  const chosen = onlyAccounts(settings, options.accounts);
  const durationMs = options.duration === undefined ? undefined : duration('--duration', options.duration);
  const { length } = chosen.accounts;
  say(`watching ${length} ${length === 1 ? 'account' : 'accounts'} of ${file}${durationMs === undefined ? ', until Ctrl-C' : ''}`);
  const { report, interruptedWith } = await attend(chosen, { ...(durationMs !== undefined && { durationMs }) }, options, say);
  const code = await printReport(report, { ...options, secrets });
  return interruptedWith ?? code;
}

/** Runs a live watch with its view on stderr and Ctrl-C listened to. */
export async function attend(
  settings: Settings,
  live: Omit<LiveOptions, 'interrupt' | 'hurry' | 'onProgress' | 'onGivenUp'>,
  options: { readonly quiet?: boolean },
  say: Say,
): Promise<{ readonly report: Report; readonly interruptedWith: number | undefined }> {
  const view = openView(options, say);
  const interrupt = listenForInterrupt((signal) =>
    view.say(`${signal}: waiting one window for what is on its way; once more leaves at once`),
  );
  try {
    const report = await runLive(settings, {
      ...live,
      interrupt: interrupt.interrupt,
      hurry: interrupt.hurry,
      onProgress: (progress, phase) => view.show(progress, phase),
      onGivenUp: (link) =>
        view.say(`${link.side} ${link.account}: given up, ${link.reason}${link.remedy === undefined ? '' : `; ${link.remedy}`}`),
    });
    return { report, interruptedWith: interrupt.exitCode() };
  } finally {
    view.close();
    interrupt.release();
  }
}

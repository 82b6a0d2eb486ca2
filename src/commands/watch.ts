import { runLive, sourceOf, type LiveOptions, type Phase } from '../live.js';
import type { Report } from '../model/report.js';
import type { Settings } from '../model/settings.js';
import { SIDES } from '../model/timeline.js';
import { count } from '../reports/text.js';
import { discreetly, duration, loadConfig, onlyAccounts } from './context.js';
import { GivenUp } from './given-up.js';
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
  const durationMs = options.duration === undefined ? undefined : duration('--duration', options.duration);
  const { settings, secrets, file } = await loadConfig(options);
  const say = sayer(options, secrets);
  const chosen = onlyAccounts(settings, options.accounts);
  for (const side of SIDES) sourceOf(chosen, side);
  say(`watching ${count(chosen.accounts.length, 'account')} of ${file}${durationMs === undefined ? ', until Ctrl-C' : ''}`);
  return discreetly(secrets, async () => {
    const live = durationMs === undefined ? {} : { durationMs };
    const { report, interruptedWith } = await attend(chosen, live, options, say);
    const code = await printReport(report, { ...options, secrets });
    return interruptedWith ?? code;
  });
}

/** Runs a live watch with its view on stderr and Ctrl-C listened to. */
export async function attend(
  settings: Settings,
  live: Omit<LiveOptions, 'interrupt' | 'hurry' | 'onProgress' | 'onGivenUp'>,
  options: { readonly quiet?: boolean },
  say: Say,
): Promise<{ readonly report: Report; readonly interruptedWith: number | undefined }> {
  const view = openView(options, say);
  const givenUp = new GivenUp(view.say);
  let phase: Phase = 'connecting';
  const interrupt = listenForInterrupt((signal) => {
    const listening = phase !== 'connecting';
    view.say(`${signal}: ${listening ? 'waiting one window for what is on its way; once more leaves at once' : 'leaving'}`);
  });
  try {
    const report = await runLive(settings, {
      ...live,
      interrupt: interrupt.interrupt,
      hurry: interrupt.hurry,
      onProgress: (progress, now) => view.show(progress, (phase = now)),
      onGivenUp: (link) => givenUp.note(link),
      onListening: () => {
        givenUp.listening();
        live.onListening?.();
      },
    });
    return { report, interruptedWith: interrupt.exitCode() };
  } finally {
    view.close();
    interrupt.release();
  }
}

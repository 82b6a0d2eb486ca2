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
import { openTape, redaction } from './tape.js';
import { openView } from './view.js';

export interface WatchOptions {
  readonly config?: string;
  readonly duration?: string;
  readonly accounts?: string;
  readonly record?: string;
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
  return discreetly(secrets, async () => {
    const tape = options.record === undefined ? undefined : await openTape(options.record, chosen, SIDES, secrets);
    say(
      `watching ${count(chosen.accounts.length, 'account')} of ${file}${durationMs === undefined ? ', until Ctrl-C' : ''}`,
    );
    const wishes = durationMs === undefined ? {} : { durationMs };
    const live = tape === undefined ? wishes : { ...wishes, onStart: tape.onStart, tee: tape.tee, ended: tape.ended };
    let hasWatched = false;
    try {
      const { report, interruptedWith } = await attend(chosen, live, options, say);
      hasWatched = true;
      const code = await printReport(report, { ...options, secrets });
      return interruptedWith ?? code;
    } finally {
      // After the report: a disk that hangs shall not keep it.
      await tape?.close(hasWatched, say);
    }
  });
}

/** A live run's wishes as far as the view leaves them open. */
type Wishes = Omit<LiveOptions, 'interrupt' | 'hurry' | 'onProgress' | 'onGivenUp'> & {
  /** Resolves with a sentence if a recording beside the run ends early; told also where nothing else is. */
  readonly ended?: Promise<string>;
};

/** Runs a live watch with its view on stderr and Ctrl-C listened to. */
export async function attend(
  settings: Settings,
  live: Wishes,
  options: { readonly quiet?: boolean },
  say: Say,
): Promise<{ readonly report: Report; readonly interruptedWith: number | undefined }> {
  const view = openView(options, say);
  const givenUp = new GivenUp(view.say);
  void live.ended?.then(options.quiet === true ? sayer({}) : view.say);
  let phase: Phase = 'connecting';
  const interrupt = listenForInterrupt((signal) => {
    const listening = phase !== 'connecting';
    view.say(
      `${signal}: ${listening ? 'waiting one window for what is on its way; once more leaves at once' : 'leaving'}`,
    );
  });
  try {
    const report = await runLive(settings, {
      ...live,
      ...redaction(settings),
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

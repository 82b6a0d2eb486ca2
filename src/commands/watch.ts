import { runLive, sourceOf, type LiveOptions, type Phase } from '../live.js';
import type { Report } from '../model/report.js';
import type { Settings } from '../model/settings.js';
import { SIDES } from '../model/timeline.js';
import { Line } from '../run.js';
import { count } from '../reports/text.js';
import { openChallenger, seedOf, withChallenge } from './challenger.js';
import { discreetly, duration, loadConfig, onlyAccounts } from './context.js';
import { GivenUp } from './given-up.js';
import { listenForInterrupt } from './interrupt.js';
import { withLimits } from './limits.js';
import { checkReporters, type ReporterOptions } from './reporters.js';
import { printReport } from './result.js';
import { sayer, type Say } from './say.js';
import { ofShard, shardOf, withShard } from './shard.js';
import { openTape, redaction } from './tape.js';
import { forLooking, UntilProven } from './until.js';
import { openView } from './view.js';

export interface WatchOptions extends ReporterOptions {
  readonly config?: string;
  readonly duration?: string;
  readonly accounts?: string;
  readonly record?: string;
  readonly until?: 'proven';
  readonly shard?: string;
  readonly limit?: readonly string[];
  readonly challenge?: boolean;
  readonly seed: string;
}

/** `parity watch`: compares both feeds live and returns the exit code of the report. */
export async function watch(options: WatchOptions): Promise<number> {
  const durationMs = options.duration === undefined ? undefined : duration('--duration', options.duration);
  const share = shardOf(options.shard);
  const { settings, secrets, file } = await loadConfig(options);
  await checkReporters(options, [file, options.record]);
  const say = sayer(options, secrets);
  const limited = withLimits(onlyAccounts(settings, options.accounts), options.limit);
  const chosen = ofShard(options.until === undefined ? limited : forLooking(limited), share);
  for (const side of SIDES) sourceOf(chosen, side);
  const challenger = options.challenge === true ? openChallenger(chosen, seedOf(options)) : undefined;
  if (chosen.accounts.length === 0) {
    say(`no account of ${file} falls to shard ${options.shard}: there is nothing to watch`);
    return printReport(withShard(nothing(chosen), share), { ...options, secrets });
  }
  return discreetly(secrets, async () => {
    const tape = options.record === undefined ? undefined : await openTape(options.record, chosen, SIDES, secrets);
    say(`watching ${count(chosen.accounts.length, 'account')} of ${file}${ending(options)}`);
    const wishes = durationMs === undefined ? {} : { durationMs };
    const taped = tape === undefined ? wishes : { ...wishes, onStart: tape.onStart, tee: tape.tee, ended: tape.ended };
    const live =
      challenger === undefined ? taped : { ...taped, tee: both(tape?.tee, (entry) => challenger.add(entry)) };
    let hasWatched = false;
    try {
      const { report, interruptedWith } = await attend(chosen, live, options, say);
      hasWatched = true;
      const whole = withShard(withChallenge(report, challenger), share);
      const code = await printReport(whole, { ...options, secrets });
      return interruptedWith ?? code;
    } finally {
      // After the report: a disk that hangs shall not keep it.
      await tape?.close(hasWatched, say);
    }
  });
}

function ending({ duration, until }: WatchOptions): string {
  if (until !== undefined) return duration === undefined ? ', until proven' : `, until proven, or for ${duration}`;
  return duration === undefined ? ', until Ctrl-C' : '';
}

/** The report of a share without accounts: the others need it, to know that it is not missing. */
function nothing(settings: Settings): Report {
  return new Line(settings).report({ startedAt: new Date().toISOString() });
}

/** Shows every entry to both. */
function both(first: LiveOptions['tee'], second: NonNullable<LiveOptions['tee']>): NonNullable<LiveOptions['tee']> {
  return (entry) => {
    first?.(entry);
    second(entry);
  };
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
  options: { readonly quiet?: boolean; readonly until?: 'proven' },
  say: Say,
): Promise<{ readonly report: Report; readonly interruptedWith: number | undefined }> {
  const view = openView(options, say);
  const givenUp = new GivenUp(view.say);
  const until = options.until === undefined ? undefined : new UntilProven(settings, view.say);
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
      ...(until === undefined ? {} : { finish: until.signal }),
      onProgress: (progress, now, peek) => {
        view.show(progress, (phase = now));
        if (phase === 'watching') until?.look(progress, peek);
      },
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

import { startClock } from '../clock.js';
import { joinLists } from '../join.js';
import { PATIENCE_MS, sourceOf } from '../live.js';
import { ObserveError } from '../model/errors.js';
import type { Section } from '../model/section.js';
import type { Settings } from '../model/settings.js';
import { SIDES, type Frame, type Ms, type TimelineEntry } from '../model/timeline.js';
import { count, integer } from '../reports/text.js';
import { listsOf, Snapshot, type SnapshotProgress } from '../snapshot-line.js';
import { discreetly, duration, loadConfig, onlyAccounts, wholeNumber } from './context.js';
import { listenForInterrupt, type Interrupt } from './interrupt.js';
import { checkReporters, type ReporterOptions } from './reporters.js';
import { printReport } from './result.js';
import { sayer } from './say.js';
import { openStatus, type Status } from './status.js';
import { redaction } from './tape.js';

export interface SnapshotCommandOptions extends ReporterOptions {
  readonly config?: string;
  readonly accounts?: string;
  readonly attempts?: string;
  readonly interval?: string;
  readonly samples?: string;
  readonly join?: boolean;
  readonly duration: string;
}

const BROKEN = 1;

const PATIENCE = `${PATIENCE_MS / 1_000} s`;

/** `parity snapshot`: compares the lists of both sides, and returns the exit code of the report. */
export async function snapshot(options: SnapshotCommandOptions): Promise<number> {
  const { settings, secrets, file } = await loadConfig(options);
  await checkReporters(options, [file]);
  const chosen = onlyAccounts(wished(settings, options), options.accounts);
  if (options.join === true) for (const side of SIDES) sourceOf(chosen, side);
  const flowMs = duration('--duration', options.duration);
  const samples = options.samples === undefined ? 0 : wholeNumber('--samples', options.samples, 1, 100_000);
  const status = openStatus(options, sayer(options, secrets));
  const interrupt = listenForInterrupt((signal) => status.say(`${signal}: reporting what was read`));
  return discreetly(secrets, async () => {
    const taking = new Taking(chosen, { samples, interrupt, status });
    try {
      const whose = `${count(chosen.accounts.length, 'account')} of ${file}`;
      if (options.join !== true) status.say(`reading the lists of ${whose}`);
      else
        status.say(`subscribing to both streams of ${whose}; a side without an answer is given up after ${PATIENCE}`);
      const report = options.join === true ? await taking.join(flowMs) : await taking.compare();
      status.close();
      const code = await printReport(report, { ...options, secrets });
      const interruptedWith = interrupt.exitCode();
      if (interruptedWith !== undefined) return interruptedWith;
      // Told after the report, which holds what could be read; what is broken is so whatever the others would say.
      const [first, ...others] = taking.failures;
      if (first === undefined) return code;
      const sentence = `${first.message}${others.length === 0 ? '' : ` (and ${others.length} more)`}`;
      if (code !== BROKEN) throw new ObserveError(sentence, { cause: first });
      status.say(sentence);
      return code;
    } finally {
      status.close();
      interrupt.release();
      await taking.stop();
    }
  });
}

/** The settings with what the command line says of the lists. */
function wished(settings: Settings, { attempts, interval }: SnapshotCommandOptions): Settings {
  const lists = listsOf(settings);
  return {
    ...settings,
    snapshot: {
      ...lists,
      ...(attempts === undefined ? {} : { attempts: wholeNumber('--attempts', attempts, 1, 100) }),
      ...(interval === undefined ? {} : { intervalMs: duration('--interval', interval) }),
    },
  };
}

interface Means {
  readonly samples: number;
  readonly interrupt: Interrupt;
  readonly status: Status;
}

/** One snapshot under way. */
class Taking {
  readonly #settings: Settings;
  readonly #interrupt: Interrupt;
  readonly #startedAt: string;
  readonly #snapshot: Snapshot;
  readonly #redact: ((entry: TimelineEntry) => TimelineEntry) | undefined;
  readonly #status: Status;

  constructor(settings: Settings, { samples, interrupt, status }: Means) {
    const clock = startClock({ everyMs: 100, stallMs: settings.match.stallMs });
    const { redact } = redaction(settings);
    this.#settings = settings;
    this.#interrupt = interrupt;
    this.#status = status;
    this.#redact = redact;
    this.#startedAt = clock.startedAt;
    this.#snapshot = new Snapshot(settings, {
      now: () => clock.now(),
      interrupt: interrupt.interrupt,
      samples,
      ...(redact === undefined ? {} : { redact: (frame: Frame) => redact(frame) as Frame }),
      onProgress: (progress) => status.show(() => progressLine(progress)),
    });
  }

  get failures(): readonly ObserveError[] {
    return this.#snapshot.failures;
  }

  async compare() {
    await this.#snapshot.compare();
    return this.#report([]);
  }

  /** Compares while the streams are open. */
  async join(flowMs: Ms) {
    const redact = this.#redact;
    const section = await joinLists(this.#settings, this.#snapshot, {
      ...this.#interrupt,
      flowMs,
      meanwhile: () => this.#snapshot.compare(),
      ...(redact === undefined ? {} : { redact }),
      onListening: () => this.#status.say('subscribed; reading the lists while events flow'),
    });
    return this.#report([section]);
  }

  #report(sections: readonly Section[]) {
    return this.#snapshot.report({ startedAt: this.#startedAt }, sections);
  }

  async stop(): Promise<void> {
    await this.#snapshot.stop();
  }
}

function progressLine({ accounts, accountsDone, pages, items, attempt }: SnapshotProgress): string {
  const again = attempt > 1 ? `, attempt ${attempt}` : '';
  return `${integer(accountsDone)} of ${count(accounts, 'account')} compared, ${count(items, 'item')} on ${count(pages, 'page')} read${again}`;
}

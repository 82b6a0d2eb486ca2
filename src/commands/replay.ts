import type { Secrets } from '../config/secrets.js';
import { withSections } from '../ledger/sections.js';
import { CallError, ObserveError } from '../model/errors.js';
import type { ReplayFacts, Report } from '../model/report.js';
import type { ReplaySettings, Settings } from '../model/settings.js';
import type { TimelineEntry, TimelineHeader } from '../model/timeline.js';
import { openRecording, readHeader, type Recording } from '../recording/reader.js';
import { assignAccounts } from '../replay/accounts.js';
import { allower, checkHosts } from '../replay/allow.js';
import { replayEvents, type ReplayEvent } from '../replay/events.js';
import { RunKeys } from '../replay/keys.js';
import { paceText, parsePace, type Pace } from '../replay/pace.js';
import { rehearsalText, rehearse } from '../replay/rehearsal.js';
import { withReplay } from '../replay/report.js';
import { sendsSections } from '../replay/section.js';
import { Sending } from '../replay/sending.js';
import { Sieve } from '../replay/sieve.js';
import { Tally, type Counted } from '../replay/tally.js';
import { openTargets } from '../replay/targets/index.js';
import type { Target } from '../replay/targets/target.js';
import { discreetly, loadConfig, wholeNumber } from './context.js';
import { listenForInterrupt } from './interrupt.js';
import { withLimits } from './limits.js';
import { openReading, type Reading } from './reading-section.js';
import { checkReporters, type ReporterOptions } from './reporters.js';
import { printReport, write } from './result.js';
import { printable, sayer, type Say } from './say.js';
import { attend } from './watch.js';

export interface ReplayCommandOptions extends ReporterOptions {
  readonly config?: string;
  readonly speed?: string;
  readonly rate?: string;
  readonly loop?: string;
  /** So many events, or limits of the gate. */
  readonly limit?: readonly string[];
  readonly shiftTimes?: boolean;
  readonly dryRun?: boolean;
}

/** `parity replay`: drives recorded control events into the systems again, watches both feeds, and judges what comes out. */
export async function replay(file: string, options: ReplayCommandOptions): Promise<number> {
  const events = options.limit?.find(isNumber);
  const wishes = {
    pace: parsePace(options.speed, options.rate),
    loops: wholeNumber('--loop', options.loop ?? '1', 1, 1_000_000),
    limit: events === undefined ? Infinity : wholeNumber('--limit', events, 1, 1_000_000_000),
    shiftTimes: options.shiftTimes === true,
  };
  const { settings: given, secrets, file: config } = await loadConfig(options);
  const settings = withLimits(
    given,
    options.limit?.filter((limit) => !isNumber(limit)),
  );
  await checkReporters(options, [config, file]);
  const { replay: how } = settings;
  if (how === undefined) {
    throw new CallError(
      'the config has no replay section, which says where to send events; add one such as replay: {control: {pusher: {appId: "1", secret: "${PUSHER_SECRET}"}}, candidate: {http: {url: "http://127.0.0.1:4000/events", body: "{payload}"}}}',
    );
  }
  keepSecret(how, secrets);
  const say = sayer(options, secrets);
  return discreetly(secrets, async () => {
    const run = new Run(file, await readHeader(file), settings, how, wishes, say);
    try {
      return options.dryRun === true ? await run.rehearse(options, secrets) : await run.perform(options, secrets);
    } finally {
      await run.close();
    }
  });
}

/** Of `--limit`: a number of events, and no limit of the gate, which has a name. */
function isNumber(limit: string): boolean {
  return /^[\s\d.,_+-]*$/.test(limit);
}

/** Secrets of targets that the config spells out. */
function keepSecret({ control, candidate }: ReplaySettings, secrets: Secrets): void {
  for (const target of [control, candidate]) {
    if (target?.kind === 'pusher') secrets.add(target.pusher.secret, 'secret of the app');
    if (target?.kind !== 'http') continue;
    for (const [name, value] of Object.entries(target.http.headers)) {
      if (!/^(?:accept|content-type|user-agent)$/i.test(name))
        secrets.add(value.replace(/^(?:basic|bearer|digest|token) +/i, ''));
    }
  }
}

interface Wishes {
  readonly pace: Pace;
  readonly loops: number;
  readonly limit: number;
  readonly shiftTimes: boolean;
}

type Output = ReporterOptions;

/** One replay: its recording, accounts, targets and keys. */
class Run {
  readonly #accounts: ReplayFacts['accounts'];
  /** With the accounts alone that stand in for a recorded one. */
  readonly #settings: Settings;
  readonly #control: Target;
  readonly #candidate: Target | undefined;
  readonly #tally = new Tally();
  readonly #reading: Reading;
  /** No two runs begin in the same second. */
  readonly #runNumber = Math.floor(Date.now() / 1000);
  readonly #keys: RunKeys | undefined;
  #sending: Sending | undefined;
  #loops = 0;

  constructor(
    private readonly file: string,
    header: TimelineHeader,
    settings: Settings,
    private readonly how: ReplaySettings,
    private readonly wishes: Wishes,
    private readonly say: Say,
  ) {
    this.#reading = openReading(say, 'What stood in lines that cannot be read was not sent.');
    const assigned = assignAccounts(header.accounts, settings.accounts, how.accounts);
    const used = new Set([...assigned.values()].map(({ id }) => id));
    this.#accounts = Object.fromEntries([...assigned].map(([recorded, { id }]) => [recorded, id]));
    this.#settings = { ...settings, accounts: settings.accounts.filter(({ id }) => used.has(id)) };
    this.#keys = how.keys === 'unique' ? new RunKeys(this.#runNumber) : undefined;
    // The thread that sends opens its own; what is wrong with them is told here, before anything begins.
    const { control, candidate } = openTargets(this.#settings, how);
    this.#control = control;
    this.#candidate = candidate;
    checkHosts(
      [
        { side: 'control', hosts: control.hosts },
        { side: 'candidate', hosts: candidate?.hosts ?? [] },
      ],
      allower(how.allow),
    );
  }

  async rehearse(options: Output, secrets: Secrets): Promise<number> {
    const targets = {
      control: this.#control,
      ...(this.#candidate === undefined ? {} : { candidate: this.#candidate }),
    };
    const found = await rehearse(this.#events(), { seam: this.how.seam, ...targets }, paceText(this.wishes.pace));
    const rehearsal = { ...found, skipped: this.#tally.counts().skipped };
    const redact = (_: string, value: unknown): unknown => (typeof value === 'string' ? secrets.redact(value) : value);
    await write(
      options.json === true
        ? `${JSON.stringify(rehearsal, redact, 2)}\n`
        : printable(secrets.redact(rehearsalText(rehearsal))),
    );
    return 0;
  }

  /** Watches, drives once everyone is listening, and judges. */
  async perform(options: Output, secrets: Secrets): Promise<number> {
    const { seam } = this.how;
    const candidate = this.#candidate === undefined ? '' : ` and ${this.#candidate.name}`;
    this.say(`replaying ${this.file} into ${this.#control.name}${candidate} at ${paceText(this.wishes.pace)}, ${seam}`);
    const sieve = new Sieve(this.#settings);
    const sending = (this.#sending = new Sending(this.#settings, this.how, sieve));
    const over = new AbortController();
    const cut = new AbortController();
    const interrupt = listenForInterrupt(() => cut.abort());
    interrupt.hurry.addEventListener('abort', () => sending.leave());
    let driving = Promise.resolve(this.#tally.counts());
    let isDriving = false;
    const live = {
      sieve: (batch: readonly TimelineEntry[]) => {
        sending.catchUp();
        return sieve.take(batch);
      },
      finish: over.signal,
      // Answers that are under way decide what of the frames that wait for them is judged.
      isBusy: () => isDriving,
      onListening: () => {
        isDriving = true;
        driving = this.#drive(sending, cut.signal).finally(() => {
          isDriving = false;
          over.abort();
        });
        // Told after the watch has ended.
        driving.catch(() => undefined);
      },
    };
    try {
      const { report, interruptedWith } = await attend(this.#settings, live, options, this.say);
      cut.abort();
      const code = await this.#print(report, await driving, sieve, options, secrets);
      return interruptedWith ?? code;
    } finally {
      cut.abort();
      interrupt.release();
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#sending?.close(), this.#control.close(), this.#candidate?.close()]);
  }

  async #drive(sending: Sending, signal: AbortSignal): Promise<Counted> {
    // A side counts as listening only this long after its acknowledgement.
    await elapsed(this.#settings.match.settleMs + 100, signal);
    const counts = await sending.run(this.#events(), signal);
    return { ...counts, skipped: this.#tally.counts().skipped };
  }

  #events(): AsyncGenerator<ReplayEvent> {
    const { pace, loops, limit, shiftTimes } = this.wishes;
    return replayEvents(() => this.#open(), {
      settings: this.#settings,
      pace,
      loops,
      limit,
      ...(this.#keys === undefined ? {} : { keys: this.#keys }),
      ...(shiftTimes ? { shiftToMs: Date.now() } : {}),
      onSkipped: (reason) => this.#tally.skipped(reason),
    });
  }

  /** What is wrong with the recording is told in the first loop alone. */
  #open(): Promise<Recording> {
    return openRecording(this.file, this.#loops++ === 0 ? this.#reading.tell : () => {});
  }

  async #print(report: Report, counts: Counted, sieve: Sieve, options: Output, secrets: Secrets): Promise<number> {
    const facts: ReplayFacts = {
      recording: this.file,
      pace: paceText(this.wishes.pace),
      seam: this.how.seam,
      ...counts,
      leftOut: sieve.leftOut,
      keys: { kind: this.how.keys, run: this.#runNumber },
      accounts: this.#accounts,
    };
    const replayed = withReplay(report, facts, (key) => this.#keys?.restore(key) ?? key);
    const sends = sendsSections(facts, this.#settings.gate);
    const whole = withSections(replayed, [...this.#reading.sections(), ...sends]);
    const code = await printReport(whole, { ...options, secrets });
    const [first] = facts.failed;
    if (facts.sent.control === 0 && first !== undefined) {
      throw new ObserveError(
        `replay: none of ${facts.due} events was accepted by ${this.#control.name} (${first.reason}); check its address and credentials`,
      );
    }
    return code;
  }
}

/** Resolves after the time, or at once when aborted. */
function elapsed(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

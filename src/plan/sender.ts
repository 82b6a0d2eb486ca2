import { CallError } from '../model/errors.js';
import type { Causing, PublishSettings } from '../model/plan.js';
import type { ReplaySettings, Settings } from '../model/settings.js';
import type { Ms } from '../model/timeline.js';
import { openRecording, readHeader } from '../recording/reader.js';
import { assignAccounts } from '../replay/accounts.js';
import { allower, checkHosts } from '../replay/allow.js';
import { drive } from '../replay/drive.js';
import { replayEvents, type ReplayEvent } from '../replay/events.js';
import { RunKeys } from '../replay/keys.js';
import { openAlarm } from '../replay/alarm.js';
import { paceText, type Pace } from '../replay/pace.js';
import type { Sieve } from '../replay/sieve.js';
import { Tally } from '../replay/tally.js';
import { openTarget } from '../replay/targets/index.js';
import type { Target } from '../replay/targets/target.js';
import { NewKeys, published } from './published.js';

/** What was caused. */
export interface Caused {
  /** Events that the target of control has accepted, by account. */
  readonly accepted: ReadonlyMap<string, number>;
  readonly due: number;
  /** Sends that were not accepted, in words. */
  readonly failures: readonly string[];
}

/** An event is sent: so much after its intended time. */
export type OnSent = (event: ReplayEvent, latenessMs: Ms) => void;

/** Brings events about, by the targets of the config's `replay`. */
export class Sender {
  readonly #how: ReplaySettings;
  readonly #settings: Settings;
  readonly #control: Target;
  readonly #candidate: Target | undefined;
  readonly #keys: NewKeys;
  /** A further replay gets keys of its own. */
  #run: number;

  /**
   * `run` is a second that no other run began in.
   * @throws CallError without targets, or for targets that `replay.allow` does not hold; nothing is sent by opening
   */
  constructor(
    settings: Settings,
    run: number,
    private readonly sieve: Pick<Sieve, 'begin' | 'end'>,
    private readonly onSent: OnSent = () => {},
  ) {
    const { replay } = settings;
    if (replay === undefined) {
      throw new CallError(
        'plan: causes events, and the config has no replay section, which says where to send them; add replay: {control: …}',
      );
    }
    this.#how = replay;
    this.#settings = settings;
    this.#run = run;
    this.#keys = new NewKeys(run);
    const allows = allower(replay.allow);
    const context = { settings, timeoutMs: replay.timeoutMs, inFlight: replay.inFlight, allows };
    this.#control = openTarget(replay.control, context);
    this.#candidate = replay.candidate === undefined ? undefined : openTarget(replay.candidate, context);
    const sides = [
      { side: 'control' as const, hosts: this.#control.hosts },
      { side: 'candidate' as const, hosts: this.#candidate?.hosts ?? [] },
    ];
    checkHosts(sides, allows);
  }

  /** Hosts that something may be sent to. */
  get hosts(): readonly string[] {
    return [...this.#control.hosts, ...(this.#candidate?.hosts ?? [])];
  }

  /** Sends all that is to be caused, each event when it is due. `isEndless`: again and again, until aborted. */
  cause(causing: Causing, signal: AbortSignal, isEndless = false): Promise<Caused> {
    return this.#drive(this.#events(causing, isEndless), signal);
  }

  /** Sends one event now. */
  canary(given: PublishSettings, signal: AbortSignal): Promise<Caused> {
    return this.#drive(each(published(given, this.#settings, this.#keys, 1)), signal);
  }

  /** Reads all that would be caused, and sends nothing: each event's calls. @throws CallError for what cannot be sent */
  async *rehearse(causing: Causing): AsyncGenerator<{ readonly dueMs: Ms; readonly calls: readonly string[] }> {
    for await (const event of this.#events(causing, false)) {
      const told = this.#how.seam === 'control-only' || event.key === undefined ? undefined : this.#candidate;
      const calls = [this.#control, ...(told === undefined ? [] : [told])].map((target) => target.describe(event));
      yield { dueMs: event.dueMs, calls };
    }
  }

  /** @throws CallError for a recording that cannot be read, or that has an account without a test account */
  async check(causing: Causing | undefined): Promise<void> {
    if (causing?.kind === 'replay') {
      const { accounts } = await readHeader(causing.replay.file);
      assignAccounts(accounts, this.#settings.accounts, this.#how.accounts);
    } else if (causing !== undefined) published(causing.publish, this.#settings, this.#keys, 0).next();
  }

  async close(): Promise<void> {
    await Promise.all([this.#control.close(), this.#candidate?.close()]);
  }

  #events(causing: Causing, isEndless: boolean): AsyncGenerator<ReplayEvent> {
    if (causing.kind === 'publish') {
      const { count } = causing.publish;
      return each(published(causing.publish, this.#settings, this.#keys, isEndless ? Infinity : count));
    }
    const { file, loops, limit } = causing.replay;
    const keys = this.#how.keys === 'unique' ? { keys: new RunKeys(this.#run++) } : {};
    const options = { settings: this.#settings, pace: paceOf(causing), limit, ...keys, onSkipped: () => {} };
    return replayEvents(() => openRecording(file, () => {}), { ...options, loops: isEndless ? Infinity : loops });
  }

  async #drive(events: AsyncGenerator<ReplayEvent>, signal: AbortSignal): Promise<Caused> {
    const accepted = new Map<string, number>();
    const tally = new Sent(this.onSent);
    await drive({
      events,
      seam: this.#how.seam,
      control: this.#control,
      ...(this.#candidate === undefined ? {} : { candidate: this.#candidate }),
      inFlight: this.#how.inFlight,
      sieve: {
        begin: (event) => {
          this.sieve.begin(event);
          tally.event = event;
        },
        end: (event, ok) => {
          this.sieve.end(event, ok);
          if (ok) accepted.set(event.account.id, (accepted.get(event.account.id) ?? 0) + 1);
        },
      },
      tally,
      alarm: openAlarm,
      signal,
    });
    const { due, failed } = tally.counts();
    return { accepted, due, failures: failed.map(({ target, reason, count }) => `${count} × ${target}: ${reason}`) };
  }
}

/** Tells of each event when it is sent, and how late. */
class Sent extends Tally {
  event: ReplayEvent | undefined;

  constructor(private readonly onSent: OnSent) {
    super();
  }

  override due(latenessMs: Ms): void {
    super.due(latenessMs);
    if (this.event !== undefined) this.onSent(this.event, latenessMs);
  }
}

function paceOf(causing: Causing): Pace {
  const { perS, speed = 1 } = causing.kind === 'replay' ? causing.replay : {};
  return perS === undefined ? { kind: 'recorded', speed } : { kind: 'rate', perS };
}

/** For people: `20 × email_opened, one each 100 ms`. */
export function causingText(causing: Causing): string {
  if (causing.kind === 'publish') {
    const { type, count, everyMs } = causing.publish;
    return `${count} × ${type}${count === 1 ? '' : `, one each ${everyMs} ms`}`;
  }
  const { loops, file } = causing.replay;
  return `${file} at ${paceText(paceOf(causing))}${loops === 1 ? '' : `, ${loops} times`}`;
}

// Sources of events are asked one by one; these are at hand.
async function* each<Item>(items: Iterable<Item>): AsyncGenerator<Item> {
  yield* items;
}

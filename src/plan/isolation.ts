import { startClock, type Clock } from '../clock.js';
import type { Account, Settings, SourceSettings } from '../model/settings.js';
import { SIDES, type Frame, type Ms, type Side, type TimelineEntry } from '../model/timeline.js';
import { openSource } from '../sources/index.js';
import type { Source } from '../sources/source.js';
import { aims, type Aim } from './intrusion.js';

/** One account that asked, once, for a channel of another account. */
export interface Attempt {
  readonly side: Side;
  readonly account: string;
  /** Whose channel it asked for, and the channel. */
  readonly other: string;
  readonly channel: string;
  /** `unclear` where no answer came, or one that says nothing: see `reason`. */
  readonly answer: 'refused' | 'let in' | 'unclear';
  readonly reason: string;
  /** Events that are not its own and came to the account all the same, by either way. */
  readonly received: number;
}

export interface IsolationResult {
  readonly attempts: readonly Attempt[];
  /** Sides on which there was nothing to ask for, and why. */
  readonly unchecked: readonly { readonly side: Side; readonly reason: string }[];
}

export interface IsolationOptions {
  /** Both, if not given. */
  readonly sides?: readonly Side[];
  /** How long answers may take. */
  readonly timeoutMs: Ms;
  /** How long events are listened for, where somebody was let in or items were caused. Default 1 s. */
  readonly holdMs?: Ms;
  /** Accounts that ask, on each side; default 5. */
  readonly most?: number;
  readonly random: () => number;
  /** Aborting it ends the waiting: what was not answered by then stays unclear. */
  readonly signal?: AbortSignal;
  /** Causes items of these accounts, whose own channels are listened to by then. Without it nothing is caused. */
  readonly cause?: (accounts: readonly Account[]) => Promise<void>;
  /** Whose item a frame is, where its tag tells; undefined for what is nobody's in particular. Needed with `cause`. */
  readonly ownerOf?: (frame: Frame) => string | undefined;
}

const TICK_MS = 50;
const HOLD_MS = 1_000;
const ATTEMPTS = 5;

/**
 * Whether accounts are kept apart: each of them asks, with its own credentials, for a channel of the next one, which has to
 * be refused. It asks once and writes nothing; five accounts a side at most ask. That the same credentials are let into
 * the account's own channel is asked as well, since a refusal would say nothing without it. With `cause`, items tagged as
 * one account's have to reach that account and no other.
 */
export async function checkIsolation(
  settings: Pick<Settings, 'accounts' | 'control' | 'candidate' | 'match'>,
  options: IsolationOptions,
): Promise<IsolationResult> {
  const { sides = SIDES, timeoutMs, holdMs = HOLD_MS, random, cause, signal } = options;
  const isCut = (): boolean => signal?.aborted === true;
  const clock = startClock({ everyMs: TICK_MS, stallMs: settings.match.stallMs });
  const trials = sides.flatMap((side) => trialsOf(settings, side, options.most ?? ATTEMPTS, { clock, random }));
  const probes = trials.flatMap(({ owner, intruder }) => [owner, intruder]);
  try {
    for (const probe of probes) probe.start();
    await until(clock, clock.now() + timeoutMs, () => isCut() || probes.every(({ answered }) => answered));
    if (cause !== undefined && !isCut()) await cause([...new Set(trials.map(({ owner }) => owner.account))]);
    if (cause !== undefined || trials.some(({ intruder }) => intruder.isIn))
      await until(clock, clock.now() + holdMs, isCut);
  } finally {
    await Promise.all(probes.map((probe) => probe.stop()));
  }
  return {
    attempts: trials.map((trial) => judge(trial, options)),
    unchecked: sides.flatMap((side) => {
      if (trials.some((trial) => trial.side === side)) return [];
      return [{ side, reason: uncheckable(settings[side], settings.accounts.length) }];
    }),
  };
}

/** One account's two requests: for its own channel, and for another's. */
interface Trial {
  readonly side: Side;
  readonly other: string;
  readonly aim: Aim;
  readonly owner: Probe;
  readonly intruder: Probe;
}

function trialsOf(settings: Whom, side: Side, most: number, surroundings: Surroundings): Trial[] {
  return questionsOf(settings, side, most).map(({ account, other, aim }) => ({
    side,
    other: other.id,
    aim,
    owner: new Probe(side, account, aim.asOwner, surroundings),
    intruder: new Probe(side, account, aim.asIntruder, surroundings),
  }));
}

type Whom = Pick<Settings, 'accounts' | Side>;

/** Who is to ask for whose channel. */
function questionsOf({ accounts, ...sources }: Whom, side: Side, most: number) {
  const source = sources[side];
  if (source === undefined || accounts.length < 2) return [];
  return accounts.slice(0, most).flatMap((account, place) => {
    const other = accounts[(place + 1) % accounts.length] as Account;
    return aims(source, account, other).map((aim) => ({ account, other, aim }));
  });
}

/** What {@link checkIsolation} would ask for on both sides, in words. */
export function isolationCalls(settings: Whom): string[] {
  return SIDES.flatMap((side) =>
    questionsOf(settings, side, ATTEMPTS).flatMap(({ account, aim }) =>
      [aim.own, aim.foreign].map((channel) => `${side}: ${account.id} subscribes to ${channel}`),
    ),
  );
}

function judge({ side, other, aim, owner, intruder }: Trial, { cause, ownerOf }: IsolationOptions): Attempt {
  const { id } = intruder.account;
  const strange = owner.frames.filter((frame) => (ownerOf?.(frame) ?? id) !== id).length;
  const about = { side, account: id, other, channel: aim.foreign, received: intruder.frames.length + strange };
  if (intruder.isIn) return { ...about, answer: 'let in', reason: intruder.reason };
  if (!owner.isIn) {
    const reason = `${id} was not let into its own ${aim.own} either (${owner.reason}), so that a refusal would say nothing`;
    return { ...about, answer: 'unclear', reason };
  }
  if (!intruder.isRefused) return { ...about, answer: 'unclear', reason: intruder.reason };
  if (cause !== undefined && !owner.frames.some((frame) => ownerOf?.(frame) === id)) {
    return { ...about, answer: 'unclear', reason: `the item caused for ${id} did not come on its own ${aim.own}` };
  }
  return { ...about, answer: 'refused', reason: intruder.reason };
}

interface Surroundings {
  readonly clock: Clock;
  readonly random: () => number;
}

/** One account that asks for one channel, once: whatever the answer is, only who was let in stays connected. */
class Probe {
  readonly account: Account;
  readonly frames: Frame[] = [];
  readonly #source: Source;
  #state: 'asking' | 'in' | 'refused' | 'failed' | 'over' = 'asking';
  #reason = 'no answer came in time';

  constructor(side: Side, account: Account, settings: SourceSettings, { clock, random }: Surroundings) {
    this.account = account;
    const push = (entry: TimelineEntry): void => this.#see(entry);
    this.#source = openSource(settings, { side, accounts: [account], now: () => clock.now(), push, random });
  }

  start(): void {
    this.#source.start();
  }

  stop(): Promise<void> {
    return this.#source.stop();
  }

  get answered(): boolean {
    return this.#state !== 'asking';
  }

  get isIn(): boolean {
    return this.#state === 'in';
  }

  get isRefused(): boolean {
    return this.#state === 'refused';
  }

  get reason(): string {
    return this.#reason;
  }

  #see(entry: TimelineEntry): void {
    if (entry.kind === 'frame') this.frames.push(entry);
    if (entry.kind !== 'link' || this.#state !== 'asking') return;
    this.#reason = entry.reason;
    this.#state = entry.state === 'up' ? 'in' : entry.final === true ? 'refused' : 'failed';
    // A source would ask again.
    if (this.#state === 'failed') void this.#source.stop();
  }
}

/** Resolves once it is so, or at that moment of the clock. */
function until(clock: Clock, endMs: Ms, isSo: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const stop = clock.tick(({ t }) => {
      if (t < endMs && !isSo()) return;
      stop();
      resolve();
    });
  });
}

function uncheckable(source: SourceSettings | undefined, accounts: number): string {
  if (accounts < 2) return 'there is no second account';
  if (source === undefined) return 'the config has no such side';
  if (source.kind === 'websocket') return 'a plain WebSocket names no channel that could be asked for';
  return 'no channel of the config belongs to one account alone';
}

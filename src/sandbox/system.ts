import { CallError } from '../model/errors.js';
import type { Ms, Side } from '../model/timeline.js';
import { SIDES } from '../model/timeline.js';
import type { StrikeOptions } from './afflictions.js';
import { Afflictions } from './afflictions.js';
import type { SandboxApi } from './api.js';
import { startApi } from './api.js';
import type { Due, FaultPlan } from './fault-plan.js';
import { placeFaults } from './fault-plan.js';
import type { EventFaultName, LinkFaultName } from './faults/index.js';
import { faultNamed } from './faults/index.js';
import type { Feed } from './feed.js';
import { legacyFeed, newFeed } from './feed.js';
import { Flag } from './flags.js';
import { JobQueue } from './jobs.js';
import { Shelves } from './lists.js';
import type { HandedOver } from './lists-hand-over.js';
import { HandOver } from './lists-hand-over.js';
import type { ListFaultName, ListStrikeOptions } from './lists-faults.js';
import { Ailments, LIST_FAULTS } from './lists-faults.js';
import type { ListServer } from './lists-server.js';
import { startListServer } from './lists-server.js';
import type { Pace, Step } from './load.js';
import { drive, dueMs, eventsOf } from './load.js';
import { Monolith } from './monolith.js';
import { candidateTopic, controlChannel, controlEvent } from './names.js';
import { Notifications } from './notifications.js';
import type { SandboxOptions } from './options.js';
import { checkOptions, tokensOf } from './options.js';
import { parityConfig } from './parity-config.js';
import type { PhoenixServer } from './phoenix-server.js';
import type { PusherServer } from './pusher-server.js';
import { Random } from './random.js';
import type { Item, ItemType } from './scenario.js';
import { drawnType, ITEM_TYPES, makeItem } from './scenario.js';
import { Switches, type SwitchName } from './switches.js';
import { Timers } from './timers.js';
import { Truth } from './truth.js';

export type { StrikeOptions } from './afflictions.js';
export type { SandboxOptions } from './options.js';

export interface RunOptions extends Pace {
  readonly faults?: FaultPlan;
  readonly signal?: AbortSignal;
}

/** Starts both systems, with their servers on 127.0.0.1. @throws CallError for a wrong option or a port in use. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const sandbox = new Sandbox(options);
  try {
    await sandbox.start();
  } catch (error) {
    await sandbox.stop();
    throw error;
  }
  return sandbox;
}

/** The embedded legacy and new system: what one can do with them, and what they did. */
export class Sandbox {
  readonly accounts: readonly string[];
  readonly truth = new Truth();
  /** Which accounts the new feed serves. */
  readonly flag: Flag;
  /** What is wrong with whole systems. */
  readonly switches: Switches;
  private readonly options: SandboxOptions;
  private readonly tokens: ReadonlyMap<string, string>;
  private readonly window: { readonly beforeMs: Ms; readonly afterMs: Ms };
  private readonly timers = new Timers();
  private readonly pusherFeed: Feed<PusherServer>;
  private readonly phoenixFeed: Feed<PhoenixServer>;
  private readonly monolith: Monolith;
  private readonly notifications: Notifications;
  private readonly afflictions: Afflictions;
  private readonly shelves: Shelves;
  private readonly ailments = new Ailments();
  private readonly handOver: HandOver;
  private readonly lists: Partial<Record<Side, ListServer>> = {};
  private api: SandboxApi | undefined;
  private readonly ending = new AbortController();
  private nextIndex = 0;

  /** Use `startSandbox`. */
  constructor(options: SandboxOptions) {
    const { accounts, seed, workers = 16, delayMs = { kind: 'exponential', meanMs: 10 } } = options;
    checkOptions(accounts, workers);
    this.options = options;
    this.accounts = [...accounts];
    this.window = options.window ?? { beforeMs: 0, afterMs: 2000 };
    this.tokens = tokensOf(options);
    const isOn = (name: SwitchName) => (): boolean => this.switches.isOn(name);
    this.pusherFeed = legacyFeed(
      this.tokens,
      (account) => this.subscribed('control', account),
      isOn('sign-any-channel'),
    );
    this.phoenixFeed = newFeed(this.tokens, (account) => this.subscribed('candidate', account), isOn('join-any-topic'));
    this.shelves = new Shelves(seed, accounts);
    this.handOver = new HandOver(this.shelves);
    this.flag = new Flag('new-feed', options.flagDelayMs, (delayMs, run) => this.timers.after(delayMs, run));
    this.switches = new Switches(options.switches);
    const { timers, truth, flag, switches } = this;
    this.afflictions = new Afflictions(timers, truth, (side) => this.feed(side).server);
    const during = (account: string): readonly string[] => this.afflictions.of(account);
    this.notifications = new Notifications({
      seed,
      truth,
      timers,
      flag,
      switches,
      windowMs: this.window.afterMs,
      phoenix: () => this.phoenixFeed.server,
      during,
      read: (id) => this.monolith.record(id),
      stored: (item) => this.shelves.add('candidate', item, timers.nowMs()),
      pushed: (item, connections) => this.handOver.pushed('candidate', item, connections),
    });
    this.monolith = new Monolith({
      truth,
      jobs: new JobQueue(timers, seed, workers, delayMs),
      nowMs: () => timers.nowMs(),
      pusher: () => this.pusherFeed.server,
      during,
      notify: (job) => this.notifications.handle(job),
      isSilent: (account) => switches.isOn('silence-control') && flag.isOn(account),
      stored: (item) => this.shelves.add('control', item, timers.nowMs()),
      pushed: (item, connections) => this.handOver.pushed('control', item, connections),
    });
  }

  /** The legacy feed: address, key and switches. */
  get pusher(): PusherServer {
    return this.pusherFeed.address;
  }

  /** The new feed: address and switches. */
  get phoenix(): PhoenixServer {
    return this.phoenixFeed.address;
  }

  /** Address of the HTTP API, if there is one. */
  get apiUrl(): string | undefined {
    return this.api?.url;
  }

  /** What the new service tells of itself. */
  get metrics(): Notifications['metrics'] {
    return this.notifications.metrics;
  }

  /** Called once, by `startSandbox`. */
  async start(): Promise<void> {
    const { pusherPort, phoenixPort, apiPort } = this.options;
    await this.pusherFeed.start(pusherPort);
    await this.phoenixFeed.start(phoenixPort);
    for (const side of SIDES) this.lists[side] = await startListServer(side, this.listWiring());
    if (apiPort !== undefined) this.api = await startApi(this, apiPort);
  }

  /** An event enters the monolith now. The type is drawn if not given. @throws CallError for an unknown account or type. */
  publish(account: string, type?: ItemType, { fault }: { readonly fault?: EventFaultName } = {}): Item {
    this.checkAccount(account);
    if (type !== undefined && !ITEM_TYPES.includes(type)) {
      throw new CallError(`There is no type ${JSON.stringify(type)}; choose one of ${ITEM_TYPES.join(', ')}.`);
    }
    if (fault !== undefined && faultNamed(fault).acts !== 'event') {
      throw new CallError(`The fault ${fault} is one of links, not of events; strike the account with it.`);
    }
    const index = this.nextIndex++;
    // A fault that could not be told from health would make the truth untrue: another type is drawn.
    const item = makeItem(this.options.seed, index, account, type ?? (fault && comparedType(this.options.seed, index)));
    if (fault !== undefined && controlEvent(item.type) === undefined) {
      throw new CallError(`The fault ${fault} cannot be put on ${item.type}, which only the candidate tells of.`);
    }
    this.monolith.publish(item, fault);
    return item;
  }

  /**
   * Afflicts the account's link on one side; resolves when it is over.
   * @throws CallError, at once, for an unknown account or a fault that this link cannot have.
   */
  strike(fault: LinkFaultName, account: string, options: StrikeOptions = {}): Promise<void> {
    this.checkAccount(account);
    return this.afflictions.strike(fault, account, options);
  }

  /**
   * Strikes the account's lists on one side, until it is healed or its time is over.
   * @throws CallError for an unknown account, or a list that is too short for the fault
   */
  strikeLists(name: ListFaultName, account: string, options: ListStrikeOptions = {}): void {
    this.checkAccount(account);
    const { side = 'candidate', forMs } = options;
    const list = this.shelves.list(side, account, ITEM_TYPES, Infinity);
    const random = new Random(this.options.seed, 'list', name, this.truth.faults.length);
    const ailment = this.ailments.begin(name, account, options, { list, pageSize: this.pageSize, random });
    const fault = LIST_FAULTS[name];
    const { listed } = ailment;
    this.truth.injected({
      fault: name,
      account,
      side,
      atMs: this.timers.nowMs(),
      expects: fault.acts === 'content' ? fault.expects(side) : fault.acts === 'time' ? 'missing' : 'no answer',
      detail: {},
      ...(listed === undefined ? {} : { type: listed.type, key: listed.key }),
      ...(forMs === undefined ? {} : { forMs }),
    });
    if (forMs !== undefined) this.timers.after(forMs, () => this.ailments.end(ailment));
  }

  /** All lists are well again. */
  healLists(): void {
    this.ailments.clear();
  }

  /** What the latest subscriber of the account could see on a side, from list and stream. */
  handedOver(side: Side, account: string): HandedOver {
    this.checkAccount(account);
    return this.handOver.of(side, account);
  }

  /** Where a side's lists are. */
  listUrl(side: Side): string {
    return this.listServer(side).url;
  }

  /** Requests that a side's lists have had. */
  listRequests(side: Side): number {
    return this.listServer(side).requests;
  }

  private listServer(side: Side): ListServer {
    const server = this.lists[side];
    if (server === undefined) throw new Error('The lists were never started.');
    return server;
  }

  private get pageSize(): number {
    return this.options.pageSize ?? 100;
  }

  private listWiring(): Parameters<typeof startListServer>[1] {
    const { shelves, ailments, tokens, pageSize, timers, handOver } = this;
    return {
      shelves,
      ailments,
      tokens,
      pageSize,
      nowMs: () => timers.nowMs(),
      wait: (ms) => timers.wait(ms),
      served: (...what) => handOver.served(...what),
    };
  }

  /** A client subscribes. With the bug of joining too late, it is told so before events reach it. */
  private subscribed(side: Side, account: string): void {
    this.handOver.subscribed(side, account);
    const lateMs = this.ailments.byMs('join-too-late', side, account);
    if (lateMs === 0) return;
    const channel = side === 'control' ? controlChannel(account) : candidateTopic(account);
    this.feed(side).server?.mute(channel, true);
    this.timers.after(lateMs, () => this.feed(side).server?.mute(channel, false));
  }

  /**
   * Publishes at a pace, events spread over the accounts, with the planned faults; resolves after the last event.
   * @throws CallError for a pace that is none, or a plan that does not fit into the run.
   */
  async run({ ratePerS, durationMs, faults = {}, signal: given }: RunOptions): Promise<void> {
    const signal = given === undefined ? this.ending.signal : AbortSignal.any([given, this.ending.signal]);
    const pace = { ratePerS, durationMs };
    if (!(ratePerS > 0) || !(durationMs > 0)) {
      throw new CallError(`A load of ${ratePerS} events/s for ${durationMs} ms is none; give positive numbers.`);
    }
    const faultless = Object.keys(faults).length === 0;
    if (!Number.isFinite(durationMs) && !faultless) {
      throw new CallError('Faults cannot be spread over a load without end; give it a duration.');
    }
    const first = this.nextIndex;
    const random = new Random(this.options.seed, 'run', first);
    // Faults are placed with all events known; without any, a load may be too long to be held.
    if (faultless) return drive(this.steps(pace, random), signal);
    const dues = Array.from({ length: eventsOf(pace) }, (_, nth) => this.due(first + nth, dueMs(nth, pace, random)));
    // Where a link ails already, that would hide whatever else went wrong.
    const healthy = dues.filter(({ account }) => this.afflictions.of(account).length === 0);
    const { events, strikes } = placeFaults(faults, healthy, this.window.afterMs, random);
    const steps: Step[] = [
      ...dues.map(({ index, account, atMs }) => {
        const fault = events.get(index);
        return { atMs, run: () => void this.publish(account, undefined, fault === undefined ? {} : { fault }) };
      }),
      ...strikes.map(({ fault, account, atMs, ...where }) => ({
        atMs,
        run: () => void this.strike(fault, account, where),
      })),
    ];
    await drive(
      steps.sort((a, b) => a.atMs - b.atMs),
      signal,
    );
  }

  /** Resolves once every job is done, every delivery made and every strike over. */
  async drained(): Promise<void> {
    do {
      await this.afflictions.over();
      await this.timers.idle();
    } while (!this.afflictions.none);
  }

  /** The legacy feed goes away: suddenly, or in an orderly way. */
  async stopPusher(how: 'orderly' | 'abrupt' = 'abrupt'): Promise<void> {
    await this.pusherFeed.stop(how);
  }

  /** It comes back on the same port. */
  async startPusher(): Promise<void> {
    await this.pusherFeed.start();
  }

  /** The new feed goes away: suddenly, or in an orderly way. */
  async stopPhoenix(how: 'orderly' | 'abrupt' = 'abrupt'): Promise<void> {
    await this.phoenixFeed.stop(how);
  }

  /** It comes back on the same port. */
  async startPhoenix(): Promise<void> {
    await this.phoenixFeed.start();
  }

  /** The text of a `parity.yaml` that watches exactly this sandbox. */
  config(): string {
    const { pusher, phoenix, window } = this;
    const accounts = [...this.tokens].map(([id, token]) => ({ id, token }));
    const lists = { control: this.listUrl('control'), candidate: this.listUrl('candidate') };
    const { pageShows = 50 } = this.options;
    const shown = {
      lists,
      pageSize: this.pageSize,
      pageShows,
      ...(this.api === undefined ? {} : { api: this.api.url, flagKey: this.flag.key }),
    };
    return parityConfig({ accounts, pusher, phoenix, window, gate: this.options.gate, ...shown });
  }

  /** Ends everything: jobs that wait are not done. */
  async stop(): Promise<void> {
    this.ending.abort();
    this.afflictions.stop();
    this.timers.stop();
    await Promise.all([
      this.api?.stop(),
      ...Object.values(this.lists).map((lists) => lists.stop()),
      this.pusherFeed.stop('orderly'),
      this.phoenixFeed.stop('orderly'),
    ]);
  }

  private feed(side: Side): Feed<PusherServer> | Feed<PhoenixServer> {
    return side === 'control' ? this.pusherFeed : this.phoenixFeed;
  }

  private due(index: number, atMs: Ms): Due {
    const { seed } = this.options;
    const account = new Random(seed, 'account', index).pick(this.accounts);
    return { index, account, atMs, compared: controlEvent(drawnType(seed, index)) !== undefined };
  }

  private *steps(pace: Pace, random: Random): Generator<Step> {
    for (let nth = 0; nth < eventsOf(pace); nth++) {
      const { account } = this.due(this.nextIndex, 0);
      yield { atMs: dueMs(nth, pace, random), run: () => void this.publish(account) };
    }
  }

  private checkAccount(account: string): void {
    if (this.tokens.has(account)) return;
    const known = this.accounts.join(', ');
    throw new CallError(`The sandbox has no account ${JSON.stringify(account)}; choose one of ${known}.`);
  }
}

/** The first type drawn at this place or after it that both sides tell of. */
function comparedType(seed: number, index: number): ItemType {
  for (let at = index; ; at++) {
    const type = drawnType(seed, at);
    if (controlEvent(type) !== undefined) return type;
  }
}

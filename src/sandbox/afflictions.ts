import { CallError } from '../model/errors.js';
import type { Ms, Side } from '../model/timeline.js';
import type { FeedServer } from './feed-server.js';
import type { LinkFault } from './faults/fault.js';
import type { LinkFaultName } from './faults/index.js';
import { isLinkFault, LINK_FAULTS } from './faults/index.js';
import { candidateTopic, controlChannel } from './names.js';
import type { Timers } from './timers.js';
import type { Truth } from './truth.js';

export interface StrikeOptions {
  /** The candidate's if not given. */
  readonly side?: Side;
  /** How long it lasts; a second if not given. */
  readonly forMs?: Ms;
}

/** What ails the accounts' links now. */
export class Afflictions {
  private readonly timers: Timers;
  private readonly truth: Truth;
  private readonly server: (side: Side) => FeedServer | undefined;
  private readonly names = new Map<string, readonly string[]>();
  private readonly strikes = new Set<Promise<void>>();
  private stopped = false;

  constructor(timers: Timers, truth: Truth, server: (side: Side) => FeedServer | undefined) {
    this.timers = timers;
    this.truth = truth;
    this.server = server;
  }

  /** Faults of the account's links that are at work, as `candidate mute`. */
  of(account: string): readonly string[] {
    return this.names.get(account) ?? [];
  }

  /** Whether nothing ails any link. */
  get none(): boolean {
    return this.strikes.size === 0;
  }

  /** Begins at once; resolves when it is over. @throws CallError, at once, when the fault is none of that link. */
  strike(name: LinkFaultName, account: string, { side = 'candidate', forMs = 1000 }: StrikeOptions): Promise<void> {
    if (!isLinkFault(name)) {
      const choice = Object.keys(LINK_FAULTS).join(', ');
      throw new CallError(`${JSON.stringify(name)} is no fault of links; choose one of ${choice}.`);
    }
    const fault: LinkFault = LINK_FAULTS[name];
    if (!fault.sides.includes(side)) {
      throw new CallError(`The fault ${name} cannot happen on ${side}; it can on ${fault.sides.join(' and ')}.`);
    }
    const atMs = this.timers.nowMs();
    const duration = fault.lasts ? { forMs } : {};
    this.truth.injected({ fault: name, account, side, atMs, expects: fault.expects(side), ...duration, detail: {} });
    const over = this.afflict(name, account, side, forMs);
    this.strikes.add(over);
    return over.finally(() => this.strikes.delete(over));
  }

  /** Resolves when all of them are over. */
  async over(): Promise<void> {
    await Promise.all(this.strikes);
  }

  /** Lets no strike go on. The timers are stopped by their owner. */
  stop(): void {
    this.stopped = true;
  }

  private async afflict(fault: LinkFaultName, account: string, side: Side, forMs: Ms): Promise<void> {
    const name = `${side} ${fault}`;
    this.names.set(account, [...this.of(account), name]);
    try {
      await LINK_FAULTS[fault].strike({
        side,
        channel: side === 'control' ? controlChannel(account) : candidateTopic(account),
        forMs,
        server: () => this.server(side),
        nowMs: () => this.timers.nowMs(),
        wait: (ms) => this.timers.wait(ms),
        over: () => this.stopped,
      });
    } finally {
      const left = [...this.of(account)];
      left.splice(left.indexOf(name), 1);
      this.names.set(account, left);
    }
  }
}

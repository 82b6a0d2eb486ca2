import type { Ms } from '../model/timeline.js';
import type { FeedServer } from './feed-server.js';
import { EVENT_FAULTS } from './faults/index.js';
import type { Flag } from './flags.js';
import type { Job } from './monolith.js';
import { ACTOR_FIELDS, CANDIDATE_EVENT, CANDIDATE_TYPES, candidateTopic } from './names.js';
import { Random } from './random.js';
import type { Item } from './scenario.js';
import type { Fields, Value } from './spelling.js';
import { Instant, isFields, spellAsElixir } from './spelling.js';
import type { Switches } from './switches.js';
import type { Timers } from './timers.js';
import type { Truth } from './truth.js';

export interface NotificationsWiring {
  readonly seed: number;
  readonly truth: Truth;
  readonly timers: Timers;
  readonly flag: Flag;
  readonly switches: Switches;
  /** How long a candidate may take, as the watcher is told. */
  readonly windowMs: Ms;
  /** The new feed as it is now, or undefined while it is stopped. */
  readonly phoenix: () => FeedServer | undefined;
  readonly during: (account: string) => readonly string[];
  /** The monolith's public API. */
  readonly read: (id: bigint) => Item | undefined;
  /** The item is in its own database, from where its list is read; whether it is pushed as well is another matter. */
  readonly stored?: (item: Item) => void;
  /** It was pushed to so many connections. */
  readonly pushed?: (item: Item, connections: number) => void;
}

/** An event that is held back until others of its account have overtaken it. */
interface Held {
  readonly item: Item;
  overtakersLeft: number;
  readonly release: () => void;
}

/** The new service: reads the record, enriches it and broadcasts it, if the account is connected and has the flag. */
export class Notifications {
  private readonly wiring: NotificationsWiring;
  private readonly held = new Set<Held>();
  /** What its `/metrics` tell: calls of a job, enrichments through the public API, and broadcasts. */
  readonly metrics = { jobs: 0, enrichments: 0, broadcasts: 0 };

  constructor(wiring: NotificationsWiring) {
    this.wiring = wiring;
  }

  /** A background job of the monolith calls. */
  handle({ account, id, fault }: Job): void {
    const { truth, flag, switches, phoenix, during, read } = this.wiring;
    this.metrics.jobs++;
    const item = read(id);
    if (item === undefined) return;
    this.wiring.stored?.(item);
    const connected = (phoenix()?.listeners(candidateTopic(account)) ?? 0) > 0;
    const isServed = connected && (flag.isOn(account) || switches.isOn('ignore-flag'));
    if (isServed || (!connected && switches.isOn('enrich-unconnected'))) this.metrics.enrichments++;
    if (!connected) truth.withheld(item, 'not connected', during(account));
    else if (!isServed) truth.withheld(item, 'flag off', during(account));
    else if (fault === undefined) this.broadcast(item);
    else this.deliverFaulty(item, fault);
  }

  private deliverFaulty(item: Item, name: keyof typeof EVENT_FAULTS): void {
    const { truth, timers, seed, windowMs } = this.wiring;
    const fault = EVENT_FAULTS[name];
    const patienceMs = windowMs / 2;
    const { key = item.key, ...detail } = fault.deliver(item, {
      random: new Random(seed, 'fault', item.index),
      lateMs: windowMs * 1.25 + 100,
      patienceMs,
      send: (sent) => this.broadcast(sent),
      later: (delayMs, run) => timers.after(delayMs, run),
      overtaken: (late, times, run) => this.hold(late, times, patienceMs, run),
    });
    const { account, type } = item;
    const atMs = timers.nowMs();
    const { expects } = fault;
    truth.injected({ fault: name, account, side: 'candidate', atMs, expects, type, key: String(key), detail });
  }

  private broadcast(item: Item): void {
    const { truth, phoenix, during } = this.wiring;
    this.metrics.broadcasts++;
    const reached = phoenix()?.publish(candidateTopic(item.account), CANDIDATE_EVENT, candidatePayload(item));
    truth.delivered(item, 'candidate', reached ?? 0, during(item.account));
    this.wiring.pushed?.(item, reached ?? 0);
    for (const held of this.held) {
      if (held.item.account !== item.account || held.item.index >= item.index || item.type === 'page_visited') continue;
      if (--held.overtakersLeft === 0) held.release();
    }
  }

  private hold(item: Item, overtakersLeft: number, patienceMs: Ms, run: () => void): void {
    const release = (): void => {
      if (this.held.delete(held)) run();
    };
    const held: Held = { item, overtakersLeft, release };
    this.held.add(held);
    this.wiring.timers.after(patienceMs, release);
  }
}

/** The new feed's payload: its own names, its own envelope, and what the old feed never told. */
export function candidatePayload({ type, index, record, company }: Item): string {
  const { type: _told, person, updated_at: updatedAt, ...rest } = record;
  const touchedAt = updatedAt instanceof Instant ? updatedAt.plus(2 + (index % 50)) : null;
  return spellAsElixir({
    type: CANDIDATE_TYPES[type],
    kind: 'feed_item',
    resource: { ...rest, actor: actor(person), updated_at: touchedAt },
    enriched: { company },
  });
}

function actor(person: Value | undefined): Fields {
  if (!isFields(person)) return {};
  return Object.fromEntries(Object.entries(ACTOR_FIELDS).map(([mine, theirs]) => [mine, person[theirs] ?? null]));
}

import type { Ms } from '../model/timeline.js';
import type { FeedServer } from './feed-server.js';
import type { EventFaultName } from './faults/index.js';
import type { JobQueue } from './jobs.js';
import { controlChannel, controlEvent } from './names.js';
import type { Item } from './scenario.js';
import { spellAsRails } from './spelling.js';
import type { Truth } from './truth.js';

/** What the notifications service is told: ids of records, never the records. */
export interface Job {
  readonly account: string;
  readonly id: bigint;
  readonly fault: EventFaultName | undefined;
}

export interface MonolithWiring {
  readonly truth: Truth;
  readonly jobs: JobQueue;
  readonly nowMs: () => Ms;
  /** The legacy feed as it is now, or undefined while it is stopped. */
  readonly pusher: () => FeedServer | undefined;
  /** Faults of the account's links now. */
  readonly during: (account: string) => readonly string[];
  readonly notify: (job: Job) => void;
  /** Whether the old feed tells the account nothing, by a fault of its own. */
  readonly isSilent?: (account: string) => boolean;
  /** The record is in the database, from where lists are read. */
  readonly stored?: (item: Item) => void;
  /** It was pushed to so many connections. */
  readonly pushed?: (item: Item, connections: number) => void;
}

/** The legacy system: holds the records, tells the old feed, and after that lets a background job tell the new service. */
export class Monolith {
  private readonly wiring: MonolithWiring;
  private readonly records = new Map<bigint, Item>();

  constructor(wiring: MonolithWiring) {
    this.wiring = wiring;
  }

  /** An event enters. The fault, if any, goes with its job. */
  publish(item: Item, fault?: EventFaultName): void {
    const { truth, jobs, nowMs, during, notify } = this.wiring;
    this.records.set(item.id, item);
    truth.enters(item, nowMs(), during(item.account), fault);
    this.wiring.stored?.(item);
    this.dispatch(item);
    jobs.enqueue(item.index, nowMs(), () => {
      notify({ account: item.account, id: item.id, fault });
      // Nobody else asks for it, and a long life has many.
      this.records.delete(item.id);
    });
  }

  /** The public API: a record by its id. */
  record(id: bigint): Item | undefined {
    return this.records.get(id);
  }

  private dispatch(item: Item): void {
    const event = controlEvent(item.type);
    const server = this.wiring.pusher();
    if (event === undefined || server === undefined || this.wiring.isSilent?.(item.account) === true) return;
    const reached = server.publish(controlChannel(item.account), event, controlPayload(item));
    this.wiring.truth.delivered(item, 'control', reached, []);
    this.wiring.pushed?.(item, reached);
  }
}

/** The old feed's payload: the record as it is. */
export function controlPayload({ record }: Item): string {
  return spellAsRails(record);
}

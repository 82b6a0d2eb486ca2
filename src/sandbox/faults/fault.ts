import type { Ms, Side } from '../../model/timeline.js';
import type { FeedServer } from '../feed-server.js';
import type { Random } from '../random.js';
import type { Item } from '../scenario.js';
import type { Detail, Finding } from '../truth.js';

export type Fault = EventFault | LinkFault;

/**
 * Something that goes wrong with one event: it decides what the notifications service delivers for it. The smallest one
 * does no harm: `deliver: (item, { send }) => { send(item); return {}; }`.
 */
export interface EventFault {
  readonly acts: 'event';
  readonly expects: Finding;
  /** Says what it did. A `key` in it names the event that is to be found, where it is not the item itself. */
  deliver(item: Item, hands: EventHands): Detail;
}

export interface EventHands {
  /** Seeded by the item. */
  readonly random: Random;
  /** A delay that certainly is past the window. */
  readonly lateMs: Ms;
  /** The longest delay that certainly is within the window. */
  readonly patienceMs: Ms;
  /** Enriches and broadcasts, as for a healthy item. */
  readonly send: (item: Item) => void;
  readonly later: (delayMs: Ms, run: () => void) => void;
  /** Runs once so many later items of the account have been broadcast, and at last when patience is over. */
  readonly overtaken: (item: Item, times: number, run: () => void) => void;
}

/**
 * Something that goes wrong with the link of one account on one side. The smallest one does no harm: `strike: () =>
 * Promise.resolve()`.
 */
export interface LinkFault {
  readonly acts: 'link';
  /** Whether it goes on for a while, or is over in a moment. */
  readonly lasts: boolean;
  /** Sides on which it can happen. */
  readonly sides: readonly Side[];
  /** As what an event is to be found that needed the link. */
  expects(side: Side): Finding;
  /** Does it, and undoes it after `forMs`. */
  strike(link: FaultyLink): Promise<void>;
}

export interface FaultyLink {
  readonly side: Side;
  readonly channel: string;
  readonly forMs: Ms;
  /** The side's server as it is now, or undefined while it is stopped. */
  readonly server: () => FeedServer | undefined;
  readonly nowMs: () => Ms;
  readonly wait: (ms: Ms) => Promise<void>;
  /** Whether the sandbox is going down, so that waiting has no use. */
  readonly over: () => boolean;
}

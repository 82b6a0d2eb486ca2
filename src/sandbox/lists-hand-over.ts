import type { Ms, Side } from '../model/timeline.js';
import { controlEvent } from './names.js';
import type { Item, ItemType } from './scenario.js';
import { ITEM_TYPES } from './scenario.js';
import type { Shelves } from './lists.js';

/** What a client that subscribed and then read the list could see. */
export interface HandedOver {
  /** Keys that neither the list nor the stream brought, though a later list shows them. */
  readonly lost: readonly string[];
  /** Keys that both brought. */
  readonly twice: readonly string[];
}

interface Life {
  /** By type: the moment of which the first list read since the subscription was, and that of the last one. */
  readonly first: Map<ItemType, Ms>;
  readonly last: Map<ItemType, Ms>;
  /** Keys that the stream brought since. */
  readonly pushed: Set<string>;
}

/** The sandbox's word on the hand-over of the latest subscriber: by account, from when it subscribed. */
export class HandOver {
  readonly #shelves: Shelves;
  readonly #lives: Record<Side, Map<string, Life>> = { control: new Map(), candidate: new Map() };

  constructor(shelves: Shelves) {
    this.#shelves = shelves;
  }

  /** A client subscribes: whatever was read before no longer counts. */
  subscribed(side: Side, account: string): void {
    this.#lives[side].set(account, { first: new Map(), last: new Map(), pushed: new Set() });
  }

  served(side: Side, account: string, types: readonly ItemType[], asOfMs: Ms): void {
    const life = this.#lives[side].get(account);
    if (life === undefined) return;
    for (const type of types) {
      if (!life.first.has(type)) life.first.set(type, asOfMs);
      life.last.set(type, asOfMs);
    }
  }

  pushed(side: Side, { account, key }: Item, connections: number): void {
    if (connections > 0) this.#lives[side].get(account)?.pushed.add(key);
  }

  of(side: Side, account: string): HandedOver {
    const life = this.#lives[side].get(account);
    if (life === undefined) return { lost: [], twice: [] };
    const lost: string[] = [];
    const twice: string[] = [];
    for (const { type, key, atMs } of this.#shelves.list(side, account, ITEM_TYPES, Infinity)) {
      if (controlEvent(type) === undefined) continue;
      const first = life.first.get(type) ?? -Infinity;
      if (atMs <= first) {
        if (life.pushed.has(key)) twice.push(key);
      } else if (atMs <= (life.last.get(type) ?? -Infinity) && !life.pushed.has(key)) lost.push(key);
    }
    return { lost: lost.sort(), twice: twice.sort() };
  }
}

import { performance } from 'node:perf_hooks';
import { Channel, kindOf } from './channel.js';
import type { Member } from './channel.js';
import type { Connection } from './connection.js';
import type { AppKeys } from './signatures.js';

/** A cache channel forgets its last event after 30 minutes (documented). */
const cacheMs = 30 * 60 * 1000;

/** One Pusher app: who is connected, who listens where, and what is withheld from whom. */
export class PusherApp {
  readonly keys: AppKeys;
  /** Whether clients may send events to each other. */
  readonly clientEvents: boolean;
  readonly connections = new Set<Connection>();
  /** Occupied channels by name. */
  readonly channels = new Map<string, Channel>();
  /** Channels whose events are withheld. */
  readonly muted = new Set<string>();
  /** Channels to which nobody new is let in. */
  readonly refused = new Set<string>();
  private readonly lastEvents = new Map<string, { readonly text: string; readonly atMs: number }>();

  constructor(keys: AppKeys, clientEvents: boolean) {
    this.keys = keys;
    this.clientEvents = clientEvents;
  }

  listeners(channel: string): Connection[] {
    return this.channels.get(channel)?.connections ?? [];
  }

  subscribe(connection: Connection, name: string, member: Member | undefined): void {
    let channel = this.channels.get(name);
    if (channel === undefined) this.channels.set(name, (channel = new Channel(name)));
    channel.join(connection, member);
    if (kindOf(name).cache && !this.muted.has(name)) connection.sendText(this.lastEvent(name));
  }

  unsubscribe(connection: Connection, name: string): void {
    const channel = this.channels.get(name);
    if (channel === undefined) return;
    channel.leave(connection);
    if (channel.subscriptionCount === 0) this.channels.delete(name);
  }

  /** Forgets a connection that is gone or going. */
  remove(connection: Connection): void {
    if (!this.connections.delete(connection)) return;
    for (const name of this.channels.keys()) this.unsubscribe(connection, name);
  }

  /** Sends an event, its data being text that is passed on untouched, to all but one; returns how many got it. */
  publish(channel: string, event: string, data: string, exceptSocketId?: string): number {
    const text = JSON.stringify({ event, channel, data });
    if (kindOf(channel).cache) this.lastEvents.set(channel, { text, atMs: performance.now() });
    return this.deliver(channel, text, exceptSocketId);
  }

  /** Sends an event's frame to the channel's listeners but one, unless the channel is muted. */
  deliver(channel: string, text: string, exceptSocketId?: string): number {
    if (this.muted.has(channel)) return 0;
    const takers = this.listeners(channel).filter(({ socketId }) => socketId !== exceptSocketId);
    for (const connection of takers) connection.sendText(text);
    return takers.length;
  }

  private lastEvent(channel: string): string {
    const last = this.lastEvents.get(channel);
    if (last !== undefined && performance.now() - last.atMs < cacheMs) return last.text;
    return JSON.stringify({ event: 'pusher:cache_miss', channel });
  }
}

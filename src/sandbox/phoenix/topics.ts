import type { Connection } from './connection.js';
import { type Meta, Presence, presenceDiff } from './presence.js';
import type { Outgoing, Payload, Serializer, Wire } from './serializer.js';

/** One connection's membership of one topic, from the join's acknowledgement to its end. */
export class Channel {
  readonly connection: Connection;
  readonly topic: string;
  readonly joinRef: unknown;
  readonly #topics: Topics;

  constructor(connection: Connection, topic: string, joinRef: unknown, topics: Topics) {
    this.connection = connection;
    this.topic = topic;
    this.joinRef = joinRef;
    this.#topics = topics;
  }

  /** Sends an event to this connection alone, unless the topic is muted. */
  push(event: string, payload: Payload): void {
    if (this.#topics.muted.has(this.topic)) return;
    this.connection.send({ kind: 'push', joinRef: this.joinRef, topic: this.topic, event, payload });
  }

  /** Sends an event to everyone in the topic, this connection included. */
  broadcast(event: string, payload: Payload): void {
    this.#topics.broadcast(this.topic, event, payload);
  }

  /** Sends an event to everyone else in the topic. */
  broadcastFrom(event: string, payload: Payload): void {
    this.#topics.broadcast(this.topic, event, payload, this);
  }
}

/** Who has joined what, across all connections, and who is shown as present. */
export class Topics {
  /** Topics whose events reach nobody for now, as when the server's PubSub has lost them; replies still do. */
  readonly muted = new Set<string>();
  readonly #channels = new Map<string, Map<Channel, Meta | undefined>>();
  readonly #presences = new Map<string, Presence>();
  readonly #withPresence: boolean;

  constructor(withPresence: boolean) {
    this.#withPresence = withPresence;
  }

  /** The topic's channels now, in order of joining: a copy, so that ending one while going through them is safe. */
  channels(topic: string): Channel[] {
    return [...(this.#channels.get(topic)?.keys() ?? [])];
  }

  /** Adds a channel. With presence everyone, the newcomer too, is told of it first, and the newcomer then who is there. */
  enter(channel: Channel): void {
    const { topic, connection } = channel;
    const members = this.#channels.get(topic) ?? new Map<Channel, Meta | undefined>();
    this.#channels.set(topic, members);
    members.set(channel, undefined);
    if (!this.#withPresence) return;
    const presence = this.#presences.get(topic) ?? new Presence();
    this.#presences.set(topic, presence);
    const meta = presence.join(connection.user);
    members.set(channel, meta);
    this.broadcast(topic, 'presence_diff', presenceDiff('joins', connection.user, meta));
    channel.push('presence_state', presence.state());
  }

  /** Removes a channel. With presence those who remain are told. */
  exit(channel: Channel): void {
    const { topic, connection } = channel;
    const members = this.#channels.get(topic);
    const meta = members?.get(channel);
    members?.delete(channel);
    if (members?.size === 0) this.#channels.delete(topic);
    if (meta === undefined) return;
    this.#presences.get(topic)?.leave(connection.user, meta);
    if (members?.size === 0) this.#presences.delete(topic);
    this.broadcast(topic, 'presence_diff', presenceDiff('leaves', connection.user, meta));
  }

  /** Sends one event to all channels of a topic but one, encoded once a serializer. Returns how many it went to. */
  broadcast(topic: string, event: string, payload: Payload, except?: Channel): number {
    if (this.muted.has(topic)) return 0;
    const frame: Outgoing = { kind: 'broadcast', topic, event, payload };
    const wires = new Map<Serializer, Wire>();
    const receivers = this.channels(topic).filter((channel) => channel !== except);
    for (const { connection } of receivers) {
      const wire = wires.get(connection.serializer) ?? connection.serializer.encode(frame);
      wires.set(connection.serializer, wire);
      connection.deliver(wire);
    }
    return receivers.length;
  }
}

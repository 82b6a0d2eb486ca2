import type { Connection } from './connection.js';

/** A user of a presence channel, as `channel_data` names it. */
export interface Member {
  readonly userId: string;
  readonly userInfo: unknown;
}

/** Documented limits of a presence channel. */
export const presenceLimits = { members: 100, userIdCharacters: 128, userInfoBytes: 1024 };

/** The types of channel that a name's prefix tells. */
export interface ChannelKind {
  /** Needs a signature to subscribe, and takes client events. */
  readonly guarded: boolean;
  readonly presence: boolean;
  /** Keeps its last event for whoever subscribes next. */
  readonly cache: boolean;
}

export function kindOf(channel: string): ChannelKind {
  return {
    guarded: /^(private|presence)-/.test(channel),
    presence: channel.startsWith('presence-'),
    cache: /^(private-encrypted-|private-|presence-)?cache-/.test(channel),
  };
}

/** Pusher's characters and length of a name; `#` opens only the channel of a signed-in user. */
export function isChannelName(name: string): boolean {
  return name.length <= 200 && /^(#server-to-user-)?[A-Za-z0-9_\-=@,.;]+$/.test(name);
}

/** Who is subscribed to one channel, and, on a presence channel, as whom. */
export class Channel {
  readonly name: string;
  private readonly seats = new Map<Connection, Member | undefined>();
  /** Each user once, with the user_info of its first connection, in order of arrival. */
  private readonly users = new Map<string, Member>();

  constructor(name: string) {
    this.name = name;
  }

  get connections(): Connection[] {
    return [...this.seats.keys()];
  }

  get subscriptionCount(): number {
    return this.seats.size;
  }

  get userIds(): string[] {
    return [...this.users.keys()];
  }

  has(connection: Connection): boolean {
    return this.seats.has(connection);
  }

  memberOf(connection: Connection): Member | undefined {
    return this.seats.get(connection);
  }

  /** Seats a connection and acknowledges it; the others learn of a user who was not there yet. */
  join(connection: Connection, member: Member | undefined): void {
    if (!this.seats.has(connection)) {
      this.seats.set(connection, member);
      if (member !== undefined && !this.users.has(member.userId)) {
        this.users.set(member.userId, member);
        this.tellOthers(connection, 'pusher_internal:member_added', describe(member));
      }
    }
    const data = JSON.stringify(member === undefined ? {} : { presence: this.presence() });
    connection.send({ event: 'pusher_internal:subscription_succeeded', channel: this.name, data });
  }

  /** Unseats a connection; the others learn of a user whose last connection it was. */
  leave(connection: Connection): void {
    const member = this.seats.get(connection);
    this.seats.delete(connection);
    if (member === undefined || [...this.seats.values()].some((other) => other?.userId === member.userId)) return;
    this.users.delete(member.userId);
    this.tellOthers(connection, 'pusher_internal:member_removed', { user_id: member.userId });
  }

  private presence(): object {
    const hash = Object.fromEntries([...this.users].map(([id, member]) => [id, member.userInfo ?? null]));
    return { ids: this.userIds, hash, count: this.users.size };
  }

  private tellOthers(subject: Connection, event: string, data: object): void {
    const text = JSON.stringify({ event, channel: this.name, data: JSON.stringify(data) });
    for (const connection of this.seats.keys()) if (connection !== subject) connection.sendText(text);
  }
}

function describe(member: Member): object {
  return { user_id: member.userId, user_info: member.userInfo };
}

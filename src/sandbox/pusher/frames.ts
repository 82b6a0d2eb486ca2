import { isChannelName, kindOf, presenceLimits } from './channel.js';
import type { Member } from './channel.js';
import type { Connection } from './connection.js';
import type { PusherApp } from './app.js';
import { channelAuth, same, userAuth } from './signatures.js';
import { dataBytes, eventNameCharacters } from './limits.js';

/** A client's frame, its data still unknown. */
interface Frame {
  readonly event: string;
  readonly channel: unknown;
  readonly data: unknown;
}

/** Why a subscription is refused, as `pusher:subscription_error` carries it. */
interface Refusal {
  readonly type: string;
  readonly error: string;
  readonly status: number;
}

const unauthorized: Refusal = { type: 'AuthError', error: 'The connection is unauthorized.', status: 401 };

/** Answers one frame of a client. What is no frame of the protocol is ignored in silence, as captured. */
export function receive(app: PusherApp, connection: Connection, text: string): void {
  const frame = decode(text);
  if (frame === undefined) return;
  const data = isRecord(frame.data) ? frame.data : {};
  if (frame.event.startsWith('client-')) clientEvent(app, connection, frame);
  else if (frame.event === 'pusher:ping') connection.send({ event: 'pusher:pong', data: {} });
  else if (frame.event === 'pusher:subscribe') subscribe(app, connection, data);
  else if (frame.event === 'pusher:unsubscribe') unsubscribe(app, connection, data);
  else if (frame.event === 'pusher:signin') signIn(app, connection, data);
}

function subscribe(app: PusherApp, connection: Connection, data: Readonly<Record<string, unknown>>): void {
  const { channel } = data;
  if (typeof channel !== 'string') return connection.complain(null, 'pusher:subscribe needs data.channel, a string.');
  const member = kindOf(channel).presence ? memberOf(data['channel_data']) : undefined;
  const refusal = refusalOf(app, connection, channel, data, member);
  if (refusal === undefined) app.subscribe(connection, channel, member);
  else connection.send({ event: 'pusher:subscription_error', channel, data: refusal });
}

function refusalOf(
  app: PusherApp,
  connection: Connection,
  channel: string,
  data: Readonly<Record<string, unknown>>,
  member: Member | undefined,
): Refusal | undefined {
  if (!isChannelName(channel)) return { type: 'NameError', error: 'Invalid channel name.', status: 4009 };
  if (app.refused.has(channel)) return unauthorized;
  if (channel.startsWith('#')) {
    const own = connection.userId !== undefined && channel === `#server-to-user-${connection.userId}`;
    return own ? undefined : unauthorized;
  }
  const { guarded, presence } = kindOf(channel);
  if (!guarded) return undefined;
  // Signed along wherever it is given: the server SDKs also sign it for private channels.
  const channelData = typeof data['channel_data'] === 'string' ? data['channel_data'] : undefined;
  const expected = channelAuth(app.keys, connection.socketId, channel, channelData);
  if (typeof data['auth'] !== 'string' || !same(data['auth'], expected)) return unauthorized;
  return presence ? crowding(app, channel, member) : undefined;
}

/** Presence limits: 100 users, 1 KB of user_info, 128 characters of user_id. */
function crowding(app: PusherApp, channel: string, member: Member | undefined): Refusal | undefined {
  if (member === undefined) return { ...unauthorized, error: 'channel_data must be JSON text with a user_id.' };
  const userIds = app.channels.get(channel)?.userIds ?? [];
  const full = userIds.length >= presenceLimits.members && !userIds.includes(member.userId);
  const userInfoBytes = Buffer.byteLength(JSON.stringify(member.userInfo ?? null));
  const oversized =
    member.userId.length > presenceLimits.userIdCharacters || userInfoBytes > presenceLimits.userInfoBytes;
  if (!full && !oversized) return undefined;
  return { type: 'LimitReached', error: full ? 'The channel is full.' : 'channel_data is too large.', status: 4004 };
}

function unsubscribe(app: PusherApp, connection: Connection, { channel }: Readonly<Record<string, unknown>>): void {
  if (typeof channel === 'string') app.unsubscribe(connection, channel);
}

/**
 * Passes a client's event to the others of a private or presence channel; never back to its sender. Its data, an
 * object as a rule, is re-serialised: only what the HTTP API publishes is passed on byte for byte.
 */
function clientEvent(app: PusherApp, connection: Connection, { event, channel, data }: Frame): void {
  if (typeof channel !== 'string' || !kindOf(channel).guarded) return;
  const seats = app.channels.get(channel);
  if (seats?.has(connection) !== true) return;
  if (!app.clientEvents) return connection.complain(null, 'Client events are not enabled for this app.');
  if (!connection.mayTalk()) {
    return connection.complain(4301, 'Client event rejected due to rate limit: at most 10 a second.');
  }
  const tooLarge = Buffer.byteLength(JSON.stringify(data) ?? '') > dataBytes || event.length > eventNameCharacters;
  if (tooLarge) return connection.complain(4301, 'Client event rejected: its name or data is too long.');
  const userId = seats.memberOf(connection)?.userId;
  app.deliver(channel, JSON.stringify({ event, channel, data, user_id: userId }), connection.socketId);
}

function signIn(app: PusherApp, connection: Connection, data: Readonly<Record<string, unknown>>): void {
  const { auth, user_data: userData } = data;
  const user = typeof userData === 'string' ? parse(userData) : undefined;
  const id = isRecord(user) ? user['id'] : undefined;
  const signed = typeof auth === 'string' && same(auth, userAuth(app.keys, connection.socketId, String(userData)));
  if (!signed || typeof id !== 'string' || id === '') return connection.end(4009, 'Connection not authorized.');
  connection.userId = id;
  connection.send({ event: 'pusher:signin_success', data: { auth, user_data: userData } });
}

function memberOf(channelData: unknown): Member | undefined {
  const data = typeof channelData === 'string' ? parse(channelData) : undefined;
  if (!isRecord(data)) return undefined;
  const { user_id: id, user_info: userInfo } = data;
  if ((typeof id !== 'string' && typeof id !== 'number') || id === '') return undefined;
  return { userId: String(id), userInfo };
}

function decode(text: string): Frame | undefined {
  const value = parse(text);
  if (!isRecord(value) || typeof value['event'] !== 'string') return undefined;
  return { event: value['event'], channel: value['channel'], data: value['data'] };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

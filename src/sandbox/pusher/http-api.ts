import { isChannelName, kindOf } from './channel.js';
import type { PusherApp } from './app.js';
import { channelsPerEvent, dataBytes, eventNameCharacters, eventsPerBatch } from './limits.js';
import { distrust } from './signatures.js';
import type { SignedParts } from './signatures.js';

/** What the HTTP API answers: an object goes out as JSON, a string as plain text (Pusher's errors are that). */
export interface Answer {
  readonly status: number;
  readonly body: object | string;
}

type Handler = (app: PusherApp, name: string, request: SignedParts) => object;

/** A request that is answered with an error status. */
class Fault extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const routes: readonly (readonly [method: string, path: RegExp, handler: Handler])[] = [
  ['POST', /^\/events$/, trigger],
  ['POST', /^\/batch_events$/, triggerBatch],
  ['GET', /^\/channels$/, listChannels],
  ['GET', /^\/channels\/([^/]+)$/, showChannel],
  ['GET', /^\/channels\/([^/]+)\/users$/, listUsers],
  ['POST', /^\/users\/([^/]+)\/terminate_connections$/, terminateUser],
];

/**
 * Answers one request to `/apps/{id}/…`. Its signature, body_md5 and timestamp are checked first, so that a stranger
 * learns nothing but 401.
 */
export function answer(app: PusherApp, request: SignedParts, nowS: number): Answer {
  const mistrust = distrust(app.keys, request, nowS);
  if (mistrust !== undefined) return { status: 401, body: mistrust };
  const [, appId, rest] = /^\/apps\/([^/]+)(\/.*)$/.exec(request.path) ?? [];
  if (appId !== app.keys.appId || rest === undefined) return { status: 404, body: 'No such app' };
  try {
    for (const [method, path, handler] of routes) {
      const match = path.exec(rest);
      if (match === null || method !== request.method) continue;
      return { status: 200, body: handler(app, unescaped(match[1] ?? ''), request) };
    }
    return { status: 404, body: 'Not found' };
  } catch (error) {
    if (error instanceof Fault) return { status: error.status, body: error.message };
    throw error;
  }
}

function trigger(app: PusherApp, _name: string, { body }: SignedParts): object {
  const fields = record(json(body));
  const event = happening(fields);
  const channels = list(fields['channels'] ?? [fields['channel']], 'channels', channelsPerEvent).map(channelName);
  if (channels.length === 0) throw new Fault(400, 'channels must name at least one channel');
  for (const channel of channels) app.publish(channel, event.name, event.data, event.socketId);
  if (event.asked === undefined) return {};
  const { asked } = event;
  return { channels: Object.fromEntries(channels.map((channel) => [channel, counts(app, channel, asked)])) };
}

function triggerBatch(app: PusherApp, _name: string, { body }: SignedParts): object {
  const batch = list(record(json(body))['batch'], 'batch', eventsPerBatch).map((item) => {
    const fields = record(item);
    return { event: happening(fields), channel: channelName(fields['channel']) };
  });
  for (const { channel, event } of batch) app.publish(channel, event.name, event.data, event.socketId);
  if (batch.every(({ event }) => event.asked === undefined)) return {};
  return { batch: batch.map(({ channel, event }) => counts(app, channel, event.asked ?? new Set())) };
}

function listChannels(app: PusherApp, _name: string, { query }: SignedParts): object {
  const prefix = query.get('filter_by_prefix') ?? '';
  const asked = attributes(query.get('info') ?? '');
  if (asked.has('user_count') && !prefix.startsWith('presence-')) {
    throw new Fault(400, 'user_count is told of presence channels only: filter_by_prefix must begin with presence-');
  }
  const names = [...app.channels.keys()].filter((name) => name.startsWith(prefix));
  return { channels: Object.fromEntries(names.map((name) => [name, counts(app, name, asked)])) };
}

function showChannel(app: PusherApp, name: string, { query }: SignedParts): object {
  const asked = attributes(query.get('info') ?? '');
  if (asked.has('user_count') && !kindOf(name).presence) {
    throw new Fault(400, 'user_count is told of presence channels only');
  }
  return { occupied: app.channels.has(name), ...counts(app, name, asked) };
}

function listUsers(app: PusherApp, name: string): object {
  if (!kindOf(name).presence) throw new Fault(400, 'Users are told of presence channels only');
  return { users: (app.channels.get(name)?.userIds ?? []).map((id) => ({ id })) };
}

function terminateUser(app: PusherApp, userId: string): object {
  for (const connection of app.connections) {
    if (connection.userId === userId) connection.end(4009, 'You got disconnected by the app.');
  }
  return {};
}

function counts(app: PusherApp, name: string, asked: ReadonlySet<string>): object {
  const channel = app.channels.get(name);
  return {
    ...(asked.has('user_count') && kindOf(name).presence ? { user_count: channel?.userIds.length ?? 0 } : {}),
    ...(asked.has('subscription_count') ? { subscription_count: channel?.subscriptionCount ?? 0 } : {}),
  };
}

function attributes(info: string): ReadonlySet<string> {
  return new Set(info.split(','));
}

/** An event to publish, without its channels. */
interface Happening {
  readonly name: string;
  readonly data: string;
  /** The one connection that does not get it. */
  readonly socketId: string | undefined;
  /** The channel attributes asked for in return. */
  readonly asked: ReadonlySet<string> | undefined;
}

function happening(fields: Readonly<Record<string, unknown>>): Happening {
  const { name, data, socket_id: socketId, info } = fields;
  if (typeof name !== 'string' || name === '' || name.length > eventNameCharacters) {
    throw new Fault(400, `name must be a string of 1 to ${eventNameCharacters} characters`);
  }
  if (typeof data !== 'string') throw new Fault(400, 'data must be a string');
  if (Buffer.byteLength(data) > dataBytes) throw new Fault(413, `The data of an event has at most ${dataBytes} bytes`);
  if (socketId !== undefined && !(typeof socketId === 'string' && /^\d+\.\d+$/.test(socketId))) {
    throw new Fault(400, 'Invalid socket id');
  }
  return { name, data, socketId, asked: typeof info === 'string' ? attributes(info) : undefined };
}

function channelName(value: unknown): string {
  if (typeof value === 'string' && isChannelName(value)) return value;
  throw new Fault(400, 'Invalid channel name');
}

function list(value: unknown, name: string, atMost: number): readonly unknown[] {
  if (!Array.isArray(value)) throw new Fault(400, `${name} must be an array`);
  if (value.length > atMost) throw new Fault(400, `${name} has at most ${atMost} entries`);
  return value;
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Fault(400, 'Expected an object');
  return value as Record<string, unknown>;
}

function json(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    throw new Fault(400, 'The body is not JSON');
  }
}

function unescaped(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new Fault(400, 'The path is not URL-encoded text');
  }
}

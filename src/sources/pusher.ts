import pLimit from 'p-limit';
import type { ChannelAuthorizationHandler } from 'pusher-js';
import type { RawData } from 'ws';
import type { Account, PusherSettings } from '../model/settings.js';
import type { Ms } from '../model/timeline.js';
import { type Member, crowd } from './crowd.js';
import { rawAt, stringEnd } from '../model/raw-json.js';
import { Heads } from './heads.js';
import { Intake, fault } from './intake.js';
import { PACE, type Pace } from './pace.js';
import { AuthFailure, authorize } from './pusher-auth.js';
import { closeTap, openTap, Pusher, type PusherClient, PusherSocket, type Tap } from './pusher-socket.js';
import type { Source, SourceContext } from './source.js';
import { type Connection, type Shared, Subscription } from './subscription.js';
import { fillIn } from './template.js';
import { type End, textOf } from './wire.js';

/** Listens to Pusher Channels (protocol 7), hosted or compatible, with one official client per account. */
export function openPusher(settings: PusherSettings, context: SourceContext, pace: Pace = PACE): Source {
  const limit = pLimit(pace.authWidth);
  return crowd(context, pace, (account, shared) => new PusherMember(fillIn(settings, account), account, shared, limit));
}

/** What any message of the server may hold, before anything is known of it. */
interface Message {
  readonly event: string;
  readonly channel?: unknown;
  readonly data?: unknown;
}

/** What pusher-js hears of events, so that it knows the connection to be alive; ten times a heartbeat is often enough. */
const SIGN_OF_LIFE = '{"event":"pusher:pong","data":{}}';

class PusherMember implements Member, Connection, Tap {
  readonly #settings: PusherSettings;
  readonly #account: string;
  readonly #shared: Shared;
  readonly #limit: ReturnType<typeof pLimit>;
  readonly #subscription: Subscription;
  readonly #intake: Intake;
  readonly #heads = new Heads();
  readonly #path = openTap(this);
  #client: PusherClient | undefined;
  #socket: PusherSocket | undefined;
  #closing: Promise<void> = Promise.resolve();
  /** pusher-js may open sockets only while it is told to: all dialling is the subscription's. */
  #dialling = false;
  #aliveAt: Ms = 0;

  constructor(settings: PusherSettings, account: Account, shared: Shared, limit: ReturnType<typeof pLimit>) {
    this.#settings = settings;
    this.#account = account.id;
    this.#shared = shared;
    this.#limit = limit;
    this.#subscription = new Subscription(shared, account.id, settings.channels, this);
    this.#intake = new Intake(shared.context, account.id, shared.arena);
  }

  begin(spreadMs: number): void {
    this.#subscription.begin(spreadMs);
  }

  stop(): Promise<void> {
    this.#subscription.stop();
    closeTap(this.#path);
    return this.#closing;
  }

  dial(): void {
    this.#dialling = true;
    if (this.#client === undefined) this.#open();
    else {
      // An attempt of its own that was refused would make it deaf to `connect`.
      this.#client.disconnect();
      this.#client.connect();
    }
    this.#dialling = false;
  }

  hangUp(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#client?.disconnect();
    if (socket !== undefined) this.#closing = socket.hangUp();
  }

  createSocket(url: string): PusherSocket {
    if (!this.#dialling) throw new Error('pusher-js dials only when told to');
    this.#socket = new PusherSocket(url, this);
    return this.#socket;
  }

  abandoned(socket: PusherSocket): void {
    if (socket !== this.#socket) return;
    // It may be about to dial by itself, which `createSocket` refuses; the subscription dials instead.
    const wasConnected = this.#client?.connection.state === 'connected';
    this.#subscription.lose(wasConnected ? 'heartbeat unanswered' : 'no Pusher handshake');
  }

  ended(socket: PusherSocket, end: End): void {
    if (socket !== this.#socket) return;
    const place = `${this.#shared.context.side}.pusher`;
    if (end.status === 401 || end.status === 403) {
      this.#subscription.refuse(
        end.reason,
        `the server refuses account ${this.#account}: check key and host in ${place}`,
      );
    } else if (isFinalCode(end.code)) this.#refuseCode(end.code);
    else this.#subscription.lose(end.reason);
  }

  message(socket: PusherSocket, data: RawData, binary: boolean): void {
    const t = this.#shared.context.now();
    if (socket !== this.#socket) return;
    if (binary) return this.#intake.unreadable(t, '', 'binary payload');
    if (this.#isKnown(t, data as Buffer)) return;
    const text = textOf(data);
    try {
      this.#read(t, text);
    } catch (error) {
      this.#intake.unreadable(t, text, error instanceof SyntaxError ? 'no JSON' : 'no Pusher frame');
    }
  }

  /** Takes an event that begins and ends as one before it did, and whose data is a text between. */
  #isKnown(t: Ms, message: Buffer): boolean {
    const head = this.#heads.of(message);
    if (head === undefined) return false;
    const text = this.#shared.context.unescape?.(message, head.before.length);
    if (text === undefined || text.end !== message.length - head.after.length + 1) return false;
    this.#intake.bytes(t, head.channel, head.event, text.bytes, text.from, text.to);
    this.#giveSignOfLife(t);
    return true;
  }

  #giveSignOfLife(t: Ms): void {
    if (t - this.#aliveAt < this.#shared.pace.heartbeatMs / 10) return;
    this.#aliveAt = t;
    this.#hand(SIGN_OF_LIFE);
  }

  /** Decodes the envelope, once; the event's data stays text. */
  #read(t: Ms, text: string): void {
    const message = JSON.parse(text) as Partial<Message> | null;
    if (typeof message?.event !== 'string') return this.#intake.unreadable(t, text, fault(text, 'no event name'));
    const { event, channel, data } = message;
    if (event === 'pusher:error') return this.#error(data);
    if (event.startsWith('pusher:') || event.startsWith('pusher_internal:')) return this.#hand(text);
    // Data of the application's events is a string that holds JSON; that of client events is the JSON itself.
    const payload = typeof data === 'string' ? data : (rawAt(text, ['data']) ?? '');
    if (typeof channel === 'string' && typeof data === 'string') this.#learn(text, channel, event, data);
    this.#intake.event(t, typeof channel === 'string' ? channel : '', event, payload);
    this.#giveSignOfLife(t);
  }

  /** Remembers what stands around the data. That it is the data which stands there is seen by reading it with other data. */
  #learn(text: string, channel: string, event: string, said: string): void {
    const start = text.indexOf('"data":"') + 8;
    const end = start < 8 ? -1 : stringEnd(text, start - 1) - 1;
    if (end < 0 || this.#shared.context.unescape === undefined) return;
    const [before, after] = [text.slice(0, start), text.slice(end)];
    const word = said === 'other' ? 'another' : 'other';
    const other = JSON.parse(`${before}${word}${after}`) as Message;
    if (other.event !== event || other.channel !== channel || other.data !== word) return;
    this.#heads.learn({ channel, event, before: Buffer.from(before), after: Buffer.from(after) });
  }

  #hand(text: string): void {
    this.#socket?.onmessage?.({ data: text });
  }

  /** An error frame precedes the close it announces, except where a compatible server sends 4009 and stays. */
  #error(data: unknown): void {
    const detail: unknown = typeof data === 'string' ? JSON.parse(data) : data;
    const { code } = (detail ?? {}) as { code?: unknown };
    if (typeof code === 'number' && isFinalCode(code)) this.#refuseCode(code);
  }

  #refuseCode(code: number): void {
    this.#subscription.refuse(`close ${code}`, remedy(code, `${this.#shared.context.side}.pusher`));
  }

  /** Makes the client, which connects at once and lives as long as the process. */
  #open(): void {
    const { key, cluster, host, port, tls, channels } = this.#settings;
    this.#client = new Pusher(key, {
      cluster: cluster ?? '',
      ...(host === undefined ? {} : { wsHost: host }),
      ...(port === undefined ? {} : { wsPort: port, wssPort: port }),
      wsPath: this.#path,
      forceTLS: tls,
      // Any other transport would sooner or later try the vendor's public hosts, even with a host of one's own.
      enabledTransports: ['ws'],
      enableStats: false,
      activityTimeout: this.#shared.pace.heartbeatMs,
      pongTimeout: this.#shared.pace.heartbeatReplyMs,
      channelAuthorization: { customHandler: this.#authorize },
    });
    for (const channel of channels) this.#subscribe(this.#client, channel);
  }

  #subscribe(client: PusherClient, name: string): void {
    const place = `${this.#shared.context.side}.pusher.channels`;
    if (name.startsWith('private-encrypted-') || name.startsWith('#')) {
      const reason = `${name} cannot be subscribed to`;
      return this.#subscription.refuse(
        reason,
        `encrypted and user channels are not supported: take ${name} out of ${place}`,
      );
    }
    const channel = client.subscribe(name);
    channel.bind('pusher:subscription_succeeded', () => this.#subscription.acknowledge(name));
    channel.bind('pusher:subscription_error', (failure: { status?: unknown }) => {
      const { status } = failure;
      if (status === 401 || status === 403 || status === 4009) {
        const reason = `subscription of ${name} refused (${status})`;
        this.#subscription.refuse(reason, `check the channel's name and its authorisation in ${place} and .auth`);
      } else
        this.#subscription.lose(
          `subscription of ${name} failed (${typeof status === 'number' ? status : 'invalid answer'})`,
        );
    });
  }

  #authorize: ChannelAuthorizationHandler = ({ socketId, channelName: channel }, answer) => {
    const { auth } = this.#settings;
    const place = `${this.#shared.context.side}.pusher.auth`;
    if (auth === undefined) {
      return this.#subscription.refuse(
        `${channel} needs authorisation`,
        `add ${place} with the endpoint that signs it`,
      );
    }
    const socket = this.#socket;
    const ask = { ...auth, socketId, channel, timeoutMs: this.#shared.pace.authMs };
    // A signature holds for one socket only: whatever comes after a reconnect is dropped, the channel has asked again.
    const ifCurrent = (act: () => void): void => {
      if (socket === this.#socket) act();
    };
    this.#limit(() => (socket === this.#socket ? authorize(ask) : undefined)).then(
      (grant) => ifCurrent(() => grant && answer(null, grant)),
      (error: unknown) => ifCurrent(() => this.#unauthorized(channel, error, place)),
    );
  };

  #unauthorized(channel: string, error: unknown, place: string): void {
    const { message, status } = error instanceof AuthFailure ? error : { message: 'authorisation failed' };
    if (status === 401 || status === 403) {
      const advice = `${place}.endpoint refuses account ${this.#account}: check its headers and params`;
      this.#subscription.refuse(`${message} for ${channel}`, advice);
    } else this.#subscription.lose(message);
  }
}

/** Protocol 7: after 4000 to 4099 a client must not connect again unchanged. */
function isFinalCode(code: number): boolean {
  return code >= 4_000 && code < 4_100;
}

function remedy(code: number, place: string): string {
  if (code === 4_000) return `the app wants encrypted connections: set ${place}.tls to true`;
  if (code === 4_001) return `the server knows no such app: check ${place}.key, cluster and host`;
  if (code === 4_003) return `the app is disabled: enable it, or check ${place}.key`;
  if (code === 4_004) return `the app is over its connection quota: raise it, or watch fewer accounts`;
  if (code === 4_009) return `the connection is unauthorised: check ${place}.auth and the account's credentials`;
  return `the server refuses this client for good: check ${place}`;
}

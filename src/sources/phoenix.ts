import { type Channel, Socket } from 'phoenix';
import { type RawData, WebSocket } from 'ws';
import type { Account, PhoenixSettings } from '../model/settings.js';
import type { Ms } from '../model/timeline.js';
import { type Member, crowd } from './crowd.js';
import { type Head, Heads } from './heads.js';
import { Intake, fault } from './intake.js';
import { PACE, type Pace } from './pace.js';
import { isPhoenixTalk, type PhoenixFrame, slicePhoenix } from './phoenix-frame.js';
import type { Source, SourceContext } from './source.js';
import { type Connection, type Shared, Subscription } from './subscription.js';
import { fillIn } from './template.js';
import { type End, WIRE, closeSocket, whenEnded } from './wire.js';

/** Listens to Phoenix Channels (serializer V2) over WebSocket, with one official client per account. */
export function openPhoenix(settings: PhoenixSettings, context: SourceContext, pace: Pace = PACE): Source {
  return crowd(context, pace, (account, shared) => new PhoenixMember(fillIn(settings, account), account, shared));
}

/** The client, and what its declarations leave out. */
interface Client extends Socket {
  readonly defaultDecoder: (raw: string | ArrayBuffer, hand: Hand) => void;
}

/** Gives the client a message it is to act upon. */
type Hand = (message: unknown) => void;

/** A message as the client wants it decoded. */
interface Decoded {
  readonly topic: string;
  readonly event: string;
  readonly payload: unknown;
}

/** The longest a Node timer can wait: the client itself never reconnects, the subscription does. */
const NEVER_MS = 2 ** 31 - 1;
const REJOIN_MS = [1_000, 2_000, 5_000];

class PhoenixMember implements Member, Connection {
  readonly #settings: PhoenixSettings;
  readonly #account: string;
  readonly #shared: Shared;
  readonly #subscription: Subscription;
  readonly #intake: Intake;
  readonly #heads = new Heads();
  #client: Client | undefined;
  #socket: WebSocket | undefined;
  #closing: Promise<void> = Promise.resolve();
  readonly #channels = new Map<string, Channel>();
  readonly #rejoins = new Set<NodeJS.Timeout>();

  constructor(settings: PhoenixSettings, account: Account, shared: Shared) {
    this.#settings = settings;
    this.#account = account.id;
    this.#shared = shared;
    this.#subscription = new Subscription(shared, account.id, settings.topics, this);
    this.#intake = new Intake(shared.context, account.id, shared.arena);
  }

  begin(spreadMs: number): void {
    this.#subscription.begin(spreadMs);
  }

  stop(): Promise<void> {
    this.#subscription.stop();
    return this.#closing;
  }

  /** Every connection gets a client of its own, so that nothing of an earlier one (buffers, retries) lives on in it. */
  dial(): void {
    const client = this.#open();
    this.#client = client;
    // Not before: a join that waits for a socket leaves its timer behind when there is none.
    client.onOpen(() => {
      for (const topic of this.#settings.topics) this.#join(client, topic);
    });
    try {
      client.connect();
    } catch {
      // The text of this error holds the address, and so the credentials.
      const place = `${this.#shared.context.side}.phoenix.url`;
      return this.#subscription.refuse('the address is not valid', `check ${place}: it must be ws:// or wss://`);
    }
  }

  hangUp(): void {
    for (const rejoin of this.#rejoins) clearTimeout(rejoin);
    this.#rejoins.clear();
    const [client, socket] = [this.#client, this.#socket];
    this.#client = undefined;
    this.#socket = undefined;
    if (socket !== undefined) this.#closing = closeSocket(socket);
    client?.disconnect();
    // With the socket gone nothing is sent; it only clears the timers of joins that were under way.
    for (const channel of this.#channels.values()) channel.leave();
    this.#channels.clear();
  }

  #open(): Client {
    const decode = (raw: string | ArrayBuffer, hand: Hand): void => this.#message(client, raw, hand);
    const client = new Socket(this.#settings.url, {
      params: this.#settings.params,
      transport: this.#transport(),
      decode: decode as (raw: string, hand: Hand) => void,
      heartbeatIntervalMs: this.#shared.pace.heartbeatMs,
      reconnectAfterMs: () => NEVER_MS,
      rejoinAfterMs: (tries) => this.#jittered(REJOIN_MS[tries - 1] ?? 10_000),
    }) as Client;
    return client;
  }

  /** The class of which the client makes its socket, and through which the account sees how the socket fares. */
  #transport(): new (url: string) => WebSocket {
    const { authToken } = this.#settings;
    const adopt = (socket: WebSocket): void => this.#adopt(socket);
    const silent = (socket: WebSocket): void => this.#ended(socket, { reason: 'heartbeat unanswered', code: 1006 });
    const tap = (socket: WebSocket, data: RawData): boolean => this.#tap(socket, data as Buffer);
    return class extends WebSocket {
      constructor(url: string) {
        super(url, authToken === undefined ? [] : ['phoenix', bearer(authToken)], WIRE);
        adopt(this);
      }

      /** Events of the feed are taken as the bytes they are: the client sees the protocol's own talk alone. */
      override emit(event: string | symbol, ...args: readonly unknown[]): boolean {
        if (event === 'message' && args[1] === false && tap(this, args[0] as RawData)) return true;
        return super.emit(event, ...args);
      }

      override close(code?: number, reason?: string): void {
        if (reason === 'heartbeat timeout') silent(this);
        else super.close(code, reason);
      }
    };
  }

  #adopt(socket: WebSocket): void {
    this.#socket = socket;
    whenEnded(socket, (end) => this.#ended(socket, end));
  }

  #ended(socket: WebSocket, end: End): void {
    if (socket !== this.#socket) return;
    if (end.status !== 401 && end.status !== 403) return this.#subscription.lose(end.reason);
    const place = `${this.#shared.context.side}.phoenix`;
    const advice = `the server refuses account ${this.#account}: check its credentials in ${place}.params or ${place}.authToken`;
    this.#subscription.refuse(end.reason, advice);
  }

  #join(client: Client, topic: string): void {
    const channel = client.channel(topic, this.#settings.join);
    this.#channels.set(topic, channel);
    channel.onError(() => this.#ifCurrent(client, () => this.#subscription.loseChannel(topic, 'phx_error')));
    channel.onClose(() => this.#ifCurrent(client, () => this.#closed(client, topic)));
    channel
      .join()
      .receive('ok', () => this.#ifCurrent(client, () => this.#subscription.acknowledge(topic)))
      .receive('error', (answer) => this.#ifCurrent(client, () => this.#refused(topic, answer)))
      .receive('timeout', () => {
        this.#ifCurrent(client, () => this.#subscription.loseChannel(topic, `join of ${topic} unanswered`));
      });
  }

  /** The client never rejoins after `phx_close`, while the socket stays open: a silent end, if nobody looked. */
  #closed(client: Client, topic: string): void {
    this.#subscription.loseChannel(topic, 'phx_close');
    const rejoin = setTimeout(() => {
      this.#rejoins.delete(rejoin);
      this.#join(client, topic);
    }, this.#jittered(1_000));
    this.#rejoins.add(rejoin);
  }

  /** The client itself asks again; where that is no use it is stopped. */
  #refused(topic: string, answer: unknown): void {
    const reason = reasonOf(answer);
    const told = `join of ${topic} refused (${reason})`;
    if (isPassing(reason)) return this.#subscription.loseChannel(topic, told);
    const place = `${this.#shared.context.side}.phoenix`;
    this.#subscription.refuse(told, `check ${place}.topics, and what account ${this.#account} may join`);
  }

  /** The client errors and closes its channels also when it is put away itself. */
  #ifCurrent(client: Client, act: () => void): void {
    if (client === this.#client && this.#socket?.readyState === WebSocket.OPEN) act();
  }

  /** Takes a message before anything has parsed it. Never throws: ws delivers nothing more after a throw. */
  #message(client: Client, raw: string | ArrayBuffer, hand: Hand): void {
    const t = this.#shared.context.now();
    if (client !== this.#client) return;
    try {
      if (typeof raw === 'string') this.#read(t, raw, client, hand);
      else this.#readBinary(t, raw, client, hand);
    } catch (error) {
      const text = typeof raw === 'string' ? raw : '';
      this.#intake.unreadable(t, text, error instanceof SyntaxError ? 'no JSON' : 'no Phoenix frame');
    }
  }

  /** Takes an event whose head is known. False for everything else, which is for the client. */
  #tap(socket: WebSocket, message: Buffer): boolean {
    if (socket !== this.#socket) return false;
    const head = this.#heads.of(message);
    if (head === undefined) return false;
    const t = this.#shared.context.now();
    const { channel, event, before, after } = head;
    this.#intake.bytes(t, channel, event, message, before.length, message.length - after.length);
    return true;
  }

  #read(t: Ms, text: string, client: Client, hand: Hand): void {
    const frame = slicePhoenix(text);
    if (frame === undefined) return this.#intake.unreadable(t, text, fault(text, 'no Phoenix frame'));
    const { topic, event, payload } = frame;
    if (!isPhoenixTalk(topic, event)) {
      const head = headOf(text, frame);
      if (head !== undefined) this.#heads.learn(head);
      return this.#intake.event(t, topic, event, payload);
    }
    if (!event.startsWith('phx_')) return;
    if (text.trimStart().startsWith('{')) hand({ join_ref: null, ...(JSON.parse(text) as object) });
    else client.defaultDecoder(text, hand);
  }

  #readBinary(t: Ms, raw: ArrayBuffer, client: Client, hand: Hand): void {
    client.defaultDecoder(raw, (message) => {
      const { topic, event } = message as Decoded;
      if (event.startsWith('phx_')) hand(message);
      else this.#intake.unreadable(t, '', 'binary payload', topic, event);
    });
  }

  #jittered(ms: Ms): Ms {
    return ms * (0.5 + this.#shared.context.random());
  }
}

/** The head of an event of serializer V2, `[join_ref,ref,"topic","event",` before the payload and `]` behind it. */
function headOf(text: string, { topic, event, payload }: PhoenixFrame): Head | undefined {
  if (!text.startsWith('[') || !text.endsWith(`${payload}]`)) return undefined;
  const before = Buffer.from(text.slice(0, text.length - payload.length - 1));
  return { channel: topic, event, before, after: Buffer.from(']') };
}

/** The sub-protocol that carries a token (Phoenix 1.8): base64url, since a slash is no part of a sub-protocol's name. */
function bearer(token: string): string {
  return `base64url.bearer.phx.${Buffer.from(token).toString('base64url')}`;
}

function reasonOf(answer: unknown): string {
  const { reason } = (answer ?? {}) as { reason?: unknown };
  return typeof reason === 'string' ? reason.slice(0, 80) : 'no reason given';
}

/** Refusals that may pass by themselves; any other is an answer to what was asked. */
function isPassing(reason: string): boolean {
  return /crash|too many|time.?out|timed out|unavailable|overload|rate/i.test(reason);
}

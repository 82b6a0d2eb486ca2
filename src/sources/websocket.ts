import { type RawData, WebSocket } from 'ws';
import type { Path } from '../model/path.js';
import type { Account, PathValue, WebSocketSettings } from '../model/settings.js';
import type { Ms } from '../model/timeline.js';
import { type Member, crowd } from './crowd.js';
import { type Step, rawAt } from '../model/raw-json.js';
import { Intake } from './intake.js';
import { PACE, type Pace } from './pace.js';
import type { Source, SourceContext } from './source.js';
import { type Connection, type Shared, Subscription } from './subscription.js';
import { fillIn } from './template.js';
import { type End, WIRE, closeSocket, textOf, whenEnded } from './wire.js';

/** Listens to a plain WebSocket whose messages are JSON, one connection per account. */
export function openWebSocket(settings: WebSocketSettings, context: SourceContext, pace: Pace = PACE): Source {
  const paths = {
    event: stepsOf(settings.event),
    payload: stepsOf(settings.payload),
    ...(settings.channel === undefined ? {} : { channel: stepsOf(settings.channel) }),
  };
  return crowd(context, pace, (account, shared) => {
    const { url, headers, subscribe, acknowledged, pingEveryMs } = settings;
    const filled = { ...fillIn({ url, headers, subscribe, acknowledged }, account), pingEveryMs };
    return new WebSocketMember(filled, paths, account, shared);
  });
}

type MemberSettings = Pick<WebSocketSettings, 'url' | 'headers' | 'subscribe' | 'acknowledged' | 'pingEveryMs'>;

interface Paths {
  readonly event: readonly Step[];
  readonly payload: readonly Step[];
  readonly channel?: readonly Step[];
}

/** There is one subscription a connection, whatever the channels are called. */
const WHOLE = 'the subscription';

class WebSocketMember implements Member, Connection {
  readonly #settings: MemberSettings;
  readonly #paths: Paths;
  readonly #account: string;
  readonly #shared: Shared;
  readonly #subscription: Subscription;
  readonly #intake: Intake;
  #socket: WebSocket | undefined;
  #closing: Promise<void> = Promise.resolve();
  #heartbeat: NodeJS.Timeout | undefined;
  /** The URL's path, which names the channel where no message does. */
  #urlPath = '';
  #isAcknowledged = false;
  #isAlive = false;

  constructor(settings: MemberSettings, paths: Paths, account: Account, shared: Shared) {
    this.#settings = settings;
    this.#paths = paths;
    this.#account = account.id;
    this.#shared = shared;
    this.#subscription = new Subscription(shared, account.id, [WHOLE], this);
    this.#intake = new Intake(shared.context, account.id, shared.arena);
  }

  begin(spreadMs: number): void {
    this.#subscription.begin(spreadMs);
  }

  stop(): Promise<void> {
    this.#subscription.stop();
    return this.#closing;
  }

  dial(): void {
    const place = `${this.#shared.context.side}.websocket.url`;
    const { url, headers } = this.#settings;
    let socket: WebSocket;
    try {
      socket = new WebSocket(url, { ...WIRE, headers });
    } catch {
      // The text of this error holds the address, and so perhaps the credentials.
      return this.#subscription.refuse('the address is not valid', `check ${place}: it must be ws:// or wss://`);
    }
    this.#socket = socket;
    this.#urlPath = new URL(url).pathname;
    this.#isAcknowledged = false;
    socket.once('open', () => this.#opened(socket));
    socket.on('message', (data, binary) => this.#message(socket, data, binary));
    socket.on('pong', () => (this.#isAlive = true));
    whenEnded(socket, (end) => this.#ended(socket, end));
  }

  hangUp(): void {
    clearInterval(this.#heartbeat);
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket !== undefined) this.#closing = closeSocket(socket);
  }

  #opened(socket: WebSocket): void {
    if (socket !== this.#socket) return;
    const { subscribe, acknowledged, pingEveryMs } = this.#settings;
    if (subscribe !== undefined) socket.send(JSON.stringify(subscribe));
    if (acknowledged === undefined) this.#acknowledge();
    this.#isAlive = true;
    this.#heartbeat = setInterval(() => this.#ping(socket), pingEveryMs);
  }

  #acknowledge(): void {
    this.#isAcknowledged = true;
    this.#subscription.acknowledge(WHOLE);
  }

  /** A link that lets nothing through any more is only noticed by asking for a sign of life. */
  #ping(socket: WebSocket): void {
    if (!this.#isAlive) return this.#subscription.lose('heartbeat unanswered');
    this.#isAlive = false;
    socket.ping();
  }

  #ended(socket: WebSocket, end: End): void {
    if (socket !== this.#socket) return;
    if (end.status !== 401 && end.status !== 403) return this.#subscription.lose(end.reason);
    const place = `${this.#shared.context.side}.websocket`;
    const advice = `the server refuses account ${this.#account}: check its credentials in ${place}.url and headers`;
    this.#subscription.refuse(end.reason, advice);
  }

  /** Never throws: ws delivers nothing more after a throw. */
  #message(socket: WebSocket, data: RawData, binary: boolean): void {
    const t = this.#shared.context.now();
    if (socket !== this.#socket) return;
    this.#isAlive = true;
    if (binary) return this.#intake.unreadable(t, '', 'binary payload');
    const text = textOf(data);
    try {
      this.#read(t, text, JSON.parse(text));
    } catch {
      this.#intake.unreadable(t, text, 'no JSON');
    }
  }

  #read(t: Ms, text: string, message: unknown): void {
    const { acknowledged } = this.#settings;
    if (!this.#isAcknowledged && acknowledged?.every((condition) => holds(condition, message))) this.#acknowledge();
    const event = nameAt(message, this.#paths.event);
    if (event === undefined) return;
    const { channel: path } = this.#paths;
    const channel = path === undefined ? this.#urlPath : (nameAt(message, path) ?? '');
    const payload = rawAt(text, this.#paths.payload);
    if (payload === undefined) this.#intake.unreadable(t, text, 'no payload', channel, event);
    else this.#intake.event(t, channel, event, payload);
  }
}

/** A path's names and indices; these places are single, so steps that name several are refused with the config. */
function stepsOf(path: Path): readonly Step[] {
  return path.segments.flatMap<Step>((segment) => {
    if (segment.kind === 'name') return segment.name;
    return segment.kind === 'index' ? segment.index : [];
  });
}

function valueAt(message: unknown, steps: readonly Step[]): unknown {
  let value = message;
  for (const step of steps) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<Step, unknown>)[step];
  }
  return value;
}

function nameAt(message: unknown, steps: readonly Step[]): string | undefined {
  const value = valueAt(message, steps);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function holds(condition: PathValue, message: unknown): boolean {
  return valueAt(message, stepsOf(condition.path)) === condition.value;
}

import type { RawData, WebSocket } from 'ws';
import type { Answer, Application, Joined } from './application.js';
import { type Habits, MALFORMED, MAX_CHANNELS } from './habits.js';
import { Mailbox } from './mailbox.js';
import type { Message, Outgoing, Serializer, Wire } from './serializer.js';
import { Channel, type Topics } from './topics.js';

/** What the connections of one server share. */
export interface Endpoint {
  readonly application: Application;
  readonly habits: Habits;
  readonly topics: Topics;
  readonly idleTimeoutMs: number;
  /** Whether joins of the topic are answered as unauthorized for now. */
  refuses(topic: string): boolean;
}

/** One client's socket and the channels it has joined. */
export class Connection {
  readonly user: string;
  readonly serializer: Serializer;
  readonly #socket: WebSocket;
  readonly #endpoint: Endpoint;
  readonly #channels = new Map<string, Channel>();
  readonly #mailbox = new Mailbox();
  readonly #idle: NodeJS.Timeout;
  #gone = false;

  constructor(socket: WebSocket, user: string, serializer: Serializer, endpoint: Endpoint) {
    this.user = user;
    this.serializer = serializer;
    this.#socket = socket;
    this.#endpoint = endpoint;
    // Nothing but frames from the client holds off the idle limit; its pings are such, our own events are not.
    this.#idle = setTimeout(() => this.close(endpoint.habits.closeCodes.idle), endpoint.idleTimeoutMs);
    const heard = (): void => void this.#idle.refresh();
    socket.on('ping', heard).on('pong', heard);
    socket.on('message', (data, binary) => {
      heard();
      this.#mailbox.post(() => this.#receive(data, binary));
    });
    socket.on('close', () => this.#depart());
    // A broken websocket frame: ws closes the socket itself, and the close is all there is to react to.
    socket.on('error', () => undefined);
  }

  send(frame: Outgoing): void {
    this.deliver(this.serializer.encode(frame));
  }

  deliver({ data, binary }: Wire): void {
    this.#mailbox.post(() => {
      if (!this.#gone) this.#socket.send(data, { binary });
    });
  }

  /** Closes the socket. Its channels are gone at once, without a word to the client, as in Phoenix. */
  close(code: number, reason?: string): void {
    this.#socket.close(code, reason);
    this.#depart();
  }

  /** Destroys the TCP socket: the client sees 1006. */
  cut(): void {
    this.#socket.terminate();
    this.#depart();
  }

  /** Ends one channel with `phx_close` (stopped normally) or `phx_error` (crashed); the socket stays. */
  end(channel: Channel, event: 'phx_close' | 'phx_error'): void {
    const { joinRef, topic } = channel;
    const payload = event === 'phx_error' ? this.#endpoint.habits.crash : '{}';
    this.send({ kind: 'push', joinRef, ref: joinRef, topic, event, payload });
    this.#forget(channel);
  }

  /** Sends text that is no frame. */
  sendRaw(text: string): void {
    this.deliver({ data: Buffer.from(text), binary: false });
  }

  #receive(data: RawData, binary: boolean): void | Promise<void> {
    if (this.#gone) return undefined;
    let message: Message;
    try {
      message = this.serializer.decode(data as Buffer, binary);
    } catch {
      return this.close(MALFORMED);
    }
    return this.#handle(message);
  }

  #handle(message: Message): void | Promise<void> {
    const { topic, event, joinRef } = message;
    if (topic === 'phoenix' && event === 'heartbeat') return this.#reply({ ...message, joinRef: null }, { ok: {} });
    if (event === 'phx_join' && typeof topic === 'string') return this.#join(message, topic);
    const channel = typeof topic === 'string' ? this.#channels.get(topic) : undefined;
    if (channel === undefined) {
      // The client may not know yet that its channel has ended: leaving what is not joined is fine.
      if (event === 'phx_leave') return this.#reply(message, { ok: {} });
      return this.#reply({ ...message, joinRef: null }, { error: 'unmatched topic' });
    }
    // A V1 client may join without a join_ref, and then nothing it sends is stale.
    const current = joinRef === channel.joinRef || channel.joinRef === null;
    const { habits } = this.#endpoint;
    if (event === 'phx_leave') {
      if (!current && !(habits.leavesWithoutRef && joinRef === null)) return undefined;
      this.#reply({ ...message, joinRef: channel.joinRef }, { ok: {} });
      return this.end(channel, 'phx_close');
    }
    if (current || joinRef === null || habits.hearsStale) this.#push(channel, message);
    return undefined;
  }

  /** The last join wins: the former channel is gone first, but its `phx_close` follows the new join's reply. */
  async #join(message: Message, topic: string): Promise<void> {
    const former = this.#channels.get(topic);
    if (former !== undefined) this.end(former, 'phx_close');
    if (this.#channels.size >= MAX_CHANNELS) return this.#replyNow(message, { error: 'too many channels joined' });
    const joined = this.#endpoint.refuses(topic) ? { error: 'unauthorized' } : await this.#ask(topic, message.payload);
    if (this.#gone) return undefined;
    if (joined === undefined) return this.#replyNow({ ...message, joinRef: null }, { error: 'unmatched topic' });
    this.#replyNow(message, joined);
    if ('error' in joined) return undefined;
    const channel = new Channel(this, topic, message.joinRef, this.#endpoint.topics);
    this.#channels.set(topic, channel);
    this.#endpoint.topics.enter(channel);
    this.#endpoint.application.onJoin(this.user, topic);
    return undefined;
  }

  async #ask(topic: string, payload: unknown): Promise<Joined> {
    try {
      return await this.#endpoint.application.join(this.user, topic, payload);
    } catch {
      return { error: 'join crashed' };
    }
  }

  #push(channel: Channel, message: Message): void {
    let answer: Answer | undefined;
    try {
      answer = this.#endpoint.application.onPush(
        this.user,
        channel.topic,
        String(message.event),
        message.payload,
        channel,
      );
    } catch {
      return this.end(channel, 'phx_error');
    }
    if (answer !== undefined && ('ok' in answer || 'error' in answer)) {
      this.#reply({ ...message, joinRef: channel.joinRef }, answer);
    }
    if (answer?.stop === true) this.end(channel, 'phx_close');
    return undefined;
  }

  #reply(to: Message, answer: Exclude<Joined, undefined>): void {
    this.send(replyFrame(to, answer));
  }

  /** Ahead of what has been posted meanwhile: a join's reply comes before anything else that the join caused. */
  #replyNow(to: Message, answer: Exclude<Joined, undefined>): void {
    const { data, binary } = this.serializer.encode(replyFrame(to, answer));
    this.#socket.send(data, { binary });
  }

  #forget(channel: Channel): void {
    if (this.#channels.get(channel.topic) !== channel) return;
    this.#channels.delete(channel.topic);
    this.#endpoint.topics.exit(channel);
    this.#endpoint.application.onLeave(this.user, channel.topic);
  }

  #depart(): void {
    if (this.#gone) return;
    this.#gone = true;
    clearTimeout(this.#idle);
    for (const channel of this.#channels.values()) this.#forget(channel);
  }
}

function replyFrame({ joinRef, ref, topic }: Message, answer: Exclude<Joined, undefined>): Outgoing {
  const ok = 'ok' in answer;
  const value = ok ? answer.ok : typeof answer.error === 'string' ? { reason: answer.error } : answer.error;
  const response = value instanceof Uint8Array ? value : JSON.stringify(value);
  return { kind: 'reply', joinRef, ref, topic, status: ok ? 'ok' : 'error', response };
}

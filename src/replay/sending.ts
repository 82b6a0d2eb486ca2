import { once } from 'node:events';
import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads';
import type { ReplaySettings, Settings } from '../model/settings.js';
import type { ReplayEvent } from './events.js';
import type { Sieve } from './sieve.js';
import type { Counted } from './tally.js';

/** What the thread that sends is handed: plain values, of which it makes targets for itself. */
export interface Handed {
  readonly settings: Settings;
  readonly how: ReplaySettings;
  /** How many events have begun to be sent; in order, so that this tells which. */
  readonly begun: Int32Array;
  /** Where it tells of events that have ended, as arrays of their numbers; of one that was not accepted, as `~number`. */
  readonly ended: MessagePort;
}

/**
 * What it is told later: to begin, the events that it asked for, that nothing more is to be sent, and that what is under
 * way is not to be waited for either.
 */
export type Told = 'go' | 'cut' | 'leave' | readonly ReplayEvent[];

/** What it says. */
export type Word =
  /** It wants events; as many as come in one message. */
  | { readonly kind: 'more' }
  /** All that was sent has been answered. */
  | { readonly kind: 'over'; readonly counts: Counted };

/** In `dist/replay`, seen from there and from `dist/bundle`: what there is to load are libraries, which no bundle holds. */
const CODE = new URL('../replay/sending-thread.js', import.meta.url);

/** Events that are read for the thread at a time: what is handed over keeps it busy, and due ones waiting. */
const CHUNK = 16;

/**
 * Sends are many and short-lived. With little room for them they are collected often, but what is alive then is little, so that
 * none of the collections makes the next event late: with ten times the room, one event in a hundred waited for one.
 */
const LIMITS = { maxYoungGenerationSizeMb: 6 };

/**
 * A replay whose events are sent by a thread of its own, so that nothing this one does meanwhile makes them late: it
 * watches both feeds, and reads ahead. Nothing is sent before `run`.
 */
export class Sending {
  readonly #worker: Worker;
  readonly #begun = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  readonly #ended: MessagePort;
  /** Rejects when the thread cannot go on. */
  readonly #failure: Promise<never>;
  /** Events handed over, by number, until they have ended. */
  readonly #events = new Map<number, ReplayEvent>();
  #handed = 0;
  #known = 0;

  /** `code` is the thread's. */
  constructor(
    settings: Settings,
    how: ReplaySettings,
    private readonly sieve: Pick<Sieve, 'begin' | 'end'>,
    code = CODE,
  ) {
    const { port1, port2 } = new MessageChannel();
    this.#ended = port1;
    const handed: Handed = { settings, how, begun: this.#begun, ended: port2 };
    this.#worker = new Worker(code, { workerData: handed, transferList: [port2], resourceLimits: LIMITS });
    this.#failure = new Promise((_, reject) => {
      this.#worker.on('error', reject);
      this.#worker.on('exit', (status) => reject(new Error(`the thread that sends has ended, with status ${status}`)));
    });
    // Told to whoever waits for it; when nobody does, the thread was closed.
    this.#failure.catch(() => {});
  }

  /**
   * Sends the events, each when it is due; resolves when all have been answered. Aborting ends it early: nothing more is
   * sent, and what is under way is waited for. Rejects, after that, when the events cannot be read on.
   */
  async run(events: AsyncGenerator<ReplayEvent>, signal: AbortSignal): Promise<Counted> {
    const reader = new Reader(events);
    const cut = (): void => this.#tell('cut');
    signal.addEventListener('abort', cut);
    if (signal.aborted) cut();
    try {
      this.#tell('go');
      for (;;) {
        const word = await this.#word();
        if (word.kind === 'over') return this.#whole(word.counts, reader);
        await this.#hand(reader, signal);
      }
    } finally {
      signal.removeEventListener('abort', cut);
      await events.return(undefined);
    }
  }

  /**
   * Tells the sieve of all sends so far. A send is known here before it goes out: whoever calls this when frames have
   * arrived knows of the sends that they came from.
   */
  catchUp(): void {
    const ended: number[] = [];
    for (let next = receiveMessageOnPort(this.#ended); next !== undefined; next = receiveMessageOnPort(this.#ended))
      ended.push(...(next.message as number[]));
    // Read after those that have ended: all of them have begun.
    for (const begun = Atomics.load(this.#begun, 0); this.#known < begun; this.#known++)
      this.sieve.begin(this.#events.get(this.#known) as ReplayEvent);
    for (const told of ended) {
      const number = told < 0 ? ~told : told;
      this.sieve.end(this.#events.get(number) as ReplayEvent, told >= 0);
      this.#events.delete(number);
    }
  }

  /** Sends nothing more, and waits for no answer: what is under way has failed. */
  leave(): void {
    this.#tell('leave');
  }

  async close(): Promise<void> {
    this.#ended.close();
    await this.#worker.terminate();
  }

  /** What is left in the generator when it has been cut short is not read. */
  async #hand(reader: Reader, signal: AbortSignal): Promise<void> {
    const events = signal.aborted ? [] : await reader.read();
    if (reader.failure !== undefined) this.#tell('cut');
    for (const event of events) this.#events.set(this.#handed++, event);
    this.#tell(events);
  }

  #whole(counts: Counted, { failure }: Reader): Counted {
    this.catchUp();
    if (failure !== undefined) throw failure.error;
    return { ...counts, intended: this.#handed, notReached: this.#handed - counts.due };
  }

  #tell(told: Told): void {
    this.#worker.postMessage(told);
  }

  /** It says one thing at a time, and is answered each. */
  async #word(): Promise<Word> {
    const [word] = (await Promise.race([once(this.#worker, 'message'), this.#failure])) as [Word];
    return word;
  }
}

/** Takes some events at a time; none when there are no more, or they cannot be read on. */
class Reader {
  failure: { readonly error: unknown } | undefined;

  constructor(private readonly events: AsyncGenerator<ReplayEvent>) {}

  async read(): Promise<ReplayEvent[]> {
    const some: ReplayEvent[] = [];
    try {
      while (some.length < CHUNK) {
        const { done, value } = await this.events.next();
        if (done === true) break;
        some.push(value);
      }
    } catch (error) {
      this.failure = { error };
    }
    return some;
  }
}

import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { drive } from './drive.js';
import type { ReplayEvent } from './events.js';
import { openSleepingAlarm } from './alarm.js';
import type { Handed, Told, Word } from './sending.js';
import { openTargets } from './targets/index.js';
import { Tally } from './tally.js';
import { warmUp } from './warm-up.js';

/** The thread that sends the events of a replay: see `Sending`, which starts it and reads for it. */
const { settings, how, begun, ended } = workerData as Handed;
const main = parentPort as MessagePort;
const cut = new AbortController();
const warm = warmUp(settings, how, cut.signal);

/** For whoever waits for events. */
let receive: (events: readonly ReplayEvent[]) => void = () => {};

main.on('message', (told: Told) => {
  if (told === 'cut') cut.abort();
  else if (told === 'leave') void leave();
  else if (told === 'go') void send();
  else receive(told);
});

let targets: ReturnType<typeof openTargets> | undefined;

async function leave(): Promise<void> {
  cut.abort();
  await Promise.all([targets?.control.close(), targets?.candidate?.close()]);
}

/** What is thrown here is a fault of ours, and ends the thread with it. */
async function send(): Promise<void> {
  await warm;
  targets = openTargets(settings, how);
  const tally = new Tally();
  const ledger = new Ledger();
  await drive({
    events: events(),
    seam: how.seam,
    ...targets,
    inFlight: how.inFlight,
    sieve: ledger,
    tally,
    alarm: openSleepingAlarm,
    signal: cut.signal,
  });
  ledger.flush();
  say({ kind: 'over', counts: tally.counts() });
}

/** Asks for events, some at a time, as they are wanted; none is the end. */
async function* events(): AsyncGenerator<ReplayEvent> {
  for (;;) {
    const some = new Promise<readonly ReplayEvent[]>((resolve) => (receive = resolve));
    say({ kind: 'more' });
    const received = await some;
    if (received.length === 0) return;
    yield* received;
  }
}

/**
 * Tells the other thread which sends are under way. That one begins is written down before it is sent, where the other
 * can see it at once; those that have ended may be told some at a time.
 */
class Ledger {
  readonly #numbers = new Map<ReplayEvent, number>();
  #count = 0;
  #ended: number[] = [];
  #flushing: NodeJS.Timeout | undefined;

  begin(event: ReplayEvent): void {
    this.#numbers.set(event, this.#count++);
    Atomics.store(begun, 0, this.#count);
  }

  end(event: ReplayEvent, accepted: boolean): void {
    const number = this.#numbers.get(event) ?? 0;
    this.#numbers.delete(event);
    this.#ended.push(accepted ? number : ~number);
    this.#flushing ??= setTimeout(() => this.flush(), FLUSH_MS);
  }

  flush(): void {
    clearTimeout(this.#flushing);
    this.#flushing = undefined;
    ended.postMessage(this.#ended);
    this.#ended = [];
  }
}

const FLUSH_MS = 20;

function say(word: Word): void {
  main.postMessage(word);
}

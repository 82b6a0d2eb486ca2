import { parentPort, type MessagePort } from 'node:worker_threads';
import { PARCEL_ROWS, type Order, type Parcel, type Said } from './far-recording.js';
import { Kernel } from './kernel/kernel.js';
import { KnownError } from './model/errors.js';
import { rowSize } from './model/rows.js';
import type { TimelineEntry, TimelineHeader } from './model/timeline.js';
import type { Batch } from './recording/line-scanner.js';
import { FileOrigin } from './recording/origin.js';
import { openRecording } from './recording/reader.js';
import { Deck, Tape } from './scan/tape.js';

/** A parcel is sent off once it holds so many rows, since waking a thread costs; the scanner finds at most 4,096 at once. */
const ENOUGH = 4096;

const port = parentPort as MessagePort;
const kernel = new Kernel();

/** All that is read here, and the envelopes of all of it. */
class Readers {
  readonly deck: Deck;
  /** Envelopes that the other thread knows of. */
  #known = 0;
  readonly #all: Reader[] = [];

  constructor(settings: Order['settings']) {
    this.deck = new Deck(settings, kernel);
  }

  async open(files: readonly string[]): Promise<void> {
    const headers: TimelineHeader[] = [];
    for (const file of files) {
      const told: string[] = [];
      const tape = new Tape(this.deck, new FileOrigin(file));
      const tell = (sentence: string): number => told.push(sentence);
      const recording = await openRecording(file, tell, undefined, (bytes) => tape.allocate(bytes));
      headers.push(recording.header);
      this.#all.push(new Reader(rowSize(this.deck.rules), recording.read, recording.batches(tape), told));
    }
    say({ kind: 'opened', headers, memory: kernel.bytes.buffer as unknown as SharedArrayBuffer });
    // The first parcels go off unasked, with what the first block has: the other thread waits for them.
    for (const file of this.#all.keys()) await this.send(file, 1);
  }

  /** Sends the next parcel of a file. */
  async send(file: number, enough = ENOUGH): Promise<void> {
    const parcel = await (this.#all[file] as Reader).parcel(enough);
    const envelopes = this.deck.envelopes.slice(this.#known);
    this.#known = this.deck.envelopes.length;
    say({ kind: 'parcel', file, envelopes, ...parcel });
  }
}

/** A file that is read here. */
class Reader {
  /** Bytes of a row. */
  readonly #size: number;
  readonly #rows: number;
  readonly #read: () => number;
  readonly #batches: AsyncGenerator<Batch>;
  #told: string[];

  constructor(size: number, read: () => number, batches: AsyncGenerator<Batch>, told: string[]) {
    this.#size = size;
    this.#rows = kernel.reserve(PARCEL_ROWS * size);
    this.#read = read;
    this.#batches = batches;
    this.#told = told;
  }

  /** The next batches, of so many rows at least. */
  async parcel(enough: number): Promise<Omit<Parcel, 'envelopes'>> {
    const batches: Parcel['batches'][number][] = [];
    let count = 0;
    let isLast = false;
    while (count < enough && !isLast) {
      const next = await this.#batches.next();
      if (next.done === true) isLast = true;
      else {
        batches.push(this.#packed(next.value, count));
        count += batches.at(-1)?.rows ?? enough;
      }
    }
    const told = this.#told.splice(0);
    return { rows: this.#rows, batches, told, read: this.#read(), isLast };
  }

  #packed({ rows, entries }: Batch, behind: number): Parcel['batches'][number] {
    const odd: [number, TimelineEntry][] = [];
    entries.forEach((entry, index) => odd.push([index, entry]));
    if (rows === undefined) return { rows: undefined, shift: 0, entries: odd };
    kernel.bytes.copyWithin(this.#rows + behind * this.#size, rows.at, rows.end);
    return { rows: (rows.end - rows.at) / this.#size, shift: rows.rows.offsetOf(0), entries: odd };
  }
}

function say(said: Said): void {
  port.postMessage(said);
}

function fail(error: unknown): void {
  const { message } = error as Error;
  say(error instanceof KnownError ? { kind: 'failed', message, fault: error.fault } : { kind: 'failed', message });
}

port.once('message', ({ files, settings }: Order) => {
  const readers = new Readers(settings);
  const opened = readers.open(files);
  opened.catch(fail);
  port.on('message', (file: number) => void opened.then(() => readers.send(file)).catch(fail));
});

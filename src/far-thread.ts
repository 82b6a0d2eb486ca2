import { parentPort, type MessagePort } from 'node:worker_threads';
import { PARCEL_ROWS, PARCELS, type Order, type Parcel, type Said } from './far-recording.js';
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
    // The first parcels have what the first block has, since the other thread waits for them.
    for (const file of this.#all.keys()) await this.send(file, 1);
    for (let ahead = 1; ahead < PARCELS; ahead++) for (const file of this.#all.keys()) await this.send(file);
  }

  /** Sends the next parcel of a file, if there is one. */
  async send(file: number, enough = ENOUGH): Promise<void> {
    const parcel = await (this.#all[file] as Reader).parcel(enough);
    if (parcel === undefined) return;
    const envelopes = this.deck.envelopes.slice(this.#known);
    this.#known = this.deck.envelopes.length;
    say({ kind: 'parcel', file, envelopes, ...parcel });
  }
}

/** A file that is read here. */
class Reader {
  /** Bytes of a row. */
  readonly #size: number;
  /** Where the rows of a parcel lie: each of those on their way has a place of its own. */
  readonly #places: readonly number[];
  #parcels = 0;
  #isOver = false;
  readonly #read: () => number;
  readonly #batches: AsyncGenerator<Batch>;
  #told: string[];

  constructor(size: number, read: () => number, batches: AsyncGenerator<Batch>, told: string[]) {
    this.#size = size;
    this.#places = Array.from({ length: PARCELS }, () => kernel.reserve(PARCEL_ROWS * size));
    this.#read = read;
    this.#batches = batches;
    this.#told = told;
  }

  /** The next batches, of so many rows at least; undefined when all have gone. */
  async parcel(enough: number): Promise<Omit<Parcel, 'envelopes'> | undefined> {
    if (this.#isOver) return undefined;
    const rows = this.#places[this.#parcels++ % PARCELS] as number;
    const batches: Parcel['batches'][number][] = [];
    let count = 0;
    while (count < enough && !this.#isOver) {
      const next = await this.#batches.next();
      if (next.done === true) this.#isOver = true;
      else {
        batches.push(this.#packed(next.value, rows + count * this.#size));
        count += batches.at(-1)?.rows ?? enough;
      }
    }
    const told = this.#told.splice(0);
    return { rows, batches, told, read: this.#read(), isLast: this.#isOver };
  }

  #packed({ rows, entries }: Batch, to: number): Parcel['batches'][number] {
    const odd: [number, TimelineEntry][] = [];
    entries.forEach((entry, index) => odd.push([index, entry]));
    if (rows === undefined) return { rows: undefined, shift: 0, entries: odd };
    kernel.bytes.copyWithin(to, rows.at, rows.end);
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
  let work = readers.open(files);
  work.catch(fail);
  // One parcel after the other, however quickly they are taken.
  port.on('message', (file: number) => {
    work = work.then(() => readers.send(file));
    work.catch(fail);
  });
});

import { once } from 'node:events';
import { parentPort, type MessagePort } from 'node:worker_threads';
import { PARCEL_ROWS, type Order, type Parcel, type Said } from './far-recording.js';
import { Kernel } from './kernel/kernel.js';
import { KnownError } from './model/errors.js';
import { rowSize, type Envelope } from './model/rows.js';
import type { TimelineEntry } from './model/timeline.js';
import type { Batch } from './recording/line-scanner.js';
import { FileOrigin } from './recording/origin.js';
import { openRecording } from './recording/reader.js';
import { Deck, Tape } from './scan/tape.js';

/** A parcel is sent off once it holds so many rows, since waking a thread costs; the scanner finds at most 4,096 at once. */
const ENOUGH = 4096;

const port = parentPort as MessagePort;
const [{ files, settings }] = (await once(port, 'message')) as [Order];
const kernel = new Kernel();
const deck = new Deck(settings, kernel);
const size = rowSize(settings.rules.length);
/** Envelopes that the other thread knows of. */
let known = 0;

/** A file that is read here. */
class Reader {
  readonly #rows = kernel.reserve(PARCEL_ROWS * size);
  readonly #read: () => number;
  readonly #batches: AsyncGenerator<Batch>;
  #told: string[];

  constructor(read: () => number, batches: AsyncGenerator<Batch>, told: string[]) {
    this.#read = read;
    this.#batches = batches;
    this.#told = told;
  }

  /** The next batches, of so many rows at least. */
  async parcel(enough = ENOUGH): Promise<Parcel> {
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
    return { rows: this.#rows, batches, envelopes: news(), told, read: this.#read(), isLast };
  }

  #packed({ rows, entries }: Batch, behind: number): Parcel['batches'][number] {
    const odd: [number, TimelineEntry][] = [];
    entries.forEach((entry, index) => odd.push([index, entry]));
    if (rows === undefined) return { rows: undefined, shift: 0, entries: odd };
    kernel.bytes.copyWithin(this.#rows + behind * size, rows.at, rows.end);
    return { rows: (rows.end - rows.at) / size, shift: rows.rows.offsetOf(0), entries: odd };
  }
}

function news(): readonly Envelope[] {
  const envelopes = deck.envelopes.slice(known);
  known = deck.envelopes.length;
  return envelopes;
}

async function openAll(): Promise<Reader[]> {
  const opened = [];
  for (const file of files) {
    const told: string[] = [];
    const tape = new Tape(deck, new FileOrigin(file));
    const tell = (sentence: string): number => told.push(sentence);
    const recording = await openRecording(file, tell, undefined, (bytes) => tape.allocate(bytes));
    opened.push({ recording, reader: new Reader(recording.read, recording.batches(tape), told) });
  }
  const headers = opened.map(({ recording }) => recording.header);
  say({ kind: 'opened', headers, memory: kernel.bytes.buffer as unknown as SharedArrayBuffer });
  return opened.map(({ reader }) => reader);
}

function say(said: Said): void {
  port.postMessage(said);
}

function fail(error: unknown): void {
  const { message } = error as Error;
  say(error instanceof KnownError ? { kind: 'failed', message, fault: error.fault } : { kind: 'failed', message });
}

/** The first parcels go off unasked, with what the first block has: the other thread waits for them. */
async function begin(): Promise<Reader[]> {
  const all = await openAll();
  for (const [file, reader] of all.entries()) say({ kind: 'parcel', file, ...(await reader.parcel(1)) });
  return all;
}

const readers = begin();
readers.catch(fail);
port.on('message', (file: number) => {
  readers.then(async (all) => say({ kind: 'parcel', file, ...(await (all[file] as Reader).parcel()) })).catch(fail);
});

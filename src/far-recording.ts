import { Worker } from 'node:worker_threads';
import { expectMuchToJudge, expectRows } from './engine.js';
import type { Kernel } from './kernel/kernel.js';
import { KnownError } from './model/errors.js';
import { rowSize, type Envelope, type Rows } from './model/rows.js';
import type { Settings } from './model/settings.js';
import type { TimelineEntry, TimelineHeader } from './model/timeline.js';
import type { Batch } from './recording/line-scanner.js';
import type { FileOrigin } from './recording/origin.js';
import { placeOf } from './place.js';
import type { Tell } from './recording/reader.js';

/** Rows that a parcel holds at most. */
export const PARCEL_ROWS = 8192;

/** Parcels of a file that are on their way at most: while one is judged, another is there already. */
export const PARCELS = 2;

/** What the thread is to do; after that it is told which parcels were taken, by the number of the file. */
export interface Order {
  readonly files: readonly string[];
  readonly settings: Pick<Settings, 'events' | 'rename' | 'rules'>;
}

/** What the thread says. For each parcel that was taken, one more of that file is made. */
export type Said =
  | { readonly kind: 'opened'; readonly headers: readonly TimelineHeader[]; readonly memory: SharedArrayBuffer }
  | { readonly kind: 'failed'; readonly message: string; readonly fault?: KnownError['fault'] }
  | ({ readonly kind: 'parcel'; readonly file: number } & Parcel);

/** Batches of a file. Their rows lie one behind the other in the thread's memory. */
export interface Parcel {
  /** Where they begin there. */
  readonly rows: number;
  readonly batches: readonly {
    /** Undefined where each line is an entry. */
    readonly rows: number | undefined;
    /** What to add for a place's offset in the file. */
    readonly shift: number;
    readonly entries: readonly (readonly [index: number, entry: TimelineEntry])[];
  }[];
  /** Envelopes that were new. */
  readonly envelopes: readonly Envelope[];
  readonly told: readonly string[];
  readonly read: number;
  readonly isLast: boolean;
}

/** Recordings that a thread of their own reads. */
export interface Far {
  /** Throws what the thread threw: a CallError where nothing can be judged. */
  readonly tracks: Promise<FarTrack[]>;
  stop(): Promise<unknown>;
}

/** In MB. Next to nothing of what the thread makes lives on: room for more would only be filled before it is cleared. */
const YOUNG = 3;

/** Starts a thread that waits for what it is to read. It keeps no process alive. */
export function startThread(): Worker {
  expectMuchToJudge();
  const worker = new Worker(placeOf('dist/bundle/far-thread.cjs'), {
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG },
  });
  worker.unref();
  return worker;
}

/** Opens recordings (plain files) in a thread that reads and scans them, while this one judges. */
export function open(
  worker: Worker,
  files: readonly string[],
  settings: Settings,
  kernel: Kernel,
  origins: readonly FileOrigin[],
  tell: Tell,
): Far {
  const { events, rename, rules } = settings;
  worker.ref();
  worker.postMessage({ files, settings: { events, rename, rules } } satisfies Order);
  const size = rowSize(rules.length);
  const envelopes: Envelope[] = [];
  const tracks = new Promise<FarTrack[]>((resolve, reject) => {
    let made: FarTrack[] = [];
    const fail = (error: Error): void => {
      reject(error);
      for (const track of made) track.fail(error);
    };
    worker.on('error', fail);
    // Where it has said all it had to, nobody waits for it any more.
    worker.on('exit', () => fail(new Error('the thread that reads the recordings has ended')));
    worker.on('message', (said: Said) => {
      if (said.kind === 'failed') return fail(errorOf(said));
      if (said.kind === 'parcel') {
        envelopes.push(...said.envelopes);
        return made[said.file]?.take(said);
      }
      expectRows();
      const { headers, memory } = said;
      made = files.map((file, index) => {
        const rows = new FarRows(kernel, size, envelopes, origins[index] as FileOrigin);
        const taken = (): void => worker.postMessage(index);
        return new FarTrack(file, headers[index] as TimelineHeader, { rows, size, memory, taken, tell });
      });
      resolve(made);
    });
  });
  return { tracks, stop: () => worker.terminate() };
}

function errorOf({ message, fault }: Extract<Said, { kind: 'failed' }>): Error {
  return fault === undefined ? new Error(message) : new KnownError(fault, message);
}

/** A file's rows of a parcel, copied to where the pairing finds them. */
class FarRows implements Rows {
  readonly i32: Int32Array;
  readonly f64: Float64Array;
  /** Where the first row begins. */
  readonly first: number;
  /** Of the batch that is next. */
  shift = 0;
  readonly #bytes: Buffer;
  readonly #envelopes: readonly Envelope[];
  readonly #origin: FileOrigin;

  constructor(kernel: Kernel, size: number, envelopes: readonly Envelope[], origin: FileOrigin) {
    this.first = kernel.reserve(PARCEL_ROWS * size);
    this.i32 = kernel.i32;
    this.f64 = kernel.f64;
    this.#bytes = kernel.bytes;
    this.#envelopes = envelopes;
    this.#origin = origin;
  }

  take(bytes: Uint8Array): void {
    this.#bytes.set(bytes, this.first);
  }

  envelope(id: number): Envelope {
    return this.#envelopes[id] as Envelope;
  }

  offsetOf(place: number): number {
    return place + this.shift;
  }

  read(offset: number, length: number): string {
    return this.#origin.read(offset, length);
  }

  copy(offset: number, length: number, to: Buffer, at: number): void {
    this.#origin.copy(offset, length, to, at);
  }
}

interface Ways {
  readonly rows: FarRows;
  readonly size: number;
  readonly memory: SharedArrayBuffer;
  /** Tells that the rows of a parcel have been copied. */
  readonly taken: () => void;
  readonly tell: Tell;
}

/** A recording that is read in the other thread. */
class FarTrack {
  readonly file: string;
  readonly header: TimelineHeader;
  readonly #ways: Ways;
  #bytesRead = 0;
  readonly #parcels: Parcel[] = [];
  #failure: Error | undefined;
  #arrived: () => void = () => {};

  constructor(file: string, header: TimelineHeader, ways: Ways) {
    this.file = file;
    this.header = header;
    this.#ways = ways;
  }

  readonly read = (): number => this.#bytesRead;

  take(parcel: Parcel): void {
    this.#parcels.push(parcel);
    this.#arrived();
  }

  fail(error: Error): void {
    this.#failure ??= error;
    this.#arrived();
  }

  async *batches(): AsyncGenerator<Batch> {
    const { rows, size, memory, taken, tell } = this.#ways;
    for (;;) {
      const parcel = await this.#next();
      const count = parcel.batches.reduce((sum, batch) => sum + (batch.rows ?? 0), 0);
      rows.take(new Uint8Array(memory, parcel.rows, count * size));
      // What was copied may be overwritten.
      if (!parcel.isLast) taken();
      parcel.told.forEach(tell);
      this.#bytesRead = parcel.read;
      let at = rows.first;
      for (const batch of parcel.batches) {
        rows.shift = batch.shift;
        const entries: TimelineEntry[] = [];
        for (const [index, entry] of batch.entries) entries[index] = entry;
        if (batch.rows === undefined) yield { rows: undefined, entries };
        else {
          const end = at + batch.rows * size;
          yield { rows: { rows, at, end }, entries };
          at = end;
        }
      }
      if (parcel.isLast) return;
    }
  }

  async #next(): Promise<Parcel> {
    for (;;) {
      const parcel = this.#parcels.shift();
      if (parcel !== undefined) return parcel;
      if (this.#failure !== undefined) throw this.#failure;
      await new Promise<void>((resolve) => (this.#arrived = resolve));
    }
  }
}

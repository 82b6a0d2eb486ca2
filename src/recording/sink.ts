import { constants as fsConstants, type WriteStream } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { constants, createGzip, type Gzip } from 'node:zlib';
import { CallError } from '../model/errors.js';

/** Bytes that may wait for a slow disk; beyond it, growing on would take the run's memory. */
const WAITING_MOST = 64 * 1024 * 1024;

/** Bytes that are written at once, unless they are to be flushed: each write wakes another thread, as dear as a hundred lines. */
const AT_ONCE = 1024 * 1024;

/** Where the blocks of a recording go, in order and without waiting. */
export interface Sink {
  /** Takes a block over; nobody else may change it until `done` is called, if ever. */
  write(block: Buffer, done: () => void): void;
  /** Lets everything taken so far reach the file, also what a compressor would keep for later. */
  flush(): void;
  /** Resolves once all has reached the file, or nothing more will. Never rejects. */
  close(): Promise<void>;
  /** Bytes in the file so far. */
  readonly bytes: number;
}

/** Told why nothing more is written, and how many bytes of what was taken may not be in the file, where that is known. */
export type OnFault = (error: NodeJS.ErrnoException, lost: number | undefined) => void;

/**
 * Opens a file for a recording, gzip by extension (level 1: higher ones cost several times the rest of a recording).
 * Nobody but its owner may read it. `onFault` is called at most once; nothing is written after it.
 * @throws CallError where there is a file already, or none can be made
 */
export async function openSink(file: string, onFault: OnFault): Promise<Sink> {
  const handle = await create(file);
  return new FileSink(handle, file.endsWith('.gz'), onFault);
}

class FileSink implements Sink {
  readonly #target: WriteStream;
  readonly #zip: Gzip | undefined;
  /** Blocks that nobody has said are written. */
  readonly #waiting = new Waiting();
  /** Bytes that are held to be written at once. */
  #gathered = 0;
  #isOver = false;
  /** Calls off the wait for the file: after a fault, a pipe that nobody reads keeps a write, and with it the file, open for ever. */
  #end = (): void => {};
  readonly #closed: Promise<void>;

  constructor(
    handle: FileHandle,
    isZipped: boolean,
    private readonly onFault: OnFault,
  ) {
    this.#target = handle.createWriteStream({ highWaterMark: WAITING_MOST });
    this.#zip = isZipped ? createGzip({ level: 1 }) : undefined;
    this.#zip?.pipe(this.#target);
    this.#closed = new Promise((resolve) => this.#target.once('close', (this.#end = resolve)));
    this.#target.on('error', (error) => this.#fail(error));
    this.#zip?.on('error', (error) => this.#fail(error));
  }

  get bytes(): number {
    return this.#target.bytesWritten;
  }

  write(block: Buffer, done: () => void): void {
    if (this.#isOver) return;
    const length = this.#target.writableLength + (this.#zip?.writableLength ?? 0);
    if (length - this.#waiting.largest > WAITING_MOST) return this.#fail(new Error('too slow for what arrives'));
    if (this.#gathered === 0) this.#entrance.cork();
    this.#gathered += block.length;
    this.#waiting.add(block.length);
    const size = block.length;
    this.#entrance.write(block, (failure) => {
      this.#waiting.remove(size, !failure);
      done();
    });
    if (this.#gathered >= AT_ONCE) this.#release();
  }

  flush(): void {
    if (this.#isOver) return;
    this.#release();
    this.#zip?.flush(constants.Z_SYNC_FLUSH);
  }

  close(): Promise<void> {
    if (!this.#isOver) this.#entrance.end();
    return this.#closed;
  }

  get #entrance(): WriteStream | Gzip {
    return this.#zip ?? this.#target;
  }

  #release(): void {
    if (this.#gathered > 0) this.#entrance.uncork();
    this.#gathered = 0;
  }

  #fail(error: NodeJS.ErrnoException): void {
    this.#target.destroy();
    this.#zip?.destroy();
    // What a compressor has taken may be anywhere.
    if (!this.#isOver) this.onFault(error, this.#zip === undefined ? this.#waiting.bytes : undefined);
    this.#isOver = true;
    this.#end();
  }
}

/** What waits for a disk. */
class Waiting {
  bytes = 0;
  /** The largest block: one message may be larger than all that may wait, on the best of disks. */
  largest = 0;

  add(size: number): void {
    this.bytes += size;
    this.largest = Math.max(this.largest, size);
  }

  /** A block that waits no more. What was not written still counts among the bytes: it is lost. */
  remove(size: number, isWritten: boolean): void {
    if (isWritten) this.bytes -= size;
    if (size === this.largest) this.largest = 0;
  }
}

/** A new file, or a device or pipe that is there: nothing in those can be overwritten. */
async function create(file: string): Promise<FileHandle> {
  try {
    return await open(file, 'wx', 0o600);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST') throw impossible(file, code ?? 'unknown error');
  }
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    throw impossible(file, error.code ?? 'unknown error');
  });
  if (found.isDirectory()) throw new CallError(`${file}: is a directory; name the recording to write in it`);
  if (found.isFile()) {
    throw new CallError(
      `${file}: exists, and a recording never overwrites a file; name another one, or remove it first`,
    );
  }
  return open(file, fsConstants.O_WRONLY).catch((error: NodeJS.ErrnoException) => {
    throw impossible(file, error.code ?? 'unknown error');
  });
}

function impossible(file: string, code: string): CallError {
  const remedy = code === 'ENOENT' ? 'make its folder first' : 'name a place that can be written to';
  return new CallError(`${file}: the recording could not be created (${code}); ${remedy}`);
}

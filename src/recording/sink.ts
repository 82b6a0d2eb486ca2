import { constants as fsConstants } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { constants, createGzip } from 'node:zlib';
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
  const target = (await create(file)).createWriteStream({ highWaterMark: WAITING_MOST });
  const zip = file.endsWith('.gz') ? createGzip({ level: 1 }) : undefined;
  zip?.pipe(target);
  const entrance = zip ?? target;
  let isOver = false;
  let gathered = 0;
  const gather = (bytes: number): void => {
    if (gathered === 0) entrance.cork();
    gathered += bytes;
  };
  const release = (): void => {
    if (gathered > 0) entrance.uncork();
    gathered = 0;
  };
  /** Of the blocks that wait the largest: one message may be larger than all that may wait, on the best of disks. */
  let largest = 0;
  let end = (): void => {};
  /** Bytes of blocks that nobody has said are written. */
  let waiting = 0;
  // After a fault nobody waits for the file: a pipe that nobody reads keeps a write, and with it the file, open for ever.
  const closed = new Promise<void>((resolve) => target.once('close', (end = resolve)));
  const fault = (error: NodeJS.ErrnoException): void => {
    target.destroy();
    zip?.destroy();
    // What a compressor has taken may be anywhere.
    if (!isOver) onFault(error, zip === undefined ? waiting : undefined);
    isOver = true;
    end();
  };
  target.on('error', fault);
  zip?.on('error', fault);
  return {
    write: (block, done) => {
      if (isOver) return;
      if (target.writableLength + (zip?.writableLength ?? 0) - largest > WAITING_MOST)
        fault(new Error('too slow for what arrives'));
      else {
        gather(block.length);
        const size = block.length;
        largest = Math.max(largest, size);
        waiting += size;
        entrance.write(block, (failure) => {
          if (!failure) waiting -= size;
          if (size === largest) largest = 0;
          done();
        });
        if (gathered >= AT_ONCE) release();
      }
    },
    flush: () => {
      if (isOver) return;
      release();
      zip?.flush(constants.Z_SYNC_FLUSH);
    },
    close: () => {
      if (!isOver) entrance.end();
      return closed;
    },
    get bytes() {
      return target.bytesWritten;
    },
  };
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

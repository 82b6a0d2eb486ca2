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

/**
 * Opens a file for a recording, gzip by extension (level 1: higher ones cost several times the rest of a recording).
 * Nobody but its owner may read it. `onFault` is called at most once; nothing is written after it.
 * @throws CallError where there is a file already, or none can be made
 */
export async function openSink(file: string, onFault: (error: NodeJS.ErrnoException) => void): Promise<Sink> {
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
  const closed = new Promise<void>((resolve) => target.once('close', resolve));
  const fault = (error: NodeJS.ErrnoException): void => {
    target.destroy();
    zip?.destroy();
    if (!isOver) onFault(error);
    isOver = true;
  };
  target.on('error', fault);
  zip?.on('error', fault);
  return {
    write: (block, done) => {
      if (isOver) return;
      if (target.writableLength + (zip?.writableLength ?? 0) > WAITING_MOST)
        fault(new Error('too slow for what arrives'));
      else {
        gather(block.length);
        entrance.write(block, done);
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

import { createReadStream, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { constants, createGunzip } from 'node:zlib';

/** Lines beyond this are left out and told; nothing a feed sends comes near. */
export const LONGEST_LINE = 16 * 1024 * 1024;

/** Small enough that what was just read is still near when it is looked at. */
const BLOCK = 256 * 1024;
const LF = 10;

/** Whole lines of a file. The bytes are valid until the next block is asked for, unless they last. */
export interface Block {
  readonly bytes: Buffer;
  /** The lines lie in [start, end); every one of them ends in LF, unless this is the torn rest of the file. */
  readonly start: number;
  readonly end: number;
  /** Where byte 0 of these bytes lies in the file; undefined where the file is compressed. */
  readonly offset?: number;
  /** Bytes of the file read so far (before decompression), for a progress bar. */
  readonly read: number;
  /** The file did not end in LF: these bytes are its last line, which may be torn. */
  readonly torn?: true;
  /** Set where nothing else will be read into these bytes. */
  readonly lasting?: boolean;
  /** A line longer than LONGEST_LINE stood here, and was left out. */
  readonly tooLong?: true;
}

/**
 * Reads a file in blocks of whole lines. Lines end at LF alone: U+2028 is payload text. Gzip by extension; a truncated
 * gzip yields what could be recovered.
 */
export function readBlocks(
  file: string,
  allocate: Allocate = (size) => Buffer.allocUnsafe(size),
): AsyncGenerator<Block> {
  return file.endsWith('.gz') ? zippedBlocks(file) : plainBlocks(file, allocate);
}

/** Where the line that begins at a place ends: before its LF, or where the lines do. */
export function lineEnd(bytes: Buffer, start: number, end: number): number {
  const found = bytes.indexOf(LF, start);
  return found === -1 || found > end ? end : found;
}

/** Where blocks may lie. */
export type Allocate = (size: number) => Buffer;

/** Blocks after which others get their turn: regular files are read without waiting, which is twice as quick. */
const TURN = 64;

async function* plainBlocks(file: string, allocate: Allocate): AsyncGenerator<Block> {
  const handle = await open(file);
  let bytes = allocate(2 * BLOCK);
  let length = 0;
  let read = 0;
  let skipping = false;
  try {
    const isFile = (await handle.stat()).isFile();
    for (let count = 1; ; count++) {
      if (count % TURN === 0) await setImmediate();
      const bytesRead = isFile
        ? readSync(handle.fd, bytes, length, BLOCK, null)
        : (await handle.read(bytes, length, BLOCK)).bytesRead;
      if (bytesRead === 0) break;
      read += bytesRead;
      length += bytesRead;
      const start = skipping ? bytes.indexOf(LF) + 1 : 0;
      const end = bytes.lastIndexOf(LF, length - 1) + 1;
      // What is left of a line that is too long is thrown away as it comes.
      if (end === 0 && (skipping || length > LONGEST_LINE)) [skipping, length] = [true, 0];
      if (end > 0) {
        if (skipping) yield { bytes, start: 0, end: 0, read, tooLong: true };
        yield { bytes, start, end, read, offset: read - length };
        skipping = false;
      }
      const rest = length - end;
      const before = bytes;
      if (bytes.length < rest + BLOCK) bytes = Buffer.allocUnsafe(2 * (rest + BLOCK));
      before.copy(bytes, 0, end, length);
      length = rest;
    }
    if (skipping) yield { bytes, start: 0, end: 0, read, tooLong: true };
    else if (length > 0) yield { bytes, start: 0, end: length, read, torn: true };
  } finally {
    await handle.close();
  }
}

async function* zippedBlocks(file: string): AsyncGenerator<Block> {
  const source = createReadStream(file, { highWaterMark: BLOCK });
  const unzip = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH, chunkSize: BLOCK });
  source.on('error', (error) => unzip.destroy(error)).pipe(unzip);
  let rest: Buffer[] = [];
  let restLength = 0;
  let skipping = false;
  try {
    for await (const chunk of unzip as AsyncIterable<Buffer>) {
      const cut = chunk.lastIndexOf(LF) + 1;
      if (cut === 0) {
        restLength += chunk.length;
        skipping ||= restLength > LONGEST_LINE;
        rest = skipping ? [] : [...rest, chunk];
        continue;
      }
      const start = skipping ? chunk.indexOf(LF) + 1 : 0;
      if (skipping) yield { bytes: chunk, start: 0, end: 0, read: source.bytesRead, tooLong: true };
      skipping = false;
      const bytes = rest.length > 0 || start > 0 ? Buffer.concat([...rest, chunk.subarray(start, cut)]) : chunk;
      const end = rest.length > 0 || start > 0 ? bytes.length : cut;
      yield { bytes, start: 0, end, read: source.bytesRead, lasting: true };
      rest = cut === chunk.length ? [] : [chunk.subarray(cut)];
      restLength = chunk.length - cut;
    }
    if (skipping) yield { bytes: Buffer.alloc(0), start: 0, end: 0, read: source.bytesRead, tooLong: true };
    else if (restLength > 0) {
      const bytes = Buffer.concat(rest);
      yield { bytes, start: 0, end: bytes.length, read: source.bytesRead, torn: true };
    }
  } finally {
    source.destroy();
    unzip.destroy();
  }
}

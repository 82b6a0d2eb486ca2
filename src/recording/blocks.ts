import { createReadStream } from 'node:fs';
import { constants, createGunzip } from 'node:zlib';

/** Lines beyond this are left out and told; nothing a feed sends comes near. */
export const LONGEST_LINE = 16 * 1024 * 1024;

const BLOCK = 1024 * 1024;
const LF = 10;

/** Whole lines of a file, as bytes that nobody else writes to. */
export interface Block {
  readonly bytes: Buffer;
  /** The lines lie in [0, end); every one of them ends in LF, unless this is the torn rest of the file. */
  readonly end: number;
  /** Bytes of the file read so far (before decompression), for a progress bar. */
  readonly read: number;
  /** The file did not end in LF: these bytes are its last line, which may be torn. */
  readonly torn?: true;
  /** A line longer than LONGEST_LINE stood here, and was left out. */
  readonly tooLong?: true;
}

/**
 * Reads a file in blocks of whole lines. Lines end at LF alone: U+2028 is payload text. Gzip by extension; a truncated
 * gzip yields what could be recovered.
 */
export async function* readBlocks(file: string): AsyncGenerator<Block> {
  const source = createReadStream(file, { highWaterMark: BLOCK });
  const unzip = file.endsWith('.gz') ? createGunzip({ finishFlush: constants.Z_SYNC_FLUSH, chunkSize: BLOCK }) : undefined;
  if (unzip !== undefined) source.on('error', (error) => unzip.destroy(error)).pipe(unzip);
  let rest: Buffer[] = [];
  let restLength = 0;
  let skipping = false;
  try {
    for await (const chunk of (unzip ?? source) as AsyncIterable<Buffer>) {
      const cut = chunk.lastIndexOf(LF) + 1;
      if (cut === 0) {
        restLength += chunk.length;
        skipping ||= restLength > LONGEST_LINE;
        rest = skipping ? [] : [...rest, chunk];
        continue;
      }
      const start = skipping ? chunk.indexOf(LF) + 1 : 0;
      if (skipping) yield { bytes: chunk, end: 0, read: source.bytesRead, tooLong: true };
      skipping = false;
      const bytes = rest.length > 0 || start > 0 ? Buffer.concat([...rest, chunk.subarray(start, cut)]) : chunk;
      yield { bytes, end: rest.length > 0 || start > 0 ? bytes.length : cut, read: source.bytesRead };
      rest = cut === chunk.length ? [] : [chunk.subarray(cut)];
      restLength = chunk.length - cut;
    }
    if (skipping) yield { bytes: Buffer.alloc(0), end: 0, read: source.bytesRead, tooLong: true };
    else if (restLength > 0) {
      const bytes = Buffer.concat(rest);
      yield { bytes, end: bytes.length, read: source.bytesRead, torn: true };
    }
  } finally {
    source.destroy();
    unzip?.destroy();
  }
}

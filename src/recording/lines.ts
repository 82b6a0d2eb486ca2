import { createReadStream } from 'node:fs';
import { createGunzip, constants } from 'node:zlib';

/** Lines beyond this are told as unreadable; nothing a feed sends comes near. */
export const LONGEST_LINE = 16 * 1024 * 1024;

/** The lines of one block of a file, without their ends. */
export interface Lines {
  readonly lines: readonly string[];
  /** Bytes of the file read so far (before decompression), for a progress bar. */
  readonly bytes: number;
  /** Set on the last block when the file does not end in a newline: its last line may be torn. */
  readonly torn?: string;
  /** Lines of this block that were longer than LONGEST_LINE and are left out. */
  readonly tooLong?: number;
}

/**
 * Reads a file in blocks and splits at LF alone: U+2028 is payload text, not a line's end. Gzip by extension; a
 * truncated gzip yields what could be recovered.
 */
export async function* readLines(file: string): AsyncGenerator<Lines> {
  const source = createReadStream(file, { highWaterMark: 1024 * 1024 });
  const stream = file.endsWith('.gz') ? source.pipe(gunzip(source)) : source;
  let rest: Buffer[] = [];
  let restBytes = 0;
  let skipping = 0;
  try {
    for await (const block of stream as AsyncIterable<Buffer>) {
      const end = block.lastIndexOf(10);
      if (end === -1) {
        restBytes += block.length;
        if (restBytes > LONGEST_LINE) {
          skipping = 1;
          rest = [];
        } else rest.push(block);
        continue;
      }
      const whole = Buffer.concat([...rest, block.subarray(0, end)]).toString('utf8');
      const lines = whole.split('\n');
      if (skipping > 0) lines.shift();
      yield { lines, bytes: source.bytesRead, ...(skipping > 0 ? { tooLong: skipping } : {}) };
      skipping = 0;
      rest = [block.subarray(end + 1)];
      restBytes = rest[0]?.length ?? 0;
    }
    const torn = Buffer.concat(rest).toString('utf8');
    if (torn !== '' || skipping > 0) {
      yield { lines: [], bytes: source.bytesRead, ...(torn === '' ? {} : { torn }), ...(skipping > 0 ? { tooLong: skipping } : {}) };
    }
  } finally {
    source.destroy();
  }
}

function gunzip(source: NodeJS.ReadableStream): ReturnType<typeof createGunzip> {
  const unzip = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
  source.on('error', (error) => unzip.destroy(error));
  return unzip;
}

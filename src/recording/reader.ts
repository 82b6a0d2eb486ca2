import type { TimelineEntry, TimelineHeader } from '../model/timeline.js';
import type { Tell } from './account.js';
import { begin } from './beginning.js';
import type { Allocate, Block } from './blocks.js';
import type { Share } from './byte-frame.js';
import { EntryLines } from './entry-lines.js';
import type { Batch, LineScanner } from './line-scanner.js';

export type { Tell };

/** An open recording: its header, and its entries in blocks. The bytes of a block's frames are valid until the next is asked for. */
export interface Recording {
  readonly file: string;
  readonly header: TimelineHeader;
  readonly entries: AsyncGenerator<readonly TimelineEntry[]>;
  /** Bytes of the file read so far (before decompression), for a progress bar. */
  readonly read: () => number;
}

/** A recording in a file of its own. */
export interface FileRecording extends Recording {
  /** Its entries in batches of rows, for who has a scanner; either this or `entries` is to be used. */
  batches(scanner: LineScanner): AsyncGenerator<Batch>;
}

/**
 * Opens a recording (NDJSON, gzip by extension); with a share, only its accounts are read. Throws a CallError where
 * nothing can be judged: no such file, no header, another format. A line that is no entry is left out and told; so is a
 * torn last line.
 */
export async function openRecording(
  file: string,
  tell: Tell,
  share?: Share,
  allocate?: Allocate,
): Promise<FileRecording> {
  const { header, first, headerEnd, blocks } = await begin(file, allocate);
  const lines = new EntryLines(file, header, tell, share);
  return {
    file,
    header,
    entries: entries(lines, first, headerEnd + 1, blocks, {
      read: (block, start) => [lines.read(block, start)],
      end: (rest) => rest,
    }),
    batches: (scanner) =>
      entries(lines, first, headerEnd + 1, blocks, {
        read: (block, start) => lines.scan(block, start, scanner),
        end: (rest) => ({ rows: undefined, entries: rest }),
      }),
    read: () => lines.bytesRead,
  };
}

/** The header of a recording alone. Throws as `openRecording` does. */
export async function readHeader(file: string): Promise<TimelineHeader> {
  const { header, blocks } = await begin(file);
  await blocks.return(undefined);
  return header;
}

async function* entries<Item>(
  lines: EntryLines,
  first: Block,
  start: number,
  blocks: AsyncGenerator<Block>,
  as: { readonly read: (block: Block, start: number) => Iterable<Item>; readonly end: (rest: TimelineEntry[]) => Item },
): AsyncGenerator<Item> {
  try {
    yield* as.read(first, start);
    for await (const block of readable(blocks, lines)) yield* as.read(block, block.start);
    const rest = lines.end();
    if (rest.length > 0) yield as.end(rest);
  } finally {
    // Whoever stops early leaves no file open.
    await blocks.return(undefined);
  }
}

/** The blocks up to the place, if there is one, from which on the file cannot be read: gzip may be damaged anywhere. */
async function* readable(blocks: AsyncGenerator<Block>, lines: EntryLines): AsyncGenerator<Block> {
  try {
    yield* blocks;
  } catch (error) {
    lines.cutOff(error as Error);
  }
}

import { stat } from 'node:fs/promises';
import { CallError } from '../model/errors.js';
import { SIDES, type TimelineHeader } from '../model/timeline.js';
import { lineEnd, readBlocks, type Allocate, type Block } from './blocks.js';

/** A recording as far as its header. */
interface Beginning {
  readonly header: TimelineHeader;
  /** The block that begins with the header, and where the header's line ends in it. */
  readonly first: Block;
  readonly headerEnd: number;
  /** The blocks behind it. */
  readonly blocks: AsyncGenerator<Block>;
}

/** Opens a recording and reads its header. Throws a CallError where nothing can be judged: no such file, no header, another format. */
export async function begin(file: string, allocate?: Allocate): Promise<Beginning> {
  await refuseUnreadable(file);
  const blocks = readBlocks(file, allocate);
  const first = await blocks.next().catch((error: unknown) => {
    const format = file.endsWith('.gz') ? ' in gzip' : '';
    throw new CallError(`${file}: could not be read (${(error as Error).message}); is it a recording${format}?`);
  });
  if (first.done === true) throw new CallError(`${file}: holds nothing; a recording begins with a header line`);
  const { bytes, end, tooLong } = first.value;
  if (tooLong === true) {
    await blocks.return(undefined);
    throw new CallError(
      `${file}:1: the first line is longer than any header; a recording begins with a header line, and has one entry a line`,
    );
  }
  const headerEnd = lineEnd(bytes, 0, end);
  try {
    refuseGzip(file, bytes);
    return { header: parseHeader(file, bytes.toString('utf8', 0, headerEnd)), first: first.value, headerEnd, blocks };
  } catch (error) {
    await blocks.return(undefined);
    throw error;
  }
}

async function refuseUnreadable(file: string): Promise<void> {
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    throw new CallError(
      `${file}: ${error.code === 'ENOENT' ? 'no such file' : `could not be opened (${error.code})`}; name a recording made by parity record`,
    );
  });
  if (found.isDirectory()) throw new CallError(`${file}: is a directory; name a recording in it`);
  // A pipe that a shell names so (`<(zcat …)`, /dev/stdin) gives the header once, and the rest to nobody who opens it again.
  if (!found.isFile() && /^\/(dev|proc)\//.test(file))
    throw new CallError(`${file}: is no file that can be read twice; write it to one first`);
  if (found.isFile() && found.size === 0)
    throw new CallError(`${file}: is empty; a recording begins with a header line`);
}

function refuseGzip(file: string, bytes: Buffer): void {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return;
  throw new CallError(`${file}: is gzip by its first bytes; let its name end in .gz`);
}

function parseHeader(file: string, line: string): TimelineHeader {
  const bad = (what: string) =>
    new CallError(`${file}:1: ${what}; a recording begins with {"format":"feed-parity/timeline","version":1,…}`);
  let header: Partial<TimelineHeader>;
  try {
    header = JSON.parse(line) as Partial<TimelineHeader>;
  } catch {
    throw bad('the first line is no JSON');
  }
  if (header?.format !== 'feed-parity/timeline') throw bad('the first line is no header');
  if (header.version !== 1) throw bad(`version ${JSON.stringify(header.version)} is not known here, only 1 is`);
  if (typeof header.startedAt !== 'string' || !isTexts(header.accounts) || !isTexts(header.sides)) {
    throw bad('the header lacks startedAt, sides or accounts');
  }
  if (Number.isNaN(Date.parse(header.startedAt))) throw bad(`startedAt ${JSON.stringify(header.startedAt)} is no time`);
  const unknown = header.sides.find((side) => !SIDES.includes(side));
  if (unknown !== undefined) throw bad(`${JSON.stringify(unknown)} is no side`);
  return header as TimelineHeader;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

import { stat } from 'node:fs/promises';
import { CallError } from '../model/errors.js';
import { SIDES, type TimelineEntry, type TimelineHeader } from '../model/timeline.js';
import { parseEntry } from './entry.js';
import { readLines } from './lines.js';

/** What a reader had to leave out, for people: `line 17: the line is no JSON`. */
export type Tell = (sentence: string) => void;

/** An open recording: its header, and its entries in blocks. */
export interface Recording {
  readonly file: string;
  readonly header: TimelineHeader;
  readonly entries: AsyncGenerator<readonly TimelineEntry[]>;
}

/** Lines told one by one before only their number is. */
const TOLD = 5;

/**
 * Opens a recording (NDJSON, gzip by extension). Throws a CallError where nothing can be judged: no such file, no
 * header, another format. A line that is no entry is left out and told; so is a torn last line.
 */
export async function openRecording(file: string, tell: Tell): Promise<Recording> {
  await refuseUnreadable(file);
  const blocks = readLines(file);
  const first = await blocks.next().catch((error: unknown) => {
    throw new CallError(`${file}: could not be read (${(error as Error).message}); is it a recording${file.endsWith('.gz') ? ' in gzip' : ''}?`);
  });
  const lines = first.done === true ? [] : first.value.lines;
  const header = parseHeader(file, lines[0] ?? (first.done === true ? '' : (first.value.torn ?? '')));
  return { file, header, entries: entries(file, lines.slice(1), first.done === true ? undefined : first.value, blocks, tell) };
}

async function refuseUnreadable(file: string): Promise<void> {
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    throw new CallError(`${file}: ${error.code === 'ENOENT' ? 'no such file' : `could not be opened (${error.code})`}; name a recording made by parity record`);
  });
  if (found.isDirectory()) throw new CallError(`${file}: is a directory; name a recording in it`);
  if (found.isFile() && found.size === 0) throw new CallError(`${file}: is empty; a recording begins with a header line`);
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
  const unknown = header.sides.find((side) => !SIDES.includes(side));
  if (unknown !== undefined) throw bad(`"${String(unknown)}" is no side`);
  return header as TimelineHeader;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

async function* entries(
  file: string,
  firstLines: readonly string[],
  firstBlock: { readonly torn?: string; readonly tooLong?: number } | undefined,
  blocks: ReturnType<typeof readLines>,
  tell: Tell,
): AsyncGenerator<readonly TimelineEntry[]> {
  let number = 1;
  let bad = 0;
  const read = (lines: readonly string[]): TimelineEntry[] => {
    const result: TimelineEntry[] = [];
    for (const line of lines) {
      number++;
      if (line === '') continue;
      try {
        result.push(parseEntry(line));
      } catch (error) {
        if (++bad <= TOLD) tell(`${file}:${number}: left out, ${(error as Error).message}`);
      }
    }
    return result;
  };
  const torn = (line: string): TimelineEntry[] => {
    try {
      return [parseEntry(line)];
    } catch {
      tell(`${file}: the last line is torn (${line.length} characters) and was left out`);
      return [];
    }
  };
  yield read(firstLines);
  if (firstBlock?.torn !== undefined && number > 1) yield torn(firstBlock.torn);
  for await (const block of blocks) {
    yield read(block.lines);
    if (block.tooLong !== undefined) tell(`${file}: a line was longer than any payload and was left out`);
    if (block.torn !== undefined) yield torn(block.torn);
  }
  if (bad > TOLD) tell(`${file}: ${bad - TOLD} more lines were left out`);
}

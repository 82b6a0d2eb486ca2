import { stat } from 'node:fs/promises';
import { CallError } from '../model/errors.js';
import { microseconds, type Frame, type Link, type Ms, type Side, type TimelineEntry } from '../model/timeline.js';
import { Account, type Tell } from './account.js';
import { readBlocks } from './blocks.js';
import { InOrder } from './in-order.js';
import { plainReader, type Places, type PlainLine } from './plain-line.js';
import type { Recording } from './reader.js';

/** What a foreign file of one side holds. */
export interface Survey {
  readonly file: string;
  readonly side: Side;
  readonly places: Places;
  /** Earliest time in it, in milliseconds since 1970. */
  readonly firstMs: Ms;
  /** How far a time in it lies before one ahead of it, at most; 0 where they are in order. */
  readonly backMs: Ms;
  readonly accounts: readonly string[];
}

/**
 * Reads a foreign file (NDJSON, gzip by extension) once through, to know from when on it tells of whom.
 * @throws CallError where nothing in it can be judged
 */
export async function survey(file: string, side: Side, places: Places): Promise<Survey> {
  let firstMs = Infinity;
  let latestMs = -Infinity;
  let backMs = 0;
  const accounts = new Set<string>();
  let fault: string | undefined;
  for await (const { lines } of plainLines(file, places)) {
    for (const line of lines) {
      if ('lost' in line) {
        if (line.why !== '') fault ??= `line ${line.lost}: ${line.why}`;
        continue;
      }
      firstMs = Math.min(firstMs, line.ms);
      latestMs = Math.max(latestMs, line.ms);
      backMs = Math.max(backMs, latestMs - line.ms);
      accounts.add(line.account);
    }
  }
  if (accounts.size > 0) return { file, side, places, firstMs, backMs, accounts: [...accounts] };
  throw new CallError(
    `${file}: no line can be read (${fault ?? 'it is empty'}); say where things are with --time, --account, --type and --payload`,
  );
}

/** How a surveyed file becomes a recording. */
export interface Framing {
  /** Everyone whom this file or the other one tells of: a file of one side is silent on those to whom nothing came. */
  readonly accounts: readonly string[];
  /** How long after its link came up a side counts as listening. */
  readonly settleMs: Ms;
}

/**
 * A foreign file as a recording, in the order of its times. It has no links, so its side counts as listening to everyone
 * from its first entry on; where the other file goes on after its last, merging tells that it has ended.
 */
export function plainRecording(surveyed: Survey, framing: Framing, tell: Tell): Recording {
  const originMs = Math.floor(surveyed.firstMs);
  let read = 0;
  return {
    file: surveyed.file,
    header: {
      format: 'feed-parity/timeline',
      version: 1,
      startedAt: new Date(originMs).toISOString(),
      sides: [surveyed.side],
      accounts: framing.accounts,
    },
    entries: entries(surveyed, framing, originMs, tell, (bytes) => (read = bytes)),
    read: () => read,
  };
}

async function* entries(
  { file, side, places, firstMs, backMs }: Survey,
  { accounts, settleMs }: Framing,
  originMs: Ms,
  tell: Tell,
  onRead: (bytes: number) => void,
): AsyncGenerator<readonly TimelineEntry[]> {
  const stamp = (ms: Ms): Ms => microseconds(ms - originMs);
  const begin = { kind: 'link', t: stamp(firstMs - settleMs), side, state: 'up', reason: 'the file begins' } as const;
  yield accounts.map((account): Link => Object.assign({ account }, begin));
  const account = new Account(file, [side], 'nothing', tell, 'of their stamps');
  // Stamps are rounded to whole microseconds.
  const order = new InOrder(file, backMs === 0 ? 0 : microseconds(backMs) + 0.001);
  for await (const { lines, read } of plainLines(file, places)) {
    onRead(read);
    const found = lines.flatMap((line): TimelineEntry[] => {
      if ('lost' in line) {
        leaveOut(line, account);
        return [];
      }
      const t = stamp(line.ms);
      const hole = account.stamp(t);
      const { event, payload } = line;
      const frame: Frame = { kind: 'frame', t, side, account: line.account, channel: file, event, payload };
      return hole === undefined ? [frame] : [hole, frame];
    });
    yield order.take(found);
  }
  const hole = account.end();
  if (hole !== undefined) yield order.take([hole]);
  yield order.rest();
}

/** A line that cannot be read: its number, and why; '' where it is blank. */
interface Lost {
  readonly lost: number;
  readonly why: string;
  /** Set where all behind it cannot be read either. */
  readonly isEnd?: true;
}

function leaveOut({ lost, why, isEnd }: Lost, account: Account): void {
  if (why === '') account.blank(lost);
  else account.leaveOut(lost, why);
  if (isEnd === true) account.lose(lost + 1, Infinity);
}

/** The lines of a foreign file, block by block. */
async function* plainLines(
  file: string,
  places: Places,
): AsyncGenerator<{ readonly lines: readonly (PlainLine | Lost)[]; readonly read: number }> {
  await refuseUnreadable(file);
  const readLine = plainReader(places);
  let number = 0;
  let bytesRead = 0;
  try {
    for await (const { bytes, start, end, read, tooLong } of readBlocks(file)) {
      bytesRead = read;
      const lines: (PlainLine | Lost)[] = [];
      if (tooLong === true) lines.push({ lost: ++number, why: 'the line is longer than any payload' });
      for (let at = start; at < end;) {
        const found = bytes.indexOf('\n', at);
        const stop = found === -1 || found > end ? end : found;
        // Each line a text of its own: what is kept of one shall not keep the others.
        const line = bytes.toString('utf8', at, stop).trim();
        at = stop + 1;
        number++;
        try {
          lines.push(line === '' ? { lost: number, why: '' } : readLine(line));
        } catch (error) {
          if (!(error instanceof SyntaxError)) throw error;
          lines.push({ lost: number, why: error.message });
        }
      }
      yield { lines, read };
    }
  } catch (error) {
    if (error instanceof CallError || !isOfFile(error)) throw error;
    const why = `neither it nor the rest can be read (${error.message})`;
    yield { lines: [{ lost: number + 1, why, isEnd: true }], read: bytesRead };
  }
}

/** Whether an error is the file system's or the decompressor's. */
function isOfFile(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).code === 'string';
}

async function refuseUnreadable(file: string): Promise<void> {
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'ENOENT' ? 'no such file' : `could not be opened (${error.code})`;
    throw new CallError(`${file}: ${why}; name a file of one JSON payload a line`);
  });
  if (found.isDirectory()) throw new CallError(`${file}: is a directory; name a file in it`);
  if (!found.isFile()) throw new CallError(`${file}: is no file that can be read twice; write it to one first`);
}

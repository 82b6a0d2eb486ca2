import { once } from 'node:events';
import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { startThread } from './far-recording.js';
import { conclude } from './ledger/conclude.js';
import { merge as mergeBooks } from './ledger/merge.js';
import type { Books, Report } from './model/report.js';
import type { Settings } from './model/settings.js';
import type { Share } from './recording/byte-frame.js';
import { belongs } from './recording/byte-frame.js';
import { merge } from './recording/merge.js';
import { placeOf } from './place.js';
import { openRecording, type Recording, type Tell } from './recording/reader.js';
import { redactor } from './recording/redact.js';
import { Line } from './run.js';
import { sweep, type LineLook, type Look } from './sweep.js';
import { ManyUnequal, Trial } from './trial.js';

export type { Look };

/** What a run over recordings is asked to do. */
export interface Task {
  /** One recording of both sides, or a control and a candidate recording. */
  readonly files: readonly string[];
  readonly settings: Settings;
  /** False: every payload is parsed, none is decided by its bytes. */
  readonly fast: boolean;
  /** A thread that was started to read them: see `readAhead`. */
  readonly thread?: Worker | undefined;
}

/** Below this many bytes a second thread costs more than it saves, since it has to start: one that reads, one that judges. */
const WORTH_READING_FAR = 32 * 1024 * 1024;
const WORTH_SHARING = 256 * 1024 * 1024;

/**
 * Judges recordings. Large ones take two threads: one that reads and one that judges or, where that is most of the work,
 * two that do both, each for its own accounts. Their books are added up before anything is decided, so that the report is
 * the same.
 */
export async function judgeRecordings(
  task: Task,
  tell: Tell,
  look: Look = () => {},
  shares = sharesFor(task),
): Promise<Report> {
  if (shares > 1 || !isWorth(WORTH_SHARING, task.files)) return judgeShares(task, tell, look, shares);
  const trial = new Trial(sizeOf(task.files), tell, look);
  try {
    const books = await booksOf(task, undefined, trial.tell, trial.look);
    trial.end();
    return conclude(books, task.settings);
  } catch (error) {
    if (!(error instanceof ManyUnequal)) throw error;
    return judgeShares(task, tell, look, 2);
  }
}

async function judgeShares(task: Task, tell: Tell, look: Look, shares: number): Promise<Report> {
  const others = Array.from({ length: shares - 1 }, (_, index) => inWorker(task, { index: index + 1, of: shares }));
  const share = shares === 1 ? undefined : { index: 0, of: shares };
  const mine = booksOf(task, share, tell, (bytes, entries) => look(bytes, entries * shares));
  try {
    return conclude(mergeBooks(await Promise.all([mine, ...others.map(({ books }) => books)])), task.settings);
  } finally {
    await Promise.all(others.map((other) => other.stop()));
  }
}

/** Recordings in bytes are judged by one thread and read by another; of others, each thread does both with its own accounts. */
function sharesFor(task: Task): number {
  return !inBytes(task) && isWorth(WORTH_SHARING, task.files) ? 2 : 1;
}

function isWorth(bytes: number, files: readonly string[]): boolean {
  return sizeOf(files) >= bytes && availableParallelism() > 1;
}

function sizeOf(files: readonly string[]): number {
  return files.reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0);
}

/**
 * Starts the thread that is to read recordings, if they are large. Call it before anything else: until the config is read,
 * it is ready.
 */
export function readAhead(files: readonly string[]): Worker | undefined {
  return isWorth(WORTH_READING_FAR, files) && !files.some(isGzip) ? startThread() : undefined;
}

/** What nobody may see is replaced in texts, and what is compressed has no place in its file to be read again from. */
function inBytes({ files, settings, fast }: Task): boolean {
  return fast && settings.redact === undefined && !files.some(isGzip);
}

function isGzip(file: string): boolean {
  return file.endsWith('.gz');
}

/** The books over the accounts of one share, or of all. */
export async function booksOf(
  task: Task,
  share: Share | undefined,
  tell: Tell,
  look: LineLook = () => {},
): Promise<Books> {
  const { files, fast } = task;
  const { accounts } = task.settings;
  const settings =
    share === undefined
      ? task.settings
      : { ...task.settings, accounts: accounts.filter(({ id }) => belongs(id, share)) };
  if (inBytes(task)) {
    const thread = share === undefined ? (task.thread ?? readAhead(files)) : undefined;
    return sweep({ files, settings, share, thread }, tell, look);
  }
  return fold(await open(files, tell, share), settings, fast, look);
}

/** Judges one recording that is already open. */
export async function judgeRecording(
  recording: Recording,
  settings: Settings,
  fast: boolean,
  look: Look,
): Promise<Report> {
  return conclude(await fold(recording, settings, fast, look), settings);
}

/** Puts a recording through the line, without what nobody may see. */
async function fold(recording: Recording, settings: Settings, fast: boolean, look: LineLook): Promise<Books> {
  const redact = settings.redact === undefined ? undefined : redactor(settings.redact);
  const line = new Line(settings, { fast });
  for await (const entries of recording.entries) {
    for (const entry of entries) line.add(redact === undefined ? entry : redact(entry));
    look(recording.read(), entries.length, line);
  }
  return line.books({ startedAt: recording.header.startedAt });
}

/** Opens one recording, or two as one. */
export async function open(files: readonly string[], tell: Tell, share?: Share): Promise<Recording> {
  const [first, second] = files;
  const one = await openRecording(first as string, tell, share);
  return second === undefined ? one : merge(one, await openRecording(second, tell, share));
}

interface Helper {
  readonly books: Promise<Books>;
  stop(): Promise<unknown>;
}

function inWorker({ files, settings, fast }: Task, share: Share): Helper {
  const task: Task = { files, settings, fast };
  return booksFrom(new Worker(placeOf('dist/bundle/offline-share.cjs'), { workerData: { task, share } }));
}

/** The books that a thread sends; its error, also where it ends without a word. */
export function booksFrom(worker: Worker): Helper {
  const failed = Promise.race([once(worker, 'error'), once(worker, 'exit')]).then(([error]) => {
    throw error instanceof Error ? error : new Error('a thread that judges has ended');
  });
  const books = Promise.race([once(worker, 'message').then(([message]) => message as Books), failed]);
  // Whichever comes second has nobody to listen to it.
  failed.catch(() => {});
  books.catch(() => {});
  return { books, stop: () => worker.terminate() };
}

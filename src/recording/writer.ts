import type { BothSides } from '../model/report.js';
import type { Ms, Side, Tick, TimelineEntry, TimelineHeader } from '../model/timeline.js';
import { EntryBytes } from './entry-bytes.js';
import type { Hide } from './hide.js';
import { openSink, type Sink } from './sink.js';
import type { Words } from './words.js';

/** What was recorded reaches the file at least so often, as far as entries (ticks among them) come. */
const FLUSH_MS = 500;

/** What a header says beyond what every header says. */
export type Beginning = Pick<TimelineHeader, 'startedAt' | 'sides' | 'accounts'>;

/**
 * Opens a new recording (NDJSON, gzip by extension). Secrets are replaced by `hide` before anything is written; `words`
 * are all that it replaces, where they are known.
 * @throws CallError where there is a file already, or none can be made
 */
export async function openRecorder(file: string, hide: Hide, words?: Words): Promise<Recorder> {
  let recorder: Recorder | undefined;
  const sink = await openSink(file, (error, lost) => recorder?.fail(error, lost));
  return (recorder = new Recorder(file, sink, hide, words));
}

/**
 * Writes a timeline as it happens. Adding costs a copy and never waits; a fault of the file ends the recording and
 * nothing else.
 *
 * Of the ticks those are kept that matter: late ones, the last one before each late one (what fell due until then was
 * judged before the stall was known), and the timeline's last. All others only hasten what the next entry brings as well.
 */
export class Recorder {
  /** Resolves with a sentence for people if the recording ends before it is closed. */
  readonly ended: Promise<string>;
  readonly #lines: EntryBytes;
  readonly #frames = { control: 0, candidate: 0 };
  #end!: (sentence: string) => void;
  #state: 'open' | 'closed' | 'ended' = 'open';
  #passed: Tick | undefined;
  #t: Ms = 0;
  #flushedAt: Ms = 0;

  constructor(
    readonly file: string,
    private readonly sink: Sink,
    hide: Hide,
    words?: Words,
  ) {
    this.#lines = new EntryBytes(hide, (block, done) => this.sink.write(block, done), words);
    this.ended = new Promise((resolve) => (this.#end = resolve));
  }

  /** Whether a fault has ended the recording. */
  get hasEnded(): boolean {
    return this.#state === 'ended';
  }

  /** Frames recorded so far. */
  get frames(): BothSides {
    return this.#frames;
  }

  /** Bytes in the file so far. */
  get bytes(): number {
    return this.sink.bytes;
  }

  /** Writes the header; call it before the first entry. */
  begin({ startedAt, sides, accounts }: Beginning): void {
    const header: TimelineHeader = { format: 'feed-parity/timeline', version: 1, startedAt, sides, accounts };
    this.#lines.line(JSON.stringify(header));
  }

  /** Takes the next entry in. Never throws, and never waits. */
  add(entry: TimelineEntry): void {
    if (this.#state !== 'open') return;
    try {
      this.#add(entry);
    } catch (error) {
      // Such as a text that labels in place of its secrets make longer than texts may be.
      this.fail(error as Error, 0);
    }
  }

  #add(entry: TimelineEntry): void {
    this.#t = entry.t;
    if (entry.kind === 'tick' && entry.lateMs === undefined) this.#passed = entry;
    else {
      if (entry.kind === 'tick' && this.#passed !== undefined) this.#lines.add(this.#passed);
      this.#passed = undefined;
      if (entry.kind === 'frame') this.#count(entry.side);
      this.#lines.add(entry);
    }
    if (entry.t - this.#flushedAt >= FLUSH_MS) this.#flush(entry.t);
  }

  /** Writes what is left. Resolves once it is in the file, or never will be. */
  async close(): Promise<void> {
    if (this.#passed !== undefined) this.#lines.add(this.#passed);
    this.#passed = undefined;
    this.#lines.handOver();
    await this.sink.close();
    if (this.#state === 'open') this.#state = 'closed';
  }

  /** The file can be written no further, and so many bytes that were handed over may not be in it. */
  fail({ code, message }: NodeJS.ErrnoException, lost?: number): void {
    if (this.#state !== 'open') return;
    this.#state = 'ended';
    const why = (code !== undefined && REASONS[code]) || code || message;
    const until = `${(this.#t / 1000).toFixed(3)} s`;
    this.#end(
      `${this.file}: the recording ended at ${until}, as it could not be written any further (${why}); what came before is in it${exceptFor(lost === undefined ? lost : lost + this.#lines.waiting)}`,
    );
  }

  /** Each by its name: one that changes is looked up every time. */
  #count(side: Side): void {
    if (side === 'control') this.#frames.control++;
    else this.#frames.candidate++;
  }

  #flush(t: Ms): void {
    this.#flushedAt = t;
    this.#lines.handOver();
    this.sink.flush();
  }
}

function exceptFor(bytes: number | undefined): string {
  if (bytes === undefined) return ', but for its end';
  if (bytes === 0) return '';
  const size = bytes < 100_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
  return `, but for the last ${size} at most`;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left there: ENOSPC',
  EDQUOT: 'the quota is used up: EDQUOT',
  EPIPE: 'nobody reads it any more: EPIPE',
  EFBIG: 'the file would be larger than is allowed: EFBIG',
  EIO: 'the device failed: EIO',
};

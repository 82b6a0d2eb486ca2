import type { Frame, TimelineEntry } from '../model/timeline.js';
import { hideInJson, type Hide } from './hide.js';
import { flattenJson } from './json-bytes.js';

declare global {
  interface String {
    /** Whether no half of a surrogate pair stands alone. Of ECMAScript 2024: Node has it, the compiler's library is older. */
    isWellFormed(): boolean;
  }
}

/** Written to the file at once. */
const BLOCK = 256 * 1024;

/** A UTF-16 code unit takes at most so many bytes in UTF-8, and so many as an escape of JSON. */
const UTF8_MOST = 3;
const ESCAPE_MOST = 6;

/** Room for a line's end, and for the byte that the check of a payload overwrites. */
const SPARE = 16;

const NAMES_MOST = 10_000;

/**
 * Writes entries as lines of a recording into blocks of bytes. A payload is copied as it came, never parsed and written
 * again, so that no digit is lost; one that is no JSON goes in `text`, as the text it is. Secrets are replaced before.
 */
export class EntryBytes {
  readonly #hide: Hide;
  readonly #full: (block: Buffer) => void;
  /** Names as JSON texts: the same few come again and again. */
  readonly #names = new Map<string, string>();
  #block = Buffer.allocUnsafe(BLOCK);
  /** What lies before has been handed over. */
  #start = 0;
  #at = 0;

  /** `full` takes over each block that has no more room. */
  constructor(hide: Hide, full: (block: Buffer) => void) {
    this.#hide = hide;
    this.#full = full;
  }

  add(entry: TimelineEntry): void {
    if (entry.kind === 'frame') this.#frame(entry);
    else this.line(this.#line(entry));
  }

  /** A line that is ready but for its end. */
  line(text: string): void {
    this.#makeRoom(text.length * UTF8_MOST);
    this.#write(text);
    this.#write('\n');
  }

  /** Hands over what was not yet. */
  handOver(): void {
    if (this.#at > this.#start) this.#full(this.#block.subarray(this.#start, this.#at));
    this.#start = this.#at;
  }

  #line(entry: Exclude<TimelineEntry, Frame>): string {
    const { t, kind } = entry;
    if (entry.kind === 'tick') return JSON.stringify({ t, kind, lateMs: entry.lateMs });
    if (entry.kind === 'mark') return JSON.stringify({ t, kind, label: this.#hide(entry.label) });
    const { side, account, state, reason, final, remedy } = entry;
    const advice = remedy === undefined ? remedy : this.#hide(remedy);
    return JSON.stringify({
      t,
      kind,
      side,
      account: this.#hide(account),
      state,
      reason: this.#hide(reason),
      final,
      remedy: advice,
    });
  }

  #frame(frame: Frame): void {
    const { payload, unreadable } = frame;
    const hidden = hideInJson(payload, this.#hide);
    const why = unreadable === undefined ? '' : `,"unreadable":${JSON.stringify(this.#hide(unreadable))}`;
    const head = `{"t":${frame.t},"kind":"frame","side":"${frame.side}","account":${this.#name(frame.account)},"channel":${this.#name(frame.channel)},"event":${this.#name(frame.event)}${why},`;
    this.#makeRoom((head.length + hidden.length) * UTF8_MOST);
    const begin = this.#at;
    this.#write(head);
    this.#write('"payload":');
    const from = this.#at;
    this.#write(hidden);
    // Half of a surrogate pair has no bytes in UTF-8, but an escape in a text.
    if (!flattenJson(this.#block, from, this.#at) || !hidden.isWellFormed()) {
      this.#at = begin;
      this.#makeRoom(head.length * UTF8_MOST + hidden.length * ESCAPE_MOST);
      this.#write(head);
      this.#write(`"text":${JSON.stringify(hidden)}`);
    }
    this.#write('}\n');
  }

  #name(text: string): string {
    let json = this.#names.get(text);
    if (json === undefined) {
      if (this.#names.size >= NAMES_MOST) this.#names.clear();
      this.#names.set(text, (json = JSON.stringify(this.#hide(text))));
    }
    return json;
  }

  #write(text: string): void {
    this.#at += this.#block.write(text, this.#at);
  }

  #makeRoom(bytes: number): void {
    if (this.#block.length - this.#at >= bytes + SPARE) return;
    this.handOver();
    this.#block = Buffer.allocUnsafe(Math.max(BLOCK, bytes + SPARE));
    this.#start = 0;
    this.#at = 0;
  }
}

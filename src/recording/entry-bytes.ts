import type { Frame, TimelineEntry } from '../model/timeline.js';
import { Draft, type Full, payloadMember } from './draft.js';
import type { Hide } from './hide.js';
import { Heads } from './line-head.js';
import { UTF8_MOST } from './scribe.js';
import type { Words } from './words.js';

/**
 * Writes entries as lines of a recording into blocks of bytes. A payload is copied as it came, never parsed and written
 * again, so that no digit is lost; one that is no JSON goes in `text`, as the text it is. Secrets are replaced before.
 */
export class EntryBytes {
  readonly #hide: Hide;
  readonly #full: Full;
  readonly #heads: Heads;
  readonly #draft: Draft;

  /** `full` takes over each block that has no more room. `words`: all that `hide` replaces, if they are known. */
  constructor(hide: Hide, full: Full, words?: Words) {
    this.#hide = hide;
    this.#full = full;
    this.#heads = new Heads(hide);
    this.#draft = new Draft(hide, words);
  }

  add(entry: TimelineEntry): void {
    if (entry.kind === 'frame') this.#frame(entry);
    else this.line(this.#line(entry));
  }

  /** A line that is ready but for its end. */
  line(text: string): void {
    this.#finished(Buffer.from(`${text}\n`));
  }

  /** Hands over what was not yet. */
  handOver(): void {
    this.#draft.handOver(this.#full);
  }

  /** Bytes of lines that are not handed over yet, at most. */
  get waiting(): number {
    return this.#draft.size;
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
    const { bytes } = frame;
    if (frame.unreadable !== undefined) return this.#oddFrame(frame);
    const head = this.#heads.of(frame);
    if (bytes !== undefined) {
      const { from = 0, to = bytes.length } = frame;
      if (!this.#makeRoom(head.length + to - from)) return this.#oddFrame(frame);
      return this.#draft.frame(frame.side, frame.t, head, bytes, from, to, frame.isWalked);
    }
    const { payload } = frame;
    if (!payload.isWellFormed() || !this.#makeRoom(head.length + payload.length * UTF8_MOST)) {
      return this.#oddFrame(frame);
    }
    this.#draft.textFrame(frame.side, frame.t, head, payload);
  }

  /** A frame that says why it could not be read, or whose payload has no bytes, or too many of them. */
  #oddFrame({ t, side, account, channel, event, payload, unreadable }: Frame): void {
    const why = unreadable === undefined ? '' : `,"unreadable":${JSON.stringify(this.#hide(unreadable))}`;
    const head = `{"t":${t}${this.#heads.envelope(side, account, channel, event)}${why},`;
    this.#finished(Buffer.concat([Buffer.from(head), payloadMember(payload, this.#hide), Buffer.from('}\n')]));
  }

  /** A line with nothing to hide any more. */
  #finished(line: Buffer): void {
    if (!this.#draft.hasRoom(line.length)) this.handOver();
    if (this.#draft.hasRoom(line.length)) this.#draft.line(line);
    else this.#full(line, () => {});
  }

  /** False if even an empty draft would be too small for a frame's line. */
  #makeRoom(size: number): boolean {
    if (!this.#draft.hasRoom(size)) this.handOver();
    return this.#draft.hasRoom(size);
  }
}

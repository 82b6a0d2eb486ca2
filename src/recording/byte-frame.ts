import { BytesFrame } from '../model/bytes-frame.js';
import type { Frame, Ms } from '../model/timeline.js';

const SPACE = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const CLOSE = 0x7d;

const HEAD = Buffer.from('{"t":');
const KIND = Buffer.from(',"kind":"frame","side":"');
const CONTROL = Buffer.from('control","account":"');
const CANDIDATE = Buffer.from('candidate","account":"');
const CHANNEL = Buffer.from(',"channel":"');
const EVENT = Buffer.from(',"event":"');
const PAYLOAD = Buffer.from(',"payload":');

/** Which accounts are read: those whose hash falls to this share. */
export interface Share {
  readonly index: number;
  readonly of: number;
}

/** Whether an account belongs to a share. */
export function belongs(account: string, share: Share): boolean {
  let hash = OFFSET;
  for (const byte of Buffer.from(account)) hash = Math.imul(hash ^ byte, PRIME);
  return (hash >>> 0) % share.of === share.index;
}

const OFFSET = 0x811c9dc5 | 0;
const PRIME = 0x01000193;

/**
 * Reads frames that are spelt as the writer spells them: members in their usual order, no escapes in names. Everything
 * else is left to the parser of whole lines.
 */
export class FrameReader {
  readonly #share: Share | undefined;
  readonly #texts = new Map<number, string>();
  /** When the frame that was read last came, whosever share it is. */
  t: Ms = 0;
  /** Where its payload begins; it ends before the brace that ends the line. */
  payloadAt = 0;
  #at = 0;

  constructor(share?: Share) {
    this.#share = share;
  }

  /** The frame at [start, end) without its LF; in bytes only if these last; 'other share' if it is not to be read, undefined if the parser has to look. */
  read(bytes: Buffer, start: number, end: number, lasting: boolean): Frame | 'other share' | undefined {
    this.#at = start;
    if (!this.#literal(bytes, HEAD)) return undefined;
    const t = this.#number(bytes);
    if (t === undefined || !this.#literal(bytes, KIND)) return undefined;
    const side = bytes[this.#at + 1] === 0x6f ? 'control' : 'candidate';
    if (!this.#literal(bytes, side === 'control' ? CONTROL : CANDIDATE)) return undefined;
    const account = this.#text(bytes, end, true);
    if (account === undefined) return undefined;
    this.t = t;
    if (!this.#literal(bytes, CHANNEL)) return undefined;
    const channel = this.#text(bytes, end, false);
    if (channel === undefined || !this.#literal(bytes, EVENT)) return undefined;
    const event = this.#text(bytes, end, false);
    if (event === undefined || !this.#literal(bytes, PAYLOAD)) return undefined;
    const from = this.#at;
    this.payloadAt = from;
    if (from >= end - 1 || bytes[end - 1] !== CLOSE) return undefined;
    // Not before it is known to be a frame: of lines that are none, every share has to know.
    if (account === '') return 'other share';
    if (lasting) return new BytesFrame(t, side, account, channel, event, bytes, from, end - 1);
    const payload = bytes.toString('utf8', from, end - 1);
    return { kind: 'frame', t, side, account, channel, event, payload };
  }

  #literal(bytes: Buffer, expected: Buffer): boolean {
    let at = this.#at;
    for (let i = 0; i < expected.length; i++, at++) if (bytes[at] !== expected[i]) return false;
    this.#at = at;
    return true;
  }

  /** Milliseconds with at most six decimals: the double nearest to the text, as JSON.parse would give it. */
  #number(bytes: Buffer): number | undefined {
    let at = this.#at;
    let digits = 0;
    let value = 0;
    let scale = 1;
    let point = false;
    for (; ; at++) {
      const byte = bytes[at] as number;
      if (byte >= 0x30 && byte <= 0x39) {
        value = value * 10 + byte - 0x30;
        digits++;
        if (point) scale *= 10;
      } else if (byte === 0x2e && !point && digits > 0) point = true;
      else break;
    }
    if (digits === 0 || digits > 15 || scale > 1e6 || (point && scale === 1)) return undefined;
    this.#at = at;
    return value / scale;
  }

  /** A name, from a table of those seen before; '' for an account of another share. */
  #text(bytes: Buffer, end: number, isAccount: boolean): string | undefined {
    const start = this.#at;
    let at = start;
    let hash = OFFSET;
    for (; at < end; at++) {
      const byte = bytes[at] as number;
      if (byte === QUOTE) break;
      if (byte === BACKSLASH || byte >= 0x80 || byte < SPACE) return undefined;
      hash = Math.imul(hash ^ byte, PRIME);
    }
    if (at === start || at >= end) return undefined;
    this.#at = at + 1;
    if (isAccount && this.#share !== undefined && (hash >>> 0) % this.#share.of !== this.#share.index) return '';
    const known = this.#texts.get(hash);
    if (known !== undefined && same(known, bytes, start, at)) return known;
    const text = bytes.toString('latin1', start, at);
    if (this.#texts.size < NAMES_MOST) this.#texts.set(hash, text);
    return text;
  }
}

const NAMES_MOST = 100_000;

function same(text: string, bytes: Buffer, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[start + i]) return false;
  return true;
}

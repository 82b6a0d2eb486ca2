import type { Frame, Ms, Side } from '../model/timeline.js';
import type { Hide } from './hide.js';

const BEGINNING = Buffer.from('{"t":');

/** Digits enough for any stamp. */
export const STAMP_MOST = BEGINNING.length + 32;

/** What is written of frames before their payload is the same for nearly all of them but for the time. */
const HEADS_MOST = 10_000;
/** Events that a foreign server makes up without end are not to be looked through for every frame. */
const OF_CHANNEL_MOST = 64;

interface Head {
  readonly side: Side;
  readonly event: string;
  readonly bytes: Uint8Array;
}

/** The beginnings of frames' lines as bytes, without secrets. */
export class Heads {
  readonly #hide: Hide;
  /** By account and channel. */
  readonly #known = new Map<string, Map<string, Head[]>>();
  #count = 0;
  /** Of each side's last frame: the next one mostly comes the same way. */
  readonly #last: Partial<Record<Side, Head & { readonly account: string; readonly channel: string }>> = {};

  constructor(hide: Hide) {
    this.#hide = hide;
  }

  /** What stands behind the time of this frame's line and before its payload. */
  of({ side, account, channel, event }: Frame): Uint8Array {
    const last = this.#last[side];
    if (last?.event === event && last.channel === channel && last.account === account) return last.bytes;
    const bytes = this.#find(side, account, channel, event);
    this.#last[side] = { side, account, channel, event, bytes };
    return bytes;
  }

  #find(side: Side, account: string, channel: string, event: string): Uint8Array {
    const known = this.#known.get(account)?.get(channel);
    if (known !== undefined)
      for (const head of known) if (head.side === side && head.event === event) return head.bytes;
    const bytes = Buffer.from(`${this.envelope(side, account, channel, event)},"payload":`);
    if (known === undefined || known.length < OF_CHANNEL_MOST) this.#keep(account, channel, { side, event, bytes });
    return bytes;
  }

  /** The members of a frame's line that say where it came from. */
  envelope(side: Side, account: string, channel: string, event: string): string {
    return `,"kind":"frame","side":"${side}","account":${this.#name(account)},"channel":${this.#name(channel)},"event":${this.#name(event)}`;
  }

  #keep(account: string, channel: string, head: Head): void {
    if (this.#count >= HEADS_MOST) {
      this.#known.clear();
      this.#count = 0;
    }
    this.#count++;
    let channels = this.#known.get(account);
    if (channels === undefined) this.#known.set(account, (channels = new Map()));
    const heads = channels.get(channel);
    if (heads === undefined) channels.set(channel, [head]);
    else heads.push(head);
  }

  #name(text: string): string {
    return JSON.stringify(this.#hide(text));
  }
}

/**
 * Writes a line's beginning up to its time, as JSON.stringify writes numbers, and returns the place behind it. Stamps
 * are whole microseconds: of those the digits are known without looking for the shortest that mean the same number.
 */
export function writeStamp(bytes: Buffer, start: number, t: Ms): number {
  let at = start;
  for (let i = 0; i < BEGINNING.length; i++) bytes[at++] = BEGINNING[i] as number;
  const whole = Math.trunc(t) | 0;
  const micros = Math.round((t - whole) * 1000) | 0;
  if (!(t >= 0) || micros < 0 || micros > 999 || (whole * 1000 + micros) / 1000 !== t) {
    return at + bytes.write(String(t), at, 'latin1');
  }
  at = writeDigits(bytes, at, whole);
  if (micros === 0) return at;
  bytes[at++] = 0x2e;
  bytes[at++] = 0x30 + ((micros / 100) | 0);
  if (micros % 100 === 0) return at;
  bytes[at++] = 0x30 + (((micros / 10) | 0) % 10);
  if (micros % 10 === 0) return at;
  bytes[at++] = 0x30 + (micros % 10);
  return at;
}

function writeDigits(bytes: Buffer, at: number, number: number): number {
  let end = at + 1;
  for (let rest = (number / 10) | 0; rest > 0; rest = (rest / 10) | 0) end++;
  for (let i = end - 1, rest = number; i >= at; i--) {
    const tens = (rest / 10) | 0;
    bytes[i] = 0x30 + rest - tens * 10;
    rest = tens;
  }
  return end;
}

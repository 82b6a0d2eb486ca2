import type { Frame, Side } from '../model/timeline.js';
import type { Hide } from './hide.js';

/** What is written of frames before their payload is the same for nearly all of them but for the time. */
const HEADS_MOST = 10_000;
/** Events that a foreign server makes up without end are not to be looked through for every frame. */
const OF_CHANNEL_MOST = 64;

interface Head {
  readonly side: Side;
  readonly event: string;
  readonly bytes: Buffer;
}

interface Last extends Head {
  readonly account: string;
  readonly channel: string;
}

/** The beginnings of frames' lines as bytes, without secrets. */
export class Heads {
  readonly #hide: Hide;
  /** By account and channel. */
  readonly #known = new Map<string, Map<string, Head[]>>();
  #count = 0;
  /** Of each side's last frame: the next one mostly comes the same way. Two fields, since a name that changes is looked up. */
  #control: Last | undefined;
  #candidate: Last | undefined;

  constructor(hide: Hide) {
    this.#hide = hide;
  }

  /** What stands behind the time of this frame's line and before its payload. */
  of({ side, account, channel, event }: Frame): Buffer {
    const last = side === 'control' ? this.#control : this.#candidate;
    if (last?.event === event && last.channel === channel && last.account === account) return last.bytes;
    const bytes = this.#find(side, account, channel, event);
    const now = { side, account, channel, event, bytes };
    if (side === 'control') this.#control = now;
    else this.#candidate = now;
    return bytes;
  }

  #find(side: Side, account: string, channel: string, event: string): Buffer {
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

import { BytesFrame } from '../model/bytes-frame.js';
import type { Ms } from '../model/timeline.js';
import type { Arena } from './arena.js';
import type { SourceContext } from './source.js';

/** Puts one account's frames into the timeline. */
export class Intake {
  readonly #context: SourceContext;
  readonly #account: string;
  readonly #arena: Arena;

  constructor(context: SourceContext, account: string, arena: Arena) {
    this.#context = context;
    this.#account = account;
    this.#arena = arena;
  }

  event(t: Ms, channel: string, event: string, payload: string): void {
    const { side, push } = this.#context;
    push({ kind: 'frame', t, side, account: this.#account, channel, event, payload });
  }

  /** The same with a payload that is still bytes, at [from, to). They are copied. */
  bytes(t: Ms, channel: string, event: string, bytes: Buffer, from: number, to: number): void {
    const { side, push } = this.#context;
    const at = this.#arena.keep(bytes, from, to);
    push(new BytesFrame(t, side, this.#account, channel, event, this.#arena.chunk, at, at + to - from));
  }

  /** A frame that could not be read, with the beginning of what came and why in a few words. */
  unreadable(t: Ms, text: string, why: string, channel = '', event = ''): void {
    const { side, push } = this.#context;
    const payload = beginning(text);
    push({ kind: 'frame', t, side, account: this.#account, channel, event, payload, unreadable: why });
  }
}

/** Why a text was no frame: it is no JSON at all, or JSON of another shape. */
export function fault(text: string, otherwise: string): string {
  try {
    JSON.parse(text);
    return otherwise;
  } catch {
    return 'no JSON';
  }
}

/** How much of an unreadable frame is kept. */
const KEPT_CHARACTERS = 2_048;

function beginning(text: string): string {
  return text.length <= KEPT_CHARACTERS ? text : text.slice(0, KEPT_CHARACTERS);
}

import { Kernel } from '../kernel/kernel.js';

/** Longer ones are parsed. */
const LONGEST = 65_536;
/** The kernel reads sixteen bytes at a time. */
const PADDING = 16;

/** Tells which bytes are a JSON value: by the kernel where it is sure, and by the parser where it is not. */
export class JsonValues {
  readonly #kernel = new Kernel();
  readonly #room = this.#kernel.reserve(LONGEST + PADDING);

  /** Whether [from, to) is exactly one value. */
  has(bytes: Buffer, from: number, to: number): boolean {
    const at = this.#room;
    if (to - from <= LONGEST) {
      bytes.copy(this.#kernel.bytes, at, from, to);
      if (this.#kernel.run.isValue(at, at + to - from) !== 0) return true;
    }
    return isJson(bytes.toString('utf8', from, to));
  }
}

export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

import type { Kernel } from '../kernel/kernel.js';

/** So much is copied at a time, and still near when it is read again. */
const USUAL = 64 * 1024;
/** What lies between two payloads that came one behind the other; it is copied with them. */
const GAP_MOST = 2 * 1024;
/** The kernel reads sixteen bytes at a time. */
const PADDING = 16;

const NONE = Buffer.alloc(0);

/**
 * Room in the kernel's memory for bytes that lie elsewhere and do not change. Those that lie side by side there, as what
 * one feed sent, are copied all at once: to ask for a copy costs more than a copy of a thousand bytes.
 */
export class Shelf {
  readonly #kernel: Kernel;
  readonly #start: number;
  #end: number;
  /** What is still to be copied, to `#end`: [from, to) of a source. */
  #source: Buffer = NONE;
  #from = 0;
  #to = 0;

  /** `size`: bytes that there must be room for when it is empty. */
  constructor(kernel: Kernel, size: number) {
    this.#kernel = kernel;
    this.#start = kernel.reserve(size + PADDING);
    this.#end = this.#start;
  }

  /** Whether so many bytes may be put here. */
  hasRoom(size: number): boolean {
    const used = this.#end + this.#to - this.#from - this.#start;
    return used === 0 || used + GAP_MOST + size <= USUAL;
  }

  /** Where bytes [from, to) will lie once all are copied. */
  put(bytes: Buffer, from: number, to: number): number {
    // What comes again, or lies before what came last, begins anew.
    if (bytes !== this.#source || from < this.#to || from - this.#to > GAP_MOST) {
      this.copy();
      this.#source = bytes;
      this.#from = from;
    }
    this.#to = to;
    return this.#end + from - this.#from;
  }

  /** The same for a text, in UTF-8. */
  write(text: string): { readonly from: number; readonly to: number } {
    this.copy();
    const from = this.#end;
    this.#end += this.#kernel.bytes.write(text, from);
    return { from, to: this.#end };
  }

  /** Copies what was put here. */
  copy(): void {
    const size = this.#to - this.#from;
    // Sources keep payloads in shared memory, of which `set` copies byte by byte: a fill with one copy takes a third.
    if (size > 0) this.#kernel.bytes.fill(this.#source.subarray(this.#from, this.#to), this.#end, this.#end + size);
    this.#end += size;
    this.#source = NONE;
    this.#from = this.#to = 0;
  }

  /** Forgets all that was put here. */
  clear(): void {
    this.#end = this.#start;
    this.#source = NONE;
    this.#from = this.#to = 0;
  }
}

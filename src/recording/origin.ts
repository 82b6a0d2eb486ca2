import { closeSync, openSync, readSync } from 'node:fs';
import { CallError } from '../model/errors.js';
import type { Origin } from '../model/timeline.js';

/** Read at once where one place follows the other, and how much of it lies before what was asked for. */
const BLOCK = 256 * 1024;
const BEHIND = 96 * 1024;
/** What is no further away from what was read before is near. */
const NEAR = 16 * 1024;

/** A file of which parts are read again. It is open from the beginning: another one may be put in its place meanwhile. */
export class FileOrigin implements Origin {
  readonly file: string;
  /** Undefined for a file that cannot be opened, which whoever reads it as a whole will tell. */
  #handle: number | undefined;
  #bytes = Buffer.alloc(0);
  /** Where in the file the bytes lie, and how many there are. */
  #offset = 0;
  #length = 0;

  constructor(file: string) {
    this.file = file;
    try {
      this.#handle = openSync(file, 'r');
    } catch {
      this.#handle = undefined;
    }
  }

  read(offset: number, length: number): string {
    const from = this.#have(offset, length);
    return this.#bytes.toString('utf8', from, from + length);
  }

  copy(offset: number, length: number, to: Buffer, at: number): void {
    const from = this.#have(offset, length);
    this.#bytes.copy(to, at, from, from + length);
  }

  /** Where among the bytes that are here those at a place of the file begin. */
  #have(offset: number, length: number): number {
    if (offset < this.#offset || offset + length > this.#offset + this.#length) this.#fetch(offset, length);
    return offset - this.#offset;
  }

  /** Reads what is asked for or, when that lies near what was asked for before, what will be asked for next as well. */
  #fetch(offset: number, length: number): void {
    const isNear = offset > this.#offset - NEAR && offset < this.#offset + this.#length + NEAR;
    const from = isNear ? Math.max(0, offset - BEHIND) : offset;
    const wanted = isNear ? Math.max(BLOCK, offset - from + length) : length;
    if (wanted > this.#bytes.length) this.#bytes = Buffer.allocUnsafe(Math.max(BLOCK, wanted));
    this.#length = this.#handle === undefined ? 0 : readSync(this.#handle, this.#bytes, 0, wanted, from);
    this.#offset = from;
    if (offset + length > from + this.#length)
      throw new CallError(`${this.file}: became shorter while it was read; judge it when nobody writes to it any more`);
  }

  close(): void {
    if (this.#handle !== undefined) closeSync(this.#handle);
    this.#handle = undefined;
  }
}

import { closeSync, openSync, readSync } from 'node:fs';
import type { Origin } from '../model/timeline.js';

/** A file of which parts are read again. It stays open from the first of them on. */
export class FileOrigin implements Origin {
  readonly file: string;
  #handle: number | undefined;
  #bytes = Buffer.allocUnsafe(64 * 1024);

  constructor(file: string) {
    this.file = file;
  }

  read(offset: number, length: number): string {
    this.#handle ??= openSync(this.file, 'r');
    if (length > this.#bytes.length) this.#bytes = Buffer.allocUnsafe(length);
    return this.#bytes.toString('utf8', 0, readSync(this.#handle, this.#bytes, 0, length, offset));
  }

  close(): void {
    if (this.#handle !== undefined) closeSync(this.#handle);
    this.#handle = undefined;
  }
}

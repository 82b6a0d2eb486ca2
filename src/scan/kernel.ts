import { readFileSync } from 'node:fs';
import { placeOf } from '../place.js';

/** What the scanner's module offers (see wasm/index.ts). Places are byte offsets into its memory. */
interface Exports {
  readonly heapStart: WebAssembly.Global;
  readonly stoppedAt: WebAssembly.Global;
  readonly unknown: WebAssembly.Global;
  readonly envelopeFrom: WebAssembly.Global;
  readonly envelopeTo: WebAssembly.Global;
  readonly lines: WebAssembly.Global;
  readonly odd: WebAssembly.Global;
  readonly latest: WebAssembly.Global;
  readonly backwards: WebAssembly.Global;
  readonly backwardsMost: WebAssembly.Global;
  readonly unescapedTo: WebAssembly.Global;
  placeEnvelopes(at: number): number;
  learnEnvelope(id: number, action: number, plan: number): number;
  scanFrame(plan: number, from: number, to: number, rules: number, row: number): void;
  scanLines(from: number, to: number, rows: number, most: number, rules: number): number;
  unescapeText(from: number, end: number, out: number): number;
  captureFrom(index: number): number;
  captureTo(index: number): number;
  pathBelow(path: bigint, name: bigint): bigint;
  rootPath(): bigint;
  valueHash(from: number, to: number, isText: boolean): bigint;
  textHashOf(from: number, to: number): bigint;
}

/** The memory is reserved, not used: pages that nothing touches cost nothing. */
const PAGES = 768;
const PAGE = 65_536;

let module: WebAssembly.Module | undefined;

/** The scanner with a memory of its own, in which its host lays out plans, bytes and rows. */
export class Kernel {
  readonly run: Exports;
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly i32: Int32Array;
  readonly f64: Float64Array;
  #free: number;

  /** Throws when the module has not been built. */
  constructor() {
    module ??= new WebAssembly.Module(readFileSync(placeOf('dist/scan/kernel.wasm')));
    const memory = new WebAssembly.Memory({ initial: PAGES });
    this.run = new WebAssembly.Instance(module, { env: { memory, abort: () => {} } }).exports as unknown as Exports;
    this.bytes = Buffer.from(memory.buffer);
    this.view = new DataView(memory.buffer);
    this.i32 = new Int32Array(memory.buffer);
    this.f64 = new Float64Array(memory.buffer);
    this.#free = this.run.heapStart.value;
  }

  /** Sets bytes aside, aligned to 16. What lies there is zero. */
  reserve(size: number): number {
    const at = (this.#free + 15) & ~15;
    this.#free = at + size;
    if (this.#free > PAGES * PAGE) throw new Error('the scanner has no memory left');
    return at;
  }

  /** Gives back everything that was set aside since: what `free` said then. */
  release(free: number): void {
    this.bytes.fill(0, free, this.#free);
    this.#free = free;
  }

  get free(): number {
    return this.#free;
  }

  /** The hash of a name, as the module hashes the names it meets. */
  hashOf(text: string): bigint {
    const { from, to } = this.#put(text);
    return BigInt.asUintN(64, this.run.textHashOf(from, to));
  }

  /** The hash of a value, as the module hashes the values it captures. */
  valueHash(value: string | boolean | null): bigint {
    const { from, to } = this.#put(String(value));
    return BigInt.asUintN(64, this.run.valueHash(from, to, typeof value === 'string'));
  }

  /** Behind everything set aside, for the moment. */
  #put(text: string): { readonly from: number; readonly to: number } {
    const from = (this.#free + 15) & ~15;
    const to = from + this.bytes.write(text, from);
    this.bytes.fill(0, to, to + 16);
    return { from, to };
  }
}

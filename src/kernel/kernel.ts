import { readFileSync } from 'node:fs';
import { CallError } from '../model/errors.js';
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
  readonly told: WebAssembly.Global;
  readonly contrasted: WebAssembly.Global;
  placeEnvelopes(at: number): number;
  learnEnvelope(id: number, action: number, plan: number): void;
  scanFrame(plan: number, from: number, to: number, rules: number, row: number): void;
  scanLines(from: number, to: number, rows: number, most: number, rules: number): number;
  unescapeText(from: number, end: number, out: number): number;
  setUpPass(
    controlMs: number,
    candidateMs: number,
    tombstoneMs: number,
    rules: number,
    types: number,
    list: number,
  ): void;
  enterOne(side: number, place: number, keyA: number, keyB: number, t: number): number;
  isDue(t: number): number;
  expireOne(t: number): number;
  forget(t: number): number;
  pass(trackA: number, a: number, endA: number, trackB: number, b: number, endB: number): number;
  contrast(
    planA: number,
    fromA: number,
    toA: number,
    planB: number,
    fromB: number,
    toB: number,
    rules: number,
    several: number,
  ): number;
  isValue(from: number, to: number): number;
  oddPayload(places: number, first: number, count: number): number;
  writeLines(rows: number, count: number, at: number, places: number): number;
  slide(last: number, to: number, shifts: number): number;
  slotOf(bytes: number): number;
  pathBelow(path: bigint, name: bigint): bigint;
  rootPath(): bigint;
  valueHash(from: number, to: number, isText: boolean): bigint;
  textHashOf(from: number, to: number): bigint;
}

/** Envelopes that are known at most; frames of any others are parsed. */
export const ENVELOPES_MOST = 49_152;

/** Memory to begin with; it grows as far as such a memory can. Pages that nothing touches cost nothing. */
const PAGES = 768;
/** 2 GB: places are signed numbers. */
const PAGES_MOST = 32_768;
const PAGE = 65_536;

let module: WebAssembly.Module | undefined;

/** The scanner and the pairing of a run, with a memory of their own, in which their host lays out plans, bytes and rows. */
export class Kernel {
  readonly run: Exports;
  readonly #memory: WebAssembly.Memory;
  /** Views of the memory. They end where it ended when they were asked for; what was there before stays where it is. */
  bytes: Buffer;
  view: DataView;
  i32: Int32Array;
  f64: Float64Array;
  #free: number;

  /** Throws when the module has not been built. */
  constructor() {
    module ??= new WebAssembly.Module(readFileSync(placeOf('dist/kernel/kernel.wasm')));
    // Shared, since the memory of one that is not moves when it grows, away from whoever reads a file into it.
    this.#memory = memory(() => new WebAssembly.Memory({ initial: PAGES, maximum: PAGES_MOST, shared: true }));
    const env = { memory: this.#memory, abort: () => {} };
    const host = { reserve: (size: number) => this.reserve(size) };
    this.run = new WebAssembly.Instance(module, { env, host }).exports as unknown as Exports;
    const { buffer } = this.#memory;
    this.bytes = Buffer.from(buffer);
    this.view = new DataView(buffer);
    this.i32 = new Int32Array(buffer);
    this.f64 = new Float64Array(buffer);
    this.#free = this.run.heapStart.value;
  }

  /** Sets bytes aside, aligned to 16. What lies there is zero. */
  reserve(size: number): number {
    const at = aligned(this.#free);
    if (at + size > this.bytes.length) this.#grow(at + size);
    this.#free = at + size;
    return at;
  }

  #grow(size: number): void {
    const pages = this.bytes.length / PAGE;
    const wanted = Math.max(Math.ceil(size / PAGE), Math.min(pages * 2, PAGES_MOST));
    if (wanted > PAGES_MOST) throw new CallError(TOO_MUCH);
    memory(() => this.#memory.grow(wanted - pages));
    const { buffer } = this.#memory;
    this.bytes = Buffer.from(buffer);
    this.view = new DataView(buffer);
    this.i32 = new Int32Array(buffer);
    this.f64 = new Float64Array(buffer);
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
    return this.#hashed(text, (from, to) => this.run.textHashOf(from, to));
  }

  /** The hash of a value, as the module hashes the values it captures. */
  valueHash(value: string | boolean | null): bigint {
    return this.#hashed(String(value), (from, to) => this.run.valueHash(from, to, typeof value === 'string'));
  }

  /** For the moment the text lies behind everything set aside, where it is zero again when that moment is over. */
  #hashed(text: string, hash: (from: number, to: number) => bigint): bigint {
    const free = this.#free;
    const from = this.reserve(Buffer.byteLength(text) + 16);
    const hashed = hash(from, from + this.bytes.write(text, from));
    this.release(free);
    return BigInt.asUintN(64, hashed);
  }
}

function aligned(at: number): number {
  return Math.ceil(at / 16) * 16;
}

function memory<Made>(make: () => Made): Made {
  try {
    return make();
  } catch (error) {
    throw new CallError(`memory for the pairing could not be had (${(error as Error).message}); ${ROOM}`);
  }
}

const ROOM =
  'each thread that judges or reads sets some GB of addresses aside: raise the limit of addresses (ulimit -v)';
const TOO_MUCH =
  'more events have to be remembered at once than 2 GB hold; shorten match.tombstone or match.window, or judge shorter recordings';

import { ROW, rowSize, type Envelope, type Rows } from '../model/rows.js';
import type { Settings } from '../model/settings.js';
import { SIDES, type Origin, type Side } from '../model/timeline.js';
import type { Kernel } from '../kernel/kernel.js';
import { writePlan } from './layout.js';
import { compilePlans } from './plan.js';

/** Rows found before they are looked at. */
const ROWS_MOST = 4096;
/** Room for a block and what was left of the one before. */
const BUFFER = 1024 * 1024;
/** The kernel reads sixteen bytes at a time. */
const PADDING = 16;

/** What to do with lines of an envelope, as kernel/wasm/envelopes.ts numbers it. */
const ACTION = { look: 0, skip: 1, unmapped: 2, scan: 3 } as const;

/** The scanner of a run over recordings: plans and envelopes are the same for all of its files. */
export class Deck {
  readonly kernel: Kernel;
  readonly rules: number;
  readonly envelopes: Envelope[] = [];
  readonly #plans = new Map<string, number>();
  readonly #declared: ReadonlySet<string>;
  readonly #isMine: (account: string) => boolean;

  constructor(
    settings: Pick<Settings, 'events' | 'rename' | 'rules'>,
    kernel: Kernel,
    isMine: (account: string) => boolean = () => true,
  ) {
    const { events, rules } = settings;
    this.kernel = kernel;
    this.rules = rules.length;
    this.#isMine = isMine;
    for (const { side, event, plan } of compilePlans(settings))
      this.#plans.set(
        nameOf(side, event),
        writePlan(this.kernel, plan, ({ type }) => events.indexOf(type)),
      );
    this.#declared = new Set(
      events.flatMap((type) => SIDES.flatMap((side) => (type[side] ? nameOf(side, type[side].event) : []))),
    );
    // The table's size is the kernel's affair; it says where it ends.
    const table = this.kernel.reserve(0);
    this.kernel.reserve(this.kernel.run.placeEnvelopes(table) - table);
  }

  /** Learns the envelope that the kernel did not know. */
  learn(): void {
    const { run, bytes } = this.kernel;
    const text = bytes.toString('utf8', run.envelopeFrom.value, run.envelopeTo.value);
    const envelope = envelopeOf(text);
    const { action, plan } = this.#actionFor(envelope);
    if (envelope !== undefined) this.envelopes.push(envelope);
    run.learnEnvelope(this.envelopes.length - 1, action, plan);
  }

  #actionFor(envelope: Envelope | undefined): { readonly action: number; readonly plan: number } {
    if (envelope === undefined) return { action: ACTION.look, plan: 0 };
    if (!this.#isMine(envelope.account)) return { action: ACTION.skip, plan: 0 };
    const name = nameOf(envelope.side, envelope.event);
    if (!this.#declared.has(name)) return { action: ACTION.unmapped, plan: 0 };
    const plan = this.#plans.get(name);
    return plan === undefined ? { action: ACTION.look, plan: 0 } : { action: ACTION.scan, plan };
  }
}

/** One file on the deck: its blocks are read into the kernel's memory, and scanned there. */
export class Tape implements Rows {
  readonly i32: Int32Array;
  readonly f64: Float64Array;
  readonly #deck: Deck;
  readonly #origin: Origin;
  readonly #rows: number;
  readonly #stride: number;
  #spare: Buffer | undefined;
  /** Where in the file the first byte of the kernel's memory would lie. */
  #shift = 0;
  /** Where the lines of the block lie that was scanned last. */
  #from = 0;
  #to = 0;
  /** The latest stamp that was seen before what is scanned next. */
  latest = 0;

  constructor(deck: Deck, origin: Origin) {
    const { kernel, rules } = deck;
    this.#deck = deck;
    this.#origin = origin;
    this.#stride = rowSize(rules);
    this.#rows = kernel.reserve(this.#stride * (ROWS_MOST + 1));
    const at = kernel.reserve(BUFFER + PADDING);
    this.#spare = kernel.bytes.subarray(at, at + BUFFER);
    this.i32 = kernel.i32;
    this.f64 = kernel.f64;
  }

  /** A buffer to read blocks into; beyond what the kernel has room for, one that it cannot scan. */
  allocate(size: number): Buffer {
    const spare = size <= BUFFER ? this.#spare : undefined;
    this.#spare = undefined;
    return spare ?? Buffer.allocUnsafe(size);
  }

  /** Whether the kernel can scan what lies in a buffer. */
  canScan(bytes: Buffer): boolean {
    return bytes.buffer === this.i32.buffer;
  }

  /**
   * Scans whole lines at [from, to) of a buffer whose first byte lies at `offset` of the file. Returns how many rows there
   * are now; `stoppedAt` tells from where to go on.
   */
  scan(bytes: Buffer, from: number, to: number, offset: number): number {
    const { run } = this.#deck.kernel;
    const base = bytes.byteOffset;
    this.#shift = offset - base;
    this.#from = base;
    this.#to = base + to;
    let at = base + from;
    let count = 0;
    run.lines.value = 0;
    run.odd.value = 0;
    run.latest.value = this.latest;
    run.backwards.value = 0;
    run.backwardsMost.value = 0;
    for (;;) {
      const rows = this.#rows + count * this.#stride;
      count += run.scanLines(at, base + to, rows, ROWS_MOST - count, this.#deck.rules);
      at = run.stoppedAt.value;
      if (run.unknown.value === 0) break;
      this.#deck.learn();
    }
    this.stoppedAt = at - base;
    this.latest = run.latest.value;
    this.passed = {
      lines: run.lines.value,
      odd: run.odd.value,
      backwards: run.backwards.value,
      backwardsMostMs: run.backwardsMost.value,
    };
    return count;
  }

  /** The block that was scanned last is about to be overwritten: it is in the file alone from now on. */
  leave(): void {
    this.#to = this.#from;
  }

  /** Behind the last line that was scanned. */
  stoppedAt = 0;
  /** Of the last scan: lines, those that have to be parsed, and stamps that lay before an earlier one. */
  passed = { lines: 0, odd: 0, backwards: 0, backwardsMostMs: 0 };

  /** Where the row of this number begins. */
  rowAt(index: number): number {
    return this.#rows + index * this.#stride;
  }

  /** The line of a row, without its LF. */
  lineOf(row: number): string {
    const from = this.i32[(row + ROW.lineFrom) >> 2];
    return this.#deck.kernel.bytes.toString('utf8', from, this.i32[(row + ROW.lineTo) >> 2]);
  }

  envelope(id: number): Envelope {
    return this.#deck.envelopes[id] as Envelope;
  }

  offsetOf(place: number): number {
    return place + this.#shift;
  }

  read(offset: number, length: number): string {
    const at = this.#hereAt(offset, length);
    return at === undefined
      ? this.#origin.read(offset, length)
      : this.#deck.kernel.bytes.toString('utf8', at, at + length);
  }

  copy(offset: number, length: number, to: Buffer, at: number): void {
    const from = this.#hereAt(offset, length);
    if (from === undefined) this.#origin.copy(offset, length, to, at);
    else this.#deck.kernel.bytes.copy(to, at, from, from + length);
  }

  /** Where bytes of the file lie that are still here. Most of what is read again was read just now. */
  #hereAt(offset: number, length: number): number | undefined {
    const at = offset - this.#shift;
    return at >= this.#from && at + length <= this.#to ? at : undefined;
  }
}

function nameOf(side: Side, event: string): string {
  return `${side} ${event}`;
}

/** An envelope that is spelt as the writer spells it; undefined for what the parser of whole lines has to look at. */
function envelopeOf(text: string): Envelope | undefined {
  let members: unknown;
  try {
    members = JSON.parse(`{${text}}`);
  } catch {
    return undefined;
  }
  const { side, account, channel, event, ...others } = members as Record<string, unknown>;
  if (Object.keys(others).length > 0 || !SIDES.includes(side as Side)) return undefined;
  if (typeof account !== 'string' || typeof channel !== 'string' || typeof event !== 'string') return undefined;
  return { side: side as Side, account, channel, event };
}

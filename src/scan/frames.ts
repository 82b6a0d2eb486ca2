import { BytesFrame } from '../model/bytes-frame.js';
import { ROW, rowSize, STATUS, type Envelope, type Rows } from '../model/rows.js';
import type { Settings } from '../model/settings.js';
import type { Frame, Ms, Side } from '../model/timeline.js';
import { ENVELOPES_MOST, Kernel } from '../kernel/kernel.js';
import { writePlan } from './layout.js';
import { PayloadLog } from './log.js';
import { compilePlans } from './plan.js';

/** Payloads beyond this are left to the parser, which tells them. */
const LONGEST = 1_000_000;
/** The kernel reads sixteen bytes at a time. */
const PADDING = 16;

/**
 * Makes rows of frames that come one by one with their payload in bytes. What is kept of a row goes into a log, to be
 * read again for as long as its key is remembered.
 */
export class FrameScanner implements Rows {
  readonly i32: Int32Array;
  readonly f64: Float64Array;
  /** Where the row of the frame scanned last begins. */
  readonly row: number;
  readonly #kernel: Kernel;
  readonly #rules: number;
  readonly #plans: Readonly<Record<Side, ReadonlyMap<string, number>>>;
  /** Where the payload lies while it is scanned. */
  readonly #payload: number;
  readonly #envelopes: Envelope[] = [];
  readonly #byAccount = new Map<string, number[]>();
  readonly #log: PayloadLog;
  #frame: Frame | undefined;

  /** `keptMs`: how long a key is remembered at the most. */
  constructor(settings: Pick<Settings, 'events' | 'rename' | 'rules'>, keptMs: Ms, kernel = new Kernel()) {
    const { events, rules } = settings;
    const plans = { control: new Map<string, number>(), candidate: new Map<string, number>() };
    for (const { side, event, plan } of compilePlans(settings))
      plans[side].set(
        event,
        writePlan(kernel, plan, ({ type }) => events.indexOf(type)),
      );
    this.#plans = plans;
    this.#kernel = kernel;
    this.#rules = rules.length;
    this.#log = new PayloadLog(keptMs);
    this.row = kernel.reserve(rowSize(rules.length));
    this.#payload = kernel.reserve(LONGEST + PADDING);
    // Not before: to set bytes aside may make the memory grow, and views end where it ended.
    this.i32 = kernel.i32;
    this.f64 = kernel.f64;
  }

  /** Scans a frame's payload. False for one that has no bytes, that no plan covers, or that is unusual in any way. */
  scan(frame: Frame): boolean {
    const { bytes } = frame;
    if (bytes === undefined || frame.unreadable !== undefined) return false;
    const { from = 0, to = bytes.length } = frame;
    const plan = this.#plans[frame.side].get(frame.event);
    if (plan === undefined || to - from > LONGEST) return false;
    const { i32, row } = this;
    const at = this.#payload;
    const { bytes: memory, run } = this.#kernel;
    // As an arena does, and for its reason.
    memory.fill(bytes.subarray(from, to), at, at + to - from);
    run.scanFrame(plan, at, at + to - from, this.#rules, row);
    if (i32[(row + ROW.status) >> 2] === STATUS.look) return false;
    if (frame instanceof BytesFrame) frame.walked();
    const envelope = this.#envelopeOf(frame);
    if (envelope === undefined) return false;
    i32[(row + ROW.envelope) >> 2] = envelope;
    i32[(row + ROW.from) >> 2] = at;
    i32[(row + ROW.to) >> 2] = at + to - from;
    this.f64[(row + ROW.t) >> 3] = frame.t;
    this.#frame = frame;
    return true;
  }

  envelope(id: number): Envelope {
    return this.#envelopes[id] as Envelope;
  }

  /** Where the payload of the frame scanned last lies, for as long as its key is remembered. */
  offsetOf(): number {
    const { bytes, from = 0, t } = this.#frame as Frame;
    return this.#log.keep(bytes as Buffer, from, t);
  }

  read(offset: number, length: number): string {
    return this.#log.read(offset, length);
  }

  copy(offset: number, length: number, to: Buffer, at: number): void {
    this.#log.copy(offset, length, to, at);
  }

  /** The frame's envelope; undefined where there are more than can be known. */
  #envelopeOf({ side, account, channel, event }: Frame): number | undefined {
    let known = this.#byAccount.get(account);
    if (known === undefined) this.#byAccount.set(account, (known = []));
    for (const id of known) {
      const envelope = this.#envelopes[id] as Envelope;
      if (envelope.side === side && envelope.event === event && envelope.channel === channel) return id;
    }
    if (this.#envelopes.length === ENVELOPES_MOST) return undefined;
    const id = this.#envelopes.push({ side, account, channel, event }) - 1;
    // Channels that a foreign server makes up without end are not to be looked through for every frame.
    if (known.length < LOOKED_THROUGH) known.push(id);
    return id;
  }
}

const LOOKED_THROUGH = 64;

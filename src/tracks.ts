import { KEPT, SLOT } from './correlate/slots.js';
import { ROW, type Payload, type Rows, type Stretch } from './model/rows.js';
import { SIDES, type Frame, type Ms, type Side } from './model/timeline.js';
import { ENVELOPES_MOST, type Kernel } from './kernel/kernel.js';

/** What the kernel has to know of a file's rows, by byte offset: its number, its places, what to add for an offset. */
const TRACK = { file: 0, places: 4, shift: 8, size: 16 } as const;

/** The files (or feeds) that rows come from, as the kernel knows them; and where the payloads of rows lie. */
export class Tracks {
  readonly #kernel: Kernel;
  readonly #files: Rows[] = [];
  /** Where the kernel's knowledge of each lies. */
  readonly #at: number[] = [];
  /** Bytes of an envelope's places: its side, and a place for each type. */
  readonly #envelope: number;

  constructor(kernel: Kernel, types: number) {
    this.#kernel = kernel;
    this.#envelope = (1 + types) * 4;
  }

  /** What the kernel knows of a stretch's file, now that these are its rows. */
  of({ rows, at: row, end }: Stretch): number {
    const track = this.#trackOf(rows);
    // What lies where the rows end is no row.
    const from = row < end ? (rows.i32[(row + ROW.from) >> 2] as number) : 0;
    this.#kernel.f64[(track + TRACK.shift) >> 3] = rows.offsetOf(from) - from;
    return track;
  }

  /** Remembers the place of a type in an envelope. */
  place(rows: Rows, envelope: number, side: Side, type: number, word: number): void {
    const { i32 } = this.#kernel;
    const at = ((i32[(this.#trackOf(rows) + TRACK.places) >> 2] as number) + envelope * this.#envelope) >> 2;
    i32[at] = SIDES.indexOf(side);
    i32[at + 1 + type] = word;
  }

  /** The payload of a row that was put through last. */
  payloadOf(rows: Rows, row: number): Payload {
    const { i32 } = rows;
    const from = i32[(row + ROW.from) >> 2] as number;
    const shift = this.#kernel.f64[(this.#trackOf(rows) + TRACK.shift) >> 3] as number;
    const length = (i32[(row + ROW.to) >> 2] as number) - from;
    return { rows, envelope: i32[(row + ROW.envelope) >> 2] as number, offset: from + shift, length };
  }

  /** The payload of a side that a slot keeps the place of. */
  keptPayload(side: Side, slot: number): Payload {
    const { i32, f64 } = this.#kernel;
    const at = slot + SLOT[side];
    const files = i32[(slot + SLOT.files) >> 2] as number;
    const rows = this.#files[side === 'control' ? files & 0xffff : files >>> 16] as Rows;
    const offset = f64[(at + KEPT.offset) >> 3] as number;
    const length = i32[(at + KEPT.length) >> 2] as number;
    return { rows, envelope: i32[(at + KEPT.envelope) >> 2] as number, offset, length };
  }

  #trackOf(rows: Rows): number {
    const known = this.#files.indexOf(rows);
    return known === -1 ? this.#open(rows) : (this.#at[known] as number);
  }

  #open(rows: Rows): number {
    const places = this.#kernel.reserve(ENVELOPES_MOST * this.#envelope);
    const track = this.#kernel.reserve(TRACK.size);
    this.#kernel.i32[(track + TRACK.file) >> 2] = this.#files.push(rows) - 1;
    this.#kernel.i32[(track + TRACK.places) >> 2] = places;
    this.#at.push(track);
    return track;
  }
}

/** A frame, read again. */
export function frameOf({ rows, envelope, offset, length }: Payload, t: Ms): Frame {
  const { side, account, channel, event } = rows.envelope(envelope);
  return { kind: 'frame', t, side, account, channel, event, payload: rows.read(offset, length) };
}

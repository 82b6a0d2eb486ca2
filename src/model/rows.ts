import type { Side } from './timeline.js';

/**
 * Frames as rows of numbers, for whoever has to see many: found in a recording's bytes without making an object for any.
 * What lies where in a row, by byte offset (the scanner writes it: kernel/wasm/index.ts).
 */
export const ROW = {
  status: 0,
  envelope: 4,
  t: 8,
  from: 16,
  to: 20,
  type: 24,
  keyA: 28,
  keyB: 32,
  keyFrom: 36,
  keyTo: 40,
  fine: 44,
  printA: 48,
  printB: 52,
  lineFrom: 56,
  lineTo: 60,
  ruled: 64,
} as const;

/** What a row says of its line: read it yourself; belongs to another share; or what a frame turned out to be. */
export const STATUS = { look: 0, skip: 1, unmapped: 2, observation: 3, only: 4 } as const;

/** Bytes of a row. */
export function rowSize(rules: number): number {
  return ROW.ruled + rules * 8;
}

/** What many frames have in common: where they came from, and what they are called. */
export interface Envelope {
  readonly side: Side;
  readonly account: string;
  readonly channel: string;
  readonly event: string;
}

/** The rows of one file. A row is named by the byte offset at which it begins. */
export interface Rows {
  readonly i32: Int32Array;
  readonly f64: Float64Array;
  envelope(id: number): Envelope;
  /** Where in the file the byte at this place lies. */
  offsetOf(place: number): number;
  /** The text of bytes of the file, which are read once more. */
  read(offset: number, length: number): string;
  /** The bytes themselves, put where they are wanted. */
  copy(offset: number, length: number, to: Buffer, at: number): void;
}

/** Rows that follow each other, from the one at `at` on. Who puts them through moves `at`. */
export interface Stretch {
  readonly rows: Rows;
  at: number;
  readonly end: number;
}

/** Where the payload of a frame lies, and which envelope it came in. */
export interface Payload {
  readonly rows: Rows;
  readonly envelope: number;
  readonly offset: number;
  readonly length: number;
}

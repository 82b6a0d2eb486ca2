import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CallError } from '../../src/model/errors.js';
import type { TimelineEntry, TimelineHeader } from '../../src/model/timeline.js';
import { openRecording } from '../../src/recording/reader.js';

// Removed when all tests have ended: see ../build.ts.
const folder = mkdtempSync(join(process.env['TEST_FOLDER'] ?? tmpdir(), 'feed-parity-'));

export const HEADER: TimelineHeader = {
  format: 'feed-parity/timeline',
  version: 1,
  startedAt: '2026-11-22T16:03:11.660Z',
  sides: ['control', 'candidate'],
  accounts: ['rep-1'],
};

export const header = (some: object = {}) => JSON.stringify({ ...HEADER, ...some });

/** A path in a folder that test files share one after the other. */
export function at(name: string): string {
  return join(folder, name);
}

/** Writes a file there, and says where. */
export function file(content: string | Uint8Array, name = 'recording.ndjson'): string {
  writeFileSync(at(name), content);
  return at(name);
}

export interface ReadOut {
  readonly header: TimelineHeader;
  /** Without holes. */
  readonly entries: readonly TimelineEntry[];
  /** Where it cannot be read: from, to, the first line, and how many. */
  readonly holes: readonly (readonly [from: number, to: number, line: number, lines: number])[];
  /** What was told, without the path of the file. */
  readonly told: readonly string[];
}

/** Reads a recording to its end. */
export async function read(path: string): Promise<ReadOut> {
  const told: string[] = [];
  const recording = await openRecording(path, (sentence) => told.push(sentence.replaceAll(path, '…')));
  const entries: TimelineEntry[] = [];
  for await (const block of recording.entries) entries.push(...block.map(withText));
  return { header: recording.header, ...apart(entries), told };
}

/** Entries and, apart from them, the holes between them. */
export function apart(all: readonly TimelineEntry[]): Pick<ReadOut, 'entries' | 'holes'> {
  const holes: ReadOut['holes'][number][] = [];
  const entries = all.filter((entry) => {
    if (entry.kind !== 'tick' || entry.hole === undefined) return true;
    const { forMs, line, lines } = entry.hole;
    holes.push([entry.t, entry.t + forMs, line, lines]);
    return false;
  });
  return { entries, holes };
}

/** Reads a recording that may be refused, by nothing but a CallError. */
export async function readOrRefuse(path: string): Promise<ReadOut | CallError> {
  try {
    return await read(path);
  } catch (error) {
    if (error instanceof CallError) return error;
    throw error;
  }
}

/** The entry with its payload as text: the bytes of a block's frames are only borrowed. */
export function withText(entry: TimelineEntry): TimelineEntry {
  if (entry.kind !== 'frame') return entry;
  const { kind, t, side, account, channel, event, payload, unreadable } = entry;
  return { kind, t, side, account, channel, event, payload, ...(unreadable === undefined ? {} : { unreadable }) };
}

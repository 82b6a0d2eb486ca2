import { join } from 'node:path';
import { challenge, type Challenge } from '../../src/challenge/challenge.js';
import { Sample } from '../../src/challenge/sample.js';
import type { Judge } from '../../src/challenge/subjects.js';
import { loadSettings } from '../../src/config/load.js';
import type { Settings } from '../../src/model/settings.js';
import type { TimelineEntry } from '../../src/model/timeline.js';
import { open } from '../../src/offline.js';
import { Line } from '../../src/run.js';

export const root = join(import.meta.dirname, '..', '..');

/** A recording of both sides, and the config beside it. */
export interface Recorded {
  readonly settings: Settings;
  readonly entries: readonly TimelineEntry[];
}

export async function recorded(folder: string): Promise<Recorded> {
  const { settings } = await loadSettings(join(folder, 'parity.yaml'), { env: {}, today: '2026-11-22', cwd: folder });
  const { entries } = await open([join(folder, 'both.ndjson')], () => {});
  const all: TimelineEntry[] = [];
  for await (const batch of entries) for (const entry of batch) all.push(plain(entry));
  return { settings, entries: all };
}

/** A frame whose payload no longer hangs on the file's bytes. */
function plain(entry: TimelineEntry): TimelineEntry {
  if (entry.kind !== 'frame') return entry;
  const { kind, t, side, account, channel, event, payload } = entry;
  return { kind, t, side, account, channel, event, payload };
}

/** The real line under these settings. */
export function lineOf(settings: Settings): Judge {
  return (entries) => {
    const line = new Line(settings);
    for (const entry of entries) line.add(entry);
    return line.report({ startedAt: '2026-01-01T00:00:00.000Z' });
  };
}

/** A challenge of these settings with these entries; `judge` stands in the place of the line. */
export function challenged(
  { settings, entries }: Recorded,
  { seed = 1, judge = lineOf(settings) }: { readonly seed?: number; readonly judge?: Judge } = {},
): Challenge {
  const sample = new Sample(settings, seed);
  for (const entry of entries) sample.add(entry);
  return challenge(sample, settings, judge, seed);
}

/** `side path` of paths whose edits went unnoticed. */
export function blind(paths: Challenge['paths']): string[] {
  return paths.filter(({ isBlind }) => isBlind).map(({ side, path }) => `${side} ${path}`);
}

import type { Report } from '../../src/model/report.js';
import type { Settings } from '../../src/model/settings.js';
import type { TimelineEntry } from '../../src/model/timeline.js';
import { Line } from '../../src/run.js';
import { compare } from './compare.js';
import { expect } from './oracle.js';
import type { World } from './world.js';

/** What the real line makes of a timeline. */
export function judge(settings: Settings, entries: Iterable<TimelineEntry>): Report {
  const line = new Line(settings);
  for (const entry of entries) line.add(entry);
  return line.report({ startedAt: '2026-01-01T00:00:00.000Z' });
}

/** What is put between a world and the line: nothing, or something that breaks a stage. */
export interface Sabotage {
  settings?(settings: Settings): Settings;
  entries?(entries: readonly TimelineEntry[]): Iterable<TimelineEntry>;
}

/** Every way in which the line's report differs from what the oracle knows; empty when there is none. */
export function differences({ truth, settings, entries }: World, sabotage: Sabotage = {}): string[] {
  const given = sabotage.settings?.(settings) ?? settings;
  const seen = sabotage.entries?.(entries) ?? entries;
  return compare(truth, expect(truth), judge(given, seen));
}

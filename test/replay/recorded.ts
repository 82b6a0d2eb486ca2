import type { Frame, Side, TimelineEntry } from '../../src/model/timeline.js';
import type { Replayable, ReplayEvent, ReplayOptions } from '../../src/replay/events.js';
import { replayEvents } from '../../src/replay/events.js';
import { settings } from '../given.js';

/** A recording in memory. */
export function recorded(
  entries: readonly TimelineEntry[],
  accounts: readonly string[] = ['rep-1'],
): () => Promise<Replayable> {
  const header = {
    format: 'feed-parity/timeline',
    version: 1,
    startedAt: '2026-11-22T16:00:00.000Z',
    sides: ['control', 'candidate'] as readonly Side[],
    accounts,
  } as const;
  return async () => ({
    header,
    entries: (async function* () {
      yield entries;
    })(),
  });
}

/** Everything that would be sent, and what would not. */
export async function eventsOf(
  open: () => Promise<Replayable>,
  some: Partial<ReplayOptions> = {},
): Promise<{ readonly events: ReplayEvent[]; readonly skipped: string[] }> {
  const skipped: string[] = [];
  const events: ReplayEvent[] = [];
  const options: ReplayOptions = {
    settings: settings(),
    pace: { kind: 'recorded', speed: 1 },
    loops: 1,
    limit: Infinity,
    onSkipped: (reason) => skipped.push(reason),
    ...some,
  };
  for await (const event of replayEvents(open, options)) events.push(event);
  return { events, skipped };
}

export function event(some: Partial<ReplayEvent> = {}): ReplayEvent {
  return {
    dueMs: 0,
    account: { id: 'rep-1', values: { id: 'rep-1', token: 't&1' } },
    channel: 'private-feed-rep-1',
    event: 'email-opened',
    type: 'email_opened',
    payload: '{"id":42,"name":"é\\n"}',
    key: '42',
    recordedKey: '42',
    ...some,
  };
}

export type { Frame };

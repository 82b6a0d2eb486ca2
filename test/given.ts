import type { MatchSettings, Permission, Rule, Settings, EventType, GateSettings } from '../src/model/settings.js';
import type { Frame, Link, Side, Tick } from '../src/model/timeline.js';
import { parsePath } from '../src/config/path.js';
import type { Path } from '../src/model/path.js';

/** What a test of the line is given: settings and entries with everything but the point of the test filled in. */

export function path(text: string): Path {
  return parsePath(text, 'many');
}

export function rule(at: string, permits: Permission = { kind: 'ignore' }): Rule {
  return { path: path(at), permits, reason: `a reason for ${at}` };
}

export function eventType(some: Partial<EventType> = {}): EventType {
  return {
    name: 'email_opened',
    control: { event: 'email-opened', where: [], key: [path('$.id')] },
    candidate: { event: 'item_created', where: [], key: [path('$.id')] },
    repeats: 'duplicates',
    ...some,
  };
}

export const MATCH: MatchSettings = {
  window: { beforeMs: 0, afterMs: 10_000 },
  settleMs: 500,
  tombstoneMs: 60_000,
  stallMs: 250,
  resolutionMs: 5,
};

export const GATE: GateSettings = {
  confidence: 0.95,
  defectRate: 0.001,
  counts: { missing: 0, extra: 0 },
  minPerType: 30,
  lag: {},
  inconclusiveShare: 0.05,
};

export function settings(some: Partial<Settings> = {}): Settings {
  return {
    accounts: [{ id: 'rep-1', values: { id: 'rep-1' } }],
    events: [eventType()],
    rename: [],
    rules: [],
    unmapped: 'report',
    match: MATCH,
    gate: GATE,
    hash: '0123456789abcdef',
    hashes: { events: 'e', rename: 'n', rules: 'r', unmapped: 'u', match: 'm', gate: 'g' },
    ...some,
  };
}

export function frame(side: Side, t: number, payload: string, some: Partial<Frame> = {}): Frame {
  const event = side === 'control' ? 'email-opened' : 'item_created';
  return { kind: 'frame', t, side, account: 'rep-1', channel: `feed-of-${side}`, event, payload, ...some };
}

export function up(side: Side, t: number, account = 'rep-1'): Link {
  return { kind: 'link', t, side, account, state: 'up', reason: 'subscribed' };
}

export function down(side: Side, t: number, some: Partial<Link> = {}): Link {
  return { kind: 'link', t, side, account: 'rep-1', state: 'down', reason: 'closed with 1006', ...some };
}

export function tick(t: number, lateMs?: number): Tick {
  return { kind: 'tick', t, ...(lateMs === undefined ? {} : { lateMs }) };
}

import type { MatchSettings, Settings } from '../../src/model/settings.js';
import type { TimelineEntry } from '../../src/model/timeline.js';
import type { Sabotage } from './judge.js';

/** A line with one stage broken. The oracle is worth nothing unless it tells each of these from the real one. */
export const CANARIES: Readonly<Record<string, Sabotage>> = {
  'the window ends a microsecond late': match(({ window }) => ({
    window: { ...window, afterMs: window.afterMs + 0.001 },
  })),
  'the window ends a microsecond soon': match(({ window }) => ({
    window: { ...window, afterMs: window.afterMs - 0.001 },
  })),
  'the window ends a millisecond late': match(({ window }) => ({ window: { ...window, afterMs: window.afterMs + 1 } })),
  'the window begins a millisecond early': match(({ window, resolutionMs }) => ({
    window: { ...window, beforeMs: Math.max(window.beforeMs, resolutionMs) + 1 },
  })),
  'two sockets are taken to have an order': match(() => ({ resolutionMs: 0 })),
  'links need no time to settle': match(() => ({ settleMs: 0 })),
  'tombstones are forgotten at once': match(() => ({ tombstoneMs: 0 })),
  'tombstones are forgotten a millisecond soon': match(({ tombstoneMs }) => ({ tombstoneMs: tombstoneMs - 1 })),
  'tombstones are never forgotten': match(() => ({ tombstoneMs: 1e9 })),
  'a tick is never late enough': match(() => ({ stallMs: 1e9 })),
  'a tick is late when it is on time': match(({ stallMs }) => ({ stallMs: stallMs - 0.001 })),
  'contents are always equal': {
    settings: (settings) => ({
      ...settings,
      rules: [{ path: { text: '$', segments: [] }, permits: { kind: 'ignore' }, reason: 'a comparer that says yes' }],
    }),
  },
  'nothing is permitted': { settings: (settings) => ({ ...settings, rules: [] }) },
  'nothing is renamed': { settings: (settings) => ({ ...settings, rename: [] }) },
  'repeats are duplicates': {
    settings: (settings) => ({
      ...settings,
      events: settings.events.map((type) => ({ ...type, repeats: 'duplicates' })),
    }),
  },
  'new-only types are unknown': {
    settings: (settings) => ({ ...settings, events: settings.events.filter((type) => type.only === undefined) }),
  },
  'gaps are ignored': { entries: (all) => all.filter((entry) => entry.kind !== 'link' || entry.state === 'up') },
  'gaps of control are ignored': {
    entries: (all) => all.filter((entry) => entry.kind !== 'link' || entry.state === 'up' || entry.side !== 'control'),
  },
  'a link that fell is never up again': { entries: (all) => all.filter(isNoReturn()) },
  'digits beyond a double are lost': { entries: (all) => all.map(withDoubles) },
  'stamps are rounded to milliseconds': {
    entries: (all) => all.map((entry) => ({ ...entry, t: Math.round(entry.t) })),
  },
  'time passes only with ticks': { entries: stampedByTicks },
  'a frame in fifty is lost': {
    entries: (all) => all.filter((entry, index) => entry.kind !== 'frame' || index % 50 !== 0),
  },
  'a frame in fifty is taken in twice': {
    entries: (all) =>
      all.flatMap((entry, index) => (entry.kind === 'frame' && index % 50 === 0 ? [entry, entry] : [entry])),
  },
  'accounts are mixed up': {
    entries: (all) => all.map((entry) => (entry.kind === 'frame' ? { ...entry, account: 'rep-1' } : entry)),
  },
  'an unknown type passes for a known one': {
    entries: (all) =>
      all.map((entry) => (entry.kind === 'frame' && entry.event === 'typing' ? { ...entry, event: 'pulse' } : entry)),
  },
};

function match(change: (match: MatchSettings) => Partial<MatchSettings>): Sabotage {
  return {
    settings: (settings: Settings) => ({ ...settings, match: { ...settings.match, ...change(settings.match) } }),
  };
}

/** Lets only the first `up` of each link through. */
function isNoReturn(): (entry: TimelineEntry) => boolean {
  const risen = new Set<string>();
  return (entry) => {
    if (entry.kind !== 'link' || entry.state === 'down') return true;
    const link = `${entry.side} ${entry.account}`;
    return !risen.has(link) && risen.add(link) !== undefined;
  };
}

function withDoubles(entry: TimelineEntry): TimelineEntry {
  if (entry.kind !== 'frame') return entry;
  try {
    return { ...entry, payload: JSON.stringify(JSON.parse(entry.payload)) };
  } catch {
    return entry;
  }
}

/** Every frame carries the stamp of the last tick, as if whoever reads the queue had no other clock. */
function stampedByTicks(all: readonly TimelineEntry[]): TimelineEntry[] {
  let t = 0;
  return all.map((entry) => {
    if (entry.kind === 'tick') t = entry.t;
    return entry.kind === 'frame' ? { ...entry, t } : { ...entry, t: Math.max(t, entry.kind === 'tick' ? entry.t : t) };
  });
}

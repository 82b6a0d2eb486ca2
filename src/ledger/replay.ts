import type { BothSides, ReplayFacts } from '../model/report.js';
import { compare } from './order.js';

/**
 * What two replays sent together. Their books balance because each one's did. How late sends were is told by the worse of
 * the two, as their quantiles cannot be added.
 */
export function mergeReplay(a: ReplayFacts, b: ReplayFacts): ReplayFacts {
  return {
    recording: both(a.recording, b.recording),
    pace: both(a.pace, b.pace),
    seam: a.seam < b.seam ? a.seam : b.seam,
    intended: a.intended + b.intended,
    due: a.due + b.due,
    notReached: a.notReached + b.notReached,
    sent: sum(a.sent, b.sent),
    failed: rows([...a.failed, ...b.failed], ({ target, reason }) => `${target} ${reason}`),
    skipped: rows([...a.skipped, ...b.skipped], ({ reason }) => reason),
    leftOut: sum(a.leftOut, b.leftOut),
    lateness: worse(a.lateness, b.lateness),
    keys: {
      kind: a.keys.kind === b.keys.kind ? a.keys.kind : 'recorded',
      run: Math.min(a.keys.run, b.keys.run),
    },
    accounts: Object.fromEntries(
      [...Object.entries(a.accounts), ...Object.entries(b.accounts)].sort(
        ([x, to], [y, other]) => compare(x, y) || compare(to, other),
      ),
    ),
  };
}

function both(a: string, b: string): string {
  return [...new Set([...a.split(', '), ...b.split(', ')])].sort(compare).join(', ');
}

function sum(a: BothSides, b: BothSides): BothSides {
  return { control: a.control + b.control, candidate: a.candidate + b.candidate };
}

function worse(a: ReplayFacts['lateness'], b: ReplayFacts['lateness']): ReplayFacts['lateness'] {
  if (a === null || b === null) return a ?? b;
  return {
    p50Ms: Math.max(a.p50Ms, b.p50Ms),
    p99Ms: Math.max(a.p99Ms, b.p99Ms),
    maxMs: Math.max(a.maxMs, b.maxMs),
  };
}

function rows<Row extends { readonly count: number }>(all: readonly Row[], nameOf: (row: Row) => string): Row[] {
  const known = new Map<string, Row>();
  for (const row of all) {
    const name = nameOf(row);
    known.set(name, { ...row, count: (known.get(name)?.count ?? 0) + row.count });
  }
  return [...known].sort(([x, a], [y, b]) => b.count - a.count || compare(x, y)).map(([, row]) => row);
}

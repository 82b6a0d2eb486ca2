import type { CountedOutcome } from '../../model/settings.js';
import type { Ms, Side } from '../../model/timeline.js';
import { count, duration, share } from '../figures.js';
import { lagOf } from '../lag.js';
import {
  apart,
  exceeded,
  held,
  scope,
  undecided,
  unmeasured,
  type Answer,
  type Asked,
  type Bar,
  type Found,
} from './answer.js';

/** Limits on how often something may go wrong. */
export function counts(found: Found, bar: Bar): Answer[] {
  const all = entries(bar.gate.counts).map(([outcome, limit]) => {
    const own = apart(bar, ({ counts }) => counts[outcome] !== undefined);
    const elsewhere = own.reduce((sum, type) => sum + (found.types[type]?.[outcome] ?? 0), 0);
    return atMost(
      { name: outcome, limit: `at most ${count(limit)}${scope(own)}` },
      found.outcomes[outcome] - elsewhere,
      limit,
    );
  });
  const types = Object.entries(bar.gate.types ?? {}).flatMap(([type, { counts }]) =>
    entries(counts).flatMap(([outcome, limit]) => {
      if (limit === null) return [];
      const asked = { name: `types.${type}.${outcome}`, limit: `at most ${count(limit)}` };
      return atMost(asked, found.types[type]?.[outcome] ?? 0, limit);
    }),
  );
  return [...all, ...types];
}

function entries<Limit>(limits: Readonly<Partial<Record<CountedOutcome, Limit>>>): [CountedOutcome, Limit][] {
  return Object.entries(limits) as [CountedOutcome, Limit][];
}

function atMost(asked: Asked, actual: number, limit: number): Answer {
  return (actual > limit ? exceeded : held)(asked, count(actual));
}

export function reordering({ order }: Found, { gate }: Bar): Answer[] {
  if (gate.reorderedShare === undefined) return [];
  const asked = { name: 'reorderedShare', limit: `at most ${share(gate.reorderedShare)}` };
  if (order.pairs === 0) return [unmeasured(asked)];
  const actual = order.reordered / order.pairs;
  return [(actual > gate.reorderedShare ? exceeded : held)(asked, share(actual))];
}

export function unmapped(found: Found, bar: Bar): Answer[] {
  if (bar.unmapped !== 'fail') return [];
  const actual = found.unmapped.reduce((sum, row) => sum + row.count, 0);
  return [(actual > 0 ? exceeded : held)({ name: 'unmapped', limit: 'none' }, count(actual))];
}

/**
 * Inconclusive events never make parity broken, but too many leave it unproven; and so do events that still waited when the
 * timeline ended, for whatever ends before windows do would otherwise hide what is missing, and events that could be read
 * on neither side, which nobody misses.
 */
export function inconclusive(found: Found, { gate }: Bar): Answer {
  const { outcomes } = found;
  const open = cutOff(found);
  const unread = unreadableOnBoth(found);
  const unknown = outcomes.inconclusive + open + unread;
  const judged =
    outcomes.match + outcomes.allowed + outcomes.mismatch + outcomes.missing + outcomes.extra + outcomes.late;
  const actual = unknown === 0 ? 0 : unknown / (unknown + judged);
  const limit = `at most ${share(gate.inconclusiveShare)}`;
  const asked = { name: 'inconclusiveShare', limit };
  const also = [
    ...(open === 0 ? [] : [`${count(open)} still open`]),
    ...(unread === 0 ? [] : [`${count(unread)} unreadable`]),
  ];
  const told = `${share(actual)} (${[count(outcomes.inconclusive), ...also].join(', ')})`;
  if (actual <= gate.inconclusiveShare) return held(asked, told);
  const most = Math.max(open, unread, outcomes.inconclusive);
  if (most === outcomes.inconclusive) {
    return undecided(asked, told, [
      `${share(actual)} of the events are inconclusive, and ${limit} may be: see the gaps`,
    ]);
  }
  return undecided(asked, told, [
    most === open
      ? `${count(open)} events still waited for the other side at the end, more than are on their way at any time: go on for a window longer (${duration(found.run.window.afterMs)}), or ask for a shorter one`
      : `${count(unread)} events could be read on neither side, so that nobody knows whether they are equal: see why under unreadable, and whether their key is right`,
  ]);
}

/** Of events that could be read on one side only, the other side's are missing or extra; of these nobody would know. */
function unreadableOnBoth({ unreadable }: Found): number {
  const of = (side: Side): number =>
    unreadable.filter((row) => row.side === side).reduce((sum, row) => sum + row.count, 0);
  return Math.min(of('control'), of('candidate'));
}

/**
 * Events still open, beyond those that are on their way at any time: as many as come in the time that one takes (Little's
 * law), which the end of the timeline and no fault keeps from being judged.
 */
function cutOff({ open, outcomes, lag, run }: Found): number {
  const waiting = open.control + open.candidate;
  if (waiting === 0 || run.durationMs <= 0) return waiting;
  const pairs = outcomes.match + outcomes.allowed + outcomes.mismatch;
  // Control events wait for those that come after them, candidate events for those that come before: neither excuses the
  // other. Quantiles, not extremes: one pair that was an age apart does not make an age of waiting usual.
  const beyond = (some: number, takesMs: Ms): number =>
    Math.max(0, some - (pairs * Math.max(0, takesMs)) / run.durationMs);
  const late = beyond(open.control, lag.inWindow.p99Ms ?? 0);
  const early = beyond(open.candidate, -(lagOf(lag).quantile(0.01, false) ?? 0));
  return Math.floor(late + early);
}

import type { CountedOutcome } from '../../model/settings.js';
import { count, share } from '../figures.js';
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
 * Inconclusive events never make parity broken, but too many leave it unproven. Events still open when the timeline
 * ended belong to neither side: the end, not a gap, keeps them from being judged.
 */
export function inconclusive({ outcomes }: Found, { gate }: Bar): Answer {
  const unknown = outcomes.inconclusive;
  const judged =
    outcomes.match + outcomes.allowed + outcomes.mismatch + outcomes.missing + outcomes.extra + outcomes.late;
  const actual = unknown === 0 ? 0 : unknown / (unknown + judged);
  const limit = `at most ${share(gate.inconclusiveShare)}`;
  const asked = { name: 'inconclusiveShare', limit };
  const told = `${share(actual)} (${count(unknown)})`;
  if (actual <= gate.inconclusiveShare) return held(asked, told);
  return undecided(asked, told, [`${share(actual)} of the events are inconclusive, and ${limit} may be: see the gaps`]);
}

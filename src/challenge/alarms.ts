import { conclude } from '../ledger/conclude.js';
import type { Books, LagSummary, OutcomeCounts, Report } from '../model/report.js';
import type { Settings } from '../model/settings.js';
import { OUTCOMES } from '../model/verdict.js';
import type { Sign } from './trial.js';

const SIGNS: readonly Sign[] = ['mismatch', 'missing', 'extra', 'duplicate', 'late', 'reordered'];

/** Events of a run in which everything went wrong in one way. */
const EVENTS = 1_000_000;

/**
 * Which findings the configured limits count at all: the real gate is asked about a run that is full of each, and about
 * one without a fault. A finding that cannot turn the gate red is noticed, and never caught.
 */
export function alarms(unaltered: Report, settings: Settings): ReadonlySet<Sign> {
  const exceeded = (sign: Sign | undefined) =>
    conclude(fullOf(sign, unaltered, settings), settings)
      .gate.limits.filter(({ status }) => status === 'exceeded')
      .map(({ name }) => name);
  const anyway = new Set(exceeded(undefined));
  return new Set(SIGNS.filter((sign) => exceeded(sign).some((name) => !anyway.has(name))));
}

function fullOf(sign: Sign | undefined, unaltered: Report, settings: Settings): Books {
  const outcomes = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as OutcomeCounts;
  // Duplicates and reordered events stand beside pairs that agree.
  const isBeside = sign === undefined || sign === 'duplicate' || sign === 'reordered';
  if (isBeside) outcomes.match = EVENTS;
  if (sign !== undefined && sign !== 'reordered') outcomes[sign] = EVENTS;
  const isCensored = sign === 'missing' || sign === 'late';
  const types = settings.events.filter((type) => type.only === undefined).map(({ name }) => [name, outcomes]);
  const lag: LagSummary = {
    ...unaltered.lag,
    p50Ms: null,
    p95Ms: null,
    p99Ms: null,
    maxMs: null,
    count: 0,
    censored: isCensored ? EVENTS : 0,
    measured: { ...unaltered.lag.measured, missing: isCensored ? EVENTS : 0 },
  };
  const { lagParts } = unaltered;
  const ofTypes = Object.keys(lagParts?.types ?? {}).map((type) => [type, lag] as const);
  const { format: _, version: _v, status: _s, gate: _g, hints: _h, ...books } = unaltered;
  return {
    ...books,
    outcomes,
    types: Object.fromEntries(types) as Report['types'],
    lag,
    ...(lagParts === undefined ? {} : { lagParts: { types: Object.fromEntries(ofTypes), others: lag } }),
    order: { pairs: EVENTS, reordered: sign === 'reordered' ? EVENTS : 0, examples: [] },
    unmapped: [],
    uncovered: [],
    early: { suspects: [] },
  };
}

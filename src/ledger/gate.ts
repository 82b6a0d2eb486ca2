import type { GateDecision, LimitResult, OutcomeCounts, Report, Status } from '../model/report.js';
import type { EventType, GateSettings } from '../model/settings.js';
import type { Ms } from '../model/timeline.js';
import { cleanEventsNeeded, lowerBound, upperBound } from './evidence.js';
import { count, duration, share } from './figures.js';

/** What the gate looks at: the whole report but the decision itself, plus what was declared. */
export interface Case {
  readonly found: Pick<Report, 'outcomes' | 'types' | 'lag' | 'order' | 'unmapped'>;
  readonly events: readonly EventType[];
  readonly unmapped: 'report' | 'fail' | 'ignore';
  /** Accounts of which a side was never listening, with the reason. */
  readonly unseen: readonly string[];
  /** How long after control a candidate may come: censored lags are longer than this. */
  readonly windowMs: Ms;
}

/** One limit's answer; `lacking` says what would decide it. */
interface Answer extends LimitResult {
  readonly lacking?: readonly string[];
}

/**
 * Decides: broken as soon as one limit is exceeded for certain, proven only if every limit holds with enough evidence
 * and coverage, else unproven with what is lacking. No data is never a pass.
 */
export function decide(settings: GateSettings, facts: Case): GateDecision {
  const evidence = weigh(settings, facts.found.outcomes);
  const answers = [
    ...defectRate(settings, evidence),
    ...counts(settings, facts.found.outcomes),
    ...lag(settings, facts.found.lag, facts.windowMs),
    ...reordering(settings, facts.found.order),
    ...unmapped(facts),
    inconclusive(settings, facts.found),
    perType(settings, facts),
    ...seen(facts),
    ...anything(evidence),
  ];
  return {
    status: status(answers),
    confidence: settings.confidence,
    limits: answers.map(({ name, limit, actual, status }) => ({ name, limit, actual, status })),
    lacking: answers.flatMap((answer) => answer.lacking ?? []),
    evidence,
  };
}

function status(answers: readonly Answer[]): Status {
  if (answers.some((answer) => answer.status === 'exceeded')) return 'broken';
  return answers.some((answer) => answer.status === 'undecided') ? 'unproven' : 'proven';
}

function weigh(settings: GateSettings, outcomes: OutcomeCounts): GateDecision['evidence'] {
  const unseen = outcomes.mismatch + outcomes.missing + outcomes.extra + outcomes.late;
  const events = outcomes.match + outcomes.allowed + unseen;
  // A duplicate is a defect of an event already counted, so defects could outnumber events.
  const defects = Math.min(events, unseen + outcomes.duplicate);
  return { events, defects, upperBound: upperBound(defects, events, settings.confidence) };
}

function defectRate(settings: GateSettings, evidence: GateDecision['evidence']): Answer[] {
  const limit = settings.defectRate;
  if (limit === undefined) return [];
  const { events, defects } = evidence;
  const at = `at ${share(settings.confidence)} confidence`;
  const atLeast = lowerBound(defects, events, settings.confidence);
  const seen = `${count(defects)} of ${count(events)}`;
  const answer = {
    name: 'defectRate',
    limit: `at most ${share(limit)} ${at}`,
    actual: `${seen}, so below ${share(evidence.upperBound)}`,
  };
  if (evidence.upperBound <= limit) return [{ ...answer, status: 'held' }];
  if (atLeast > limit) return [{ ...answer, actual: `${seen}, so above ${share(atLeast)}`, status: 'exceeded' }];
  const more = cleanEventsNeeded(defects, events, settings.confidence, limit);
  const lacking = Number.isFinite(more)
    ? `${count(more)} more clean ${more === 1 ? 'pair' : 'pairs'} for ${share(limit)} ${at}`
    : `no number of clean pairs can prove a defect rate of at most ${share(limit)}`;
  return [{ ...answer, status: 'undecided', lacking: [lacking] }];
}

function counts(settings: GateSettings, outcomes: OutcomeCounts): Answer[] {
  return Object.entries(settings.counts).map(([outcome, limit]) => {
    const actual = outcomes[outcome as keyof typeof settings.counts];
    return {
      name: outcome,
      limit: `at most ${count(limit)}`,
      actual: count(actual),
      status: actual > limit ? 'exceeded' : 'held',
    };
  });
}

function lag(settings: GateSettings, measured: Report['lag'], windowMs: Ms): Answer[] {
  const figures = { p50: measured.p50Ms, p95: measured.p95Ms, p99: measured.p99Ms, max: measured.maxMs };
  return Object.entries(settings.lag).map(([figure, limitMs]) => {
    const actualMs = figures[figure as keyof typeof figures];
    const censored = figure === 'max' ? measured.measured.missing > 0 : actualMs === null;
    const answer = { name: `lag.${figure}`, limit: `at most ${duration(limitMs)}` };
    if (measured.count + measured.censored === 0) return unmeasured(answer);
    if (actualMs !== null && actualMs > limitMs) return exceeded(answer, duration(actualMs));
    return censored ? beyond(answer, limitMs, windowMs) : held(answer, duration(actualMs ?? 0));
  });
}

/** A lag that is known to be longer than the window, but not how much: beyond any limit that is no longer than that. */
function beyond(answer: Asked, limitMs: Ms, windowMs: Ms): Answer {
  const actual = 'beyond the window';
  if (limitMs <= windowMs) return exceeded(answer, actual);
  const [limit, window] = [duration(limitMs), duration(windowMs)];
  const lacking = `${answer.name} is beyond the window of ${window}: to hold it to ${limit}, window.after has to be as long`;
  return { ...answer, actual, status: 'undecided', lacking: [lacking] };
}

type Asked = Pick<Answer, 'name' | 'limit'>;

function held(answer: Asked, actual: string): Answer {
  return { ...answer, actual, status: 'held' };
}

function exceeded(answer: Asked, actual: string): Answer {
  return { ...answer, actual, status: 'exceeded' };
}

function unmeasured(answer: Asked): Answer {
  return {
    ...answer,
    actual: 'nothing measured',
    status: 'undecided',
    lacking: [`pairs to measure ${answer.name} on`],
  };
}

function reordering(settings: GateSettings, order: Report['order']): Answer[] {
  if (settings.reorderedShare === undefined) return [];
  const answer = { name: 'reorderedShare', limit: `at most ${share(settings.reorderedShare)}` };
  if (order.pairs === 0) return [unmeasured(answer)];
  const actual = order.reordered / order.pairs;
  return [(actual > settings.reorderedShare ? exceeded : held)(answer, share(actual))];
}

function unmapped(facts: Case): Answer[] {
  if (facts.unmapped !== 'fail') return [];
  const actual = facts.found.unmapped.reduce((sum, row) => sum + row.count, 0);
  return [{ name: 'unmapped', limit: 'none', actual: count(actual), status: actual > 0 ? 'exceeded' : 'held' }];
}

/**
 * Inconclusive events never make parity broken, but too many leave it unproven. Events still open when the timeline
 * ended belong to neither side: the end, not a gap, keeps them from being judged.
 */
function inconclusive(settings: GateSettings, { outcomes }: Case['found']): Answer {
  const unknown = outcomes.inconclusive;
  const judged =
    outcomes.match + outcomes.allowed + outcomes.mismatch + outcomes.missing + outcomes.extra + outcomes.late;
  const actual = unknown === 0 ? 0 : unknown / (unknown + judged);
  const limit = `at most ${share(settings.inconclusiveShare)}`;
  const answer = { name: 'inconclusiveShare', limit, actual: `${share(actual)} (${count(unknown)})` };
  if (actual <= settings.inconclusiveShare) return { ...answer, status: 'held' };
  const lacking = `${share(actual)} of the events are inconclusive, and ${limit} may be: see the gaps`;
  return { ...answer, status: 'undecided', lacking: [lacking] };
}

function perType(settings: GateSettings, facts: Case): Answer {
  const short = facts.events
    .filter((type) => type.only === undefined)
    .map((type) => ({ name: type.name, pairs: pairs(facts.found.types[type.name]) }))
    .filter((type) => type.pairs < settings.minPerType);
  const worst = short.toSorted((a, b) => a.pairs - b.pairs)[0];
  return {
    name: 'minPerType',
    limit: `at least ${count(settings.minPerType)} pairs of each type`,
    actual: worst === undefined ? 'all have them' : `${worst.name}: ${count(worst.pairs)}`,
    status: worst === undefined ? 'held' : 'undecided',
    lacking: short.map(({ name, pairs }) =>
      pairs === 0
        ? `no pair of ${name} was seen, ${count(settings.minPerType)} are needed`
        : `${count(settings.minPerType - pairs)} more pairs of ${name}`,
    ),
  };
}

function pairs(counts: OutcomeCounts | undefined): number {
  return counts === undefined ? 0 : counts.match + counts.allowed + counts.mismatch + counts.late;
}

function seen(facts: Case): Answer[] {
  if (facts.unseen.length === 0) return [];
  const actual = `${count(facts.unseen.length)} were not`;
  return [
    { name: 'coverage', limit: 'every account seen on both sides', actual, status: 'undecided', lacking: facts.unseen },
  ];
}

/** Limits that nothing could exceed are no proof of anything. */
function anything({ events }: GateDecision['evidence']): Answer[] {
  if (events > 0) return [];
  const lacking = ['events to judge: none was seen while both sides were listening'];
  return [{ name: 'events', limit: 'at least one', actual: 'none', status: 'undecided', lacking }];
}

import type { GateDecision, OutcomeCounts } from '../../model/report.js';
import { anyTime } from '../anytime.js';
import { noOutcomes, sumOf } from '../counts.js';
import { cleanEventsNeeded, fixedSample, type Bounds } from '../evidence.js';
import { atThisRate, count, share } from '../figures.js';
import { apart, exceeded, held, isForNone, scope, undecided, type Answer, type Bar, type Found } from './answer.js';

/** What a bound that holds at any time is made for, where there is no limit to make it for. */
const USUAL_LIMIT = 0.001;

interface Weight {
  readonly events: number;
  readonly defects: number;
}

/** What the counts are evidence of, and how strong. */
export function evidence(found: Found, { gate }: Bar): GateDecision['evidence'] {
  const weight = weigh(found.outcomes);
  const { events, defects } = weight;
  const upper = (bounds: Bounds): number => bounds.upper(defects, events, gate.confidence);
  if (gate.bound === undefined) return { ...weight, upperBound: upper(fixedSample) };
  const limit = gate.defectRate;
  return {
    ...weight,
    upperBound: upper(anyTime(limit ?? USUAL_LIMIT)),
    bound: gate.bound,
    fixedSample: {
      upperBound: upper(fixedSample),
      events: limit === undefined ? null : fixedSampleFor(defects, gate.confidence, limit),
    },
  };
}

/** Events with so many defects that would be enough, had their number been fixed before. */
function fixedSampleFor(defects: number, confidence: number, limit: number): number | null {
  const more = cleanEventsNeeded(defects, defects, confidence, limit);
  return Number.isFinite(more) ? defects + more : null;
}

export function defectRate(found: Found, bar: Bar): Answer[] {
  const own = apart(bar, ({ defectRate }) => defectRate !== undefined);
  const types = own.flatMap((type) => {
    const limit = bar.gate.types?.[type]?.defectRate ?? undefined;
    return limit === undefined ? [] : [rate(`types.${type}.defectRate`, limit, '', weighed(found, [type]), found, bar)];
  });
  const { defectRate: limit } = bar.gate;
  if (limit === undefined || isForNone(bar, own)) return types;
  const all = own.length === 0 ? weigh(found.outcomes) : weighed(found, others(found, own));
  return [rate('defectRate', limit, scope(own), all, found, bar), ...types];
}

function rate(name: string, limit: number, of: string, weight: Weight, { run }: Found, { gate }: Bar): Answer {
  const { events, defects } = weight;
  const { confidence } = gate;
  const bounds = gate.bound === undefined ? fixedSample : anyTime(limit);
  const [upper, lower] = [bounds.upper(defects, events, confidence), bounds.lower(defects, events, confidence)];
  const sure = `${share(limit)} at ${share(confidence)} confidence`;
  const asked = { name, limit: `at most ${sure}${of}` };
  const seen = `${count(defects)} of ${count(events)}`;
  const bound = (text: string): string =>
    `${text}${gate.bound === undefined ? '' : `, ${beside(weight, limit, confidence)}`}`;
  if (upper <= limit) return { ...held(asked, seen), bound: bound(`below ${share(upper)}`) };
  if (lower > limit) return { ...exceeded(asked, seen), bound: bound(`above ${share(lower)}`) };
  const more = cleanEventsNeeded(defects, events, confidence, limit, bounds);
  const lacking = Number.isFinite(more)
    ? `${count(more)} more clean ${more === 1 ? 'pair' : 'pairs'} for ${sure}${atThisRate(more, events, run.durationMs)}`
    : `no number of clean pairs can prove a defect rate of at most ${share(limit)}`;
  return { ...undecided(asked, seen, [lacking]), bound: bound(`below ${share(upper)}`) };
}

/** The figure for a number of events that was fixed before, to compare with. */
function beside({ events, defects }: Weight, limit: number, confidence: number): string {
  const enough = fixedSampleFor(defects, confidence, limit);
  const needed = enough === null ? '' : `, for which ${count(enough)} are enough`;
  return `at any time (a fixed sample${needed}: below ${share(fixedSample.upper(defects, events, confidence))})`;
}

function weighed({ types }: Found, names: readonly string[]): Weight {
  return weigh(sumOf(names.map((name) => types[name] ?? noOutcomes())));
}

function others({ types }: Found, own: readonly string[]): string[] {
  return Object.keys(types).filter((type) => !own.includes(type));
}

function weigh(outcomes: OutcomeCounts): Weight {
  const faulty = outcomes.mismatch + outcomes.missing + outcomes.extra + outcomes.late;
  const events = outcomes.match + outcomes.allowed + faulty;
  // A duplicate is a defect of an event already counted, so defects could outnumber events.
  return { events, defects: Math.min(events, faulty + outcomes.duplicate) };
}

/** Whether the defect rate alone would be proven by now: cheap enough to ask all the time. */
export function isRateProven(outcomes: OutcomeCounts, { gate }: Pick<Bar, 'gate'>): boolean {
  const { defectRate: limit, confidence } = gate;
  const { events, defects } = weigh(outcomes);
  // Limits of types can only be looked at with the types.
  if (limit === undefined || gate.types !== undefined) return events > 0;
  return (gate.bound === undefined ? fixedSample : anyTime(limit)).upper(defects, events, confidence) <= limit;
}

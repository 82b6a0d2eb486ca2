import type { LagSummary } from '../../model/report.js';
import type { LagFigure } from '../../model/settings.js';
import type { Ms } from '../../model/timeline.js';
import { duration, share } from '../figures.js';
import { lagOf } from '../lag.js';
import { addLags } from '../lags.js';
import {
  apart,
  exceeded,
  held,
  isForNone,
  scope,
  undecided,
  unmeasured,
  type Answer,
  type Asked,
  type Bar,
  type Found,
} from './answer.js';

const QUANTILES = { p50: 0.5, p95: 0.95, p99: 0.99 } as const;

/**
 * Limits on lag. They are on what was measured, not on what may be true of all events to come: a run of a few hundred
 * events cannot bound its p99, and should not fail for it. How well the figure is known stands beside it as its bound.
 */
export function lag(found: Found, bar: Bar): Answer[] {
  const all = entries(bar.gate.lag).flatMap(([figure, limitMs]) => {
    const own = apart(bar, ({ lag }) => lag[figure] !== undefined);
    if (isForNone(bar, own)) return [];
    const asked = { name: `lag.${figure}`, limit: `at most ${duration(limitMs)}${scope(own)}` };
    return answer(asked, figure, limitMs, own.length === 0 ? found.lag : withoutTypes(found, own), found, bar);
  });
  const types = Object.entries(bar.gate.types ?? {}).flatMap(([type, limits]) =>
    entries(limits.lag).flatMap(([figure, limitMs]) => {
      if (limitMs === null) return [];
      const asked = { name: `types.${type}.lag.${figure}`, limit: `at most ${duration(limitMs)}` };
      return answer(asked, figure, limitMs, found.lagParts?.types[type], found, bar);
    }),
  );
  return [...all, ...types];
}

function entries<Limit>(limits: Readonly<Partial<Record<LagFigure, Limit>>>): [LagFigure, Limit][] {
  return Object.entries(limits) as [LagFigure, Limit][];
}

/** The lags of all types but these; undefined where they were not measured apart. */
function withoutTypes({ lagParts }: Found, own: readonly string[]): LagSummary | undefined {
  if (lagParts === undefined || own.some((type) => lagParts.types[type] === undefined)) return undefined;
  const rest = Object.entries(lagParts.types).filter(([type]) => !own.includes(type));
  return addLags([lagParts.others, ...rest.map(([, lag]) => lag)]);
}

function answer(
  asked: Asked,
  figure: LagFigure,
  limitMs: Ms,
  measured: LagSummary | undefined,
  { run }: Found,
  { gate }: Bar,
): Answer {
  if (measured === undefined) {
    return undecided(asked, 'not measured apart', [
      `a run whose config has ${asked.name}: the lag of a type is measured apart only where it has a limit`,
    ]);
  }
  if (measured.count + measured.censored === 0) return unmeasured(asked);
  const actualMs = { p50: measured.p50Ms, p95: measured.p95Ms, p99: measured.p99Ms, max: measured.maxMs }[figure];
  const censored = figure === 'max' ? measured.measured.missing > 0 : actualMs === null;
  const known = (told: Answer): Answer =>
    figure === 'max' || actualMs === null
      ? told
      : { ...told, bound: boundOf(measured, QUANTILES[figure], gate.confidence) };
  if (actualMs !== null && actualMs > limitMs) return known(exceeded(asked, duration(actualMs)));
  if (!censored) return known(held(asked, duration(actualMs ?? 0)));
  return known(beyond(asked, limitMs, run.window.afterMs));
}

/** A lag that is known to be longer than the window, but not how much: beyond any limit that is no longer than that. */
function beyond(asked: Asked, limitMs: Ms, windowMs: Ms): Answer {
  const actual = 'beyond the window';
  if (limitMs <= windowMs) return exceeded(asked, actual);
  const [limit, window] = [duration(limitMs), duration(windowMs)];
  return undecided(asked, actual, [
    `${asked.name} is beyond the window of ${window}: to hold it to ${limit}, window.after has to be as long`,
  ]);
}

/** Below what the quantile lies with the gate's confidence. */
function boundOf(measured: LagSummary, q: number, confidence: number): string {
  const upper = lagOf(measured).upper(q, confidence);
  const sure = `at ${share(confidence)} confidence`;
  if (upper === 'unknown') return `too few events for a bound ${sure}`;
  return upper === 'censored' ? `maybe beyond the window, ${sure}` : `below ${duration(upper)} ${sure}`;
}

import type { Path, Segment } from '../model/path.js';
import type { EventPlace, Rename, Rule, Settings } from '../model/settings.js';
import type { Side } from '../model/timeline.js';
import type { Steps } from './places.js';

/** What the config makes of a place in a payload. */
export interface Standing {
  /** `pairing`: the place decides which event it is. `left out`: the config says not to compare it. */
  readonly kind: 'compared' | 'pairing' | 'left out';
  /** Why it is left out, or which rule relaxes it. */
  readonly because?: string;
}

/** Says of any place in a side's payload what the config makes of it. */
export function standing(
  { rename, rules }: Pick<Settings, 'rename' | 'rules'>,
  side: Side,
  place: EventPlace,
  steps: Steps,
): Standing {
  const pairing = [...place.key, ...place.where.map(({ path }) => path), ...(place.body ? [place.body] : [])];
  // What holds a key, a condition or the body takes them away with it.
  if (pairing.some((path) => isOnTheWay(steps, path, path !== place.body))) return { kind: 'pairing' };
  const body = place.body?.segments ?? [];
  if (!isWithin(steps, body)) return { kind: 'left out', because: `outside ${place.body?.text}` };
  const inBody = steps.slice(body.length);
  const inControlsTerms = side === 'control' ? inBody : renamed(inBody, rename);
  const touching = rules.filter((rule) => touches(rule, inControlsTerms));
  const ignoring = touching.find(({ permits }) => permits.kind === 'ignore');
  if (ignoring !== undefined) return { kind: 'left out', because: `ignored by ${ignoring.path.text}` };
  const [relaxing] = touching;
  if (relaxing === undefined) return { kind: 'compared' };
  return { kind: 'compared', because: `relaxed by ${relaxing.path.text} (as: ${relaxing.permits.kind})` };
}

/** Whether the steps lead to what the path names, to something that holds it or, if so asked, to something in it. */
function isOnTheWay(steps: Steps, { segments }: Path, andWithin: boolean): boolean {
  if (steps.length > segments.length && !andWithin) return false;
  const shared = Math.min(steps.length, segments.length);
  return segments.slice(0, shared).every((segment, at) => takes(segment, steps[at]));
}

function isWithin(steps: Steps, segments: readonly Segment[]): boolean {
  return steps.length >= segments.length && segments.every((segment, at) => takes(segment, steps[at]));
}

function renamed(steps: Steps, renames: readonly Rename[]): Steps {
  let at = steps;
  for (const { from, to } of renames) {
    if (!isWithin(at, from.segments)) continue;
    at = [...to.segments.map(nameOf), ...at.slice(from.segments.length)];
  }
  return at;
}

function nameOf(segment: Segment): string {
  return segment.kind === 'name' ? segment.name : '';
}

/** Whether a rule speaks of the place, or of something that holds it. */
export function touches({ path }: Pick<Rule, 'path'>, steps: Steps): boolean {
  return leads(path.segments, steps);
}

function leads(segments: readonly Segment[], steps: Steps): boolean {
  const [segment, ...rest] = segments;
  if (segment === undefined) return true;
  if (segment.kind === 'descend') return steps.some((_, at) => leads(rest, steps.slice(at)));
  return steps.length > 0 && takes(segment, steps[0]) && leads(rest, steps.slice(1));
}

function takes(segment: Segment, step: string | number | undefined): boolean {
  if (segment.kind === 'each') return step !== undefined;
  return segment.kind === 'name' ? segment.name === step : segment.kind === 'index' && segment.index === step;
}

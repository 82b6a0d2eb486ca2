import type { Side } from '../../model/timeline.js';
import type { Difference } from '../../model/verdict.js';
import type { Line, Steps } from './pretty.js';

/** A difference, and the way to its place. */
export interface Located {
  readonly difference: Difference;
  /** In control's terms, relative to the body. */
  readonly steps: Steps;
}

/** By line: which of the differences it shows. */
export type Marks = ReadonlyMap<number, number>;

/**
 * Finds the differences in a payload. A report does not hold where in it the body is or how its members are renamed, so a
 * place is known by its value, and among equal ones by how much of the way to it is the same.
 */
export function marksOf(lines: readonly Line[], located: readonly Located[], side: Side): Marks {
  const marks = new Map<number, number>();
  for (const [nth, { difference, steps }] of located.entries()) {
    const value = difference[side];
    const at = value === undefined ? undefined : placeOf(lines, steps, value, marks);
    if (at === undefined) continue;
    for (let below = 0; below <= (lines[at]?.below ?? 0); below++) marks.set(at + below, nth);
  }
  return marks;
}

function placeOf(lines: readonly Line[], steps: Steps, value: string, taken: Marks): number | undefined {
  let best: number | undefined;
  let most = -1;
  for (const [at, line] of lines.entries()) {
    if (line.steps === undefined || line.value === undefined || taken.has(at)) continue;
    const shared = sharedEnd(line.steps, steps);
    if (shared > most && isSpelt(line.value, value)) [best, most] = [at, shared];
  }
  return best;
}

function sharedEnd(one: Steps, other: Steps): number {
  let shared = 0;
  while (shared < Math.min(one.length, other.length) && one.at(-1 - shared) === other.at(-1 - shared)) shared++;
  return shared;
}

/** Whether a value as a payload spells it is the one that a difference tells, which may be cut and is spelt anew. */
function isSpelt(raw: string, told: string): boolean {
  const isCut = told.endsWith('…');
  const wanted = isCut ? told.slice(0, -1) : told;
  return [raw, respelt(raw)].some((text) => (isCut ? text.startsWith(wanted) : text === wanted));
}

function respelt(raw: string): string {
  try {
    return JSON.stringify(JSON.parse(raw));
  } catch {
    return raw;
  }
}

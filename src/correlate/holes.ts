import type { Gap } from '../model/report.js';
import { microseconds, type Hole, type Ms, type Side } from '../model/timeline.js';

/** A hole in time. Both ends belong to it: what was lost may have had the very stamp of a line beside it. */
interface Stretch {
  readonly from: Ms;
  /** Infinity where nothing behind it can be read. */
  readonly to: Ms;
  /** The latest end of this and all before it, which is another's where stamps of a file go back. */
  readonly reach: Ms;
  readonly hole: Hole;
}

/** Stretches that are looked at for one event: where nearly every line is broken there are many. */
const LOOKED_AT = 100;

/** Holes that a report tells of one recording; of more, those that are nearest to each other are told as one. */
export const HOLES_TOLD = 1_000;

/** Where recordings cannot be read: what came there on a side is not known, though the side may have been listening. */
export class Holes {
  readonly #bySide = new Map<Side | undefined, Stretch[]>();

  note(t: Ms, hole: Hole): void {
    let stretches = this.#bySide.get(hole.side);
    if (stretches === undefined) this.#bySide.set(hole.side, (stretches = []));
    const to = microseconds(t + hole.forMs);
    stretches.push({ from: t, to, reach: Math.max(to, stretches.at(-1)?.reach ?? to), hole });
  }

  /** A hole at some moment of the interval, of a recording that holds the side. */
  at(side: Side, from: Ms, to: Ms): Gap | undefined {
    if (this.#bySide.size === 0) return undefined;
    const stretch =
      touching(this.#bySide.get(side), side, from, to) ?? touching(this.#bySide.get(undefined), side, from, to);
    return stretch === undefined ? undefined : told(stretch);
  }

  /** Those that overlap or touch are told as one. */
  gaps(): Gap[] {
    return [...this.#bySide.values()].flatMap((stretches) => fewer(joined(stretches)).map(told));
  }
}

/**
 * The stretch in which an event of the side was lost most likely, of those that touch the interval in which it had to come:
 * a candidate event comes soon after control's, so for it the first; a control event soon before, so for it the last.
 */
function touching(stretches: readonly Stretch[] | undefined, side: Side, from: Ms, to: Ms): Stretch | undefined {
  let found: Stretch | undefined;
  let count = 0;
  // The newest first: nearly every question is about the last seconds.
  for (let index = (stretches?.length ?? 0) - 1; index >= 0 && count < LOOKED_AT; index--) {
    const stretch = stretches?.[index] as Stretch;
    if (stretch.reach < from) break;
    if (stretch.from > to || stretch.to < from) continue;
    if (side === 'control') return stretch;
    found = stretch;
    count++;
  }
  return found;
}

function joined(stretches: readonly Stretch[]): Stretch[] {
  const result: Stretch[] = [];
  for (const stretch of stretches.toSorted((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last === undefined || stretch.from > last.to) result.push(stretch);
    else result[result.length - 1] = join(last, stretch);
  }
  return result;
}

/** Stretches in order, so many as are told: they stay apart where there is most between them. */
function fewer(stretches: readonly Stretch[]): Stretch[] {
  if (stretches.length <= HOLES_TOLD) return [...stretches];
  const spaces = stretches.map(({ from }, index) => ({ index, ms: from - (stretches[index - 1]?.to ?? -Infinity) }));
  const widest = spaces.sort((a, b) => b.ms - a.ms || a.index - b.index).slice(0, HOLES_TOLD);
  const starts = new Set(widest.map(({ index }) => index));
  const result: Stretch[] = [];
  stretches.forEach((stretch, index) => {
    if (starts.has(index)) result.push(stretch);
    else result[result.length - 1] = join(result.at(-1) as Stretch, stretch);
  });
  return result;
}

function join(one: Stretch, other: Stretch): Stretch {
  const hole = { ...one.hole, lines: one.hole.lines + other.hole.lines };
  return { ...one, to: Math.max(one.to, other.to), hole };
}

function told({ from, to, hole: { side, file, line, lines } }: Stretch): Gap {
  const reason =
    lines === Infinity
      ? `${file} cannot be read from line ${line} on`
      : lines === 1
        ? `${file}:${line} cannot be read`
        : `${lines} lines from ${file}:${line} on cannot be read`;
  return {
    ...(side === undefined ? {} : { side }),
    fromMs: from,
    toMs: to === Infinity ? null : to,
    reason,
    unread: true,
  };
}

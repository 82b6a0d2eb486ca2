import type { Side } from '../model/timeline.js';
import type { Fault } from './faults.js';
import { grouped } from './grouped.js';
import type { Sign, Trial } from './trial.js';

/** How trials came out. `tried` = caught + noticed, not counted + unnoticed + undecided. */
export interface Tally {
  readonly tried: number;
  /** The verdict of the event turned, and a limit counts that outcome. */
  readonly caught: number;
  /** The verdict turned, but no configured limit counts that outcome. */
  readonly uncounted: number;
  readonly unnoticed: number;
  /** A gap kept the line from blaming anyone. */
  readonly undecided: number;
  /** Share of the decided trials that were caught; null when there were none. */
  readonly share: number | null;
  /** What the noticed ones were found as. */
  readonly foundAs: Readonly<Partial<Record<Sign, number>>>;
}

export interface FaultScore extends Tally {
  readonly fault: Fault;
  readonly side: Side;
}

/** One path of a side, for the types in which it fares alike. */
export interface PathScore extends Tally {
  readonly side: Side;
  readonly path: string;
  readonly types: readonly string[];
  /** No edit there was noticed. */
  readonly isBlind: boolean;
  /** What the config says of the unnoticed faults there, if it does. */
  readonly because: readonly string[];
  /** Faults that went unnoticed, though the config says to compare there and no rule speaks of it. */
  readonly unexplained: readonly Fault[];
}

/** Counts trials. `counted`: findings that a limit counts. */
export function tally(trials: readonly Trial[], counted: ReadonlySet<Sign>): Tally {
  const foundAs: Partial<Record<Sign, number>> = {};
  let [caught, uncounted, unnoticed, undecided] = [0, 0, 0, 0];
  for (const { found } of trials) {
    if (found === 'unnoticed') unnoticed++;
    else if (found === 'undecided') undecided++;
    else {
      foundAs[found] = (foundAs[found] ?? 0) + 1;
      if (counted.has(found)) caught++;
      else uncounted++;
    }
  }
  const decided = trials.length - undecided;
  const share = decided === 0 ? null : caught / decided;
  return { tried: trials.length, caught, uncounted, unnoticed, undecided, share, foundAs };
}

export function byFault(trials: readonly Trial[], counted: ReadonlySet<Sign>): FaultScore[] {
  return grouped(trials, ({ fault, side }) => `${fault} ${side}`).map((group) => {
    const { fault, side } = group[0];
    return { fault, side, ...tally(group, counted) };
  });
}

/** Paths in the order of the alphabet, candidate's first: that side is on trial. New fields are a matter of their own. */
export function byPath(trials: readonly Trial[], counted: ReadonlySet<Sign>): PathScore[] {
  const ofTypes = grouped(trials, ({ side, type, path }) => JSON.stringify([side, type, path]));
  const alike = grouped(ofTypes, (group) => {
    const { side, path } = group[0];
    return JSON.stringify([side, path, isBlind(group), reasons(group), unexplained(group)]);
  });
  const scores = alike.map((groups): PathScore => {
    const all = groups.flat();
    const { side, path = '' } = groups[0][0];
    const types = [...new Set(all.map(({ type }) => type))];
    return {
      side,
      path,
      types,
      isBlind: isBlind(all),
      because: reasons(all),
      unexplained: unexplained(all),
      ...tally(all, counted),
    };
  });
  return scores.sort((a, b) => compare(a.side, b.side) || compare(a.path, b.path));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Whether every edit went unnoticed; where nothing could be edited (objects, arrays), every other fault. */
function isBlind(group: readonly Trial[]): boolean {
  const decided = group.filter(({ found }) => found !== 'undecided');
  const edits = decided.filter(({ fault }) => fault === 'edit');
  const asked = edits.length > 0 ? edits : decided;
  return asked.length > 0 && asked.every(({ found }) => found === 'unnoticed');
}

function reasons(group: readonly Trial[]): string[] {
  return [...new Set(unnoticed(group).flatMap((trial) => explanation(trial) ?? []))].sort();
}

function unexplained(group: readonly Trial[]): Fault[] {
  const faults = unnoticed(group).flatMap((trial) => (explanation(trial) === undefined ? trial.fault : []));
  return [...new Set(faults)].sort();
}

function unnoticed(group: readonly Trial[]): Trial[] {
  return group.filter(({ found }) => found === 'unnoticed');
}

/** Why the config lets this fault pass, if it does. */
function explanation({ standing, fault }: Trial): string | undefined {
  if (standing?.kind === 'pairing' && fault === 'retype') return 'keys are read as text';
  return standing?.because;
}

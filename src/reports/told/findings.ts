import type { Report } from '../../model/report.js';
import { OUTCOMES } from '../../model/verdict.js';
import type { Difference, Outcome, Verdict } from '../../model/verdict.js';
import { count, duration } from '../text.js';
import { groupBy } from './group.js';

/** Verdicts of one type that differ in one place and one way. */
export interface Differing {
  readonly type: string;
  /** With array indices as `[*]`. */
  readonly path: string;
  readonly kind: Difference['kind'];
  /** Verdicts, each counted once. */
  readonly times: number;
  /** Undefined where the report no longer holds one. */
  readonly example?: { readonly verdict: Verdict; readonly difference: Difference };
}

/** Verdicts of one outcome and type. */
export interface Alike {
  readonly outcome: Outcome;
  readonly type: string;
  readonly times: number;
  /** Those that the report holds. */
  readonly verdicts: readonly Verdict[];
}

/** Where bodies differ, most frequent first, by type, place and kind. */
export function differing({ groups, findings }: Report): Differing[] {
  const examples = new Map<string, NonNullable<Differing['example']>>();
  for (const verdict of findings) {
    if (verdict.outcome !== 'mismatch') continue;
    for (const difference of verdict.differences ?? []) {
      const name = nameOf(verdict.type, difference.group, difference.kind);
      if (!examples.has(name)) examples.set(name, { verdict, difference });
    }
  }
  return groups
    .flatMap(({ outcome, type, path, kind, count }): Differing[] => {
      if (outcome !== 'mismatch' || path === undefined || kind === undefined) return [];
      const example = examples.get(nameOf(type, path, kind));
      return [{ type, path, kind, times: count, ...(example && { example }) }];
    })
    .sort((one, other) => other.times - one.times);
}

/** Findings other than differing bodies, in the order of outcomes, the most frequent of each first. */
export function alike({ groups, findings }: Report): Alike[] {
  const kept = groupBy(
    findings.filter(({ outcome, differences }) => outcome !== 'mismatch' || (differences?.length ?? 0) === 0),
    ({ outcome, type }) => nameOf(outcome, type),
  );
  const verdicts = new Map(kept.map((group) => [nameOf(group[0].outcome, group[0].type), group]));
  return groups
    .filter(({ outcome, path }) => outcome !== 'mismatch' || path === undefined)
    .map(({ outcome, type, count }) => ({
      outcome,
      type,
      times: count,
      verdicts: verdicts.get(nameOf(outcome, type)) ?? [],
    }))
    .sort((one, other) => OUTCOMES.indexOf(one.outcome) - OUTCOMES.indexOf(other.outcome) || other.times - one.times);
}

function nameOf(...parts: readonly string[]): string {
  return JSON.stringify(parts);
}

/** Some of each outcome: a frequent one must not push out a rare one. */
export function someOfEach(groups: readonly Alike[], most: number): Alike[] {
  return OUTCOMES.flatMap((outcome) => groups.filter((group) => group.outcome === outcome).slice(0, most));
}

/** Which verdict it is, for `parity explain`; late and duplicate ones with their own delay. */
export function placeOf({ key, account, id, outcome, duplicate, lagMs }: Verdict): string {
  const delay = duplicate?.afterMs ?? (outcome === 'late' ? lagMs : undefined);
  return `key ${key}, ${account}, ${id}${delay === undefined ? '' : `, after ${duration(delay)}`}`;
}

/** Why, in words that verdicts of the same cause share: the delay of each is told with its place. */
export function reasonOf({ outcome, reason, duplicate, lagMs }: Verdict): string {
  if (duplicate !== undefined) {
    return `again on ${duplicate.side}, with ${duplicate.sameContent ? 'the same' : 'other'} content`;
  }
  return outcome === 'late' && lagMs !== undefined ? '' : (reason ?? '');
}

/** The values of a place that differs, `absent` where a side has none. */
export function valuesOf({ control, candidate }: Difference): { readonly control: string; readonly candidate: string } {
  return { control: control ?? 'absent', candidate: candidate ?? 'absent' };
}

/** That there were findings, or groups of them, which the report no longer holds: a sentence each. */
export function notKept({ findingsLeftOut, groupsLeftOut }: Report): string[] {
  return [
    ...(findingsLeftOut === 0
      ? []
      : [
          `${count(findingsLeftOut, 'further finding is', 'further findings are')} counted above, but not kept in this report`,
        ]),
    ...(groupsLeftOut === 0
      ? []
      : [`rarer kinds of findings, which count ${count(groupsLeftOut, 'event')}, are not told one by one`]),
  ];
}

import type { Books, LimitResult, Terms } from '../../model/report.js';

/** What a report is decided from. */
export type Found = Pick<
  Books,
  'outcomes' | 'types' | 'lag' | 'lagParts' | 'order' | 'unmapped' | 'unreadable' | 'uncovered'
> &
  Pick<Books, 'open' | 'rules' | 'run'>;

/** What it is decided by. */
export type Bar = Pick<Terms, 'gate' | 'unmapped' | 'types'>;

/** One limit's answer; `lacking` says what would decide it. */
export interface Answer extends LimitResult {
  readonly lacking?: readonly string[];
}

/** A limit that waits for its answer. */
export type Asked = Pick<Answer, 'name' | 'limit'>;

export function held(asked: Asked, actual: string): Answer {
  return { ...asked, actual, status: 'held' };
}

export function exceeded(asked: Asked, actual: string): Answer {
  return { ...asked, actual, status: 'exceeded' };
}

export function undecided(asked: Asked, actual: string, lacking: readonly string[]): Answer {
  return { ...asked, actual, status: 'undecided', lacking };
}

export function unmeasured(asked: Asked): Answer {
  return undecided(asked, 'nothing measured', [`pairs to measure ${asked.name} on`]);
}

/** Types that have a limit of their own, and so do not count in the one for all. */
export function apart({ gate }: Bar, has: (limits: NonNullable<Bar['gate']['types']>[string]) => boolean): string[] {
  return Object.entries(gate.types ?? {})
    .filter(([, limits]) => has(limits))
    .map(([type]) => type);
}

/** Whether the limit for all is for no type any more, as each has its own: then it asks nothing. */
export function isForNone({ types }: Bar, apart: readonly string[]): boolean {
  return apart.length > 0 && types.every((type) => apart.includes(type));
}

/** What the limit for all is for, where some types have their own. */
export function scope(apart: readonly string[]): string {
  return apart.length === 0 ? '' : `, without ${apart.join(', ')}`;
}

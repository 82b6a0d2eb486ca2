import { CallError } from '../model/errors.js';
import type { Ms, Side } from '../model/timeline.js';
import type { Listed } from './lists.js';
import { controlEvent } from './names.js';
import type { Random } from './random.js';
import type { Finding } from './truth.js';

/** Something that goes wrong with the lists of one account on one side, for as long as it lasts. */
export type ListFault = ContentFault | AnswerFault | TimeFault;

/** The list shows something else than the database holds. */
export interface ContentFault {
  readonly acts: 'content';
  expects(side: Side): Finding | 'page edge';
  /** The key of the item that it hits: one that both sides tell of. Undefined where the list is too short. */
  pick(list: readonly Listed[], pageSize: number, random: Random): Listed | undefined;
  show(list: readonly Listed[], key: string, pageSize: number): readonly Listed[];
}

/** The answer is none that a list could be read from. */
export interface AnswerFault {
  readonly acts: 'answer';
  /** What is answered instead. */
  readonly answer: 'slow' | 'error' | 'busy' | 'cut' | 'broken' | 'html' | 'circle';
}

/** A bug of the hand-over from list to stream: the list is of an earlier moment, or the subscription begins later. */
export interface TimeFault {
  readonly acts: 'time';
}

const expectMissing = (side: Side): Finding => (side === 'candidate' ? 'missing' : 'extra');

export const LIST_FAULTS = {
  'stale-item': {
    acts: 'content',
    expects: () => 'mismatch',
    pick: within,
    show: (list, key) => list.map((one) => (one.key === key ? { ...one, isStale: true } : one)),
  },
  'missing-item': {
    acts: 'content',
    expects: expectMissing,
    pick: within,
    show: (list, key) => list.filter((one) => one.key !== key),
  },
  'wrong-order': {
    acts: 'content',
    expects: () => 'reordered',
    pick: within,
    show: (list, key) => {
      const place = list.findIndex((one) => one.key === key);
      if (place < 0) return list;
      const moved = [...list];
      const taken = moved.splice(place, 1);
      moved.splice(place + MOVED_BY, 0, ...taken);
      return moved;
    },
  },
  'page-edge-loss': {
    acts: 'content',
    expects: expectMissing,
    pick: (list, size) => list.slice(size).find(isCompared),
    show: (list, key) => list.filter((one) => one.key !== key),
  },
  'page-edge-double': {
    acts: 'content',
    expects: () => 'duplicate',
    pick: (list, size) => (list.length > size ? list.slice(0, size).findLast(isCompared) : undefined),
    show: (list, key, size) => {
      const place = list.findIndex((one) => one.key === key);
      return place < 0 ? list : list.toSpliced(size, 0, list[place] as Listed);
    },
  },
  slow: { acts: 'answer', answer: 'slow' },
  'server-error': { acts: 'answer', answer: 'error' },
  'too-many-requests': { acts: 'answer', answer: 'busy' },
  'truncated-json': { acts: 'answer', answer: 'cut' },
  'broken-off': { acts: 'answer', answer: 'broken' },
  'wrong-content-type': { acts: 'answer', answer: 'html' },
  'redirect-loop': { acts: 'answer', answer: 'circle' },
  'list-too-early': { acts: 'time' },
  'join-too-late': { acts: 'time' },
} satisfies Record<string, ListFault>;

export type ListFaultName = keyof typeof LIST_FAULTS;

export function isListFault(name: string): name is ListFaultName {
  return Object.hasOwn(LIST_FAULTS, name);
}

/** How and how long lists are struck. */
export interface ListStrikeOptions {
  /** The candidate's lists if not given. */
  readonly side?: Side;
  /** How long it lasts; until it is healed if not given. */
  readonly forMs?: Ms;
  /** How slow, early or late; half a second if not given. */
  readonly byMs?: Ms;
  /** Answers that it spoils; all of them if not given. */
  readonly times?: number;
}

/** A fault at work. */
export interface Ailment {
  readonly name: ListFaultName;
  readonly account: string;
  readonly side: Side;
  readonly byMs: Ms;
  /** The item that it hits, if it hits one. */
  readonly key: string | undefined;
  timesLeft: number;
}

/** What ails the accounts' lists now. */
export class Ailments {
  readonly #all = new Set<Ailment>();

  /** Begins. The item, if it takes one, is drawn from the list as it is. @throws CallError where the list is too short */
  begin(
    name: ListFaultName,
    account: string,
    { side = 'candidate', byMs = 500, times = Infinity }: ListStrikeOptions,
    from: { readonly list: readonly Listed[]; readonly pageSize: number; readonly random: Random },
  ): Ailment & { readonly listed?: Listed } {
    const fault: ListFault = LIST_FAULTS[name];
    const listed = fault.acts === 'content' ? fault.pick(from.list, from.pageSize, from.random) : undefined;
    if (fault.acts === 'content' && listed === undefined) {
      throw new CallError(`The list of ${account} on ${side} is too short for ${name}; publish more events first.`);
    }
    const ailment = { name, account, side, byMs, key: listed?.key, timesLeft: times };
    this.#all.add(ailment);
    return Object.assign(ailment, listed === undefined ? {} : { listed });
  }

  end(ailment: Ailment): void {
    this.#all.delete(ailment);
  }

  clear(): void {
    this.#all.clear();
  }

  of(side: Side, account: string): Ailment[] {
    return [...this.#all].filter((one) => one.side === side && one.account === account && one.timesLeft > 0);
  }

  /** How early or late, in total, by a bug of the hand-over. */
  byMs(name: ListFaultName, side: Side, account: string): Ms {
    return this.of(side, account).reduce((sum, one) => sum + (one.name === name ? one.byMs : 0), 0);
  }
}

const MOVED_BY = 6;
/** Of the newest items one is hit, so that a short page shows it; not the very newest, which traffic moves. */
const REACH = 20;

function isCompared({ type }: Listed): boolean {
  return controlEvent(type) !== undefined;
}

/** One with enough others before and behind it, and not where two pages meet. */
function within(list: readonly Listed[], pageSize: number, random: Random): Listed | undefined {
  const places = list.flatMap((one, place) => {
    const fromEdge = Math.min(place % pageSize, pageSize - 1 - (place % pageSize));
    const roomy = place >= 2 && place + MOVED_BY + 2 < list.length && (pageSize < 6 || fromEdge >= 2);
    return roomy && place < REACH && isCompared(one) ? [one] : [];
  });
  return places.length === 0 ? undefined : random.pick(places);
}

import { CallError } from '../model/errors.js';
import type { Ms, Side } from '../model/timeline.js';
import type { EventFaultName, FaultName, LinkFaultName } from './faults/index.js';
import { faultNamed, isEventFault, isLinkFault, LINK_FAULTS } from './faults/index.js';
import type { Random } from './random.js';

/** How often each fault is to happen in a run; for faults of a link also where and for how long. */
export type FaultPlan = Partial<Record<FaultName, number | FaultShare>>;

export interface FaultShare {
  readonly count: number;
  /** Of a link fault; drawn if not given. */
  readonly side?: Side;
  /** How long a link fault lasts; a second if not given. */
  readonly forMs?: Ms;
}

/** An event that a run is going to publish. */
export interface Due {
  readonly index: number;
  readonly account: string;
  /** Since the run's start. */
  readonly atMs: Ms;
  /** Whether control tells of it too, so that a fault can be found. */
  readonly compared: boolean;
}

export interface Strike {
  readonly fault: LinkFaultName;
  readonly account: string;
  readonly side: Side;
  readonly atMs: Ms;
  readonly forMs: Ms;
}

/** What goes wrong in a run: faults of events by the event's index, and faults of links in order of time. */
export interface PlacedFaults {
  readonly events: ReadonlyMap<number, EventFaultName>;
  readonly strikes: readonly Strike[];
}

/**
 * Spreads a plan over a run: never two faults on one event, no event fault where a link fault would hide it, and the
 * events that shall overtake a reordered one left healthy. The same randomness gives the same placing.
 * @throws CallError when a fault is unknown, or the run is too short for the plan.
 */
export function placeFaults(plan: FaultPlan, dues: readonly Due[], windowMs: Ms, random: Random): PlacedFaults {
  const shares = Object.entries(plan).map(([name, share]) => ({
    name,
    share: typeof share === 'number' ? { count: share } : share,
  }));
  for (const { name, share } of shares) checkShare(name, share);
  const strikes = shares.flatMap(({ name, share }) => (isLinkFault(name) ? strikesOf(name, share, random) : []));
  const placed = placeStrikes(strikes, dues, random);
  const taken = new Set(dues.filter((due) => !due.compared || hidden(due, placed, windowMs)).map(({ index }) => index));
  const overtakers = overtakersOf(dues);
  const events = new Map<number, EventFaultName>();
  // Reordering first: it needs the most room.
  const wanted = shares.flatMap(({ name, share }) =>
    isEventFault(name) ? Array.from({ length: share.count }, () => name) : [],
  );
  for (const name of wanted.sort((a, b) => Number(b === 'reorder') - Number(a === 'reorder'))) {
    const room = placeEvent(name, dues, taken, overtakers, windowMs / 4, random);
    if (room === undefined) throw tooShort(name, dues.length);
    for (const index of room) taken.add(index);
    events.set(room[0], name);
  }
  return { events, strikes: placed };
}

/** Time that a cut link may need to come back. */
const RECOVERY_MS = 5_000;
/** Faults after which a stock client stays away for good. */
const FINAL: ReadonlySet<string> = new Set<LinkFaultName>(['refuse-join', 'close-without-rejoin']);
const DEFAULT_STRIKE_MS = 1_000;
const OVERTAKERS = 2;

type Unplaced = Omit<Strike, 'account' | 'atMs'>;

function checkShare(name: string, { count, side }: FaultShare): void {
  const fault = faultNamed(name);
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new CallError(`The fault ${name} cannot happen ${count} times; give a whole number.`);
  }
  if (side === undefined) return;
  const sides = fault.acts === 'link' ? fault.sides : ['candidate'];
  if (!sides.includes(side)) throw new CallError(`The fault ${name} cannot happen on ${side}; leave out the side.`);
}

function strikesOf(fault: LinkFaultName, { count, side, forMs = DEFAULT_STRIKE_MS }: FaultShare, random: Random) {
  const { sides } = LINK_FAULTS[fault];
  return Array.from({ length: count }, (): Unplaced => ({ fault, side: side ?? random.pick(sides), forMs }));
}

/** Gives strikes accounts in turn, and to each account's strikes stretches of the run, one after the other. */
function placeStrikes(strikes: readonly Unplaced[], dues: readonly Due[], random: Random): Strike[] {
  const accounts = [...new Set(dues.map(({ account }) => account))];
  const first = dues[0];
  const last = dues.at(-1);
  if (strikes.length === 0) return [];
  if (first === undefined || last === undefined) throw tooShort(strikes[0]?.fault ?? '', 0);
  const stretches = Math.ceil(strikes.length / accounts.length);
  const stretchMs = (last.atMs - first.atMs) / stretches;
  const turn = random.integer(0, accounts.length - 1);
  // What is final for an account comes last, so that it hides nothing else.
  const inOrder = [...strikes].sort((a, b) => Number(FINAL.has(a.fault)) - Number(FINAL.has(b.fault)));
  return inOrder
    .map(({ fault, side, forMs }, nth): Strike => {
      const account = accounts[(turn + nth) % accounts.length] ?? first.account;
      const stretch = Math.floor(nth / accounts.length);
      return { fault, side, forMs, account, atMs: first.atMs + (stretch + 0.2 + 0.4 * random.next()) * stretchMs };
    })
    .sort((a, b) => a.atMs - b.atMs);
}

/** Whether a link fault would keep an event's fault from being found as what it is. */
function hidden(due: Due, strikes: readonly Strike[], windowMs: Ms): boolean {
  return strikes.some(({ fault, account, atMs, forMs }) => {
    const endMs = FINAL.has(fault) ? Number.POSITIVE_INFINITY : atMs + forMs + RECOVERY_MS;
    return account === due.account && due.atMs > atMs - 2 * windowMs && due.atMs < endMs;
  });
}

/** The index of the event that the fault is put on, and of those that it needs besides; undefined without room. */
function placeEvent(
  name: EventFaultName,
  dues: readonly Due[],
  taken: ReadonlySet<number>,
  overtakers: ReadonlyMap<number, readonly Due[]>,
  soonMs: Ms,
  random: Random,
): [number, ...number[]] | undefined {
  const free = dues.filter(({ index }) => !taken.has(index));
  const rooms = free.flatMap(({ index, atMs }): [number, ...number[]][] => {
    if (name !== 'reorder') return [[index]];
    const others = overtakers.get(index) ?? [];
    const fit = others.every((other) => !taken.has(other.index) && other.atMs - atMs < soonMs);
    return fit && others.length === OVERTAKERS ? [[index, ...others.map((other) => other.index)]] : [];
  });
  return rooms.length === 0 ? undefined : random.pick(rooms);
}

/** For each event, the next ones of its account that control tells of too. */
function overtakersOf(dues: readonly Due[]): Map<number, readonly Due[]> {
  const next = new Map<string, readonly Due[]>();
  const overtakers = new Map<number, readonly Due[]>();
  for (const due of dues.toReversed()) {
    const following = next.get(due.account) ?? [];
    overtakers.set(due.index, following);
    if (due.compared) next.set(due.account, [due, ...following].slice(0, OVERTAKERS));
  }
  return overtakers;
}

function tooShort(name: string, events: number): CallError {
  return new CallError(
    `Could not place every ${name} fault in a run of ${events} events; plan fewer faults, or a longer or faster run.`,
  );
}

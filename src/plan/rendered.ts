import { Coverage } from '../correlate/coverage.js';
import { earliest } from '../correlate/correlator.js';
import type { Observation } from '../model/observation.js';
import type { Settings } from '../model/settings.js';
import { microseconds, type Ms, type Side, type TimelineEntry } from '../model/timeline.js';
import { flipOf, Page, type Flip, type Manner } from './page.js';

/** An event that a user's page did not show exactly once. */
export interface Misrendered {
  readonly kind: 'lost' | 'doubled';
  readonly account: string;
  readonly type: string;
  readonly key: string;
  /** When it came on each side for the first time; undefined where it never did. */
  readonly controlMs?: Ms;
  readonly candidateMs?: Ms;
}

/** What became of events that were on their way while pages went over, or of all others. */
export interface Crossing {
  readonly events: number;
  readonly lost: number;
  readonly doubled: number;
  /** The first hundred of those lost or doubled. */
  readonly named: readonly Misrendered[];
}

export interface RenderedResult {
  /** Each flip, and the events that came on both sides, one before the flip was over and one after it began. */
  readonly flips: readonly (Flip & Crossing)[];
  /** Every other event: those that came on one side alone, or twice on one side, are no flip's doing. */
  readonly apart: Crossing;
  /** The same by time: those from before the first flip, and those that came first after each flip and before the next. */
  readonly between: readonly Crossing[];
  /** Not shown, while the side that could have shown it was not listened to by us: nobody is blamed. */
  readonly inconclusive: number;
  /** Not shown yet when the timeline ended, and not due yet either. */
  readonly open: number;
  /** Came before both sides of their account were listening. */
  readonly outsideCoverage: number;
}

/** What of an observation is needed here. */
export type Seen = Pick<Observation, 'side' | 'account' | 'type' | 'key' | 't'>;

type Needed = Pick<Settings, 'accounts' | 'events' | 'match'>;

/** Events that were lost or doubled which a result names one by one, for each flip; further ones are counted. */
const NAMED = 100;

/**
 * Joins both feeds as a user's page would, its source chosen by the flag, and counts the events that it loses or shows
 * twice, by flip. Reads no clock: give it every entry of the timeline (`note`: links, stalls and flip marks) and each
 * observation (`see`) in the order of their stamps, and the flips as they happen (`flip`, or marks made by `flipMark`).
 */
export class Rendered {
  readonly #settings: Needed;
  readonly #shows: Side;
  readonly #manner: Manner;
  readonly #coverage: Coverage;
  readonly #occurrences: ReadonlySet<string>;
  readonly #keepMs: Ms;
  readonly #pages = new Map<string, Page>();
  readonly #flips: (Flip & Tally)[] = [];
  readonly #apart = tally();
  readonly #between: Tally[] = [tally()];
  /** By account, type and key: the event of that name that is remembered or, where repeats are events of their own, all of them. */
  readonly #events = new Map<string, Rendering[]>();
  #queue: Rendering[] = [];
  #head = 0;
  #t: Ms = 0;
  #inconclusive = 0;
  #open = 0;
  #outsideCoverage = 0;

  /** `shows` is the side that pages show before the first flip. */
  constructor(settings: Needed, shows: Side, manner: Manner) {
    this.#settings = settings;
    this.#shows = shows;
    this.#manner = manner;
    const { match, accounts, events } = settings;
    this.#coverage = new Coverage(
      match,
      accounts.map(({ id }) => id),
    );
    this.#occurrences = new Set(events.filter(({ repeats }) => repeats === 'occurrences').map(({ name }) => name));
    this.#keepMs = match.window.afterMs + match.tombstoneMs;
  }

  /** Takes notice of links, stalls and flip marks; frames are given to `see` by whoever decodes them. */
  note(entry: TimelineEntry): void {
    this.#advance(entry.t);
    this.#coverage.note(entry);
    const flip = entry.kind === 'mark' ? flipOf(entry) : undefined;
    if (flip !== undefined) this.flip(flip);
  }

  /** The flag has turned for everybody, or for one account. */
  flip(flip: Flip): void {
    this.#flips.push({ ...flip, ...tally() });
    this.#between.push(tally());
    for (const [account, page] of this.#pages) if (concerns(flip, account)) page.flip(flip);
  }

  see({ side, account, type, key, t }: Seen): void {
    this.#advance(t);
    const event = this.#eventOf({ side, account, type, key, t });
    event[side] ??= t;
    if (this.#pageOf(account).listens(side, t)) event.shown[side]++;
  }

  /** Closes the books. Call it once, at the end of the timeline. */
  end(): RenderedResult {
    for (const event of this.#queue.slice(this.#head)) this.#settle(event);
    this.#head = this.#queue.length;
    return {
      flips: this.#flips,
      apart: this.#apart,
      between: this.#between,
      inconclusive: this.#inconclusive,
      open: this.#open,
      outsideCoverage: this.#outsideCoverage,
    };
  }

  #pageOf(account: string): Page {
    let page = this.#pages.get(account);
    if (page === undefined) {
      page = new Page(this.#shows, this.#manner);
      for (const flip of this.#flips) if (concerns(flip, account)) page.flip(flip);
      this.#pages.set(account, page);
    }
    return page;
  }

  /** The event that an observation belongs to; a new one where none of that name is remembered. */
  #eventOf({ side, account, type, key, t }: Seen): Rendering {
    const name = JSON.stringify([account, type, key]);
    let named = this.#events.get(name);
    if (named === undefined) this.#events.set(name, (named = []));
    const known = this.#occurrences.has(type) ? named.find((event) => event[side] === undefined) : named[0];
    if (known !== undefined) return known;
    const event: Rendering = { name, account, type, key, first: t, shown: { control: 0, candidate: 0 } };
    named.push(event);
    this.#queue.push(event);
    return event;
  }

  /** Settles what nothing more is to come of. */
  #advance(t: Ms): void {
    this.#t = Math.max(this.#t, t);
    for (let event = this.#queue[this.#head]; event !== undefined; event = this.#queue[++this.#head]) {
      if (microseconds(event.first + this.#keepMs) >= t) break;
      this.#settle(event);
      const named = this.#events.get(event.name)?.filter((other) => other !== event) ?? [];
      if (named.length === 0) this.#events.delete(event.name);
      else this.#events.set(event.name, named);
    }
    if (this.#head < 4_096 || this.#head * 2 < this.#queue.length) return;
    this.#queue = this.#queue.slice(this.#head);
    this.#head = 0;
  }

  #settle(event: Rendering): void {
    if (event.first < this.#coverage.start(event.account)) {
      this.#outsideCoverage++;
      return;
    }
    const shown = event.shown.control + event.shown.candidate;
    if (shown === 0 && this.#excused(event)) return;
    const kind = shown === 0 ? 'lost' : shown > 1 && !this.#manner.deduplicated ? 'doubled' : undefined;
    // What one side sent twice is shown twice without any flip.
    const repeated = kind === 'doubled' && (event.shown.control === 0 || event.shown.candidate === 0);
    const crossing = repeated ? undefined : this.#crossingOf(event);
    for (const tally of crossing === undefined ? [this.#apart, this.#betweenOf(event)] : [crossing]) {
      tally.events++;
      if (kind === undefined) continue;
      tally[kind]++;
      if (tally.named.length < NAMED) tally.named.push(told(kind, event));
    }
  }

  /** Whether an event that was not shown may be so by our own doing, or may still come; counts it as that. */
  #excused({ account, first, control, candidate }: Rendering): boolean {
    if (control !== undefined && candidate !== undefined) return false;
    const { match } = this.#settings;
    const [absent, sinceMs, untilMs]: [Side, Ms, Ms] =
      candidate === undefined
        ? ['candidate', earliest(match), match.window.afterMs]
        : ['control', match.window.afterMs, earliest(match)];
    const deadline = microseconds(first + untilMs);
    if (this.#coverage.blind(absent, account, microseconds(first - sinceMs), deadline) !== undefined)
      this.#inconclusive++;
    else if (deadline >= this.#t) this.#open++;
    else return false;
    return true;
  }

  #betweenOf({ first }: Rendering): Tally {
    return this.#between[this.#flips.findLastIndex(({ t }) => t <= first) + 1] as Tally;
  }

  /** The first flip that fell between the event's two arrivals, or whose going over did. */
  #crossingOf({ account, control, candidate }: Rendering): Tally | undefined {
    if (control === undefined || candidate === undefined) return undefined;
    const [first, last] = [Math.min(control, candidate), Math.max(control, candidate)];
    const lastsMs = Math.max(this.#manner.overlapMs, this.#manner.reconnectMs);
    return this.#flips.find(
      (flip) => concerns(flip, account) && flip.t <= last && microseconds(flip.t + lastsMs) >= first,
    );
  }
}

/** One event, and how often it was shown from each side. */
interface Rendering {
  readonly name: string;
  readonly account: string;
  readonly type: string;
  readonly key: string;
  readonly first: Ms;
  control?: Ms;
  candidate?: Ms;
  readonly shown: Record<Side, number>;
}

interface Tally {
  events: number;
  lost: number;
  doubled: number;
  readonly named: Misrendered[];
}

function tally(): Tally {
  return { events: 0, lost: 0, doubled: 0, named: [] };
}

function concerns(flip: Flip, account: string): boolean {
  return flip.account === undefined || flip.account === account;
}

function told(kind: Misrendered['kind'], { account, type, key, control, candidate }: Rendering): Misrendered {
  return {
    kind,
    account,
    type,
    key,
    ...(control === undefined ? {} : { controlMs: control }),
    ...(candidate === undefined ? {} : { candidateMs: candidate }),
  };
}

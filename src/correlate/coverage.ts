import type { MatchSettings } from '../model/settings.js';
import type { Gap } from '../model/report.js';
import { Holes } from './holes.js';
import {
  microseconds,
  SIDES,
  type Link,
  type Ms,
  type Side,
  type Tick,
  type TimelineEntry,
} from '../model/timeline.js';

/** An interval in which a side of an account was not listening; `to` is Infinity while it lasts. */
interface Interval {
  from: Ms;
  to: Ms;
  reason: string;
  /** Why the source gave the account up, if it did. */
  final: string | undefined;
}

/**
 * Who was listening when. A side of an account listens from `settle` after its subscription was acknowledged until
 * the link goes down; a stall of ours silences both sides of everyone, and so does a hole in the recording of both.
 */
export class Coverage {
  readonly #settings: Pick<MatchSettings, 'settleMs' | 'stallMs'>;
  readonly #accounts: readonly string[];
  readonly #intervals = new Map<string, Interval[]>();
  readonly #stalls: Interval[] = [];
  readonly #holes = new Holes();

  constructor(settings: Pick<MatchSettings, 'settleMs' | 'stallMs'>, accounts: readonly string[]) {
    this.#settings = settings;
    this.#accounts = accounts;
  }

  /** Takes notice of links, of ticks that came late and of holes. */
  note(entry: TimelineEntry): void {
    if (entry.kind === 'link') this.#link(entry);
    else if (entry.kind === 'tick') this.#tick(entry);
  }

  #link(link: Link): void {
    const intervals = this.#of(link.side, link.account);
    const last = intervals.at(-1);
    const open = last !== undefined && last.to === Infinity ? last : undefined;
    if (link.state === 'up') {
      if (open !== undefined) open.to = microseconds(link.t + this.#settings.settleMs);
    } else if (open === undefined) {
      // A link that falls again while it was settling continues the gap it had not yet left.
      if (last !== undefined && last.to > link.t) last.to = Infinity;
      else
        intervals.push({
          from: link.t,
          to: Infinity,
          reason: link.reason,
          final: link.final === true ? link.reason : undefined,
        });
    } else {
      // Verdicts tell why the gap began; why it never ended is told with the gap itself.
      if (open.from === -Infinity) open.reason = link.reason;
      if (link.final === true) open.final = link.reason;
    }
  }

  #tick(tick: Tick): void {
    if (tick.hole !== undefined) this.#holes.note(tick.t, tick.hole);
    if (tick.lateMs === undefined || tick.lateMs <= this.#settings.stallMs) return;
    // What waited in the kernel meanwhile arrives in a burst, so the stall lasts a little longer than it was noticed.
    const to = microseconds(tick.t + this.#settings.stallMs);
    const from = microseconds(tick.t - tick.lateMs);
    const last = this.#stalls.at(-1);
    if (last !== undefined && from <= last.to) last.to = to;
    else this.#stalls.push({ from, to, reason: 'this process was not running', final: undefined });
  }

  /**
   * The gap, stall or hole because of which it is not known at some moment of the interval what came, or undefined if the
   * side listened throughout. Holes first: what we lost ourselves nobody else answers for.
   */
  blind(side: Side, account: string, from: Ms, to: Ms): Gap | undefined {
    const hole = this.#holes.at(side, from, to);
    if (hole !== undefined) return hole;
    const gap = overlap(this.#of(side, account), from, to);
    if (gap !== undefined) return told(gap, side, account);
    const stall = overlap(this.#stalls, from, to);
    return stall === undefined ? undefined : told(stall);
  }

  /** Whether a stall of ours touches the interval, so that what was measured in it is not the feed's doing. */
  stalled(from: Ms, to: Ms): boolean {
    return overlap(this.#stalls, from, to) !== undefined;
  }

  /** The moment from which both sides of the account were listening for the first time; Infinity if never. */
  start(account: string): Ms {
    return Math.max(...SIDES.map((side) => this.since(side, account)));
  }

  /** The moment from which a side of the account was listening for the first time; Infinity if never. */
  since(side: Side, account: string): Ms {
    return this.#of(side, account)[0]?.to ?? Infinity;
  }

  up(side: Side): number {
    return this.#accounts.filter((account) => (this.#of(side, account).at(-1)?.to ?? Infinity) !== Infinity).length;
  }

  /** Everything worth telling: gaps after the first subscription, subscriptions that never came, stalls, holes. */
  gaps(): Gap[] {
    const gaps = this.#accounts.flatMap((account) =>
      SIDES.flatMap((side) => {
        const [first, ...later] = this.#of(side, account);
        const never = first !== undefined && first.to === Infinity ? [first] : [];
        return [...never, ...later].map((interval) => told(interval, side, account));
      }),
    );
    return [...gaps, ...this.#stalls.map((stall) => told(stall)), ...this.#holes.gaps()].sort(
      (a, b) => a.fromMs - b.fromMs,
    );
  }

  #of(side: Side, account: string): Interval[] {
    const index = `${side} ${account}`;
    let intervals = this.#intervals.get(index);
    if (intervals === undefined) {
      intervals = [{ from: -Infinity, to: Infinity, reason: 'not subscribed yet', final: undefined }];
      this.#intervals.set(index, intervals);
    }
    return intervals;
  }
}

function overlap(intervals: readonly Interval[], from: Ms, to: Ms): Interval | undefined {
  // The newest first: nearly every question is about the last seconds.
  for (let index = intervals.length - 1; index >= 0; index--) {
    const interval = intervals[index] as Interval;
    if (interval.from < to && interval.to > from) return interval;
    if (interval.to <= from) return undefined;
  }
  return undefined;
}

function told(interval: Interval, side?: Side, account?: string): Gap {
  return {
    ...(side === undefined ? {} : { side }),
    ...(account === undefined ? {} : { account }),
    fromMs: Math.max(0, interval.from),
    toMs: interval.to === Infinity ? null : interval.to,
    reason: interval.reason,
    ...(interval.final === undefined ? {} : { final: interval.final }),
  };
}

import { conclude } from '../ledger/conclude.js';
import type { Report } from '../model/report.js';
import type { GateSettings, Settings } from '../model/settings.js';
import type { Link, Ms, Side, Tick, TimelineEntry } from '../model/timeline.js';
import { Line } from '../run.js';
import { Members, type Seen } from './members.js';

/** What a phase saw. */
export interface PhaseSeen {
  readonly fromMs: Ms;
  readonly toMs: Ms;
  /** Events of the phase by side and account. */
  readonly events: Readonly<Record<Side, ReadonlyMap<string, number>>>;
  /** Accounts that a side was not listening for at some time of the phase, and why. */
  readonly gaps: Readonly<Record<Side, readonly string[]>>;
  /** Its own events, judged under its own limits; undefined where it has none. */
  readonly judged?: Report;
}

/** Stalls before a phase that its events may still be touched by. */
const STALLS_KEPT = 16;

/**
 * A plan's one observation of both feeds, from the first phase to the last, and its judgements.
 *
 * The sources stay connected all the time: a subscription for each phase would measure its own connecting, and miss what
 * happens at the flip. But one line over all of it would call everything missing that comes while the flag is off. So
 * the one stream is read by several lines: each phase has a line of its own, which is given the links as they stand when
 * the phase begins (with their own times, so that coverage is what it was), and then the events that are the phase's own
 * (see Members); and one line runs through the whole plan, and is given the events of those phases that ask for parity,
 * so that the report's figures are theirs together. Time is the entries' own: whoever waits here waits for an entry.
 */
export class Stage {
  readonly #settings: Settings;
  readonly #whole: Line;
  readonly #members: Members;
  /** Of each account on each side the first link and the latest two: since when it listens, and its last gap. */
  readonly #links = new Map<string, readonly Link[]>();
  #stalls: Tick[] = [];
  #phase: Phase | undefined;
  #waiting: { readonly holds: () => boolean; readonly resolve: () => void; readonly reject: (why: unknown) => void }[] =
    [];
  #t: Ms = 0;
  #over: unknown;
  readonly #listeners = new Set<(seen: Seen) => void>();

  /** `settings` with the accounts that are listened for. */
  constructor(settings: Settings) {
    this.#settings = settings;
    this.#whole = new Line(settings);
    this.#members = new Members(settings);
  }

  /** The latest entry's time. */
  get t(): Ms {
    return this.#t;
  }

  get line(): Line {
    return this.#whole;
  }

  /** Takes the next entry in, in order. */
  take(entry: TimelineEntry): void {
    this.#t = Math.max(this.#t, entry.t);
    if (entry.kind === 'frame') {
      const { belongs, seen } = this.#members.note(entry);
      if (belongs) this.#phase?.line.add(entry);
      if (belongs && this.#phase?.limits !== undefined) this.#whole.add(entry);
      if (belongs && seen !== undefined) this.#phase?.count(seen);
      if (seen !== undefined) for (const listener of this.#listeners) listener(seen);
    } else {
      if (entry.kind === 'link') this.#remember(entry);
      if (entry.kind === 'tick' && entry.lateMs !== undefined)
        this.#stalls = [...this.#stalls.slice(1 - STALLS_KEPT), entry];
      this.#whole.add(entry);
      this.#phase?.line.add(entry);
      if (entry.kind === 'link') this.#phase?.link(entry);
    }
    this.#wake();
  }

  /** Nothing comes any more; whoever waits is told why. */
  close(why: unknown): void {
    this.#over = why;
    for (const { reject } of this.#waiting.splice(0)) reject(why);
  }

  /** Resolves once the condition holds, asked after each entry. Rejects when aborted, or when the stream ends. */
  async until(holds: () => boolean, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#over !== undefined) throw this.#over;
    if (holds()) return;
    let cancel = (): void => {};
    try {
      await new Promise<void>((resolve, reject) => {
        const waiting = { holds, resolve, reject };
        this.#waiting.push(waiting);
        cancel = () => {
          this.#waiting = this.#waiting.filter((one) => one !== waiting);
          reject(signal.reason);
        };
        signal.addEventListener('abort', cancel);
      });
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  /** Calls back for every event that comes, whatever phase it is of; returns the way to stop that. */
  listen(listener: (seen: Seen) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A phase's own events begin. Without limits they are counted, and not judged. */
  begin(limits: GateSettings | undefined): void {
    const line = new Line(this.#settings);
    const links = [...this.#links.values()].flat();
    for (const entry of [...links, ...this.#stalls].sort((a, b) => a.t - b.t)) line.add(entry);
    this.#members.begin();
    this.#phase = new Phase(
      line,
      limits,
      this.#t,
      [...this.#links.values()].flatMap((all) => all.at(-1) ?? []),
    );
  }

  /** The phase's own events of an account on a side so far. */
  came(side: Side, account: string): number {
    return this.#phase?.events[side].get(account) ?? 0;
  }

  /** No further event is the phase's, but what still comes of its own. */
  cutOff(): void {
    this.#members.cutOff();
  }

  /** @throws an Error without a phase */
  end(startedAt: string): PhaseSeen {
    const phase = this.#phase;
    if (phase === undefined) throw new Error('no phase has begun');
    this.#members.end();
    this.#phase = undefined;
    return {
      fromMs: phase.fromMs,
      toMs: this.#t,
      events: phase.events,
      gaps: { control: [...phase.gaps.control], candidate: [...phase.gaps.candidate] },
      ...(phase.limits === undefined ? {} : { judged: this.#judge(phase.line, phase.limits, startedAt) }),
    };
  }

  /** A phase has events of a few types, on purpose: unless its limits ask for pairs of each type, the others are not asked about. */
  #judge(line: Line, limits: GateSettings, startedAt: string): Report {
    const books = line.books({ startedAt });
    const { events } = this.#settings;
    const seen = events.filter(({ name }) => Object.values(books.types[name] ?? {}).some((count) => count > 0));
    return conclude(books, { ...this.#settings, gate: limits, events: limits.minPerType > 0 ? events : seen });
  }

  #remember(link: Link): void {
    const name = `${link.side} ${link.account}`;
    const [first, ...later] = [...(this.#links.get(name) ?? []), link];
    if (first !== undefined) this.#links.set(name, [first, ...later.slice(-2)]);
  }

  #wake(): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const one of waiting) {
      if (one.holds()) one.resolve();
      else this.#waiting.push(one);
    }
  }
}

class Phase {
  readonly events: Record<Side, Map<string, number>> = { control: new Map(), candidate: new Map() };
  readonly gaps: Record<Side, Set<string>> = { control: new Set(), candidate: new Set() };

  constructor(
    readonly line: Line,
    readonly limits: GateSettings | undefined,
    readonly fromMs: Ms,
    links: readonly Link[],
  ) {
    for (const link of links) this.link(link);
  }

  count({ side, account }: Seen): void {
    this.events[side].set(account, (this.events[side].get(account) ?? 0) + 1);
  }

  link({ side, account, state, reason }: Link): void {
    if (state === 'down') this.gaps[side].add(`${account}: ${reason}`);
  }
}

/** All of a side's events. */
export function total(events: ReadonlyMap<string, number>): number {
  return [...events.values()].reduce((sum, count) => sum + count, 0);
}

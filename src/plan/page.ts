import { microseconds, type Mark, type Ms, type Side } from '../model/timeline.js';

/** How a user's page goes over from one feed to the other when the flag turns. Neither feed replays what was missed. */
export interface Manner {
  /** How long after a flip the new subscription needs before events come through it. */
  readonly reconnectMs: Ms;
  /** How long after a flip the old subscription is kept. 0: it ends with the flip. */
  readonly overlapMs: Ms;
  /** Whether an event that was shown, known by its correlation key, is not shown again. */
  readonly deduplicated: boolean;
}

/** A moment at which a page, or everybody's, goes over to the other feed. */
export interface Flip {
  readonly t: Ms;
  readonly to: Side;
  /** Undefined for every account's page. */
  readonly account?: string;
}

const LABEL = /^page shows (control|candidate)(?: for (.+))?$/;

/** The flip as a mark, so that a recording tells the same as the run did. */
export function flipMark({ t, to, account }: Flip): Mark {
  return { kind: 'mark', t, label: `page shows ${to}${account === undefined ? '' : ` for ${account}`}` };
}

/** The flip that a mark stands for; undefined where it stands for something else. */
export function flipOf({ t, label }: Mark): Flip | undefined {
  const [whole, to, account] = LABEL.exec(label) ?? [];
  if (whole === undefined) return undefined;
  return { t, to: to as Side, ...(account === undefined ? {} : { account }) };
}

/** What one account's page listens to: on each side, since when and until when. Flips come in the order of time. */
export class Page {
  readonly #manner: Manner;
  readonly #open: Record<Side, Span[]> = { control: [], candidate: [] };
  #shows: Side;

  constructor(shows: Side, manner: Manner) {
    this.#shows = shows;
    this.#manner = manner;
    this.#open[shows].push({ from: -Infinity, to: Infinity });
  }

  flip({ t, to }: Pick<Flip, 't' | 'to'>): void {
    if (to === this.#shows) return;
    const left = this.#open[this.#shows].at(-1);
    if (left !== undefined) left.to = microseconds(t + this.#manner.overlapMs);
    this.#shows = to;
    // Whoever comes back while the old subscription still stands needs no new one.
    const kept = this.#open[to].at(-1);
    if (kept !== undefined && kept.to > t) kept.to = Infinity;
    else this.#open[to].push({ from: microseconds(t + this.#manner.reconnectMs), to: Infinity });
  }

  /** Whether what arrives on the side at that moment is shown. A subscription hears from its first moment to before its last. */
  listens(side: Side, t: Ms): boolean {
    return this.#open[side].some(({ from, to }) => from <= t && t < to);
  }
}

interface Span {
  readonly from: Ms;
  to: Ms;
}

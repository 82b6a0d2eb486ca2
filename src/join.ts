import { listen } from './live.js';
import type { Section } from './model/section.js';
import type { Account, Settings } from './model/settings.js';
import { SIDES, type Link, type Ms, type Side, type TimelineEntry } from './model/timeline.js';
import { observer } from './normalise/observe.js';
import { BadAnswer } from './snapshot/call.js';
import { handOver } from './snapshot/hand-over.js';
import { handOverSection, type SideAccount } from './snapshot/hand-over-section.js';
import { pause } from './snapshot/pause.js';
import { idOf, type Reading } from './snapshot/reading.js';
import { listsOf, occurrencesOf, snapshotGateOf, type Snapshot } from './snapshot-line.js';

/** What a hand-over is told, and whom it tells. */
export interface JoinOptions {
  readonly interrupt: AbortSignal;
  readonly hurry: AbortSignal;
  /** How long events flow between the first list and the closing one, at least. */
  readonly flowMs: Ms;
  /** What is done meanwhile. */
  readonly meanwhile?: () => Promise<void>;
  readonly redact?: (entry: TimelineEntry) => TimelineEntry;
  readonly onListening?: () => void;
  readonly onGivenUp?: (link: Link) => void;
}

/** One account's stream on one side. */
interface Stream {
  /** How often each item came. */
  readonly seen: Map<string, number>;
  /** Why it was not there all the time, if it was not. */
  broken: string | undefined;
}

/** How long to look away between two looks at what has come. */
const LOOK_MS = 20;
/** Items that a closing list may hold beyond twice what the stream brought. */
const MARGIN = 100;

/**
 * Does what a page does: subscribes, reads the lists once that is acknowledged, and lets events flow. A closing list then
 * tells what there was to see. @throws ObserveError when a side cannot be subscribed to
 */
export async function joinLists(settings: Settings, snapshot: Snapshot, options: JoinOptions): Promise<Section> {
  const join = new Join(settings, snapshot, options);
  const over = new AbortController();
  let failure: unknown;
  let work: Promise<unknown> | undefined;
  const { interrupt, redact, onGivenUp } = options;
  await listen(
    settings,
    SIDES,
    {
      interrupt,
      hurry: AbortSignal.any([options.hurry, over.signal]),
      ...(redact === undefined ? {} : { redact }),
      ...(onGivenUp === undefined ? {} : { onGivenUp }),
      onListening: () => {
        options.onListening?.();
        work = join
          .perform()
          .catch((error: unknown) => (failure = error))
          .finally(() => over.abort());
      },
    },
    (entry) => join.take(entry),
  );
  await work;
  if (failure !== undefined && !interrupt.aborted) throw failure;
  return join.section();
}

class Join {
  readonly #settings: Settings;
  readonly #snapshot: Snapshot;
  readonly #options: JoinOptions;
  readonly #observe: ReturnType<typeof observer>;
  readonly #streams: Record<Side, Map<string, Stream>> = { control: new Map(), candidate: new Map() };
  readonly #first: Record<Side, Map<string, Reading>> = { control: new Map(), candidate: new Map() };
  readonly #closing: Record<Side, Map<string, Reading>> = { control: new Map(), candidate: new Map() };
  readonly #unread: Record<Side, Map<string, string>> = { control: new Map(), candidate: new Map() };

  constructor(settings: Settings, snapshot: Snapshot, options: JoinOptions) {
    this.#settings = settings;
    this.#snapshot = snapshot;
    this.#options = options;
    this.#observe = observer(settings);
    for (const side of SIDES) {
      for (const { id } of settings.accounts) {
        this.#streams[side].set(id, { seen: new Map(), broken: 'it was never subscribed' });
      }
    }
  }

  take(entry: TimelineEntry): void {
    if (entry.kind === 'link') return this.#link(entry);
    if (entry.kind !== 'frame') return;
    const observed = this.#observe(entry);
    if (observed.kind !== 'observation') return;
    const { type, key, account } = observed.observation;
    const seen = this.#streams[entry.side].get(account)?.seen;
    const id = idOf(type, key);
    seen?.set(id, (seen.get(id) ?? 0) + 1);
  }

  /** A subscription that went down, even for a moment, may have missed something: that is no fault of the hand-over. */
  #link({ side, account, state, reason }: Link): void {
    const stream = this.#streams[side].get(account);
    if (stream === undefined) return;
    if (state === 'down') stream.broken = `its subscription went down: ${reason}`;
    else if (stream.broken === 'it was never subscribed') stream.broken = undefined;
  }

  async perform(): Promise<void> {
    const { interrupt, flowMs, meanwhile } = this.#options;
    await this.#readAll(this.#first, () => undefined);
    await Promise.all([meanwhile?.(), pause(flowMs, interrupt)]);
    await this.#readAll(this.#closing, (side, { id }) => this.#enough(side, id));
    await this.#arrived();
  }

  /** Items of a closing list that certainly reach back to the first one. */
  #enough(side: Side, account: string): number | undefined {
    const { limit } = listsOf(this.#settings);
    if (limit === undefined) return undefined;
    return limit + 2 * (this.#streams[side].get(account)?.seen.size ?? 0) + MARGIN;
  }

  async #readAll(
    into: Record<Side, Map<string, Reading>>,
    limitOf: (side: Side, account: Account) => number | undefined,
  ): Promise<void> {
    await Promise.all(
      SIDES.flatMap((side) =>
        this.#settings.accounts.map(async (account) => {
          try {
            into[side].set(account.id, await this.#snapshot.read(side, account, limitOf(side, account)));
          } catch (error) {
            if (!(error instanceof BadAnswer)) throw error;
            this.#unread[side].set(account.id, error.message);
          }
        }),
      ),
    );
  }

  /** Waits until the streams have brought what the closing lists show, or one window is over. */
  async #arrived(): Promise<void> {
    const { afterMs } = this.#settings.match.window;
    for (
      let waitedMs = 0;
      waitedMs < afterMs && this.#judged().some(({ lost }) => lost.length > 0);
      waitedMs += LOOK_MS
    )
      await pause(LOOK_MS, this.#options.interrupt);
  }

  #judged(): SideAccount[] {
    const { sort, dedupe } = listsOf(this.#settings);
    const ambiguous = occurrencesOf(this.#settings);
    return SIDES.flatMap((side) =>
      this.#settings.accounts.map(({ id: account }): SideAccount => {
        const stream = this.#streams[side].get(account) as Stream;
        const [first, closing] = [this.#first[side].get(account), this.#closing[side].get(account)];
        const unread = this.#unread[side].get(account);
        if (first === undefined || closing === undefined) {
          const undecided = unread ?? 'its lists were not read to the end';
          return { side, account, judged: 0, fresh: 0, overlap: 0, lost: [], doubled: [], undecided };
        }
        const found = handOver({ first, closing, stream: stream.seen }, { sort, dedupe, ambiguous });
        const undecided = stream.broken ?? found.undecided;
        return { side, account, ...found, ...(undecided === undefined ? {} : { undecided }) };
      }),
    );
  }

  section(): Section {
    return handOverSection(this.#judged(), snapshotGateOf(this.#settings).handOver, listsOf(this.#settings).dedupe);
  }
}

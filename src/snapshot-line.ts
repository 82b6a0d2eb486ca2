import pLimit from 'p-limit';
import { comparer } from './compare/judge.js';
import { conclude } from './ledger/conclude.js';
import { withSections } from './ledger/sections.js';
import { CallError } from './model/errors.js';
import type { Json } from './model/json.js';
import type { Observed } from './model/observation.js';
import type { Path } from './model/path.js';
import type { Report } from './model/report.js';
import type { Section } from './model/section.js';
import type { Account, GateSettings, Settings } from './model/settings.js';
import type { SnapshotGate, SnapshotSettings } from './model/snapshot.js';
import { SIDES, type Frame, type Ms, type Side } from './model/timeline.js';
import { decode, Unreadable } from './normalise/decode.js';
import { observer } from './normalise/observe.js';
import { read } from './normalise/read.js';
import { SnapshotBooks } from './snapshot-books.js';
import { Asker } from './snapshot/ask.js';
import { BadAnswer } from './snapshot/call.js';
import { Cost } from './snapshot/cost.js';
import { Drift } from './snapshot/drift.js';
import { Edges } from './snapshot/edges.js';
import { liesAt } from './snapshot/enriched.js';
import type { Comparison } from './model/verdict.js';
import { judgeItems, type Judge, type Judged, type Readings } from './snapshot/judge.js';
import { firstCall } from './snapshot/pages.js';
import { pause } from './snapshot/pause.js';
import { Population } from './snapshot/population.js';
import { bodyOf, readSide, type Reading, type ReadingTools } from './snapshot/reading.js';
import { snapshotSection } from './snapshot/section.js';
import { Truth } from './snapshot/truth.js';

/** What a snapshot is given besides its settings. */
export interface SnapshotOptions {
  /** Milliseconds since the start, monotonic. */
  readonly now: () => Ms;
  /** Resolves after so long; by the clock unless given, and then rejects when interrupted. */
  readonly wait?: (ms: Ms) => Promise<void>;
  /** Aborting it ends the snapshot early: what was compared is reported. The reason names the signal. */
  readonly interrupt: AbortSignal;
  /** Full lists of each side to measure; those that are read anyway count. */
  readonly samples?: number;
  /** An item without what nobody behind it may see. */
  readonly redact?: (frame: Frame) => Frame;
  readonly onProgress?: (progress: SnapshotProgress) => void;
}

export interface SnapshotProgress {
  readonly accounts: number;
  readonly accountsDone: number;
  readonly pages: number;
  readonly items: number;
  readonly attempt: number;
}

/** Limits where the config has none. */
const DEFAULT_GATE: SnapshotGate = {
  mismatch: 0,
  missing: 0,
  extra: 0,
  duplicate: 0,
  inversions: 0,
  pageEdges: 0,
  handOver: 0,
  inconclusiveShare: 0.05,
};

/** The limits of a snapshot. */
export function snapshotGateOf({ gate }: Pick<Settings, 'gate'>): SnapshotGate {
  return gate.snapshot ?? DEFAULT_GATE;
}

/** The lists that the config declares. @throws CallError where it has none */
export function listsOf({ snapshot }: Settings): SnapshotSettings {
  if (snapshot !== undefined) return snapshot;
  throw new CallError(
    'the config has no snapshot section, which says which lists to read; add one such as snapshot: {control: [{url: "https://app.example.com/api/opens", items: $.items, type: email-opened}], candidate: [{url: "https://feed.example.com/items", items: $.data, type: item_created}]}',
  );
}

/** The calls that reading every list of the settings begins with, in the order of a reading, as texts. */
export function listCalls(settings: Settings): string[] {
  const lists = listsOf(settings);
  return settings.accounts.flatMap((account) =>
    SIDES.flatMap((side) =>
      lists[side].map((list) => {
        const { method, url, body } = firstCall(list, `snapshot.${side}`, account);
        return `${method} ${url}${body === undefined ? '' : ` ${body}`}`;
      }),
    ),
  );
}

/** Types of which each repeat of a key is an event of its own. */
export function occurrencesOf({ events }: Pick<Settings, 'events'>): ReadonlySet<string> {
  return new Set(events.filter(({ repeats }) => repeats === 'occurrences').map(({ name }) => name));
}

/**
 * Lists of both sides, read, compared and counted as one page:
 *
 *   control ─▶ candidate ─▶ control again ─▶ judge each item ─▶ again, while anything is open ─▶ ledger ─▶ gate
 *
 * Items are read and compared as the stream's events are: by the same events, renames and rules.
 */
export class Snapshot {
  readonly #settings: Settings;
  readonly #lists: SnapshotSettings;
  readonly #options: SnapshotOptions;
  readonly #wait: (ms: Ms) => Promise<void>;
  readonly #observe: (frame: Frame) => Observed;
  readonly #judge: Judge;
  readonly #asker: Asker;
  readonly #books: SnapshotBooks;
  readonly #cost = new Cost();
  readonly #drift: Drift;
  readonly #bad: Record<Side, Map<string, number>> = { control: new Map(), candidate: new Map() };
  /** Accounts whose lists could not be read, and why. */
  readonly #failures = new Map<string, BadAnswer | undefined>();
  /** What ended the further readings that only measure. */
  #unsampled: BadAnswer | undefined;
  readonly #progress = { accounts: 0, accountsDone: 0, pages: 0, items: 0, attempt: 1 };

  constructor(settings: Settings, options: SnapshotOptions) {
    const lists = listsOf(settings);
    const { now, interrupt: signal } = options;
    const { timeoutMs, retries, maxBytes, concurrency } = lists;
    const connections = concurrency * Math.max(lists.control.length, lists.candidate.length);
    const compare: (control: Json, candidate: Json) => Comparison = comparer(settings.rules);
    const observe = observer(settings);
    this.#settings = settings;
    this.#lists = lists;
    this.#options = options;
    this.#wait = options.wait ?? ((ms) => pause(ms, signal));
    this.#observe = observe;
    this.#asker = new Asker({ timeoutMs, retries, maxBytes, connections, now, signal });
    this.#judge = {
      sort: lists.sort,
      edges: new Edges(lists.sort),
      compare: (control, other, side) => compare(bodyOf(observe, 'control', control), bodyOf(observe, side, other)),
    };
    this.#books = new SnapshotBooks(
      settings,
      (side, first, copy) => compare(bodyOf(observe, side, first), bodyOf(observe, side, copy)).outcome === 'match',
    );
    const truth = lists.truth && new Truth(lists.truth, { asker: this.#asker, now, signal });
    this.#drift = new Drift(truth, liesAt(lists.enriched), (text, side, item) => {
      const record = recordIn(text, lists.truth?.body);
      return record === undefined ? undefined : compare(record, bodyOf(observe, side, item));
    });
    this.#progress.accounts = settings.accounts.length;
  }

  /** What could not be read, one error an account. */
  get failures(): readonly BadAnswer[] {
    return [...this.#failures.values(), this.#unsampled].filter((failure) => failure !== undefined);
  }

  /** Reads the lists of a side of one account, with another limit than the page's if there is one. @throws BadAnswer */
  async read(side: Side, account: Account, limit?: number): Promise<Reading> {
    const { redact } = this.#options;
    const tools: ReadingTools = {
      settings: limit === undefined ? this.#lists : { ...this.#lists, limit },
      asker: this.#asker,
      now: this.#options.now,
      observe: redact === undefined ? this.#observe : (frame) => this.#observe(redact(frame)),
      occurrences: occurrencesOf(this.#settings),
      onPage: (_, items) => {
        this.#progress.pages++;
        this.#progress.items += items;
        this.#options.onProgress?.(this.#progress);
      },
    };
    try {
      const reading = await readSide(tools, side, account);
      // What is not the page's list tells nothing of its cost.
      if (limit === undefined) this.#cost.add(reading.cost);
      this.#noteBad(side, reading.cost.bad);
      return reading;
    } catch (error) {
      if (error instanceof BadAnswer) this.#noteBad(side, [error.reason]);
      throw error;
    }
  }

  #noteBad(side: Side, reasons: readonly string[]): void {
    for (const reason of reasons) this.#bad[side].set(reason, (this.#bad[side].get(reason) ?? 0) + 1);
  }

  /**
   * Compares the lists of every account, several at a time. An account whose lists cannot be read is left out, and told
   * in the report. @throws BadAnswer where no account's can
   */
  async compare(): Promise<void> {
    const limit = pLimit(this.#lists.concurrency);
    const { accounts } = this.#settings;
    await Promise.all(accounts.map((account) => limit(() => this.#attempted(account))));
    const [first] = this.failures;
    if (first !== undefined && this.#failures.size === accounts.length) throw first;
    await this.#sample();
  }

  async #attempted(account: Account): Promise<void> {
    try {
      await this.#account(account);
    } catch (error) {
      if (!(error instanceof BadAnswer) && !this.#options.interrupt.aborted) throw error;
      this.#failures.set(account.id, error instanceof BadAnswer ? error : undefined);
    }
    this.#progress.accountsDone++;
    this.#options.onProgress?.(this.#progress);
  }

  async #account(account: Account): Promise<void> {
    const { attempts, intervalMs } = this.#lists;
    const first = await this.#readings(account);
    const population = new Population(judgeItems(this.#judge, first), bySide(first));
    for (let attempt = 2; attempt <= attempts && population.open > 0; attempt++) {
      await this.#wait(intervalMs);
      const again = await this.#readings(account, attempt);
      population.again(judgeItems(this.#judge, again), bySide(again));
      this.#books.churn.reread++;
      this.#progress.attempt = Math.max(this.#progress.attempt, attempt);
    }
    await this.#close(account, population, first);
  }

  /**
   * Control is read before and after the candidate, so that what changes meanwhile is known. Later attempts read further
   * than the page does: what is looked at again moves down the lists as others come.
   */
  async #readings(account: Account, attempt = 1): Promise<Readings> {
    const limit = attempt === 1 || this.#lists.limit === undefined ? undefined : attempt * this.#lists.limit;
    const before = await this.read('control', account, limit);
    const candidate = await this.read('candidate', account, limit);
    const after = await this.read('control', account, limit);
    return { before, candidate, after };
  }

  /** Reads further full lists, of one account after the other, until each side has its samples. */
  async #sample(): Promise<void> {
    const readable = this.#settings.accounts.filter(({ id }) => !this.#failures.has(id));
    const most = this.#options.samples ?? 0;
    for (let nth = 0; readable.length > 0 && !this.#options.interrupt.aborted; nth++) {
      const lacking = SIDES.filter((side) => this.#cost.samples(side) < most);
      if (lacking.length === 0) return;
      const account = readable[nth % readable.length] as Account;
      try {
        for (const side of lacking) await this.read(side, account);
      } catch (error) {
        if (this.#options.interrupt.aborted) return;
        if (!(error instanceof BadAnswer)) throw error;
        // What was compared stands; its cost alone is known less well.
        this.#unsampled = error;
        return;
      }
    }
  }

  /** Asks what is to be asked of an account first, so that one that breaks off has been booked whole or not at all. */
  async #close(account: Account, population: Population, { candidate, after }: Readings): Promise<void> {
    const notes = new Map<Judged, string>();
    for (const judged of population.items) {
      const note = await this.#drift.explain(account, judged);
      if (note !== undefined) notes.set(judged, note);
    }
    this.#books.enter(population, [after, candidate], notes);
  }

  /** Closes the books and decides. `startedAt` is wall time, for display. */
  report(run: { readonly startedAt: string }, further: readonly Section[] = []): Report {
    const { gate } = this.#settings;
    const limits = snapshotGateOf(this.#settings);
    const { interrupt, now } = this.#options;
    const books = this.#books.close({
      startedAt: run.startedAt,
      durationMs: now(),
      uncovered: this.#uncovered(),
      ...(interrupt.aborted ? { interrupted: String(interrupt.reason) } : {}),
    });
    const report = conclude(books, { ...this.#settings, gate: gateOf(gate, limits) });
    const section = snapshotSection({
      settings: this.#lists,
      gate: limits,
      outcomes: report.outcomes,
      unordered: this.#books.unordered,
      edges: this.#books.edges,
      churn: this.#books.churn,
      cost: this.#cost,
      bad: this.#bad,
      accounts: { read: this.#settings.accounts.length - this.#failures.size, all: this.#settings.accounts.length },
      drift: this.#drift.found,
    });
    return withSections(report, [section, ...further]);
  }

  #uncovered(): string[] {
    return [...this.#failures].map(([id, failure]) => failure?.message ?? `${id} was not read to the end`);
  }

  async stop(): Promise<void> {
    await this.#asker.close();
  }
}

/** A list is looked at whole, so that no share of it stands for the rest: counts decide, not rates, and lag there is none. */
function gateOf({ confidence }: GateSettings, limits: SnapshotGate): GateSettings {
  const { mismatch, missing, extra, duplicate, inconclusiveShare } = limits;
  const counts = Object.entries({ mismatch, missing, extra, duplicate }).filter(([, limit]) => limit !== undefined);
  return { confidence, counts: Object.fromEntries(counts), minPerType: 0, lag: {}, inconclusiveShare };
}

function bySide({ before, candidate, after }: Readings): Record<Side, readonly Reading[]> {
  return { control: [before, after], candidate: [candidate] };
}

/** The record within what the source of truth answered; undefined for what is none. */
function recordIn(text: string, at: Path | undefined): Json | undefined {
  try {
    const whole = decode(text);
    return at === undefined ? whole : read(whole, at);
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

import { Lag } from './ledger/lag.js';
import { Ledger, type Entry } from './ledger/ledger.js';
import type { Books } from './model/report.js';
import type { Settings } from './model/settings.js';
import { SIDES, type Side } from './model/timeline.js';
import type { Sighting } from './model/verdict.js';
import type { Judged } from './snapshot/judge.js';
import type { Population } from './snapshot/population.js';
import type { Item, Reading } from './snapshot/reading.js';
import type { Churn, Edge } from './snapshot/section.js';

/** The books of a snapshot: every item that was read stands in exactly one place, as in the stream's. */
export class SnapshotBooks {
  readonly churn: Churn = { reread: 0, items: 0, settled: 0 };
  readonly unordered: Record<Side, Item[]> = { control: [], candidate: [] };
  readonly edges: Edge[] = [];
  readonly #settings: Settings;
  readonly #ledger: Ledger;
  readonly #isSame: (side: Side, first: Item, copy: Item) => boolean;

  /** `isSame`: whether two items of one side say the same. */
  constructor(settings: Settings, isSame: (side: Side, first: Item, copy: Item) => boolean) {
    this.#settings = settings;
    this.#isSame = isSame;
    this.#ledger = new Ledger({
      types: settings.events.flatMap(({ name, only }) => (only === undefined ? [name] : [])),
      accounts: settings.accounts.map(({ id }) => id),
      rules: settings.rules.length,
    });
  }

  /** Enters an account: its items, and what its readings held besides. */
  enter(population: Population, readings: readonly Reading[], notes: ReadonlyMap<Judged, string>): void {
    for (const reading of readings) this.#others(reading);
    for (const judged of population.items) this.#book(judged, notes.get(judged));
    for (const side of SIDES) this.unordered[side].push(...population.unordered(side));
    const { reread, settled } = population.churn;
    this.churn.items += reread;
    this.churn.settled += settled;
  }

  /** What is no event to compare: counted as in the stream. */
  #others({ side, others }: Reading): void {
    for (const { frame, observed } of others) {
      this.#ledger.observed[side]++;
      if (observed.kind === 'only') this.#ledger.only(side, observed.type);
      else if (observed.kind === 'unreadable') this.#ledger.unreadable(frame, observed.reason);
      else this.#ledger.unmapped(frame);
    }
  }

  #book(judged: Judged, note: string | undefined): void {
    const { outcome, comparison, copies } = judged;
    for (const side of SIDES) if (judged[side] !== undefined) this.#ledger.observed[side]++;
    const used = comparison === undefined || comparison.outcome === 'match' ? [] : comparison.used;
    for (const rule of used) this.#ledger.letThrough[rule] = (this.#ledger.letThrough[rule] ?? 0) + 1;
    const item = (judged.control ?? judged.candidate) as Item;
    if (outcome === 'match' || outcome === 'allowed') this.#ledger.agree(outcome, item.type, item.account);
    else if (outcome === 'outside') {
      for (const side of SIDES) if (judged[side] !== undefined) this.#ledger.outsideCoverage[side]++;
    } else this.#ledger.record(this.#entry(judged, item, outcome, { used, note }));
    if (judged.edge !== undefined && (outcome === 'missing' || outcome === 'extra'))
      this.edges.push({ ...judged.edge, item, what: 'lost' });
    for (const side of SIDES) for (const copy of copies[side]) this.#doubled(side, judged[side] as Item, copy);
  }

  #entry(judged: Judged, item: Item, outcome: Entry['outcome'], { used, note }: Why): Entry {
    const { control, candidate, comparison, reason } = judged;
    const untold = comparison?.outcome === 'mismatch' ? comparison.untold : 0;
    const why = [reason, note, untold === 0 ? undefined : `${untold} further differences are not told`].filter(
      (one) => one !== undefined,
    );
    return {
      outcome,
      account: item.account,
      type: item.type,
      key: item.key,
      t: Math.max(control?.t ?? 0, candidate?.t ?? 0),
      ...(control === undefined ? {} : { control: sighting(control) }),
      ...(candidate === undefined ? {} : { candidate: sighting(candidate) }),
      ...(comparison?.outcome === 'mismatch' ? { differences: comparison.differences } : {}),
      ...(used.length > 0 ? { allowedBy: used.map((rule) => this.#settings.rules[rule]?.path.text ?? '') } : {}),
      ...(why.length === 0 ? {} : { reason: why.join('; ') }),
    };
  }

  #doubled(side: Side, first: Item, copy: Item): void {
    const sameContent = first.payload === copy.payload || this.#isSame(side, first, copy);
    const isAtEdge = first.list === copy.list && first.page !== copy.page;
    const place = `page ${first.page} and page ${copy.page} of list ${copy.list + 1}`;
    if (isAtEdge) this.edges.push({ side, item: copy, what: 'doubled', place });
    const where = isAtEdge
      ? `it is on ${place}`
      : first.list === copy.list
        ? `it is twice on page ${copy.page} of list ${copy.list + 1}`
        : `it is in list ${first.list + 1} and in list ${copy.list + 1}`;
    const { account, type, key, t } = copy;
    this.#ledger.observed[side]++;
    this.#ledger.record({
      outcome: 'duplicate',
      account,
      type,
      key,
      t,
      [side]: sighting(copy),
      duplicate: { side, afterMs: 0, sameContent },
      reason: `${where}, ${sameContent ? 'with the same content' : 'with other content'}`,
    });
  }

  /** Closes the books. */
  close({ uncovered, ...run }: RunEnd): Books {
    const { accounts, rules, match, hash } = this.#settings;
    const open = { control: 0, candidate: 0 };
    this.#ledger.balance(open);
    const { candidate: unordered } = this.unordered;
    const { outcomes } = this.#ledger;
    return {
      ...this.#ledger.account(),
      lag: new Lag().summary(),
      order: {
        pairs: outcomes.match + outcomes.allowed + outcomes.mismatch,
        reordered: unordered.length,
        examples: unordered.slice(0, 100).map(({ account, type, key }) => ({ account, type, key })),
      },
      open,
      gaps: [],
      rules: rules.map((rule, index) => ({
        path: rule.path.text,
        reason: rule.reason,
        letThrough: this.#ledger.letThrough[index] ?? 0,
      })),
      early: { suspects: [] },
      moments: [],
      momentsLeftOut: 0,
      uncovered,
      run: { ...run, accounts: accounts.length, configHash: hash, window: match.window },
    };
  }
}

/** How a snapshot ended. */
export interface RunEnd extends Pick<Books['run'], 'startedAt' | 'durationMs' | 'interrupted'> {
  /** Accounts that were not read, one sentence each. */
  readonly uncovered: readonly string[];
}

interface Why {
  readonly used: readonly number[];
  /** What another source knows of it. */
  readonly note: string | undefined;
}

function sighting({ t, channel, event, payload }: Item): Sighting {
  return { t, channel, event, payload };
}

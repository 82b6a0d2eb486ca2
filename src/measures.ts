import type { Place } from './correlate/correlator.js';
import type { Coverage } from './correlate/coverage.js';
import { Order, type Sequence } from './correlate/order.js';
import type { Lag } from './ledger/lag.js';
import { Lags } from './ledger/lags.js';
import type { Ledger } from './ledger/ledger.js';
import { RunningSeries, type Cells } from './ledger/series.js';
import type { Books, OutcomeCounts } from './model/report.js';
import type { Settings } from './model/settings.js';
import { microseconds, type Ms } from './model/timeline.js';
import type { Outcome } from './model/verdict.js';

/** Where the events of an account and a type are counted and measured: found once, since every event passes there. */
interface Desk {
  readonly account: string;
  readonly cell: OutcomeCounts;
  readonly lag: Lag;
  readonly sequence: Sequence;
  /** Of the course of its account; none before something is counted there. */
  lane: Cells | undefined;
}

/** What a run measures besides its verdicts: lag, order, and the course of both. */
export class Measures {
  readonly lags: Lags;
  readonly #order = new Order();
  readonly #series = new RunningSeries();
  /** By the number of the place. */
  readonly #desks: Desk[] = [];
  readonly #ledger: Ledger;
  readonly #coverage: Coverage;
  readonly #places: readonly Place[];

  constructor(settings: Pick<Settings, 'gate'>, ledger: Ledger, coverage: Coverage, places: readonly Place[]) {
    this.lags = new Lags(settings.gate);
    this.#ledger = ledger;
    this.#coverage = coverage;
    this.#places = places;
  }

  /**
   * A pair whose candidate came inside the window, of the control event with this number of all. Returns whether it is a
   * reordered one that is to be told of: see `reordered`.
   */
  inTime(place: number, controlT: Ms, candidateT: Ms, number: number): boolean {
    const desk = this.#deskAt(place);
    const isControlLast = controlT > candidateT;
    const completeT = isControlLast ? controlT : candidateT;
    const lagMs = microseconds(candidateT - controlT);
    const inStall = this.#coverage.stalled(isControlLast ? candidateT : controlT, completeT);
    desk.lag.paired(lagMs, inStall);
    if (!inStall) this.#series.lag(completeT, lagMs);
    return this.#order.arrived(desk.sequence, number);
  }

  /** A reordered pair, as an example. */
  reordered(place: number, key: string): void {
    const { account, type } = this.#places[place] as Place;
    this.#order.examples.push({ account, type, key });
  }

  /** A pair that agrees, of which no verdict is kept. */
  agreed(place: number, outcome: 'match' | 'allowed', t: Ms): void {
    const desk = this.#deskAt(place);
    this.#ledger.agreeIn(desk.cell, outcome);
    this.#series.countIn((desk.lane ??= this.#series.lane(desk.account)), t, outcome);
  }

  /** A verdict was reached, and the one that it amends no longer stands. */
  judged(account: string, verdict: Told, amended?: Told): void {
    if (amended !== undefined) this.#series.count(amended.t, amended.outcome, account, -1);
    this.#series.count(verdict.t, verdict.outcome, account);
  }

  figures(): Pick<Books, 'lag' | 'lagParts' | 'series' | 'order'> {
    const { pairs, reordered, examples } = this.#order;
    return { ...this.lags.summaries(), series: this.#series.series(), order: { pairs, reordered, examples } };
  }

  #deskAt(place: number): Desk {
    let desk = this.#desks[place];
    if (desk === undefined) {
      const { account, type } = this.#places[place] as Place;
      const [cell, lag, sequence] = [this.#ledger.cell(type, account), this.lags.of(type), this.#order.of(account)];
      this.#desks[place] = desk = { account, cell, lag, sequence, lane: undefined };
    }
    return desk;
  }
}

interface Told {
  readonly t: Ms;
  readonly outcome: Outcome;
}

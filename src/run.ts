import type { Comparison } from './compare/judge.js';
import { Contents } from './contents.js';
import { Correlator, earliest, type Place } from './correlate/correlator.js';
import { Coverage } from './correlate/coverage.js';
import { Order, type Sequence } from './correlate/order.js';
import type { Pairing, Step } from './correlate/pairing.js';
import { Held, rowFrame } from './held.js';
import { conclude } from './ledger/conclude.js';
import { LongestLag } from './ledger/early.js';
import { Lags } from './ledger/lags.js';
import { Ledger } from './ledger/ledger.js';
import { inTime } from './ledger/moments.js';
import { RunningSeries } from './ledger/series.js';
import type { Observation } from './model/observation.js';
import {
  MOMENTS_TOLD,
  type Books,
  type Gap,
  type OutcomeCounts,
  type Progress,
  type Report,
  type Suspect,
} from './model/report.js';
import { ROW, STATUS, type Rows } from './model/rows.js';
import { FrameScanner } from './scan/frames.js';
import type { Settings } from './model/settings.js';
import {
  microseconds,
  SIDES,
  type Frame,
  type Link,
  type Mark,
  type Ms,
  type Side,
  type TimelineEntry,
} from './model/timeline.js';
import type { Outcome, Sighting, Verdict } from './model/verdict.js';

/**
 * The line, as one page: entries come in, a report comes out.
 *
 *   entry ─▶ normalise ─▶ correlate ─▶ compare ─▶ ledger ─▶ gate
 *
 * It reads no clock and touches no network. Live entries, a recording's and a simulation's are the same to it.
 */
export class Line {
  readonly #settings: Settings;
  readonly #contents: Contents;
  readonly #isFast: boolean;
  /** Made when the first frame comes whose payload is bytes. */
  #scanner: FrameScanner | undefined;
  readonly #coverage: Coverage;
  readonly #correlator: Correlator;
  readonly #held: Held;
  readonly #order = new Order();
  readonly #lags: Lags;
  readonly #series = new RunningSeries();
  /** By place: where events of an account and a type are counted. */
  readonly #desks: Desk[] = [];
  readonly #ledger: Ledger;
  readonly #longestLag = new LongestLag();
  /** Candidates without control from the first moments of an account's coverage: see ledger/early.ts. */
  readonly #early = new Map<Pairing, Suspect>();
  readonly #moments: (Link | Mark)[] = [];
  #momentsLeftOut = 0;
  #t: Ms = 0;

  /** With `fast: false` every payload is parsed; the verdicts are the same, and a test says so. */
  constructor(settings: Settings, options: { readonly fast?: boolean } = {}) {
    const accounts = settings.accounts.map((account) => account.id);
    const types = settings.events.filter((type) => type.only === undefined).map((type) => type.name);
    this.#settings = settings;
    this.#contents = new Contents(settings);
    this.#isFast = options.fast !== false;
    this.#coverage = new Coverage(settings.match, accounts);
    this.#correlator = new Correlator(settings.match, settings.events, (slot, newcomer) => this.#face(slot, newcomer));
    this.#held = new Held(settings.rules.length);
    this.#lags = new Lags(settings.gate);
    this.#ledger = new Ledger({ types, accounts, rules: settings.rules.length, amendableMs: this.#keptMs });
  }

  /** Takes the next entry in. Entries come in the order of their stamps. */
  add(entry: TimelineEntry): void {
    this.#t = Math.max(this.#t, entry.t);
    this.#coverage.note(entry);
    if (this.#correlator.isDue(entry.t)) for (const step of this.#correlator.advance(entry.t)) this.#settle(step);
    if (entry.kind === 'frame') this.#see(entry);
    else if (entry.kind !== 'tick') this.#remember(entry);
  }

  /**
   * Takes the next frame in as a row of numbers. Pairs whose prints agree are told by these alone; for all others the
   * frame is read again and goes the way of every entry, so that there is one set of rules.
   */
  addRow(rows: Rows, row: number): void {
    const t = rows.f64[(row + ROW.t) >> 3] as Ms;
    if (t > this.#t) this.#t = t;
    if (this.#correlator.isDue(t)) for (const step of this.#correlator.advance(t)) this.#settle(step);
    this.#seeRow(rows, row);
  }

  /** For how long an event may be remembered: until its wait is over, and then for the tombstone. */
  get #keptMs(): Ms {
    const { match } = this.#settings;
    return Math.max(match.window.afterMs, earliest(match)) + match.tombstoneMs;
  }

  #newScanner(): FrameScanner {
    return new FrameScanner(this.#settings, this.#keptMs);
  }

  #seeRow(rows: Rows, row: number): void {
    const t = rows.f64[(row + ROW.t) >> 3] as Ms;
    const { i32 } = rows;
    const envelope = rows.envelope(i32[(row + ROW.envelope) >> 2] as number);
    const { side } = envelope;
    if (side === 'control') this.#ledger.observed.control++;
    else this.#ledger.observed.candidate++;
    const status = i32[(row + ROW.status) >> 2];
    if (status === STATUS.unmapped) return this.#ledger.unmapped(envelope);
    const type = i32[(row + ROW.type) >> 2] as number;
    if (status === STATUS.only) return this.#ledger.only(side, this.#settings.events[type]?.name ?? '');
    let place = envelope.places[type] as number;
    if (place === -1) {
      place = this.#correlator.placeOf(envelope.account, this.#settings.events[type]?.name ?? '');
      envelope.places[type] = place;
    }
    const number = side === 'control' ? ++this.#deskAt(place).sequence.sent : 0;
    const fate = this.#correlator.enter(
      side,
      place,
      i32[(row + ROW.keyA) >> 2] as number,
      i32[(row + ROW.keyB) >> 2] as number,
      t,
    );
    const { slot, late } = this.#correlator;
    if (fate !== 'repeat' && !(fate === 'paired' && this.#correlator.hasFace(slot))) {
      this.#held.keep(side, slot, rows, row, number);
      if (fate === 'waits') return;
      const used = this.#held.decide(slot);
      if (used !== -1 && !late) return this.#agreed(slot, place, used);
    }
    const observation = this.#observe(rowFrame(rows, row));
    observation.number = number;
    this.#settle(this.#correlator.step(fate, observation));
  }

  /** A pair that agrees by its prints: counted and measured as any other, and nothing is kept of it. */
  #agreed(slot: number, place: number, used: number): void {
    const controlT = this.#correlator.t('control', slot);
    const candidateT = this.#correlator.t('candidate', slot);
    const desk = this.#deskAt(place);
    this.#inTime(desk, controlT, candidateT, microseconds(candidateT - controlT));
    if (this.#order.arrived(desk.sequence, this.#held.numberOf(slot))) {
      const { account, type, key } = this.#correlator.pairing(slot);
      this.#order.examples.push({ account, type, key });
    }
    for (let rule = 0, rest = used; rest !== 0; rule++, rest >>>= 1)
      if ((rest & 1) !== 0) this.#ledger.letThrough[rule]!++;
    this.#agree(desk, used === 0 ? 'match' : 'allowed', Math.max(controlT, candidateT));
  }

  #agree(desk: Desk, outcome: 'match' | 'allowed', t: Ms): void {
    this.#ledger.agreeIn(desk.cell, outcome);
    this.#series.count(t, outcome, desk.account);
  }

  #deskAt(place: number): Desk {
    let desk = this.#desks[place];
    if (desk === undefined) {
      const { account, type } = this.#correlator.places[place] as Place;
      const cell = this.#ledger.cell(type, account);
      desk = { account, cell, lag: this.#lags.of(type), sequence: this.#order.of(account) };
      this.#desks[place] = desk;
    }
    return desk;
  }

  /** The pairing of a slot whose events were rows until now. */
  #face(slot: number, newcomer?: Side): Pairing {
    const [control, candidate] = SIDES.map((side) => {
      if (side === newcomer || !this.#correlator.came(side, slot)) return undefined;
      const observation = this.#observe(this.#held.frame(side, slot, this.#correlator.t(side, slot)));
      observation.number = this.#held.numberOf(slot);
      return observation;
    });
    const { account, type, key } = (control ?? candidate) as Observation;
    return { account, type, key, control, candidate, expired: false, verdict: undefined };
  }

  /** A frame that was an observation as a row is one when it is read. */
  #observe(frame: Frame): Observation {
    const observed = this.#contents.observe(frame);
    if (observed.kind === 'observation') return observed.observation;
    throw new Error(`a frame was ${observed.kind} when it was read again`);
  }

  #remember(moment: Link | Mark): void {
    if (this.#moments.length < MOMENTS_TOLD) this.#moments.push(moment);
    else this.#momentsLeftOut++;
  }

  #see(frame: Frame): void {
    if (this.#isFast && frame.bytes !== undefined) {
      const scanner = (this.#scanner ??= this.#newScanner());
      if (scanner.scan(frame)) return this.#seeRow(scanner, scanner.row);
    }
    this.#ledger.observed[frame.side]++;
    const observed = this.#contents.observe(frame);
    switch (observed.kind) {
      case 'unreadable':
        return this.#ledger.unreadable(frame, observed.reason);
      case 'unmapped':
        return this.#ledger.unmapped(frame);
      case 'only':
        return this.#ledger.only(frame.side, observed.type);
      case 'observation': {
        const { observation } = observed;
        if (frame.side === 'control') observation.number = ++this.#order.of(frame.account).sent;
        const step = this.#correlator.add(observation);
        if (step !== undefined) this.#settle(step);
      }
    }
  }

  #settle(step: Step): void {
    if (step.kind === 'repeat') this.#repeated(step.pairing, step.observation);
    else if (step.kind === 'alone') this.#alone(step.pairing, step.deadline);
    else this.#paired(step.pairing, step.late);
  }

  /** Both sides came: content decides, unless the candidate came too late. */
  #paired(pairing: Pairing, late: boolean): void {
    const control = pairing.control as Observation;
    const candidate = pairing.candidate as Observation;
    const lagMs = microseconds(candidate.t - control.t);
    const comparison = this.#contents.judge(control, candidate);
    const used = comparison.outcome === 'match' ? [] : comparison.used;
    for (const rule of used) this.#ledger.letThrough[rule] = (this.#ledger.letThrough[rule] ?? 0) + 1;
    const { account, type, key } = pairing;
    const desk = this.#deskAt(this.#correlator.placeOf(account, type));
    if (!late) {
      this.#inTime(desk, control.t, candidate.t, lagMs);
      const telling = this.#order.arrived(desk.sequence, control.number ?? 0);
      if (telling) this.#order.examples.push({ account, type, key });
    } else if (pairing.verdict?.outcome === 'missing') desk.lag.late(lagMs);
    if (!late && !pairing.expired && comparison.outcome !== 'mismatch') {
      this.#agree(desk, comparison.outcome, Math.max(control.t, candidate.t));
    } else {
      this.#record(pairing, {
        ...(late ? lateness(comparison.outcome, pairing, lagMs) : { outcome: comparison.outcome }),
        t: Math.max(control.t, candidate.t),
        control: sighting(control),
        candidate: sighting(candidate),
        lagMs,
        ...(comparison.outcome === 'mismatch' ? found(comparison) : {}),
        ...(used.length > 0 ? { allowedBy: used.map((rule) => this.#settings.rules[rule]?.path.text ?? '') } : {}),
      });
    }
    // Only the payloads' texts are kept, for as long as the key is remembered.
    control.body = undefined;
    candidate.body = undefined;
  }

  /** Measures a pair whose candidate came inside the window. */
  #inTime(desk: Desk, controlT: Ms, candidateT: Ms, lagMs: Ms): void {
    const completeT = Math.max(controlT, candidateT);
    const inStall = this.#coverage.stalled(Math.min(controlT, candidateT), completeT);
    desk.lag.paired(lagMs, inStall);
    if (inStall) return;
    this.#longestLag.paired(lagMs, completeT);
    this.#series.lag(completeT, lagMs);
  }

  /** The wait is over: coverage before blame. */
  #alone(pairing: Pairing, deadline: Ms): void {
    const observation = (pairing.control ?? pairing.candidate) as Observation;
    const { side, account, t } = observation;
    const absent: Side = side === 'control' ? 'candidate' : 'control';
    if (t < this.#coverage.start(account)) {
      this.#ledger.outsideCoverage[side]++;
      return;
    }
    const [from, to] = this.#windowOf(observation);
    const gap = this.#coverage.blind(absent, account, from, to);
    if (gap === undefined && side === 'control') this.#lags.of(pairing.type).missing();
    this.#record(pairing, {
      outcome: gap !== undefined ? 'inconclusive' : side === 'control' ? 'missing' : 'extra',
      t: deadline,
      [side]: sighting(observation),
      ...(gap === undefined ? {} : { reason: blame(gap, absent, deadline) }),
    });
    const since = this.#coverage.since(absent, account);
    if (side === 'candidate' && gap?.toMs === since && !this.#coverage.stalled(from, to)) {
      const { type, key } = pairing;
      const decidedMs = since + this.#settings.match.window.afterMs;
      this.#early.set(pairing, { account, type, key, t: deadline, listenedMs: t - since, decidedMs });
    }
  }

  /** The interval in which the other side's event could have come. */
  #windowOf({ side, t }: Observation): [Ms, Ms] {
    const beforeMs = earliest(this.#settings.match);
    const { afterMs } = this.#settings.match.window;
    const [from, to] = side === 'control' ? [beforeMs, afterMs] : [afterMs, beforeMs];
    return [microseconds(t - from), microseconds(t + to)];
  }

  #repeated(pairing: Pairing, observation: Observation): void {
    const { account, type, key } = pairing;
    const { side } = observation;
    const first = pairing[side] as Observation;
    const sameContent = this.#contents.same(first, observation);
    const afterMs = microseconds(observation.t - first.t);
    this.#series.count(observation.t, 'duplicate', account);
    this.#ledger.record({
      outcome: 'duplicate',
      account,
      type,
      key,
      t: observation.t,
      [side]: sighting(observation),
      duplicate: { side, afterMs, sameContent },
      reason: `seen ${afterMs} ms before on ${side}, ${sameContent ? 'with the same content' : 'with other content'}`,
    });
  }

  #record(pairing: Pairing, verdict: Omit<Verdict, 'id' | 'amends' | 'account' | 'type' | 'key'>): void {
    const { account, type, key } = pairing;
    // What was outside coverage has no verdict yet; paired after all, it leaves that column.
    if (pairing.expired && pairing.verdict === undefined && verdict.control && verdict.candidate) {
      const side: Side = verdict.control.t < verdict.candidate.t ? 'control' : 'candidate';
      this.#ledger.outsideCoverage[side]--;
    }
    const amended = pairing.verdict;
    if (amended !== undefined) this.#series.count(amended.t, amended.outcome, account, -1);
    this.#series.count(verdict.t, verdict.outcome, account);
    pairing.verdict = this.#ledger.record({ account, type, key, ...verdict }, amended);
  }

  /** What a live view shows. Cheap enough to ask several times a second. */
  progress(): Progress {
    const accounts = this.#settings.accounts.length;
    return {
      t: this.#t,
      observed: { ...this.#ledger.observed },
      outcomes: { ...this.#ledger.outcomes },
      lag: { p50Ms: this.#lags.quantile(0.5), p99Ms: this.#lags.quantile(0.99) },
      up: { control: this.#coverage.up('control'), candidate: this.#coverage.up('candidate') },
      accounts,
      gaps: this.#coverage.gaps().length,
      open: { ...this.#correlator.open },
    };
  }

  /** Closes the books and decides. `startedAt` is wall time, for display. */
  report(run: { readonly startedAt: string; readonly interrupted?: string }): Report {
    return conclude(this.books(run), this.#settings);
  }

  /** The books alone, for whoever adds up several shares before deciding. */
  books(run: { readonly startedAt: string; readonly interrupted?: string }): Books {
    const { accounts, rules, match, hash } = this.#settings;
    const open = { ...this.#correlator.open };
    this.#ledger.balance(open);
    const gaps = this.#coverage.gaps();
    const { pairs, reordered, examples } = this.#order;
    const suspects = [...this.#early].flatMap(([pairing, suspect]) =>
      pairing.verdict?.control === undefined ? suspect : [],
    );
    return {
      ...this.#ledger.account(),
      ...this.#lags.summaries(),
      series: this.#series.series(),
      order: { pairs, reordered, examples },
      open,
      gaps,
      rules: rules.map((rule, index) => ({
        path: rule.path.text,
        reason: rule.reason,
        letThrough: this.#ledger.letThrough[index] ?? 0,
      })),
      early: { suspects, rises: this.#longestLag.rises },
      moments: inTime(this.#moments),
      momentsLeftOut: this.#momentsLeftOut,
      uncovered: accounts.flatMap(({ id }) => this.#unseen(id, gaps)),
      run: {
        startedAt: run.startedAt,
        durationMs: this.#t,
        accounts: accounts.length,
        configHash: hash,
        window: match.window,
        ...(run.interrupted === undefined ? {} : { interrupted: run.interrupted }),
      },
    };
  }

  #unseen(account: string, gaps: readonly Gap[]): string[] {
    if (this.#coverage.start(account) !== Infinity) return [];
    return SIDES.flatMap((side) => {
      const gap = gaps.find(
        (gap) => gap.account === account && gap.side === side && gap.toMs === null && gap.fromMs === 0,
      );
      return gap === undefined ? [] : [`${account} was never subscribed on ${side}: ${gap.final ?? gap.reason}`];
    });
  }
}

/** Where the events of an account and a type are counted and measured. */
interface Desk {
  readonly account: string;
  readonly cell: OutcomeCounts;
  readonly lag: ReturnType<Lags['of']>;
  readonly sequence: Sequence;
}

/** Outcome and reason of a pair whose candidate came after the window. */
function lateness(content: Outcome, pairing: Pairing, lagMs: Ms): { outcome: Outcome; reason?: string } {
  if (content === 'mismatch') return { outcome: content };
  const reason = `the candidate came ${lagMs} ms after control`;
  // Late beside a gap, or for an event that began before coverage, blames nobody.
  return { outcome: pairing.verdict?.outcome === 'missing' ? 'late' : 'inconclusive', reason };
}

/** The differences of a mismatch, and how many more there are. */
function found({ differences, untold }: Extract<Comparison, { outcome: 'mismatch' }>): Partial<Verdict> {
  return { differences, ...(untold === 0 ? {} : { reason: `${untold} further differences are not told` }) };
}

function blame(gap: Gap, absent: Side, deadline: Ms): string {
  const who = gap.side === undefined ? 'this process' : absent;
  const from = `${(gap.fromMs / 1000).toFixed(3)} s`;
  const when =
    gap.toMs === null || gap.toMs > deadline ? `since ${from}` : `from ${from} to ${(gap.toMs / 1000).toFixed(3)} s`;
  return `${who} was not listening ${when}: ${gap.reason}`;
}

function sighting({ t, channel, event, payload }: Observation): Sighting {
  return { t, channel, event, payload };
}

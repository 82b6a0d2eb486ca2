import type { Comparison } from './compare/judge.js';
import { Contents, keepText, pastOf } from './contents.js';
import { Correlator, earliest } from './correlate/correlator.js';
import { Coverage } from './correlate/coverage.js';
import { Order } from './correlate/order.js';
import type { Pairing, Step } from './correlate/pairing.js';
import { conclude } from './ledger/conclude.js';
import { LongestLag } from './ledger/early.js';
import { Lag } from './ledger/lag.js';
import { Ledger } from './ledger/ledger.js';
import type { Observation } from './model/observation.js';
import type { Books, Gap, Progress, Report, Suspect } from './model/report.js';
import type { Settings } from './model/settings.js';
import { microseconds, SIDES, type Frame, type Ms, type Side, type TimelineEntry } from './model/timeline.js';
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
  readonly #coverage: Coverage;
  readonly #correlator: Correlator;
  readonly #order = new Order();
  readonly #lag = new Lag();
  readonly #ledger: Ledger;
  readonly #longestLag = new LongestLag();
  /** Candidates without control from the first moments of an account's coverage: see ledger/early.ts. */
  readonly #early = new Map<Pairing, Suspect>();
  /** Observations whose payloads are bytes that somebody else owns. */
  #borrowed: Observation[] = [];
  #t: Ms = 0;

  /** With `fast: false` every payload is parsed; the verdicts are the same, and a test says so. */
  constructor(settings: Settings, options: { readonly fast?: boolean } = {}) {
    const accounts = settings.accounts.map((account) => account.id);
    const types = settings.events.filter((type) => type.only === undefined).map((type) => type.name);
    this.#settings = settings;
    this.#contents = new Contents(settings, options.fast !== false);
    this.#coverage = new Coverage(settings.match, accounts);
    this.#correlator = new Correlator(settings.match, settings.events);
    this.#ledger = new Ledger({ types, accounts, rules: settings.rules.length });
  }

  /** Takes the next entry in. Entries come in the order of their stamps. */
  add(entry: TimelineEntry): void {
    this.#t = Math.max(this.#t, entry.t);
    this.#coverage.note(entry);
    for (const step of this.#correlator.advance(entry.t)) this.#settle(step);
    if (entry.kind === 'frame') this.#see(entry);
  }

  /** Tells that the bytes of frames taken in so far are about to be overwritten: what is still needed of them is copied. */
  keepBytes(): void {
    for (const observation of this.#borrowed) observation.keep?.();
    this.#borrowed = [];
  }

  #see(frame: Frame): void {
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
        if (frame.side === 'control') this.#order.sent(observation);
        if (observation.print !== undefined) this.#borrowed.push(observation);
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
    if (!late) {
      const completeT = Math.max(control.t, candidate.t);
      const inStall = this.#coverage.stalled(Math.min(control.t, candidate.t), completeT);
      this.#lag.paired(lagMs, inStall);
      if (!inStall) this.#longestLag.paired(lagMs, completeT);
      this.#order.arrived(control);
    } else if (pairing.verdict?.outcome === 'missing') this.#lag.late(lagMs);
    if (!late && !pairing.expired && comparison.outcome !== 'mismatch') {
      this.#ledger.agree(comparison.outcome, pairing.type, pairing.account);
      pairing.past = pastOf(control, candidate);
      if (pairing.past !== undefined) {
        pairing.control = undefined;
        pairing.candidate = undefined;
      }
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
    for (const observation of [control, candidate]) {
      if (pairing.past === undefined) keepText(observation);
      else observation.release?.();
    }
  }

  /** The wait is over: coverage before blame. */
  #alone(pairing: Pairing, deadline: Ms): void {
    const observation = (pairing.control ?? pairing.candidate) as Observation;
    const { side, account, t } = observation;
    observation.keep?.();
    const absent: Side = side === 'control' ? 'candidate' : 'control';
    if (t < this.#coverage.start(account)) {
      this.#ledger.outsideCoverage[side]++;
      return;
    }
    const [from, to] = this.#windowOf(observation);
    const gap = this.#coverage.blind(absent, account, from, to);
    if (gap === undefined && side === 'control') this.#lag.missing();
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
    const { past } = pairing;
    const first = pairing[side];
    const firstT = past === undefined ? (first as Observation).t : side === 'control' ? past.controlT : past.candidateT;
    const sameContent =
      past === undefined
        ? this.#contents.same(first as Observation, observation)
        : this.#contents.sameAsPast(past, observation);
    const afterMs = microseconds(observation.t - firstT);
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
    pairing.verdict = this.#ledger.record({ account, type, key, ...verdict }, pairing.verdict);
  }

  /** What a live view shows. Cheap enough to ask several times a second. */
  progress(): Progress {
    const accounts = this.#settings.accounts.length;
    return {
      t: this.#t,
      observed: { ...this.#ledger.observed },
      outcomes: { ...this.#ledger.outcomes },
      lag: { p50Ms: this.#lag.quantile(0.5), p99Ms: this.#lag.quantile(0.99) },
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
      lag: this.#lag.summary(),
      order: { pairs, reordered, examples },
      open,
      gaps,
      rules: rules.map((rule, index) => ({
        path: rule.path.text,
        reason: rule.reason,
        letThrough: this.#ledger.letThrough[index] ?? 0,
      })),
      early: { suspects, rises: this.#longestLag.rises },
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

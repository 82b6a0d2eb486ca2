import { Contents } from './contents.js';
import { Correlator, earliest, type Face } from './correlate/correlator.js';
import { Coverage } from './correlate/coverage.js';
import type { Pairing, Step } from './correlate/pairing.js';
import { conclude } from './ledger/conclude.js';
import { Ledger, type Entry } from './ledger/ledger.js';
import { distinct } from './ledger/merge.js';
import { inTime } from './ledger/moments.js';
import { Measures } from './measures.js';
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
import { rowSize, type Stretch } from './model/rows.js';
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
import type { Comparison, Outcome, Sighting } from './model/verdict.js';
import { RowLane } from './row-lane.js';
import { FrameScanner } from './scan/frames.js';
import { Kernel } from './kernel/kernel.js';

/**
 * The line, as one page: entries come in, a report comes out.
 *
 *   entry ─▶ normalise ─▶ correlate ─▶ compare ─▶ ledger ─▶ gate
 *
 * It reads no clock and touches no network. Live entries, a recording's and a simulation's are the same to it.
 */
export class Line {
  /** In its memory lie the rows that the line is to be given. */
  readonly kernel: Kernel;
  readonly #settings: Settings;
  readonly #contents: Contents;
  readonly #isFast: boolean;
  /** Made when the first frame comes whose payload is bytes. */
  #scanner: FrameScanner | undefined;
  readonly #coverage: Coverage;
  readonly #correlator: Correlator;
  readonly #ledger: Ledger;
  readonly #measures: Measures;
  readonly #rows: RowLane;
  /** Candidates without control from the first moments of an account's coverage: see ledger/early.ts. */
  readonly #early = new Map<Pairing, Suspect>();
  readonly #moments: (Link | Mark)[] = [];
  #momentsLeftOut = 0;
  #t: Ms = 0;

  /** With `fast: false` every payload is parsed, to the same verdicts; `findings` is how many are kept whole. */
  constructor(settings: Settings, options: { readonly fast?: boolean; readonly findings?: number } = {}) {
    const accounts = settings.accounts.map((account) => account.id);
    const types = settings.events.filter((type) => type.only === undefined).map((type) => type.name);
    this.#settings = settings;
    this.#contents = new Contents(settings);
    this.#isFast = options.fast !== false;
    this.#coverage = new Coverage(settings.match, accounts);
    this.kernel = new Kernel();
    const face: Face = (slot, newcomer) => this.#rows.face(slot, newcomer);
    this.#correlator = new Correlator(settings.match, settings.events, this.kernel, settings.rules.length, face);
    const { findings } = options;
    this.#ledger = new Ledger({
      types,
      accounts,
      rules: settings.rules.length,
      amendableMs: this.#keptMs,
      ...(findings === undefined ? {} : { findings }),
    });
    this.#measures = new Measures(settings, this.#ledger, this.#coverage, this.#correlator.places);
    this.#rows = new RowLane({
      settings,
      contents: this.#contents,
      correlator: this.#correlator,
      ledger: this.#ledger,
      measures: this.#measures,
      settle: (step) => this.#settle(step),
    });
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
   * Takes the next frames in as rows of numbers, of two stretches in the order of their stamps, until one of them is empty
   * or a row is no frame that numbers can tell: its stretch is returned then, and the row has to come as an entry.
   */
  addRows(a: Stretch, b?: Stretch): Stretch | undefined {
    const stretch = this.#rows.pass(a, b);
    this.#t = Math.max(this.#t, this.#rows.reached);
    return stretch;
  }

  /** For how long an event may be remembered: until its wait is over, and then for the tombstone. */
  get #keptMs(): Ms {
    const { match } = this.#settings;
    return Math.max(match.window.afterMs, earliest(match)) + match.tombstoneMs;
  }

  #remember(moment: Link | Mark): void {
    if (this.#moments.length < MOMENTS_TOLD) this.#moments.push(moment);
    else this.#momentsLeftOut++;
  }

  #see(frame: Frame): void {
    if (this.#isFast && frame.bytes !== undefined) {
      const scanner = (this.#scanner ??= new FrameScanner(this.#settings, this.#keptMs, this.kernel));
      if (scanner.scan(frame)) {
        const { row: at } = scanner;
        this.addRows({ rows: scanner, at, end: at + rowSize(this.#settings.rules.length) });
        return;
      }
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
    const place = this.#correlator.placeOf(account, type);
    if (!late) {
      if (this.#measures.inTime(place, control.t, candidate.t, control.number ?? 0))
        this.#measures.reordered(place, key);
    } else if (pairing.verdict?.outcome === 'missing') this.#measures.lags.of(type).late(lagMs);
    if (!late && !pairing.expired && comparison.outcome !== 'mismatch') {
      this.#measures.agreed(place, comparison.outcome, Math.max(control.t, candidate.t));
    } else {
      const verdict: Draft = late
        ? lateness(comparison.outcome, pairing, lagMs)
        : { account, type, key, outcome: comparison.outcome };
      // Set one by one: where every pair is unequal, spreading objects into each other would be a good part of the work.
      verdict.t = Math.max(control.t, candidate.t);
      verdict.control = sighting(control);
      verdict.candidate = sighting(candidate);
      verdict.lagMs = lagMs;
      if (comparison.outcome === 'mismatch') addDifferences(verdict, comparison);
      if (used.length > 0) verdict.allowedBy = used.map((rule) => this.#settings.rules[rule]?.path.text ?? '');
      this.#record(pairing, verdict as Entry);
    }
    // Only the payloads' texts are kept, for as long as the key is remembered.
    control.body = undefined;
    candidate.body = undefined;
  }

  /** The wait is over: coverage before blame. */
  #alone(pairing: Pairing, deadline: Ms): void {
    const observation = (pairing.control ?? pairing.candidate) as Observation;
    const { side, account, t } = observation;
    const absent: Side = side === 'control' ? 'candidate' : 'control';
    if (t < this.#coverage.start(account)) {
      this.#ledger.outsideCoverage[side]++;
      pairing.outside = side;
      return;
    }
    const [from, to] = this.#windowOf(observation);
    const gap = this.#coverage.blind(absent, account, from, to);
    if (gap === undefined && side === 'control') this.#measures.lags.of(pairing.type).missing();
    this.#record(pairing, {
      account,
      type: pairing.type,
      key: pairing.key,
      outcome: gap !== undefined ? 'inconclusive' : side === 'control' ? 'missing' : 'extra',
      t: deadline,
      [side]: sighting(observation),
      ...(gap === undefined ? {} : { reason: blame(gap, absent, deadline) }),
    });
    // Should the other come after all, it is decoded once more.
    observation.body = undefined;
    const since = this.#coverage.since(absent, account);
    if (side === 'candidate' && gap?.toMs === since && gap.unread !== true && !this.#coverage.stalled(from, to)) {
      const { type, key } = pairing;
      this.#early.set(pairing, { account, type, key, t: deadline, listenedMs: t - since });
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
    this.#measures.judged(account, { t: observation.t, outcome: 'duplicate' });
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

  #record(pairing: Pairing, verdict: Entry): void {
    // What was outside coverage has no verdict yet; paired after all, it leaves that column.
    if (pairing.outside !== undefined && verdict.control && verdict.candidate) {
      this.#ledger.outsideCoverage[pairing.outside]--;
      pairing.outside = undefined;
    }
    this.#measures.judged(pairing.account, verdict, pairing.verdict);
    pairing.verdict = this.#ledger.record(verdict, pairing.verdict);
  }

  /** Unequal pairs that came as rows: how many may have to be parsed, and how many of these need not. */
  get unequal(): { readonly asked: number; readonly named: number } {
    return this.#rows.unequal;
  }

  /** Verdicts so far. */
  get outcomes(): Readonly<OutcomeCounts> {
    return this.#ledger.outcomes;
  }

  /** The latest stamp so far. */
  get t(): Ms {
    return this.#t;
  }

  /** What a live view shows. Cheap enough to ask several times a second. */
  progress(): Progress {
    const accounts = this.#settings.accounts.length;
    return {
      t: this.#t,
      observed: { ...this.#ledger.observed },
      outcomes: { ...this.#ledger.outcomes },
      lag: { p50Ms: this.#measures.lags.quantile(0.5), p99Ms: this.#measures.lags.quantile(0.99) },
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
    const gaps = distinct(this.#coverage.gaps());
    const suspects = [...this.#early].flatMap(([pairing, suspect]) =>
      pairing.verdict?.control === undefined ? suspect : [],
    );
    return {
      ...this.#ledger.account(),
      ...this.#measures.figures(),
      open,
      gaps,
      rules: rules.map((rule, index) => ({
        path: rule.path.text,
        reason: rule.reason,
        letThrough: this.#ledger.letThrough[index] ?? 0,
      })),
      early: { suspects },
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

/** A verdict in the making. */
type Draft = { -readonly [Member in keyof Entry]?: Entry[Member] };

/** The verdict on a pair whose candidate came after the window, as far as that decides it. */
function lateness(content: Outcome, pairing: Pairing, lagMs: Ms): Draft {
  const { account, type, key } = pairing;
  if (content === 'mismatch') return { account, type, key, outcome: content };
  const reason = `the candidate came ${lagMs} ms after control`;
  // Late beside a gap, or for an event that began before coverage, blames nobody.
  const outcome = pairing.verdict?.outcome === 'missing' ? 'late' : 'inconclusive';
  return { account, type, key, outcome, reason };
}

/** The differences of a mismatch, and how many more there are. */
function addDifferences(verdict: Draft, { differences, untold }: Extract<Comparison, { outcome: 'mismatch' }>): void {
  verdict.differences = differences;
  if (untold > 0) verdict.reason = `${untold} further differences are not told`;
}

function blame(gap: Gap, absent: Side, deadline: Ms): string {
  const from = `${(gap.fromMs / 1000).toFixed(3)} s`;
  // How far a hole goes is known before; when a side is back is known when it is.
  const to = gap.toMs !== null && (gap.unread === true || gap.toMs <= deadline) ? gap.toMs : undefined;
  const when = to === undefined ? `since ${from}` : `from ${from} to ${(to / 1000).toFixed(3)} s`;
  if (gap.unread === true) return `what came on ${absent} is not known ${when}: ${gap.reason}`;
  const who = gap.side === undefined ? 'this process' : absent;
  return `${who} was not listening ${when}: ${gap.reason}`;
}

function sighting({ t, channel, event, payload }: Observation): Sighting {
  return { t, channel, event, payload };
}

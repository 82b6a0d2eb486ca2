import { earliest } from '../correlate/correlator.js';
import { ObserveError } from '../model/errors.js';
import type { PhaseSettings, Plan, Variant } from '../model/plan.js';
import type { Section } from '../model/section.js';
import type { Settings } from '../model/settings.js';
import type { Ms } from '../model/timeline.js';
import type { Flag } from './flags/flag.js';
import type { Hooks } from './hooks.js';
import type { Journal } from './journal.js';
import {
  asCase,
  cameTable,
  judgeCaused,
  judgeParity,
  judgeSide,
  coverageTable,
  limitsTable,
  worst,
  type Case,
} from './judge.js';
import { judgeMetric, readMetric } from './metric.js';
import type { Caused, Sender } from './sender.js';
import { causingText } from './sender.js';
import type { PhaseSeen, Stage } from './stage.js';
import { Witness } from './witness.js';

/** What a phase is run with. */
export interface PhaseContext {
  readonly plan: Plan;
  /** With the accounts that are listened for. */
  readonly settings: Settings;
  readonly stage: Stage;
  readonly startedAt: string;
  readonly flag: Flag;
  readonly journal: Pick<Journal, 'doing'>;
  /** Undefined where nothing is caused. */
  readonly sender?: Sender;
  readonly hooks: Hooks;
  readonly now: () => Ms;
  /** Tells what is waited for, and until when at the latest. */
  readonly step: (what: string, untilMs?: Ms) => void;
  readonly mark: (label: string) => void;
  /** The flag has just been set. */
  readonly flipped: (to: Variant, t: Ms) => void;
  /** No further event is the phase's. */
  readonly cutOff: (t: Ms) => void;
  readonly signal: AbortSignal;
}

/** Between two readings of a flag that is not there yet. */
const POLL_MS: Ms = 250;
/** Ticks that a deadline may be late by. */
const TICKS_MS: Ms = 250;

/**
 * Runs one phase: sets the flag, waits until it is seen, causes events, holds, waits one window for the last of them, and
 * judges. What the systems do wrong is a failed case. @throws ObserveError when the flag service cannot be talked to
 */
export class PhaseRun {
  readonly #cases: Case[] = [];
  readonly #facts: Record<string, number> = {};
  #caused: Caused | undefined;
  #seen: PhaseSeen | undefined;
  #isOpen = false;

  constructor(
    private readonly phase: PhaseSettings,
    private readonly title: string,
    private readonly context: PhaseContext,
  ) {}

  async run(): Promise<Section> {
    const { signal, mark } = this.context;
    mark(`phase ${this.title}`);
    try {
      if (this.phase.flag !== undefined) await this.#turn(this.phase.flag);
      await this.#observe();
      await this.#judge();
    } catch (error) {
      if (!signal.aborted) throw error;
      this.#end();
      this.#cases.push({
        name: 'ran to its end',
        status: 'undecided',
        detail: `cut short by ${String(signal.reason)}`,
      });
    }
    return this.#section();
  }

  async #turn(to: Variant): Promise<void> {
    const { plan, flag, journal, step, mark, now, flipped, signal } = this.context;
    const { key } = plan.flag;
    step(`setting ${key} to ${to}`);
    await journal.doing(`phase ${this.title} was setting ${key} to ${to}`);
    await flag.set(to, signal);
    const setMs = now();
    mark(`flag ${key} ${to}`);
    flipped(to, setMs);
    await journal.doing(`phase ${this.title} was going on, with ${key} ${to}`);
    const deadlineMs = setMs + plan.seen.withinMs;
    // Canaries are sent meanwhile: a feed may know the flag before its own service says so.
    const failed = new AbortController();
    const either = AbortSignal.any([signal, failed.signal]);
    const give = (error: unknown): void => failed.abort(error);
    const waits = [this.#readBack(to, setMs, deadlineMs, either), this.#sight(to, setMs, deadlineMs, either)];
    for (const wait of waits) wait.catch(give);
    await Promise.allSettled(waits);
    failed.signal.throwIfAborted();
  }

  async #readBack(to: Variant, setMs: Ms, deadlineMs: Ms, signal: AbortSignal): Promise<void> {
    const { flag, stage, now, step } = this.context;
    const name = `flag reads ${to}`;
    step(`waiting until the flag reads ${to}`, deadlineMs);
    for (;;) {
      const { variants } = await flag.read(signal);
      const others = Object.entries(variants).filter(([, variant]) => variant !== to);
      const tookMs = Math.round(now() - setMs);
      if (others.length === 0) {
        this.#facts['readBackMs'] = tookMs;
        this.#cases.push({ name, status: 'passed', detail: `after ${tookMs} ms` });
        return;
      }
      if (now() >= deadlineMs) {
        const told = others.slice(0, 3).map(([account, variant]) => `${account} ${variant ?? 'neither'}`);
        this.#cases.push({ name, status: 'failed', detail: `after ${tookMs} ms it still reads ${told.join(', ')}` });
        return;
      }
      const nextMs = now() + POLL_MS;
      await stage.until(() => stage.t >= nextMs, signal);
    }
  }

  /** Waits until events on the feed show the flag's new state. */
  async #sight(to: Variant, setMs: Ms, deadlineMs: Ms, signal: AbortSignal): Promise<void> {
    const { plan, settings, stage, sender, step } = this.context;
    const { canary } = plan.seen;
    if (canary === undefined || sender === undefined) return;
    const { window } = settings.match;
    const witness = new Witness(setMs, window.afterMs);
    const stop = stage.listen((seen) => witness.note(seen));
    let failure: string | undefined;
    let sent = 0;
    try {
      for (let nextMs = setMs; ;) {
        witness.advance(stage.t);
        const agreedMs = witness.agreed(to, canary.agreeing);
        if (agreedMs !== undefined) {
          const tookMs = Math.max(0, Math.round(agreedMs - setMs));
          this.#facts['propagationMs'] = tookMs;
          this.#cases.push({
            name: `flag is seen ${to}`,
            status: 'passed',
            detail: `by an event ${tookMs} ms after it was set`,
          });
          return;
        }
        if (stage.t >= deadlineMs) break;
        if (stage.t >= nextMs) {
          step(`waiting until a canary shows the flag ${to} (${sent + 1} sent)`, deadlineMs);
          nextMs = stage.t + canary.everyMs;
          sent++;
          failure = (await sender.canary(canary.events, signal)).failures[0] ?? failure;
        }
        const before = stage.t;
        await stage.until(() => stage.t > before, signal);
      }
    } finally {
      stop();
    }
    const { delivered, silent } = witness.counts;
    const unsent = failure === undefined ? '' : `; sending failed: ${failure}`;
    const told =
      delivered + silent === 0
        ? `none of ${sent} canaries came on either feed${unsent}`
        : `of ${delivered + silent} events since then the candidate delivered ${delivered}, where it should ${to === 'on' ? 'deliver all' : 'deliver none'}${unsent}`;
    this.#cases.push({
      name: `flag is seen ${to}`,
      // Nothing was seen of it at all: nobody can tell who is to blame.
      status: delivered + silent === 0 && failure !== undefined ? 'undecided' : 'failed',
      detail: `not within ${plan.seen.withinMs} ms: ${told}`,
    });
  }

  /** The phase itself: its events, its hold, and one window for the last of them. */
  async #observe(): Promise<void> {
    const { stage, settings, sender, step, signal, now } = this.context;
    const { causes, holdMs, expect } = this.phase;
    const before = await this.#metrics();
    stage.begin(expect.parity);
    this.#isOpen = true;
    const startMs = now();
    if (causes !== undefined && sender !== undefined) {
      step(`causing ${causingText(causes)}`);
      this.#caused = await sender.cause(causes, signal);
      this.#cases.push(judgeCaused(this.#caused));
      await this.#arrive(this.#caused);
    }
    step('holding', startMs + holdMs);
    await stage.until(() => stage.t >= startMs + holdMs, signal);
    stage.cutOff();
    this.context.cutOff(now());
    const { match } = settings;
    const overMs = now() + match.window.afterMs + earliest(match) + TICKS_MS;
    step('waiting one window for what is on its way', overMs);
    await stage.until(() => stage.t >= overMs, signal);
    this.#end();
    const after = await this.#metrics();
    for (const [index, expected] of expect.http.entries()) {
      const [was, is] = [before[index], after[index]];
      if (typeof was === 'number' && typeof is === 'number') this.#cases.push(judgeMetric(expected, was, is));
      else
        this.#cases.push({
          name: `http ${expected.name}`,
          status: 'undecided',
          detail: String(typeof was === 'number' ? is : was),
        });
    }
  }

  /** What was accepted last may not have come yet, and is the phase's all the same; a window is long enough for it. */
  async #arrive({ accepted }: Caused): Promise<void> {
    const { stage, settings, signal, now } = this.context;
    const awaited = [...accepted].filter(([account]) => settings.accounts.some(({ id }) => id === account));
    const lastMs = now() + settings.match.window.afterMs;
    const all = (): boolean => awaited.every(([account, count]) => stage.came('control', account) >= count);
    await stage.until(() => all() || stage.t >= lastMs, signal);
  }

  /** Figures, or why there is none. */
  #metrics(): Promise<(number | string)[]> {
    const { signal } = this.context;
    return Promise.all(
      this.phase.expect.http.map((expected) =>
        readMetric(expected, signal).catch((error: unknown) => {
          if (error instanceof ObserveError) return error.message;
          throw error;
        }),
      ),
    );
  }

  async #judge(): Promise<void> {
    const { expect } = this.phase;
    const { hooks, step, signal } = this.context;
    const seen = this.#seen;
    if (seen === undefined) return;
    for (const side of ['control', 'candidate'] as const) {
      const expected = expect.sides[side];
      if (expected !== undefined) this.#cases.push(judgeSide(side, expected, seen, this.#caused));
    }
    if (seen.judged !== undefined) this.#cases.push(judgeParity(seen.judged));
    if (expect.snapshot !== undefined && hooks.snapshot !== undefined) {
      step('comparing the lists');
      this.#cases.push(asCase('snapshot parity', await hooks.snapshot(signal)));
    }
    if (expect.isolation !== undefined && hooks.isolation !== undefined) {
      step("trying another account's channels");
      this.#cases.push(asCase('isolation refused', await hooks.isolation(signal)));
    }
  }

  #end(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#seen = this.context.stage.end(this.context.startedAt);
  }

  #section(): Section {
    const cases = this.#cases;
    const seen = this.#seen;
    const status = worst(cases);
    const against = cases.find((one) => one.status === status);
    const flag = this.phase.flag === undefined ? 'the flag left as it was' : `the flag ${this.phase.flag}`;
    return {
      kind: 'phase',
      title: this.title,
      status,
      summary:
        status === 'passed' || against === undefined
          ? `With ${flag} all ${cases.length} expectations hold.`
          : `With ${flag}: ${against.name}: ${against.detail.replace(/\.$/, '')}.`,
      cases,
      tables:
        seen === undefined
          ? []
          : [
              cameTable(seen),
              ...(seen.judged === undefined ? [] : [coverageTable(seen.judged), limitsTable(seen.judged)]),
            ],
      facts: {
        ...this.#facts,
        ...(this.phase.flag === undefined ? {} : { flag: this.phase.flag }),
        ...(seen === undefined ? {} : { fromMs: seen.fromMs, toMs: seen.toMs }),
      },
    };
  }
}

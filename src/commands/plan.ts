import { randomInt } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { exportPlanSchema } from '../config/plan-schema.js';
import { loadPlan, reviveFlag, type LoadedPlan } from '../config/plan.js';
import type { Loaded } from '../config/load.js';
import { withSections } from '../ledger/sections.js';
import { listen } from '../live.js';
import { CallError } from '../model/errors.js';
import type { Json } from '../model/json.js';
import type { Plan } from '../model/plan.js';
import type { Report } from '../model/report.js';
import type { Section } from '../model/section.js';
import type { Settings } from '../model/settings.js';
import { SIDES } from '../model/timeline.js';
import { checkAllowed } from '../plan/allow.js';
import { dryRun, dryRunText } from '../plan/dry-run.js';
import { Flag } from '../plan/flags/flag.js';
import { guarded, restoreAll } from '../plan/guard.js';
import type { Hooks } from '../plan/hooks.js';
import { Runner } from '../plan/runner.js';
import { Sender } from '../plan/sender.js';
import { Sieve } from '../replay/sieve.js';
import { discreetly, loadConfig } from './context.js';
import { GivenUp } from './given-up.js';
import { listenForInterrupt } from './interrupt.js';
import { hookCalls, planHooks } from './plan-hooks.js';
import { openPlanView } from './plan-view.js';
import { checkReporters, type ReporterOptions } from './reporters.js';
import { printReport, write } from './result.js';
import { sayer, type Say } from './say.js';
import { openTape, redaction } from './tape.js';
import { holdProcess } from './untoward.js';

export interface PlanOptions extends ReporterOptions {
  readonly config?: string;
  readonly dryRun?: boolean;
  readonly restore?: boolean;
  readonly schema?: boolean;
  readonly record?: string;
}

/** `parity plan FILE`: a QA plan: turns the flag, causes events, checks each phase, and always puts the flag back. */
export async function plan(file: string | undefined, options: PlanOptions): Promise<number> {
  if (options.schema === true) {
    await write(`${JSON.stringify(exportPlanSchema(), null, 2)}\n`);
    return 0;
  }
  const loaded = await loadConfig(options);
  const say = sayer(options, loaded.secrets);
  if (options.restore === true) return discreetly(loaded.secrets, () => restore(loaded, say));
  if (file === undefined)
    throw new CallError('plan: names no plan; write parity plan FILE, or --restore after one was cut off');
  await checkReporters(options, [file, loaded.file, options.record]);
  const { settings, secrets } = loaded;
  const given = await loadPlan(file, { env: process.env, cwd: process.cwd(), settings, secrets });
  return discreetly(secrets, async () => {
    const run = new Run(loaded, given, options, say);
    try {
      await run.check();
      return options.dryRun === true ? await run.rehearse() : await run.perform();
    } finally {
      await run.close();
    }
  });
}

async function restore({ settings, secrets, file }: Loaded, say: Say): Promise<number> {
  const restored = await restoreAll(
    journalFolder(settings, file),
    ({ flag: tree, planFile }, journal) => {
      const flag = reviveFlag(tree, { planFile, journal }, { env: process.env, settings, secrets });
      return { flag: new Flag(flag, settings.accounts), settings: flag };
    },
    say,
  );
  if (restored === 0) say('no plan was cut off: there is nothing to put back');
  return 0;
}

/** Beside the config, so that whoever uses it finds what others have left. */
function journalFolder({ plan }: Settings, config: string): string {
  return resolve(dirname(config), plan?.journal ?? '.parity');
}

/** One plan, from its checks to its report. */
class Run {
  readonly #plan: Plan;
  /** Only those whom the plan is about are listened for: what others get, the flag does not decide. */
  readonly #settings: Settings;
  readonly #flag: Flag;
  readonly #sender: Sender | undefined;
  readonly #sieve: Sieve;
  readonly #hooks: Hooks;
  #runner: Runner | undefined;

  constructor(
    private readonly loaded: Loaded,
    private readonly given: LoadedPlan,
    private readonly options: PlanOptions,
    private readonly say: Say,
  ) {
    const { settings } = loaded;
    this.#plan = given.plan;
    const { flag, unwatched } = this.#plan;
    const watched = settings.accounts.filter(
      ({ id }) => flag.targeting.accounts.includes(id) && !unwatched.includes(id),
    );
    this.#settings = { ...settings, accounts: watched };
    this.#hooks = planHooks(this.#settings, this.#plan);
    this.#flag = new Flag(flag, settings.accounts);
    this.#sieve = new Sieve(settings);
    const causes = [this.#plan.load, ...this.#plan.phases.map((phase) => phase.causes), this.#plan.seen.canary];
    // Events are caused for unwatched accounts as well.
    if (causes.some((one) => one !== undefined)) {
      const run = Math.floor(Date.now() / 1000);
      this.#sender = new Sender(settings, run, this.#sieve, (event, latenessMs) =>
        this.#runner?.sent(event, latenessMs),
      );
    }
  }

  /** Refuses what must not, or cannot, be done, before any call. */
  async check(): Promise<void> {
    const { plan: planning } = this.loaded.settings;
    checkAllowed({ plan: this.#plan, reach: this.#flag.provider.reach, targets: this.#sender?.hosts ?? [] }, planning);
    for (const causing of [this.#plan.load, ...this.#plan.phases.map((phase) => phase.causes)])
      await this.#sender?.check(causing);
    const { canary } = this.#plan.seen;
    if (canary !== undefined) await this.#sender?.check({ kind: 'publish', publish: canary.events });
    for (const name of ['snapshot', 'isolation'] as const) {
      const asking = this.#plan.phases.find(({ expect }) => expect[name] !== undefined);
      if (asking === undefined || this.#hooks[name] !== undefined) continue;
      throw new CallError(
        `plan: the phase ${asking.name} expects ${name}, for which the config has nothing; leave it out, or say in the config where to look`,
      );
    }
  }

  async rehearse(): Promise<number> {
    const { window } = this.#settings.match;
    const asked = hookCalls(this.#settings);
    const found = await dryRun(this.#plan, this.#flag.provider, this.#sender, window.afterMs, asked);
    const text = this.options.json === true ? `${JSON.stringify(found, null, 2)}\n` : dryRunText(found);
    await write(this.loaded.secrets.redact(text));
    return 0;
  }

  async perform(): Promise<number> {
    const { secrets, file, settings } = this.loaded;
    const tape =
      this.options.record === undefined
        ? undefined
        : await openTape(this.options.record, this.#settings, SIDES, secrets);
    const view = openPlanView(this.options, this.say);
    const cut = new AbortController();
    const interrupt = listenForInterrupt((signal) => {
      view.say(`${signal}: putting the flag back`);
      cut.abort(signal);
    });
    let bug: { readonly error: unknown } | undefined;
    const held = holdProcess((error) => {
      bug ??= { error };
      cut.abort('an error of our own');
    });
    let hasListened = false;
    try {
      const about = {
        writtenAt: new Date().toISOString(),
        plan: this.#plan.name,
        planFile: this.given.file,
        flag: plainTree(this.given.flag),
      };
      const folder = journalFolder(settings, file);
      const { report, failure } = await guarded(
        { flag: this.#flag, settings: this.#plan.flag, folder, about, say: view.say },
        async (journal, first) => {
          const firstVariant = Object.values(first.variants)[0] ?? 'off';
          const runner = new Runner({
            plan: this.#plan,
            settings: this.#settings,
            flag: this.#flag,
            first: firstVariant,
            hooks: this.#hooks,
            random: () => randomInt(RANDOM_BELOW) / RANDOM_BELOW,
            onStanding: (standing) => view.standing(standing),
            ...(this.#sender === undefined ? {} : { sender: this.#sender }),
          });
          this.#runner = runner;
          return this.#observe(runner, journal, { cut, view, tape, listened: () => (hasListened = true) });
        },
      );
      view.close();
      if (bug !== undefined) throw bug.error;
      const code = await printReport(report, { ...this.options, secrets });
      if (failure !== undefined) throw failure;
      return interrupt.exitCode() ?? code;
    } finally {
      view.close();
      held.release();
      interrupt.release();
      await tape?.close(hasListened, this.say);
    }
  }

  /** Listens to both feeds while the phases run. */
  async #observe(
    runner: Runner,
    journal: Parameters<Parameters<typeof guarded>[1]>[0],
    { cut, view, tape, listened }: Beside,
  ): Promise<{ readonly report: Report; readonly failure: unknown }> {
    const sections: Section[] = [];
    const over = new AbortController();
    const givenUp = new GivenUp(view.say);
    let timeline: Parameters<NonNullable<Parameters<typeof listen>[2]['onStart']>>[1] | undefined;
    let startedAt = '';
    let failure: unknown;
    let hasBegun = false;
    let running: Promise<void> = Promise.resolve();
    const begin = async (): Promise<void> => {
      const { stage } = runner;
      const clock = timeline;
      if (clock === undefined) throw new Error('the timeline has not begun');
      // A side counts as listening only this long after its acknowledgement.
      const readyMs = clock.now() + this.#settings.match.settleMs + SETTLED_MS;
      await stage.until(() => stage.t >= readyMs, cut.signal);
      await runner.run(
        { startedAt, now: () => clock.now(), mark: (label) => clock.mark(label), journal, signal: cut.signal },
        sections,
      );
    };
    const leave = (): void => {
      if (!hasBegun) over.abort('cut short');
    };
    cut.signal.addEventListener('abort', leave);
    try {
      await listen(
        this.#settings,
        SIDES,
        {
          ...redaction(this.#settings),
          sieve: this.#sieve.take,
          // Phases have waited for what was on its way: with the last one everything is over.
          interrupt: over.signal,
          hurry: over.signal,
          onStart: (at, begun) => {
            startedAt = at;
            timeline = begun;
            tape?.onStart(at);
          },
          onProgress: () => view.tick(runner.stage.t),
          onGivenUp: (link) => givenUp.note(link),
          onListening: () => {
            hasBegun = true;
            listened();
            givenUp.listening();
            running = begin()
              .catch((error: unknown) => {
                if (!cut.signal.aborted) failure = error;
              })
              .finally(() => over.abort('the plan is over'));
          },
        },
        (entry) => {
          tape?.tee(entry);
          runner.take(entry);
        },
      );
    } catch (error) {
      // The phases must not go on without anybody listening.
      cut.abort('the feeds are not listened to any more');
      runner.stage.close(error);
      await running;
      throw error;
    }
    await running;
    const interrupted = cut.signal.aborted ? { interrupted: String(cut.signal.reason) } : {};
    const report = planReport(runner.stage.line.report({ startedAt, ...interrupted }), sections);
    return { report, failure };
  }

  async close(): Promise<void> {
    await Promise.all([this.#flag.close(), this.#sender?.close()]);
  }
}

/** Behind the time that a side needs to settle. */
const SETTLED_MS = 100;

const RANDOM_BELOW = 2 ** 32;

interface Beside {
  readonly cut: AbortController;
  readonly view: ReturnType<typeof openPlanView>;
  readonly tape: Awaited<ReturnType<typeof openTape>> | undefined;
  readonly listened: () => void;
}

/**
 * The report of a plan: the stream's figures are of those phases that ask for parity, and its phases decide, each by limits
 * of its own, since a plan is too short for the gate that a flip is decided by.
 */
export function planReport(report: Report, sections: readonly Section[]): Report {
  const asked = sections.some(({ cases }) => cases.length > 0);
  const status = asked && report.run.interrupted === undefined ? 'proven' : 'unproven';
  const lacking = asked ? (status === 'proven' ? [] : ['the plan was cut short']) : ['phases that expect anything'];
  return withSections(
    { ...report, status, gate: { ...report.gate, status, limits: [], lacking }, hints: [] },
    sections,
  );
}

/** Whole numbers of a document are bigint, for which JSON has no word. */
function plainTree(tree: unknown): Json {
  const text = JSON.stringify(tree, (_, leaf: unknown) => (typeof leaf === 'bigint' ? Number(leaf) : leaf));
  return text === undefined ? null : (JSON.parse(text) as Json);
}

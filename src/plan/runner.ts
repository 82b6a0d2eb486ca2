import type { Plan, Variant } from '../model/plan.js';
import type { Section } from '../model/section.js';
import type { Settings } from '../model/settings.js';
import type { Ms, TimelineEntry } from '../model/timeline.js';
import type { ReplayEvent } from '../replay/events.js';
import type { Flag } from './flags/flag.js';
import type { Hooks, Sample } from './hooks.js';
import { interleaved } from './interference.js';
import { Intended } from './intended.js';
import type { Journal } from './journal.js';
import { PageWatch, flipTo } from './page-watch.js';
import { flipMark } from './page.js';
import { PhaseRun } from './phase.js';
import type { Sender } from './sender.js';
import { Stage } from './stage.js';

/** Where a plan is, for whoever looks on. */
export interface Standing {
  /** `on (2 of 3)`. */
  readonly phase: string;
  /** From 1, of so many. */
  readonly nth: number;
  readonly of: number;
  /** What is waited for. */
  readonly what: string;
  /** When that is over at the latest, in the timeline's time. */
  readonly untilMs?: Ms;
}

export interface PlanRun {
  readonly plan: Plan;
  /** With the accounts that are listened for. */
  readonly settings: Settings;
  readonly flag: Flag;
  /** What the flag was before. */
  readonly first: Variant;
  readonly sender?: Sender;
  readonly hooks: Hooks;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  readonly onStanding: (standing: Standing) => void;
}

/** What a run needs of the timeline that it runs in. */
export interface Running {
  readonly startedAt: string;
  readonly now: () => Ms;
  readonly mark: (label: string) => void;
  readonly journal: Pick<Journal, 'doing'>;
  readonly signal: AbortSignal;
}

/** A plan that goes on: give it every entry of the timeline, and let it run once everyone is listening. */
export class Runner {
  readonly stage: Stage;
  readonly #given: PlanRun;
  readonly #pages: PageWatch;
  readonly #intended: Intended | undefined;
  readonly #samples = new Map<string, Sample[]>();
  #now: () => Ms = () => 0;

  constructor(given: PlanRun) {
    const { plan, settings, first } = given;
    this.#given = given;
    this.stage = new Stage(settings);
    this.#pages = new PageWatch(settings, plan, first);
    this.stage.listen((seen) => this.#pages.see(seen));
    if (plan.interference === undefined) return;
    const intended = new Intended(plan.interference.side, settings.replay?.control.kind !== 'sandbox');
    this.#intended = intended;
    this.stage.listen((seen) => intended.arrived(seen));
  }

  readonly take = (entry: TimelineEntry): void => {
    this.#pages.note(entry);
    this.stage.take(entry);
  };

  /** An event was sent, so much later than intended. */
  readonly sent = (event: ReplayEvent, latenessMs: Ms): void => {
    this.#intended?.sent(event, this.#now() - latenessMs);
  };

  /** Runs all phases; the sections say how they went. @throws ObserveError when the flag service cannot be talked to */
  async run(running: Running, into: Section[]): Promise<void> {
    const { plan, hooks } = this.#given;
    this.#now = running.now;
    const over = new AbortController();
    const load = this.#load(AbortSignal.any([running.signal, over.signal]));
    // Told below, once the phases are over.
    load.catch(() => undefined);
    try {
      const all = this.#order();
      for (const [index, one] of all.entries()) {
        if (running.signal.aborted) break;
        into.push(await this.#phase(one, { nth: index + 1, of: all.length }, running));
      }
    } finally {
      over.abort();
      await load.catch(() => undefined);
    }
    await load;
    const pages = this.#pages.section();
    if (pages !== undefined) into.push(pages);
    if (plan.interference === undefined || hooks.interference === undefined) return;
    const { off, on } = plan.interference;
    into.push(hooks.interference(this.#samples.get(off) ?? [], this.#samples.get(on) ?? []));
  }

  /** Every phase of every round. Of the two that are compared for interference, which comes first is drawn each time. */
  #order(): { readonly place: number; readonly title: string }[] {
    const { plan, random } = this.#given;
    const { phases, repeat, interference } = plan;
    const [off, on] = [interference?.off, interference?.on].map((name) =>
      phases.findIndex((phase) => phase.name === name),
    );
    return interleaved(repeat, random).flatMap(([first], round) =>
      phases.map((_, nth) => {
        const swaps = interference !== undefined && first === 'on';
        const place = swaps && nth === off ? (on ?? nth) : swaps && nth === on ? (off ?? nth) : nth;
        const name = phases[place]?.name ?? '';
        return { place, title: repeat === 1 ? name : `${name} (${round + 1} of ${repeat})` };
      }),
    );
  }

  async #phase(
    { place, title }: { readonly place: number; readonly title: string },
    { nth, of }: Pick<Standing, 'nth' | 'of'>,
    { journal, signal, mark, now, startedAt }: Running,
  ): Promise<Section> {
    const { plan, settings, flag, sender, hooks, onStanding } = this.#given;
    const phase = plan.phases[place];
    if (phase === undefined) throw new Error(`no phase ${place}`);
    const asks = phase.expect.rendered !== undefined;
    const sample = this.#intended?.begin();
    if (sample !== undefined) this.#samples.set(phase.name, [...(this.#samples.get(phase.name) ?? []), sample]);
    const run = new PhaseRun(phase, title, {
      plan,
      settings,
      stage: this.stage,
      startedAt,
      flag,
      journal,
      hooks,
      now,
      mark,
      signal,
      cutOff: (t) => {
        if (asks) this.#pages.end(t);
      },
      ...(sender === undefined ? {} : { sender }),
      step: (what, untilMs) =>
        onStanding({ phase: title, nth, of, what, ...(untilMs === undefined ? {} : { untilMs }) }),
      flipped: (to, t) => {
        if (asks) this.#pages.begin(title, t);
        // Pages go over when the flag does: the mark tells a recording the same, and comes back to the pages with it.
        mark(flipMark(flipTo(to, t)).label);
      },
    });
    return run.run();
  }

  async #load(signal: AbortSignal): Promise<void> {
    const { plan, sender } = this.#given;
    if (plan.load !== undefined && sender !== undefined) await sender.cause(plan.load, signal, true);
  }
}

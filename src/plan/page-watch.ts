import type { Plan, Variant } from '../model/plan.js';
import type { Section } from '../model/section.js';
import type { Settings } from '../model/settings.js';
import type { Ms, Side, TimelineEntry } from '../model/timeline.js';
import type { Seen } from './members.js';
import type { Flip } from './page.js';
import { Rendered, type Crossing, type Misrendered, type RenderedResult } from './rendered.js';
import { worst, type Case } from './judge.js';

/** What users' pages would have shown during a plan, for those of its phases that ask. */
export class PageWatch {
  readonly #rendered: Rendered;
  readonly #phases: { readonly title: string; readonly fromMs: Ms; toMs: Ms }[] = [];

  constructor(settings: Settings, { page }: Plan, first: Variant) {
    this.#rendered = new Rendered(settings, sideOf(first), page);
  }

  note(entry: TimelineEntry): void {
    if (entry.kind !== 'frame') this.#rendered.note(entry);
  }

  see({ side, account, type, key, t }: Seen): void {
    if (key !== undefined) this.#rendered.see({ side, account, type, key, t });
  }

  /** A phase that asks begins, at its flip; it is asked about events until its cut-off. */
  begin(title: string, t: Ms): void {
    this.#phases.push({ title, fromMs: t, toMs: Infinity });
  }

  end(t: Ms): void {
    const last = this.#phases.at(-1);
    if (last !== undefined) last.toMs = t;
  }

  /** Undefined if no phase asked. */
  section(): Section | undefined {
    if (this.#phases.length === 0) return undefined;
    const result = this.#rendered.end();
    const all = this.#phases.flatMap(({ title, fromMs, toMs }): Case[] => {
      const within = (t: Ms): boolean => t >= fromMs && t < toMs;
      const apart = result.apart.named.filter(({ controlMs = Infinity, candidateMs = Infinity }) =>
        within(Math.min(controlMs, candidateMs)),
      );
      return [
        ...result.flips
          .filter(({ t }) => within(t))
          .map((flip) => judgedFlip(`exactly once across the flip: ${title}`, flip)),
        judgedApart(`exactly once after it: ${title}`, apart),
      ];
    });
    return {
      kind: 'phase',
      title: "Users' pages",
      status: worst(all),
      summary: summaryOf(result),
      cases: all,
      tables: [
        {
          title: 'Flips',
          columns: ['page shows', 'at ms', 'events on their way', 'lost', 'shown twice'],
          rows: result.flips.map(({ to, t, events, lost, doubled }) => [to, Math.round(t), events, lost, doubled]),
        },
        ...named([...result.flips, result.apart]),
      ],
    };
  }
}

/** The feed that pages show while the flag has a variant. */
export function sideOf(variant: Variant): Side {
  return variant === 'on' ? 'candidate' : 'control';
}

export function flipTo(variant: Variant, t: Ms): Flip {
  return { t, to: sideOf(variant) };
}

function judgedFlip(name: string, { events, lost, doubled }: Crossing): Case {
  if (events === 0)
    return { name, status: 'undecided', detail: 'no event was on its way: cause a load, so that there are some' };
  const detail = `of ${events} events on their way ${lost} were lost, ${doubled} shown twice`;
  return { name, status: lost + doubled > 0 ? 'failed' : 'passed', detail };
}

function judgedApart(name: string, found: readonly Misrendered[]): Case {
  const lost = found.filter(({ kind }) => kind === 'lost').length;
  const detail = `${lost} lost, ${found.length - lost} shown twice`;
  return { name, status: found.length > 0 ? 'failed' : 'passed', detail };
}

function summaryOf({ flips, apart, inconclusive, open }: RenderedResult): string {
  const lost = apart.lost + flips.reduce((sum, flip) => sum + flip.lost, 0);
  const doubled = apart.doubled + flips.reduce((sum, flip) => sum + flip.doubled, 0);
  const unknown = inconclusive + open === 0 ? '' : `; of ${inconclusive + open} nobody can tell`;
  return `Over ${flips.length} flips users would have missed ${lost} events and seen ${doubled} twice${unknown}.`;
}

function named(crossings: readonly Crossing[]): Section['tables'] {
  const rows = crossings.flatMap(({ named: events }) =>
    events.map(({ kind, account, type, key, controlMs, candidateMs }) => [
      kind,
      account,
      type,
      key,
      stamp(controlMs),
      stamp(candidateMs),
    ]),
  );
  return rows.length === 0
    ? []
    : [
        {
          title: 'Lost or shown twice',
          columns: ['what', 'account', 'type', 'key', 'on control at ms', 'on candidate at ms'],
          rows: rows.slice(0, 100),
        },
      ];
}

function stamp(t: Ms | undefined): string | number {
  return t === undefined ? 'never' : Math.round(t);
}

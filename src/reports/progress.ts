import type { Progress } from '../model/report.js';
import { SIDES } from '../model/timeline.js';
import type { Ms, Side } from '../model/timeline.js';
import { OUTCOMES } from '../model/verdict.js';
import type { Outcome } from '../model/verdict.js';
import { flow, page } from './layout.js';
import type { Page } from './layout.js';
import { OUTCOME_STYLES } from './terminal/outcomes.js';
import { table } from './terminal/table.js';
import { count, duration, integer, rate } from './text.js';

/**
 * The live panel: several lines, no cursor control, no line break at the end. `before` is the Progress shown last, from
 * which the events a second are told; without it there is no rate yet.
 */
export function panel(
  now: Progress,
  before: Progress | undefined,
  options: { readonly width: number; readonly colour: boolean },
): string {
  const paper = page(options);
  const tallies = OUTCOMES.map((outcome) => tally(outcome, now.outcomes[outcome], paper));
  return [
    ...lines([duration(now.t), ...standing(now)], paper),
    ...sides(now, before, paper),
    ...lines(tallies, paper),
    ...lines([`lag p50 ${figure(now, now.lag.p50Ms)}`, `p99 ${figure(now, now.lag.p99Ms)}`], paper),
  ].join('\n');
}

/** The same in one plain line, for logs and pipes: only outcomes that happened are told. */
export function progressLine(now: Progress, before: Progress | undefined): string {
  const happened = OUTCOMES.filter((outcome) => now.outcomes[outcome] > 0);
  const feeds = SIDES.map((side) => {
    const speed = speedOf(side, now, before);
    const rated = speed === undefined ? '' : ` (${rate(speed)})`;
    return `${side} ${up(side, now)} up ${count(now.observed[side], 'event')}${rated}`;
  });
  const told = [
    ...feeds,
    ...standing(now),
    ...happened.map((outcome) => `${outcome} ${integer(now.outcomes[outcome])}`),
    ...(pairs(now) === 0 ? [] : [`lag p50 ${figure(now, now.lag.p50Ms)} p99 ${figure(now, now.lag.p99Ms)}`]),
  ];
  return `${duration(now.t)}: ${told.join(', ')}`;
}

function lines(pieces: readonly string[], paper: Page): string[] {
  return flow(pieces, paper.ink('faint', ' · '), paper.width - 2).map((line) => `  ${line}`);
}

function sides(now: Progress, before: Progress | undefined, paper: Page): string[] {
  const right = { heading: '', align: 'right' as const };
  return table(
    paper,
    [{ heading: '' }, right, right, right],
    SIDES.map((side) => {
      const speed = speedOf(side, now, before);
      const all = now.up[side] >= now.accounts;
      return [
        side,
        { text: `${up(side, now)} up`, ...(all ? {} : { style: 'doubt' as const }) },
        count(now.observed[side], 'event'),
        { text: speed === undefined ? '–' : rate(speed), style: 'faint' as const },
      ];
    }),
  );
}

function standing(now: Progress): string[] {
  return [count(pairs(now), 'pair'), `${integer(now.open.control + now.open.candidate)} open`, count(now.gaps, 'gap')];
}

function up(side: Side, { up, accounts }: Progress): string {
  return `${integer(up[side])}/${integer(accounts)}`;
}

/** Events a second since the Progress before, undefined when no time has passed. */
function speedOf(side: Side, now: Progress, before: Progress | undefined): number | undefined {
  if (before === undefined || now.t <= before.t) return undefined;
  return (now.observed[side] - before.observed[side]) / ((now.t - before.t) / 1000);
}

/** Events seen on both sides. */
function pairs({ outcomes }: Progress): number {
  return outcomes.match + outcomes.allowed + outcomes.mismatch + outcomes.late;
}

/** A quantile that is null although there are pairs falls among the missing: nobody knows how late those will be. */
function figure(now: Progress, ms: Ms | null): string {
  if (ms !== null) return duration(ms);
  return now.outcomes.missing + now.outcomes.late > 0 ? 'beyond the window' : '–';
}

function tally(outcome: Outcome, number: number, paper: Page): string {
  const style = number === 0 ? 'faint' : OUTCOME_STYLES[outcome];
  return paper.ink(style, `${outcome} ${integer(number)}`);
}

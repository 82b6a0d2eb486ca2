import { count, duration, share } from '../ledger/figures.js';
import type { Json } from '../model/json.js';
import type { Section } from '../model/section.js';
import type { Ms, Side } from '../model/timeline.js';
import type { Manner } from './page.js';
import { rehearse, smallestOverlap, type Harm, type Recorded, type SafeOverlap } from './rehearse.js';

export interface RehearsalOptions {
  /** How long a page's new subscription takes before events come through it. */
  readonly reconnectMs: Ms;
  /** How long a page keeps its old subscription; without it, the smallest that loses nothing is shown. */
  readonly overlapMs?: Ms;
}

/** Over to the new feed, and back. */
const DIRECTIONS: readonly Side[] = ['candidate', 'control'];

/** Rehearses flips in both directions, each as a hard cut, with a reconnect delay, and with an overlap and deduplication. */
export function rehearsalSection(recorded: Recorded, options: RehearsalOptions): Section {
  const pairs = recorded.control.length;
  const judgedMs = recorded.moments.reduce((sum, { from, to }) => sum + to - from, 0) / 1_000;
  if (pairs === 0 || judgedMs === 0) return nothing(recorded);
  const directions = DIRECTIONS.map((to) => rehearseTo(recorded, to, options));
  return {
    kind: 'rehearsal',
    title: 'Rehearsal of a flip',
    status: 'informs',
    summary: `${told(directions, options)} ${basis(recorded, judgedMs)}`,
    cases: [],
    tables: [
      {
        title: 'Flips at every moment: the share of them that would',
        columns: ['flip to', 'manner', 'lose', 'double', 'one page: lose', 'double', 'lost at most'],
        rows: directions.flatMap(({ to, rows }) => rows.map(({ name, harm }) => rowOf(to, name, harm))),
      },
    ],
    facts: {
      pairs,
      accounts: recorded.accounts.length,
      judgedMs,
      durationMs: recorded.durationMs,
      unpaired: { ...recorded.unpaired },
      repeats: recorded.repeats,
      reconnectMs: options.reconnectMs,
      flips: directions.map(({ to, safe, rows }) => ({
        to,
        smallestOverlap: plainly(safe),
        manners: rows.map(({ name, manner, harm }) => ({ name, ...manner, ...plainly(harm) })),
      })),
    },
  };
}

interface Direction {
  readonly to: Side;
  readonly safe: SafeOverlap;
  readonly rows: readonly { readonly name: string; readonly manner: Manner; readonly harm: Harm }[];
}

function rehearseTo(recorded: Recorded, to: Side, { reconnectMs, overlapMs: given }: RehearsalOptions): Direction {
  const safe = smallestOverlap(recorded, to, reconnectMs);
  const overlapMs = given ?? safe.overlapMs;
  const cut: Manner = { reconnectMs: 0, overlapMs: 0, deduplicated: false };
  const manners: [string, Manner][] = [
    ['hard cut', cut],
    ...(reconnectMs === 0 ? [] : [[`reconnect ${duration(reconnectMs)}`, { ...cut, reconnectMs }] as [string, Manner]]),
    [`overlap ${atLeast(overlapMs)}, deduped`, { reconnectMs, overlapMs, deduplicated: true }],
  ];
  return { to, safe, rows: manners.map(([name, manner]) => ({ name, manner, harm: rehearse(recorded, to, manner) })) };
}

function rowOf(to: Side, name: string, { losing, doubling, page, worst }: Harm): (string | number)[] {
  const most = worst === undefined ? '' : `${count(worst.lost)} at ${(worst.t / 1_000).toFixed(3)} s`;
  return [to, name, share(losing), share(doubling), share(page.losing), share(page.doubling), most];
}

/** Never rounded down: a little less would lose an event. */
function atLeast(ms: Ms): string {
  return `${count(Math.ceil(ms))} ms`;
}

/** What a page has to do so that nothing is lost, and whether what was given does it. */
function told(directions: readonly Direction[], { overlapMs: given }: RehearsalOptions): string {
  const needs = directions.map(
    ({ to, safe }) =>
      `${atLeast(safe.overlapMs)} ${to === 'candidate' ? 'on the way to candidate' : 'back to control'}`,
  );
  const smallest = `The smallest overlap that loses no event is ${needs.join(' and ')}; with deduplication by correlation key none is shown twice.`;
  if (given === undefined) return smallest;
  const short = directions.filter(({ safe }) => safe.overlapMs > given).map(({ to }) => to);
  const verdict = short.length === 0 ? 'is enough' : `is too short for flips to ${short.join(' and ')}`;
  return `An overlap of ${atLeast(given)} ${verdict}. ${smallest}`;
}

function basis({ accounts, control, moments, unpaired, repeats, durationMs }: Recorded, judgedMs: Ms): string {
  const alone = unpaired.control + unpaired.candidate;
  const left = [
    ...(alone === 0 ? [] : [`${count(alone)} events of one side alone`]),
    ...(repeats === 0 ? [] : [`${count(repeats)} repeats`]),
  ];
  const gaps = moments.length === 1 ? '' : `, without ${count(moments.length - 1)} gaps`;
  return (
    `Judged: ${duration(judgedMs)} of ${duration(durationMs)}${gaps}, ${count(control.length)} pairs, ${count(accounts.length)} accounts` +
    `${left.length === 0 ? '' : `; left out, since no flip caused them: ${left.join(' and ')}`}.`
  );
}

function nothing({ control, moments, unpaired }: Recorded): Section {
  const detail =
    control.length === 0
      ? `no event came on both sides (${count(unpaired.control)} on control alone, ${count(unpaired.candidate)} on candidate alone)`
      : `both sides of all accounts were never listening at once (${count(moments.length)} moments)`;
  return {
    kind: 'rehearsal',
    title: 'Rehearsal of a flip',
    status: 'undecided',
    summary: 'There is nothing to rehearse a flip with.',
    cases: [{ name: 'pairs to rehearse with', status: 'undecided', detail }],
    tables: [],
  };
}

/** Members that are undefined are left out, as in JSON. */
function plainly(value: Harm | SafeOverlap): { readonly [name: string]: Json } {
  return JSON.parse(JSON.stringify(value)) as { readonly [name: string]: Json };
}

/// <reference lib="dom" />
import { count, integer } from '../../text.js';
import { OUTCOMES, type Outcome } from '../../../model/verdict.js';
import type { PageData } from '../data.js';
import type { LaneData } from '../lanes.js';
import { pairsOf } from './bins.js';
import { h, svg, type Child } from './dom.js';
import { part, table } from './tables.js';
import { moment } from './time.js';

/** How a cell is drawn, the mildest first: the graver, the higher, so that colour alone does not say it. */
const CLASSES: readonly {
  readonly name: string;
  readonly label: string;
  readonly of: readonly Outcome[];
  readonly height: number;
}[] = [
  { name: 'clean', label: 'match, allowed', of: ['match', 'allowed'], height: 5 },
  { name: 'unknown', label: 'inconclusive', of: ['inconclusive'], height: 9 },
  { name: 'doubt', label: 'duplicate, late', of: ['duplicate', 'late'], height: 13 },
  { name: 'bad', label: 'mismatch, missing, extra', of: ['mismatch', 'missing', 'extra'], height: 17 },
];

/** A drawing is 1000 wide, whatever its cells; its lanes from above: links of control, outcomes, links of candidate. */
const WIDTH = 1000;
const LINKS = 4;
const FLOOR = 24;
const HEIGHT = FLOOR + LINKS;

const LANES_A_PAGE = 25;

/** What became of each account's events over time, and when it was not listened to. */
export function timelinePart(data: PageData): HTMLElement | undefined {
  const { lanes, accounts, marks, series, momentsLeftOut } = data;
  if (lanes.length === 0 || accounts === 0) return undefined;
  const drawn = series !== undefined;
  const columns = ['account', ...(drawn ? ['timeline'] : []), 'events', 'defects', 'inconclusive'];
  const rows = lanes.map((lane) => [
    lane.account,
    ...(drawn ? [strip(lane, data)] : []),
    lane.events,
    lane.defects,
    lane.inconclusive,
  ]);
  const found = table('Outcomes by account', columns, rows, { page: LANES_A_PAGE });
  found.classList.add('lanes');
  if (drawn) axisIn(found, data);
  const beyond = accounts - lanes.length;
  return part(
    'timeline',
    'Outcomes by account',
    drawn
      ? h(
          'p',
          { class: 'notes' },
          'Events stand where their verdict became certain: a missing one where its window ended.',
        )
      : undefined,
    drawn ? legend(data) : undefined,
    found,
    beyond > 0
      ? h(
          'p',
          { class: 'notice' },
          `The ${integer(lanes.length)} accounts with the most defects, then the most events; ${count(beyond, 'further account')} not shown.`,
        )
      : undefined,
    marks.length === 0
      ? undefined
      : h(
          'ol',
          { class: 'marks', 'aria-label': 'Marks' },
          marks.map(({ t, label }) => h('li', {}, h('span', { class: 'when' }, moment(t, true)), ' ', label)),
        ),
    momentsLeftOut > 0
      ? h(
          'p',
          { class: 'notes' },
          `${count(momentsLeftOut, 'further link or mark', 'further links and marks')} not shown.`,
        )
      : undefined,
  );
}

/** One account's course as a drawing, and in words for who does not see it. */
function strip(lane: LaneData, data: PageData): Node {
  const { outcomes, gaps, ups } = lane;
  const total = Math.max(data.durationMs, 1);
  const x = (ms: number): number => (Math.min(ms, total) / total) * WIDTH;
  const cellMs = data.series?.cellMs ?? total;
  const parts: Child[] = gaps.map(({ side, fromMs, toMs }) => {
    const y = side === 'control' ? 0 : FLOOR;
    const width = Math.max(1, x(toMs) - x(fromMs)).toFixed(1);
    return [
      svg('rect', { class: 'absent', x: x(fromMs).toFixed(1), y: '0', width, height: String(HEIGHT) }),
      svg('rect', { class: `gap ${side}`, x: x(fromMs).toFixed(1), y: String(y), width, height: String(LINKS) }),
    ];
  });
  for (const { name, of, height } of CLASSES) {
    const cells = new Set(of.flatMap((outcome) => [...pairsOf(outcomes?.[outcome] ?? [])].map(([at]) => at)));
    const drawn = [...cells].map((at) => {
      const [from, to] = [x(at * cellMs), x((at + 1) * cellMs)];
      return `M${from.toFixed(1)} ${FLOOR - 1}V${FLOOR - 1 - height}H${Math.max(from + 1, to - 0.8).toFixed(1)}V${FLOOR - 1}Z`;
    });
    if (drawn.length > 0) parts.push(svg('path', { class: name, d: drawn.join('') }));
  }
  for (const { side, t } of ups) {
    const y = side === 'control' ? 0 : FLOOR;
    parts.push(svg('path', { class: `up ${side}`, d: `M${x(t).toFixed(1)} ${y}V${y + LINKS}` }));
  }
  for (const { t } of data.marks) parts.push(svg('path', { class: 'mark', d: `M${x(t).toFixed(1)} 0V${HEIGHT}` }));
  return svg(
    'svg',
    {
      class: 'strip',
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      preserveAspectRatio: 'none',
      role: 'img',
      'aria-label': inWords(lane, cellMs),
    },
    parts,
  );
}

function inWords({ outcomes, gaps }: LaneData, cellMs: number): string {
  if (outcomes === undefined) return 'No course is known.';
  const seen = OUTCOMES.flatMap((outcome) => {
    const cells = [...pairsOf(outcomes[outcome] ?? [])];
    const first = cells[0]?.[0];
    const last = cells.at(-1)?.[0];
    if (first === undefined || last === undefined) return [];
    const times = cells.reduce((sum, [, count]) => sum + count, 0);
    return [`${integer(times)} ${outcome} from ${moment(first * cellMs)} to ${moment((last + 1) * cellMs)}`];
  });
  const absent = gaps
    .slice(0, 5)
    .map(({ side, fromMs, toMs }) => `${side} not listening from ${moment(fromMs)} to ${moment(toMs)}`);
  const more = gaps.length > 5 ? [`and ${count(gaps.length - 5, 'further gap')}`] : [];
  return [...seen, ...absent, ...more].join('; ');
}

/** Moments above the drawings: five of them, evenly spread. */
function axisIn(found: HTMLElement, { durationMs }: PageData): void {
  const heading = found.querySelectorAll('thead th')[1];
  heading?.replaceChildren(
    h('span', { class: 'unseen' }, 'timeline'),
    h(
      'span',
      { class: 'moments', 'aria-hidden': 'true' },
      [0, 0.25, 0.5, 0.75, 1].map((share) => h('span', {}, moment(durationMs * share))),
    ),
  );
}

function legend({ lanes, marks }: PageData): HTMLElement {
  const gaps = lanes.flatMap((lane) => lane.gaps);
  const seen = CLASSES.filter(({ of }) => lanes.some(({ outcomes }) => of.some((outcome) => outcomes?.[outcome])));
  const keys: [string, string][] = seen.map(({ name, label }) => [name, label]);
  if (gaps.some(({ side }) => side === 'control')) keys.push(['blind-control', 'control not listening (above)']);
  if (gaps.some(({ side }) => side === 'candidate')) keys.push(['blind-candidate', 'candidate not listening (below)']);
  if (marks.length > 0) keys.push(['mark', 'mark']);
  return h(
    'p',
    { class: 'legend' },
    keys.map(([name, label]) => h('span', {}, h('i', { class: `key ${name}` }), label)),
  );
}

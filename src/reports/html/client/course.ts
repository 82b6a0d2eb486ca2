/// <reference lib="dom" />
import type UPlot from 'uplot';
import { duration } from '../../text.js';
import type { Ms } from '../../../model/timeline.js';
import type { PageData } from '../data.js';
import { quantile, type Lags } from './bins.js';
import { h, ink } from './dom.js';
import { axis, drawRules, plot, spaced, whenPlaced, within, type Plot } from './plot.js';
import { moment } from './time.js';

/** Quantiles over time, candidate later above zero and candidate first below; what was not seen is shaded. */
export function course(data: PageData, over: readonly (Lags | undefined)[]): HTMLElement {
  const known = over.filter((lags) => lags !== undefined);
  const place = h('div', { class: 'plot', role: 'img', 'aria-label': inWords(known) });
  const widthMs = (known[0]?.toMs ?? 0) - (known[0]?.fromMs ?? 0);
  const each = (figure: (lags: Lags) => number): (number | null)[] => over.map((lags) => (lags ? figure(lags) : null));
  whenPlaced(place, () =>
    plot(place, options(data, over.length, levelUpTo(known)), [
      over.map((_, at) => (at + 0.5) * widthMs),
      each(({ maxMs }) => maxMs),
      each((lags) => quantile(lags, 0.99)),
      each((lags) => quantile(lags, 0.5)),
      each((lags) => quantile(lags, 0.01)),
      each(({ minMs }) => minMs),
    ]),
  );
  const meaning =
    'Above zero the candidate came later, below it came first. Drag to look closer, double-click to see all.';
  return h(
    'figure',
    {},
    h('figcaption', {}, h('h3', {}, 'Over time'), h('p', { class: 'notes' }, meaning)),
    place,
    shades(data),
  );
}

function inWords(known: readonly Lags[]): string {
  const slowest = known.reduce((one, other) => (other.maxMs > one.maxMs ? other : one));
  const first = known.some(({ minMs }) => minMs < 0)
    ? 'Now and then the candidate came first'
    : 'The candidate never came first';
  return `Lag over time. Slowest from ${moment(slowest.fromMs)} to ${moment(slowest.toMs)}: half of those pairs lag by at most ${duration(quantile(slowest, 0.5))}, the longest by ${duration(slowest.maxMs)}. ${first}.`;
}

/** Steps of the time axis. */
const STEPS_MS = [100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000].concat(
  [10, 15, 30, 60, 120, 240, 480, 1440].map((minutes) => minutes * 60_000),
);

/** Logarithmic, but through zero. The compiler knows uPlot's number for it by a name that does not exist at run time. */
// oxlint-disable-next-line typescript/no-unsafe-enum-assignment
const THROUGH_ZERO = 4 as UPlot.Scale.Distr.ArcSinh;

/** Labels of that scale, zero first, since labels that have no room are left out. */
const DECADES_MS = [0, 0.1, 1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000].flatMap((ms) => [ms, -ms]);

function options(data: PageData, stretches: number, levelMs: Ms | undefined): Parameters<typeof plot>[1] {
  const points = { show: stretches <= 60, size: 5 };
  const line = (label: string, colour: string, width: number, dash?: number[]): UPlot.Series => ({
    label,
    stroke: () => ink(colour),
    width,
    points: dash ? { show: false } : points,
    value: (_, ms) => (ms === null ? '–' : duration(ms)),
    ...(dash && { dash }),
  });
  return {
    height: 260,
    scales: {
      x: { time: false, range: (drawn, min, max) => (isAll(drawn, min, max) ? [0, data.durationMs] : [min, max]) },
      y: levelMs === undefined ? { range: roomy } : { distr: THROUGH_ZERO, asinh: levelMs, range: roomyWide },
    },
    series: [
      { label: 'time', value: (_, ms) => (ms === null ? '–' : moment(ms)) },
      line('longest', 'faint', 1, [2, 3]),
      line('p99', 'p99', 1.5),
      line('p50', 'p50', 2),
      line('p1', 'p1', 1.5),
      line('shortest', 'faint', 1, [2, 3]),
    ],
    bands: [{ series: [2, 4], fill: () => ink('band') }],
    axes: [
      axis({ incrs: STEPS_MS, space: 70, values: (_, all) => all.map((ms) => moment(ms)) }),
      axis({
        size: 64,
        values: (_, all) => all.map((ms) => (ms === null ? '' : duration(ms))),
        ...(levelMs !== undefined && {
          splits: (drawn) => spaced(drawn, 'y', DECADES_MS, 26),
          filter: (_, all) => all,
        }),
      }),
    ],
    cursor: { y: false, drag: { x: true, y: false } },
    hooks: { drawClear: [(drawn) => shade(drawn, data)], draw: [(drawn) => limits(drawn, data)] },
  };
}

/** Whether nothing was looked at more closely. */
function isAll(drawn: Plot, min: number, max: number): boolean {
  const times = drawn.data[0];
  return min === times[0] && max === times.at(-1);
}

/**
 * Where lags are so far apart that a level scale would show only the longest: up to which lag, a power of ten, the scale
 * is level nevertheless, since a logarithm never gets to zero. Undefined where a level scale does.
 */
function levelUpTo(known: readonly Lags[]): Ms | undefined {
  const middle = known.map((lags) => Math.abs(quantile(lags, 0.5))).sort((a, b) => a - b)[known.length >> 1] ?? 0;
  const far = known.reduce((most, { minMs, maxMs }) => Math.max(most, Math.abs(minMs), Math.abs(maxMs)), 0);
  if (far <= 25 * Math.max(middle, 0.1)) return undefined;
  return 10 ** Math.floor(Math.log10(Math.max(middle, 0.1)));
}

function roomy(_: Plot, min: number, max: number): [number, number] {
  const room = Math.max(1, (max - Math.min(0, min)) * 0.08);
  return [min < 0 ? min - room : 0, Math.max(1, max + room)];
}

function roomyWide(_: Plot, min: number, max: number): [number, number] {
  return [min < 0 ? min * 1.5 : 0, Math.max(10, max * 1.5)];
}

function limits(drawn: Plot, { lag }: PageData): void {
  const { max = 0 } = drawn.scales['y'] ?? {};
  const shown = lag.limits.filter(({ ms }) => ms <= max);
  drawRules(drawn, 'y', [
    { label: '', at: 0, colour: ink('faint'), dashed: false },
    ...shown.map(({ name, ms }) => ({
      label: `limit ${name} ${duration(ms)}`,
      at: ms,
      colour: ink('bad'),
      dashed: true,
    })),
  ]);
}

/** Where some or all accounts were not listened to, the darker the more of them. */
function shade(drawn: Plot, { blind }: PageData): void {
  const colours = {
    control: ink('blind-control'),
    candidate: ink('blind-candidate'),
    ours: ink('faint'),
    unread: ink('unknown'),
  };
  within(drawn, (canvas, area) => {
    for (const { who, fromMs, toMs, share } of blind) {
      const left = drawn.valToPos(fromMs, 'x', true);
      const right = Math.max(left + 1, drawn.valToPos(toMs, 'x', true));
      canvas.globalAlpha = 0.08 + 0.32 * share;
      canvas.fillStyle = colours[who];
      canvas.fillRect(left, area.top, right - left, area.height);
    }
  });
}

/** What the shades stand for, as far as there are any. */
function shades({ blind }: PageData): HTMLElement | undefined {
  if (blind.length === 0) return undefined;
  const kinds = [
    ['control', 'control was not listening'],
    ['candidate', 'candidate was not listening'],
    ['ours', 'this process was slow'],
    ['unread', 'the recording cannot be read'],
  ] as const;
  const seen = kinds.filter(([kind]) => blind.some(({ who }) => who === kind));
  return h(
    'p',
    { class: 'legend' },
    seen.map(([kind, text]) => h('span', {}, h('i', { class: `key blind-${kind}` }), text)),
    h('span', {}, 'The darker, the more accounts.'),
  );
}

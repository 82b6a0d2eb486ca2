/// <reference lib="dom" />
import { duration, integer, percent } from '../../text.js';
import { binFromMs } from '../../../model/series.js';
import type { PageData } from '../data.js';
import { placeOf, type Lags } from './bins.js';
import { h, ink } from './dom.js';
import { axis, bars, drawRules, plot, spaced, whenPlaced, type Rule } from './plot.js';

/** Labels that an axis of lags may have, zero first, since labels that have no room are left out. */
const TICKS_MS = [0, 0.1, 1, 10, 100, 1_000, 10_000, 60_000, 600_000, 3_600_000, 0.3, 3, 30, 300, 3_000, 30_000];

/** How many pairs lagged by how much, on a scale on which each step is twice the one before. */
export function histogram({ lag }: PageData, all: Lags): HTMLElement {
  const place = h('div', { class: 'plot', role: 'img', 'aria-label': inWords(all) });
  const scale = scaleOf(all);
  const bins = [
    ...[...all.earlier].map(([bin, pairs]) => ({ at: -middle(scale, bin), pairs })),
    ...[...all.later].map(([bin, pairs]) => ({ at: middle(scale, bin), pairs })),
  ].sort((a, b) => a.at - b.at);
  const rules = rulesOf(lag).map((rule) => Object.assign(rule, { at: scale(rule.at) }));
  const edges = [...bins, ...rules].map(({ at }) => at).sort((a, b) => a - b);
  const range: [number, number] = [Math.min(0, (edges[0] ?? 0) - 2), (edges.at(-1) ?? 0) + 3];
  whenPlaced(place, () =>
    plot(place, options(scale, range, rules), [bins.map(({ at }) => at), bins.map(({ pairs }) => pairs)]),
  );
  const meaning = `Pairs by lag, on a scale that doubles${all.earlier.size > 0 ? '; left of 0 the candidate came first' : ''}.`;
  return h('figure', {}, h('figcaption', {}, h('h3', {}, 'Spread'), h('p', { class: 'notes' }, meaning)), place);
}

function inWords({ earlier, later, count }: Lags): string {
  const bins = [
    ...[...earlier].map(([bin, pairs]) => ({ sign: 'minus ', bin, pairs })),
    ...[...later].map(([bin, pairs]) => ({ sign: '', bin, pairs })),
  ];
  const { sign, bin, pairs } = bins.reduce((one, other) => (other.pairs > one.pairs ? other : one));
  const first = [...earlier.values()].reduce((sum, pairs) => sum + pairs, 0);
  return `Spread of the lag. Most pairs, ${integer(pairs)} of ${integer(count)}, lag by ${sign}${duration(binFromMs(bin))} to ${sign}${duration(binFromMs(bin + 1))}; in ${percent(first / count)} the candidate came first.`;
}

type Scale = (ms: number) => number;

/** Steps to either side of zero in which all that is shorter than any lag that was seen is squeezed together. */
const SQUEEZED = 4;

/** Where a lag stands: bins are 1 wide, the candidate's being first is to the left. */
function scaleOf({ earlier, later }: Lags): Scale {
  const shortest = Math.max(0, Math.min(...earlier.keys(), ...later.keys()));
  return (ms) => {
    const at = placeOf(Math.abs(ms));
    const squeezed = shortest <= SQUEEZED ? at : at < shortest ? (at / shortest) * SQUEEZED : at - shortest + SQUEEZED;
    return ms < 0 ? -squeezed : squeezed;
  };
}

function middle(scale: Scale, bin: number): number {
  return (scale(binFromMs(bin)) + scale(binFromMs(bin + 1))) / 2;
}

function rulesOf({ p50Ms, p99Ms, limits }: PageData['lag']): Rule[] {
  const line = (label: string, ms: number, colour: string, dashed: boolean): Rule => {
    return { label: `${label} ${duration(ms)}`, at: ms, colour, dashed };
  };
  return [
    ...(p50Ms === null ? [] : [line('p50', p50Ms, 'p50', false)]),
    ...(p99Ms === null ? [] : [line('p99', p99Ms, 'p99', false)]),
    ...limits.map(({ name, ms }) => line(`limit ${name}`, ms, 'bad', true)),
  ];
}

function options(scale: Scale, range: [number, number], rules: readonly Rule[]): Parameters<typeof plot>[1] {
  const ticks = TICKS_MS.flatMap((ms) => [ms, -ms]).map((ms) => ({ ms, at: scale(ms) }));
  const places = ticks.map(({ at }) => at);
  const paths = bars();
  return {
    height: 220,
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: false, range: () => range }, y: { range: (_, __, max) => [0, max * 1.25] } },
    series: [
      {},
      {
        label: 'pairs',
        fill: () => ink('bars'),
        stroke: () => ink('bars'),
        width: 0,
        points: { show: false },
        ...(paths && { paths }),
      },
    ],
    axes: [
      axis({
        splits: (drawn) => spaced(drawn, 'x', places, 58),
        values: (_, splits) => splits.map((split) => duration(ticks.find(({ at }) => at === split)?.ms ?? 0)),
        grid: { show: false },
      }),
      axis({ size: 64, values: (_, all) => all.map((pairs) => (Number.isInteger(pairs) ? integer(pairs) : '')) }),
    ],
    hooks: {
      draw: [
        (drawn) =>
          drawRules(
            drawn,
            'x',
            rules.map((rule) => ({ ...rule, colour: ink(rule.colour) })),
          ),
      ],
    },
  };
}

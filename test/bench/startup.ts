import { compete, measure, median, PARITY, ratio, type Cost } from './contest.js';
import { number, type Section } from './section.js';

/** Runs that are this short have to be many. */
const ROUNDS_FACTOR = 4;

const BARE = 'node -e 0';

/** What it takes until `parity` has said the least that it can say. */
export async function startup({ rounds }: { readonly rounds: number }): Promise<Section[]> {
  const called =
    (...args: string[]) =>
    async (): Promise<Cost> =>
      (await measure(args)).cost;
  const all = rounds * ROUNDS_FACTOR;
  const results = await compete(
    all,
    new Map([
      [BARE, called('-e', '0')],
      ['parity --version', called(PARITY, '--version')],
      ['parity --help', called(PARITY, '--help')],
    ]),
  );
  const bare = (results.get(BARE) ?? []).map(({ wallMs }) => wallMs);
  const times = [...results].map(([name, costs]) => {
    const walls = costs.map(({ wallMs }) => wallMs);
    return { name, wallMs: median(walls), x: ratio(walls, bare), peakMb: median(costs.map(({ peakMb }) => peakMb)) };
  });
  return [
    {
      title: 'Start-up',
      notes: [`Whole processes, ${all} rounds.`],
      columns: ['', 'wall ms', 'x node', 'peak MB'],
      rows: times.map(({ name, wallMs, x, peakMb }) => [name, number(wallMs), number(x), number(peakMb)]),
      goals: times
        .slice(1)
        .map(({ name, x }) => ({ what: `${name}, against ${BARE}`, figure: x, limit: 1.4, unit: 'x' })),
    },
  ];
}

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from '../../src/model/report.js';
import { compete, measure, median, PARITY, ratio, scratch, type Cost } from './contest.js';
import { CONFIG, generate, type Truth } from './data.js';
import { duckdb } from './duckdb.js';
import { number, type Goal, type Section } from './section.js';

const SEED = 1;
const CHILD = join(import.meta.dirname, 'child');

const FLOOR = 'floor: read, split, JSON.parse';
const DIFF = 'parity diff';
const NO_FAST = 'parity diff --no-fast';
const DUCKDB = 'DuckDB';
const FLOOR_WORST = 'floor, of the worst case';
const WORST = 'parity diff, every pair unequal';

/** What is asked of so many pairs; wall time against the floor. */
const WALL_LIMITS: ReadonlyMap<number, number> = new Map([
  [100_000, 0.6],
  [1_000_000, 0.35],
]);

/** Whole runs of `parity diff` over two recordings, against reading and parsing them and against a database. */
export async function diff(wishes: { readonly rounds: number; readonly pairs: readonly number[] }): Promise<Section[]> {
  const peer = await duckdb();
  const sections: Section[] = [];
  let before: { readonly pairs: number; readonly peakMb: number } | undefined;
  for (const pairs of wishes.pairs) {
    const results = await contest(pairs, wishes.rounds, peer, pairs === wishes.pairs[0]);
    const peakMb = median(peaks(results.get(DIFF)));
    const growth: Goal[] =
      before === undefined
        ? []
        : [
            {
              what: `peak, against that of ${before.pairs.toLocaleString('en')} pairs`,
              figure: peakMb / before.peakMb,
              // Two runs of the same work differ by as much.
              limit: 1.05,
              unit: 'x',
            },
          ];
    sections.push(section(pairs, wishes.rounds, results, growth));
    before = { pairs, peakMb };
  }
  return sections;
}

type Results = ReadonlyMap<string, readonly Cost[]>;

async function contest(pairs: number, rounds: number, peer: string | undefined, withWorst: boolean): Promise<Results> {
  const data = await recordings(pairs, false);
  const contestants = new Map<string, () => Promise<Cost>>([
    [FLOOR, () => floor(data)],
    [DIFF, () => judge(data)],
    [NO_FAST, () => judge(data, '--no-fast')],
  ]);
  if (peer !== undefined) contestants.set(DUCKDB, () => outerJoin(data, peer));
  if (withWorst) {
    const worst = await recordings(pairs, true);
    contestants.set(FLOOR_WORST, () => floor(worst));
    contestants.set(WORST, () => judge(worst));
  }
  return compete(rounds, contestants);
}

interface Data {
  readonly folder: string;
  readonly files: readonly [control: string, candidate: string];
  readonly truth: Truth;
}

/** Two recordings and a config, made once for each way in which they are made. */
async function recordings(pairs: number, allDiffer: boolean): Promise<Data> {
  const made = createHash('sha256')
    .update(readFileSync(join(import.meta.dirname, 'data.ts')))
    .digest('hex')
    .slice(0, 8);
  const kind = `pairs-${pairs}${allDiffer ? '-worst' : ''}`;
  const folder = scratch(`${kind}-${made}`);
  if (!existsSync(folder)) {
    for (const name of readdirSync(scratch())) {
      if (name.startsWith(`${kind}-`) && !name.startsWith(`${kind}-worst-`)) rmSync(scratch(name), { recursive: true });
    }
    process.stderr.write(`  making ${kind}\n`);
    const unfinished = scratch(`unfinished-${kind}`);
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished);
    const truth = await generate(unfinished, { pairs, seed: SEED, allDiffer });
    writeFileSync(join(unfinished, 'truth.json'), JSON.stringify(truth));
    writeFileSync(join(unfinished, 'parity.yaml'), CONFIG);
    renameSync(unfinished, folder);
  }
  return {
    folder,
    files: [join(folder, 'control.ndjson'), join(folder, 'candidate.ndjson')],
    truth: JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8')) as Truth,
  };
}

async function floor({ files }: Data): Promise<Cost> {
  return (await measure([join(CHILD, 'floor.mjs'), ...files])).cost;
}

/** Its counts have to be the truth, each time. */
async function judge({ folder, files, truth }: Data, ...options: readonly string[]): Promise<Cost> {
  const config = join(folder, 'parity.yaml');
  const { cost, stdout } = await measure([PARITY, 'diff', ...files, '--config', config, '--json', '-q', ...options]);
  const { observed, outcomes } = JSON.parse(stdout) as Report;
  const { match, allowed, ...rest } = outcomes;
  const { pairs, control, candidate, mismatch, missing, extra, duplicate, late } = truth;
  assert.deepEqual(observed, { control, candidate });
  assert.deepEqual(rest, { mismatch, missing, extra, duplicate, late, inconclusive: 0 });
  assert.equal(match + allowed, pairs - mismatch - missing - late);
  return cost;
}

async function outerJoin({ files, truth }: Data, peer: string): Promise<Cost> {
  const { cost, stdout } = await measure([join(CHILD, 'duckdb.mjs'), peer, ...files]);
  const { mismatch, missing, extra } = truth;
  assert.deepEqual(JSON.parse(stdout), { missing, extra, mismatch });
  return cost;
}

const walls = (costs: readonly Cost[] = []): number[] => costs.map(({ wallMs }) => wallMs);
const cpus = (costs: readonly Cost[] = []): number[] => costs.map(({ cpuMs }) => cpuMs);
const peaks = (costs: readonly Cost[] = []): number[] => costs.map(({ peakMb }) => peakMb);

function section(pairs: number, rounds: number, results: Results, growth: readonly Goal[]): Section {
  const floorOf = (name: string): readonly Cost[] => results.get(name === WORST ? FLOOR_WORST : FLOOR) ?? [];
  const wallAgainst = (name: string, other: string): number =>
    ratio(walls(results.get(name)), walls(results.get(other)));
  const goal = (what: string, figure: number, limit: number, unit = 'x'): Goal => ({ what, figure, limit, unit });
  const goals: Goal[] = [];
  const limit = WALL_LIMITS.get(pairs);
  if (limit !== undefined) goals.push(goal('wall, against the floor', wallAgainst(DIFF, FLOOR), limit));
  if (results.has(DUCKDB)) {
    goals.push(goal('wall, against DuckDB', wallAgainst(DIFF, DUCKDB), 1));
    goals.push(goal('peak, against DuckDB', ratio(peaks(results.get(DIFF)), peaks(results.get(DUCKDB))), 0.25));
  }
  goals.push(goal('peak', median(peaks(results.get(DIFF))), 300, 'MB'), ...growth);
  if (results.has(WORST))
    goals.push(goal('every pair unequal, wall against its floor', wallAgainst(WORST, FLOOR_WORST), 1.8));
  return {
    title: `Diff of ${pairs.toLocaleString('en')} pairs`,
    notes: [
      `Whole processes, ${rounds} ${rounds === 1 ? 'round' : 'rounds'}; files in the page cache.`,
      'Every run counted exactly what had been put into the recordings.',
      results.has(DUCKDB)
        ? 'DuckDB: read_json with given columns and a full outer join on the key; it counts missing, extra and mismatch only.'
        : 'DuckDB could not be installed and is left out.',
    ],
    columns: ['', 'wall s', 'CPU s', 'peak MB', 'wall x floor', 'CPU x floor'],
    rows: [...results].map(([name, costs]) => [
      name,
      number(median(walls(costs)) / 1000),
      number(median(cpus(costs)) / 1000),
      number(median(peaks(costs))),
      number(ratio(walls(costs), walls(floorOf(name)))),
      number(ratio(cpus(costs), cpus(floorOf(name)))),
    ]),
    goals,
  };
}

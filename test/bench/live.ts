import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { on } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from '../../src/model/report.js';
import type { Order, Told } from './child/live-server.js';
import { compete, Measured, median, PARITY, ratio, scratch } from './contest.js';
import { JUDGING } from './data.js';
import { number, type Section } from './section.js';

/**
 * CPU an event of a live watch, one connection a side, against stock clients that receive the same and do nothing. Events
 * come in bursts, of one side and then the other; what a process used is asked for between them, when it has come to rest.
 * So an event of the candidate costs its reading, its pairing and its comparison.
 */
const BURST = 5_000;
const BURSTS = 10;
/** One burst more comes first, and is not measured. */
const EVENTS = BURST * (BURSTS + 1);

type Side = Order['side'];
/** Microseconds of CPU an event. */
type Costs = Readonly<Partial<Record<Side, number>>>;

const CHILD = join(import.meta.dirname, 'child');

export async function live({ rounds }: { readonly rounds: number }): Promise<Section[]> {
  const results = await compete(
    rounds,
    new Map<string, () => Promise<Costs>>([
      ['ws', () => stock('ws', 'candidate')],
      ['phoenix', () => stock('phoenix', 'candidate')],
      ['pusher-js', () => stock('pusher-js', 'control')],
      [WATCH, () => watch()],
      [RECORD, () => watch(scratch('live.ndjson'))],
      [UNWRITTEN, () => watch('/dev/null')],
    ]),
  );
  const of = (name: string, side: Side): number[] =>
    (results.get(name) ?? []).map((costs) => costs[side] ?? Number.NaN);
  const pairOf = (name: string): number[] =>
    (results.get(name) ?? []).map((costs) => (costs.control ?? 0) + (costs.candidate ?? 0));
  return [
    {
      title: 'Live',
      notes: [
        `One connection a side, ${BURSTS} bursts of ${BURST.toLocaleString('en')} events a side, ${rounds} ${rounds === 1 ? 'round' : 'rounds'}; microseconds of CPU an event.`,
        'The stock clients only count; the watch reads, pairs and compares, and every pair was found equal.',
        'What a recording costs into /dev/null is ours; the rest is the kernel, which has to find room in its page cache.',
      ],
      columns: ['', 'control', 'candidate', 'x pusher-js', 'x phoenix'],
      rows: [...results.keys()].map((name) => [
        name,
        number(median(of(name, 'control'))),
        number(median(of(name, 'candidate'))),
        number(ratio(of(name, 'control'), of('pusher-js', 'control'))),
        number(ratio(of(name, 'candidate'), of('phoenix', 'candidate'))),
      ]),
      goals: [
        {
          what: 'candidate, against phoenix',
          figure: ratio(of(WATCH, 'candidate'), of('phoenix', 'candidate')),
          limit: 0.8,
          unit: 'x',
        },
        {
          what: 'control, against pusher-js',
          figure: ratio(of(WATCH, 'control'), of('pusher-js', 'control')),
          limit: 0.5,
          unit: 'x',
        },
        {
          what: 'with a recording, against without',
          figure: ratio(pairOf(RECORD), pairOf(WATCH)),
          limit: 1.15,
          unit: 'x',
        },
      ],
    },
  ];
}

const WATCH = 'parity watch';
const RECORD = 'parity watch --record';
const UNWRITTEN = 'parity watch --record /dev/null';

async function stock(kind: string, side: Side): Promise<Costs> {
  const server = await Server.start();
  try {
    const client = new Measured([join(CHILD, 'stock-client.mjs'), kind, String(server.port)]);
    await server.subscribed([side]);
    const costs = await bursts(server, client, [side]);
    client.child.kill('SIGINT');
    assert.equal(Number((await client.ended()).stdout), EVENTS);
    return costs;
  } finally {
    server.stop();
  }
}

async function watch(recording?: string): Promise<Costs> {
  const server = await Server.start();
  try {
    const config = scratch('live.yaml');
    writeFileSync(config, configOf(server.port));
    rmSync(scratch('live.ndjson'), { force: true });
    const recorded = recording === undefined ? [] : ['--record', recording];
    const client = new Measured([PARITY, 'watch', '--config', config, '--json', '-q', ...recorded]);
    await server.subscribed(['control', 'candidate']);
    const costs = await bursts(server, client, ['control', 'candidate']);
    client.child.kill('SIGINT');
    const { outcomes } = JSON.parse((await client.ended()).stdout) as Report;
    assert.equal(outcomes.match + outcomes.allowed, EVENTS, JSON.stringify(outcomes));
    return costs;
  } finally {
    server.stop();
  }
}

/** A window that a burst and the rest after it fit into, and no more: it is waited for in the end. */
function configOf(port: number): string {
  return `accounts: [{id: rep-1}]
control: {pusher: {key: key, host: 127.0.0.1, port: ${port}, channels: [feed-rep-1]}}
candidate: {phoenix: {url: "ws://127.0.0.1:${port}/socket", topics: ["feed:{account.id}"]}}
${JUDGING}match: {window: {after: 5s}, settle: 0s}
`;
}

async function bursts(server: Server, client: Measured, sides: readonly Side[]): Promise<Costs> {
  const spent = { control: 0, candidate: 0 };
  for (let n = 0; n <= BURSTS; n++) {
    for (const side of sides) {
      const before = await client.useWhenIdle();
      await server.send({ side, from: n * BURST, count: BURST });
      const { cpuMs } = await client.useWhenIdle();
      if (n > 0) spent[side] += cpuMs - before.cpuMs;
    }
  }
  return Object.fromEntries(sides.map((side) => [side, (spent[side] * 1000) / (BURST * BURSTS)]));
}

/** The server in its process: see child/live-server.ts. */
class Server {
  readonly #child: ChildProcess;
  readonly #told: AsyncIterator<[Told]>;
  port = 0;

  private constructor() {
    this.#child = fork(join(CHILD, 'live-server.ts'), [String(EVENTS)], { execArgv: ['--import', 'tsx'] });
    this.#told = on(this.#child, 'message')[Symbol.asyncIterator]() as AsyncIterator<[Told]>;
  }

  static async start(): Promise<Server> {
    const server = new Server();
    const told = await server.#next();
    server.port = typeof told === 'object' && 'port' in told ? told.port : 0;
    return server;
  }

  async subscribed(sides: readonly Side[]): Promise<void> {
    const awaited = new Set(sides);
    while (awaited.size > 0) {
      const told = await this.#next();
      if (typeof told === 'object' && 'subscribed' in told) awaited.delete(told.subscribed);
    }
  }

  async send(order: Order): Promise<void> {
    this.#child.send(order);
    while ((await this.#next()) !== 'sent');
  }

  stop(): void {
    this.#child.disconnect();
  }

  async #next(): Promise<Told> {
    const { value } = (await this.#told.next()) as { readonly value: [Told] };
    return value[0];
  }
}

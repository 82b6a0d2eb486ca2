import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { openRecording } from '../../src/recording/reader.js';
import { allower } from '../../src/replay/allow.js';
import { drive } from '../../src/replay/drive.js';
import { replayEvents } from '../../src/replay/events.js';
import { RunKeys } from '../../src/replay/keys.js';
import { openMetronome, type Metronome, type OpenMetronome } from '../../src/replay/metronome.js';
import { Tally } from '../../src/replay/tally.js';
import { openTarget } from '../../src/replay/targets/index.js';
import { settings } from '../given.js';
import { compete, median, ratio, scratch } from './contest.js';
import { number, type Section } from './section.js';

/**
 * How late events are sent, against a plan that never moves: events of about 1 KB each, read from a recording, given keys
 * of their own and posted to a server on loopback. Beside it the same with a timer of the event loop that sends whatever
 * is due (catch-up), and the worker with nothing sent: what this machine allows at the moment.
 */
const PER_S = 1_000;
const SECONDS = 10;
const LONG_SECONDS = 60;

const ACCOUNTS = Array.from({ length: 50 }, (_, n) => ({ id: `rep-${n}`, values: { id: `rep-${n}` } }));

interface Round {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Median lateness in the last tenth minus that in the first. */
  readonly driftMs: number;
  /** CPU of this process (all its threads, the server's aside), as a share of one core. */
  readonly cpu: number;
  readonly failed: number;
}

interface Way {
  readonly metronome: OpenMetronome;
  readonly sends: boolean;
}

const NAME = 'worker in Atomics.wait';
const OURS: Way = { metronome: openMetronome, sends: true };
const WAYS: Readonly<Record<string, Way>> = {
  [NAME]: OURS,
  'catch-up setTimeout': { metronome: catchUp, sends: true },
  'worker, nothing sent': { metronome: openMetronome, sends: false },
};

export async function replay({ rounds }: { readonly rounds: number }): Promise<Section[]> {
  const sink = await startSink();
  const file = scratch('replay.ndjson');
  try {
    await writeFile(file, recording(PER_S * SECONDS));
    const once = (way: Way, forS: number): Promise<Round> => round(file, sink.port, way, forS);
    // The first second of a process is spent on compiling.
    await once(OURS, 1);
    const contestants = Object.entries(WAYS).map(([name, way]) => [name, () => once(way, SECONDS)] as const);
    const results = await compete(rounds, new Map(contestants));
    process.stderr.write(`  ${LONG_SECONDS} s\n`);
    return [section(rounds, results, await once(OURS, LONG_SECONDS))];
  } finally {
    await sink.worker.terminate();
    await rm(file, { force: true });
  }
}

function section(rounds: number, results: ReadonlyMap<string, readonly Round[]>, long: Round): Section {
  const of = (name: string, figure: keyof Round): number[] => (results.get(name) ?? []).map((one) => one[figure]);
  const row = (name: string, all: readonly Round[]): string[] => [
    name,
    ...FIGURES.map((figure) => number(median(all.map((one) => one[figure])))),
    String(all.reduce((sum, { failed }) => sum + failed, 0)),
  ];
  return {
    title: 'Replay',
    notes: [
      `${PER_S.toLocaleString('en')} events/s for ${SECONDS} s, ${rounds} ${rounds === 1 ? 'round' : 'rounds'} each; lateness against the plan.`,
      'Drift: the median of the last tenth minus that of the first. CPU is a share of one core, the answering server included.',
    ],
    columns: ['', 'p50 ms', 'p99 ms', 'max ms', 'drift ms', 'CPU', 'failed'],
    rows: [...[...results].map(([name, all]) => row(name, all)), row(`${NAME}, ${LONG_SECONDS} s`, [long])],
    goals: [
      { what: 'p99', figure: median(of(NAME, 'p99Ms')), limit: 1, unit: 'ms' },
      {
        what: 'p50, against catch-up setTimeout',
        figure: ratio(of(NAME, 'p50Ms'), of('catch-up setTimeout', 'p50Ms')),
        limit: 0.3,
        unit: 'x',
      },
      { what: `drift over ${LONG_SECONDS} s`, figure: Math.abs(long.driftMs), limit: 1, unit: 'ms' },
    ],
  };
}

const FIGURES = ['p50Ms', 'p99Ms', 'maxMs', 'driftMs', 'cpu'] as const;

async function round(file: string, port: number, { metronome: open, sends }: Way, forS: number): Promise<Round> {
  const given = settings({ accounts: ACCOUNTS });
  const context = { settings: given, timeoutMs: 5_000, inFlight: 256, allows: allower([]) };
  const http = {
    method: 'POST',
    url: `http://127.0.0.1:${port}/events`,
    headers: {},
    body: '{"account":"{account}","payload":{payload}}',
  };
  const target = openTarget({ kind: 'http', http }, context);
  const tally = new Tally();
  const lateness: number[] = [];
  let metronome: Metronome | undefined;
  const cpuBefore = process.cpuUsage();
  const before = performance.now();
  await drive({
    events: replayEvents(() => openRecording(file, () => {}), {
      settings: given,
      pace: { kind: 'rate', perS: PER_S },
      loops: 1_000,
      limit: PER_S * forS,
      keys: new RunKeys(1),
      onSkipped: (reason) => tally.skipped(reason),
    }),
    seam: 'control-only',
    control: {
      send(event) {
        lateness.push((metronome?.now() ?? 0) - event.dueMs);
        return sends ? target.send(event) : Promise.resolve();
      },
    },
    inFlight: 256,
    sieve: { begin: () => {}, end: () => {} },
    tally,
    metronome: async (onDue) => (metronome = await open(onDue)),
    signal: new AbortController().signal,
  });
  const cpu = process.cpuUsage(cpuBefore);
  await target.close();
  const { failed, skipped } = tally.counts();
  const tenth = Math.floor(lateness.length / 10);
  const sorted = lateness.toSorted((a, b) => a - b);
  return {
    p50Ms: at(sorted, 0.5),
    p99Ms: at(sorted, 0.99),
    maxMs: at(sorted, 1),
    driftMs: median(lateness.slice(-tenth)) - median(lateness.slice(0, tenth)),
    cpu: (cpu.user + cpu.system) / 1000 / (performance.now() - before),
    failed: [...failed, ...skipped].reduce((sum, { count }) => sum + count, 0),
  };
}

/** What a replay without a thread of its own would do: one timer for the next time, and then all that is due. */
async function catchUp(onDue: (come: number) => void): Promise<Metronome> {
  const origin = performance.now();
  const now = (): number => performance.now() - origin;
  const times: number[] = [];
  let come = 0;
  let timer: NodeJS.Timeout | undefined;
  const wait = (): void => {
    timer = come < times.length ? setTimeout(ring, (times[come] as number) - now()) : undefined;
  };
  const ring = (): void => {
    while (come < times.length && (times[come] as number) <= now()) come++;
    onDue(come);
    wait();
  };
  return {
    now,
    schedule(dueMs) {
      times.push(dueMs);
      if (timer === undefined) wait();
      return true;
    },
    stop: async () => clearTimeout(timer),
  };
}

/** A server in a thread of its own that reads everything and answers 204. */
async function startSink(): Promise<{ readonly worker: Worker; readonly port: number }> {
  const code = `
    const { createServer } = require('node:http');
    const server = createServer((request, response) => request.resume().on('end', () => response.writeHead(204).end()));
    server.listen(0, '127.0.0.1', () => require('node:worker_threads').parentPort.postMessage(server.address().port));`;
  const worker = new Worker(code, { eval: true });
  const [port] = (await once(worker, 'message')) as [number];
  return { worker, port };
}

function recording(events: number): string {
  const header = {
    format: 'feed-parity/timeline',
    version: 1,
    startedAt: '2026-11-22T16:00:00.000Z',
    sides: ['control'],
    accounts: ACCOUNTS.map(({ id }) => id),
  };
  const lines = [JSON.stringify(header)];
  for (let n = 0; n < events; n++) {
    const account = `rep-${n % ACCOUNTS.length}`;
    const person = { id: n % 997, full_name: `Person ${n}`, email: `person${n}@example.com`, phone: null };
    const payload = {
      id: 1_001 + n,
      person,
      occurred_at: '2026-11-22T16:00:00.000Z',
      note: 'lorem ipsum '.repeat(70 + (n % 20)),
    };
    const head = {
      t: n,
      kind: 'frame',
      side: 'control',
      account,
      channel: `private-feed-${account}`,
      event: 'email-opened',
    };
    lines.push(JSON.stringify({ ...head, payload }));
  }
  return `${lines.join('\n')}\n`;
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

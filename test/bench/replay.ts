import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
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

/**
 * How late events are sent, against a plan that never moves: 1,000 events/s of about 1 KB each, read from a recording,
 * given keys of their own and posted to a server on loopback. Beside it the same with a timer of the event loop that
 * sends whatever is due (catch-up), and the worker with nothing sent: what this machine allows at the moment. Rounds are
 * interleaved; a row is the median of its rounds.
 *
 *   tsx test/bench/replay.ts [--rate 1000] [--seconds 10] [--rounds 3] [--long]     --long: one round of 60 s
 */
const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '1000' },
    seconds: { type: 'string' },
    rounds: { type: 'string' },
    long: { type: 'boolean', default: false },
  },
});
const perS = Number(values.rate);
const seconds = Number(values.seconds ?? (values.long ? 60 : 10));
const rounds = Number(values.rounds ?? (values.long ? 1 : 3));

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

const WAYS: Readonly<Record<string, Way>> = {
  'worker in Atomics.wait': { metronome: openMetronome, sends: true },
  'catch-up setTimeout': { metronome: catchUp, sends: true },
  'worker, nothing sent': { metronome: openMetronome, sends: false },
};

const folder = await mkdtemp(join(tmpdir(), 'parity-bench-'));
const sink = await startSink();
try {
  const file = join(folder, 'control.ndjson');
  await writeFile(file, recording(Math.min(perS * seconds, 100_000)));
  await round(file, { metronome: openMetronome, sends: true }, 1);
  const results = new Map<string, Round[]>(Object.keys(WAYS).map((name) => [name, []]));
  for (let n = 0; n < rounds; n++) {
    for (const [name, way] of Object.entries(WAYS)) results.get(name)?.push(await round(file, way, seconds));
  }
  print(results);
} finally {
  await sink.worker.terminate();
  await rm(folder, { recursive: true, force: true });
}

async function round(file: string, { metronome: open, sends }: Way, forS: number): Promise<Round> {
  const given = settings({ accounts: ACCOUNTS });
  const context = { settings: given, timeoutMs: 5_000, inFlight: 256, allows: allower([]) };
  const http = {
    method: 'POST',
    url: `http://127.0.0.1:${sink.port}/events`,
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
      pace: { kind: 'rate', perS },
      loops: 1_000,
      limit: perS * forS,
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

function print(results: ReadonlyMap<string, readonly Round[]>): void {
  const row = (cells: readonly string[]): string =>
    cells.map((cell, n) => (n === 0 ? cell.padEnd(24) : cell.padStart(11))).join('');
  const figures = (of: readonly Round[]): number[] =>
    (['p50Ms', 'p99Ms', 'maxMs', 'driftMs', 'cpu'] as const).map((name) => median(of.map((round) => round[name])));
  const lines = [
    `${perS} events/s for ${seconds} s, ${rounds} ${rounds === 1 ? 'round' : 'rounds'} each; lateness against the plan`,
    row(['', 'p50 ms', 'p99 ms', 'max ms', 'drift ms', 'CPU', 'failed']),
  ];
  for (const [name, all] of results) {
    lines.push(
      row([
        name,
        ...figures(all).map((value) => value.toFixed(3)),
        String(all.reduce((sum, { failed }) => sum + failed, 0)),
      ]),
    );
  }
  const [ours, theirs] = [...results.values()].map(figures);
  if (ours && theirs)
    lines.push(row(['ratio', ...ours.map((value, n) => (n === 3 ? '' : (value / (theirs[n] as number)).toFixed(2)))]));
  process.stdout.write(`${lines.join('\n')}\n`);
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

function median(values: readonly number[]): number {
  return at(
    values.toSorted((a, b) => a - b),
    0.5,
  );
}

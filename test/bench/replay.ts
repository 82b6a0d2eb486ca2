import { spawn } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import type { Report } from '../../src/model/report.js';
import type { ReplaySettings, Settings } from '../../src/model/settings.js';
import { openRecording } from '../../src/recording/reader.js';
import { openSleepingAlarm, type OpenAlarm } from '../../src/replay/alarm.js';
import { drive } from '../../src/replay/drive.js';
import { replayEvents, type ReplayEvent } from '../../src/replay/events.js';
import { RunKeys } from '../../src/replay/keys.js';
import { Sending } from '../../src/replay/sending.js';
import { Tally, type Counted } from '../../src/replay/tally.js';
import { openTargets } from '../../src/replay/targets/index.js';
import { settings } from '../given.js';
import { compete, measure, median, PARITY, ratio, ROOT, scratch } from './contest.js';
import { startSandbox } from './sandbox.js';
import { number, type Section } from './section.js';

/**
 * How late events are sent, against a plan that never moves: events of about 1 KB each, read from a recording, given keys
 * of their own and posted to a server in a process of its own. Beside it the same with a timer of the event loop that
 * sends whatever is due (catch-up), and the same with nothing sent: what this machine allows at the moment. And the
 * whole command, which watches both feeds of a sandbox meanwhile.
 */
const PER_S = 1_000;
const SECONDS = 10;
const LONG_SECONDS = 60;

const ACCOUNTS = Array.from({ length: 50 }, (_, n) => ({ id: `rep-${n + 1}`, values: { id: `rep-${n + 1}` } }));

interface Round {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Where events arrive: how late the median of the last tenth is, against that of the first. */
  readonly driftMs: number;
  /** CPU of the process that sends (all its threads), as a share of one core. */
  readonly cpu: number;
  readonly failed: number;
}

/** Sends to the port so many events, and counts. */
type Way = (file: string, port: number, events: number) => Promise<Counted>;

const NAME = 'thread of its own';
const WATCHED = 'thread of its own, both feeds watched';
const CATCH_UP = 'catch-up setTimeout';
const WAYS: Readonly<Record<string, Way>> = {
  [NAME]: inThread,
  'in the thread that reads': (...given) => here(openSleepingAlarm, true, ...given),
  [CATCH_UP]: (...given) => here(catchUp, true, ...given),
  'nothing sent': (...given) => here(openSleepingAlarm, false, ...given),
};

export async function replay({ rounds }: { readonly rounds: number }): Promise<Section[]> {
  const sink = await startSink();
  const file = scratch('replay.ndjson');
  try {
    await writeFile(file, recording(PER_S * SECONDS));
    const alone = (way: Way, forS: number): Promise<Round> => round(file, sink, way, forS);
    // The first second of a process is spent on compiling.
    await alone(WAYS[CATCH_UP] as Way, 1);
    const contestants = Object.entries(WAYS).map(([name, way]) => [name, () => alone(way, SECONDS)] as const);
    const all = new Map([...contestants, [WATCHED, () => watched(file, SECONDS)] as const]);
    const results = await compete(rounds, all);
    process.stderr.write(`  ${LONG_SECONDS} s\n`);
    return [section(rounds, results, await alone(inThread, LONG_SECONDS), await watched(file, LONG_SECONDS))];
  } finally {
    sink.stop();
    await rm(file, { force: true });
  }
}

function section(rounds: number, results: ReadonlyMap<string, readonly Round[]>, long: Round, watch: Round): Section {
  const of = (name: string, figure: keyof Round): number[] => (results.get(name) ?? []).map((one) => one[figure]);
  const row = (name: string, all: readonly Round[]): string[] => [
    name,
    ...FIGURES.map((figure) => {
      const value = median(all.map((one) => one[figure]));
      return Number.isNaN(value) ? '-' : number(value);
    }),
    String(all.reduce((sum, { failed }) => sum + failed, 0)),
  ];
  return {
    title: 'Replay',
    notes: [
      `${PER_S.toLocaleString('en')} events/s for ${SECONDS} s, ${rounds} ${rounds === 1 ? 'round' : 'rounds'} each; lateness against the plan.`,
      'The server is a process of its own; where both feeds are watched it is the sandbox, which tells 50 accounts on both sides. It shares the processor. Where nothing is sent, it is the lateness of the machine itself.',
      'Drift: where events arrive, the median of the last tenth minus that of the first. CPU of the process that sends is a share of one core.',
    ],
    columns: ['', 'p50 ms', 'p99 ms', 'max ms', 'drift ms', 'CPU', 'failed'],
    rows: [
      ...[...results].map(([name, all]) => row(name, all)),
      row(`${NAME}, ${LONG_SECONDS} s`, [long]),
      row(`${WATCHED}, ${LONG_SECONDS} s`, [watch]),
    ],
    goals: [
      { what: 'p99', figure: median(of(NAME, 'p99Ms')), limit: 1, unit: 'ms' },
      { what: 'p99, both feeds watched', figure: median(of(WATCHED, 'p99Ms')), limit: 1, unit: 'ms' },
      {
        what: 'p50, against catch-up setTimeout',
        figure: ratio(of(NAME, 'p50Ms'), of(CATCH_UP, 'p50Ms')),
        limit: 0.3,
        unit: 'x',
      },
      { what: `drift over ${LONG_SECONDS} s`, figure: Math.abs(long.driftMs), limit: 1, unit: 'ms' },
    ],
  };
}

const FIGURES = ['p50Ms', 'p99Ms', 'maxMs', 'driftMs', 'cpu'] as const;

async function round(file: string, sink: Sink, way: Way, forS: number): Promise<Round> {
  const before = { cpu: process.cpuUsage(), ms: performance.now() };
  const counts = await way(file, sink.port, PER_S * forS);
  const cpu = process.cpuUsage(before.cpu);
  const wallMs = performance.now() - before.ms;
  return { ...figures(counts), driftMs: await sink.driftMs(), cpu: (cpu.user + cpu.system) / 1000 / wallMs };
}

function figures({ lateness, failed, skipped }: Pick<Counted, 'lateness' | 'failed' | 'skipped'>) {
  return {
    p50Ms: lateness?.p50Ms ?? Number.NaN,
    p99Ms: lateness?.p99Ms ?? Number.NaN,
    maxMs: lateness?.maxMs ?? Number.NaN,
    failed: [...failed, ...skipped].reduce((sum, { count }) => sum + count, 0),
  };
}

const GIVEN: Settings = settings({ accounts: ACCOUNTS });

function how(port: number): ReplaySettings {
  const url = `http://127.0.0.1:${port}/events`;
  const body = '{"account":"{account}","payload":{payload}}';
  return {
    allow: [],
    seam: 'control-only',
    keys: 'unique',
    accounts: 'same',
    timeoutMs: 5_000,
    inFlight: 256,
    control: { kind: 'http', http: { method: 'POST', url, headers: {}, body } },
  };
}

function eventsOf(file: string, limit: number): AsyncGenerator<ReplayEvent> {
  return replayEvents(() => openRecording(file, () => {}), {
    settings: GIVEN,
    pace: { kind: 'rate', perS: PER_S },
    loops: 1_000,
    limit,
    keys: new RunKeys(1),
    onSkipped: (reason) => {
      throw new Error(`skipped: ${reason}`);
    },
  });
}

const NOTHING = { begin: (): void => {}, end: (): void => {} };
const NEVER = new AbortController().signal;

async function inThread(file: string, port: number, events: number): Promise<Counted> {
  const code = pathToFileURL(join(ROOT, 'dist/replay/sending-thread.js'));
  const sending = new Sending(GIVEN, how(port), NOTHING, code);
  try {
    return await sending.run(eventsOf(file, events), NEVER);
  } finally {
    await sending.close();
  }
}

/** In the thread that reads as well. */
async function here(alarm: OpenAlarm, sends: boolean, file: string, port: number, events: number): Promise<Counted> {
  const { control } = openTargets(GIVEN, how(port));
  const tally = new Tally();
  await drive({
    events: eventsOf(file, events),
    seam: 'control-only',
    control: sends ? control : { send: () => Promise.resolve() },
    inFlight: 256,
    sieve: NOTHING,
    tally,
    alarm,
    signal: NEVER,
  });
  await control.close();
  return tally.counts();
}

/** The command as it is used, the sandbox causing both sides. */
async function watched(file: string, forS: number): Promise<Round> {
  const config = scratch('replay.yaml');
  const stop = await startSandbox(config, '--accounts', String(ACCOUNTS.length), '--rate', '0');
  try {
    const pace = ['--rate', `${PER_S}/s`, '--loop', '1000', '--limit', String(PER_S * forS)];
    const { stdout, cost } = await measure([PARITY, 'replay', file, '--config', config, ...pace, '--json', '-q']);
    const { replay: facts } = JSON.parse(stdout) as Report;
    if (facts === undefined) throw new Error('the report tells of no replay');
    return { ...figures(facts), driftMs: Number.NaN, cpu: cost.cpuMs / cost.wallMs };
  } finally {
    await stop();
    await rm(config, { force: true });
  }
}

/** What a replay without an alarm of its own would do: one timer for the next time. */
const catchUp: OpenAlarm = (ring) => {
  const origin = performance.now();
  const now = (): number => performance.now() - origin;
  let timer: NodeJS.Timeout | undefined;
  return {
    now,
    set(dueMs) {
      clearTimeout(timer);
      timer = setTimeout(() => (now() < dueMs ? this.set(dueMs) : ring()), dueMs - now());
    },
    stop: () => clearTimeout(timer),
  };
};

interface Sink {
  readonly port: number;
  /** Of what has arrived since it was asked last. */
  driftMs(): Promise<number>;
  stop(): void;
}

/** A server in a process of its own that reads everything, answers 204, and notes when it came. */
async function startSink(): Promise<Sink> {
  const child = spawn(process.execPath, ['--eval', SERVER], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => JSON.parse((await lines.next()).value as string) as unknown;
  const port = (await next()) as number;
  return {
    port,
    async driftMs() {
      child.stdin.write('\n');
      const cameMs = (await next()) as number[];
      const tenth = Math.floor(cameMs.length / 10);
      // Behind the plan of one event each so many ms, counted from the first that came.
      const behind = cameMs.map((ms, nth) => ms - (nth * 1000) / PER_S);
      return tenth === 0 ? Number.NaN : median(behind.slice(-tenth)) - median(behind.slice(0, tenth));
    },
    stop: () => child.stdin.end(),
  };
}

/** The other process: tells its port and, whenever it is asked, when events came. */
const SERVER = `
  const { createServer } = require('node:http');
  const say = (value) => process.stdout.write(JSON.stringify(value) + '\\n');
  let came = [];
  const server = createServer((request, response) => {
    came.push(performance.now());
    request.resume().on('end', () => response.writeHead(204).end());
  });
  server.listen(0, '127.0.0.1', () => say(server.address().port));
  process.stdin.on('data', () => (say(came), (came = [])));
  process.stdin.on('end', () => process.exit());`;

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
    const account = `rep-${1 + (n % ACCOUNTS.length)}`;
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

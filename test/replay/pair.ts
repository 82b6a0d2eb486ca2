import { execFile, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { loadSettings } from '../../src/config/load.js';
import { runLive } from '../../src/live.js';
import type { Report } from '../../src/model/report.js';
import type { TimelineEntry } from '../../src/model/timeline.js';
import { startPhoenixServer, type PhoenixServer } from '../../src/sandbox/phoenix-server.js';
import { startPusherServer, type PusherServer } from '../../src/sandbox/pusher-server.js';
import { startSandbox } from '../../src/sandbox/system.js';
import { startSink, type Received, type Sink } from './sink.js';

const root = join(import.meta.dirname, '..', '..');

/** Files of one test, and the way to be rid of them. */
export interface Folder {
  readonly write: (name: string, text: string) => string;
  readonly remove: () => void;
}

export function folder(): Folder {
  const at = mkdtempSync(join(tmpdir(), 'feed-parity-'));
  return {
    write(name, text) {
      writeFileSync(join(at, name), text);
      return join(at, name);
    },
    remove: () => rmSync(at, { recursive: true, force: true }),
  };
}

export const ACCOUNTS = ['rep-1', 'rep-2', 'rep-3'];

/** Lets a sandbox live for a moment and records both sides of it. Returns the recording's text and the sandbox's config. */
export async function recordSandbox(events: number): Promise<{ readonly recording: string; readonly config: string }> {
  const sandbox = await startSandbox({ accounts: ACCOUNTS, seed: 7 });
  const files = folder();
  try {
    const config = sandbox.config();
    const file = files.write('parity.yaml', config);
    const { settings } = await loadSettings(file, { env: {}, today: '2026-01-01', cwd: tmpdir() });
    const seen: TimelineEntry[] = [];
    const over = new AbortController();
    await runLive(settings, {
      tee: (entry) => seen.push(entry),
      finish: over.signal,
      interrupt: new AbortController().signal,
      hurry: new AbortController().signal,
      onListening: () => {
        void sandbox.run({ ratePerS: 400, durationMs: (events / 400) * 1000 }).then(() => over.abort());
      },
    });
    const header = {
      format: 'feed-parity/timeline',
      version: 1,
      startedAt: '2026-11-22T16:00:00.000Z',
      sides: ['control', 'candidate'],
      accounts: ACCOUNTS,
    };
    return { recording: [JSON.stringify(header), ...seen.map(line)].join('\n') + '\n', config };
  } finally {
    files.remove();
    await sandbox.stop();
  }
}

function line(entry: TimelineEntry): string {
  if (entry.kind !== 'frame') return JSON.stringify(entry);
  const { kind, t, side, account, channel, event, payload } = entry;
  return `${JSON.stringify({ t, kind, side, account, channel, event }).slice(0, -1)},"payload":${payload}}`;
}

/** A legacy feed, a new feed, and the new service's API, which is called with what control was sent. */
export interface Pair {
  readonly pusher: PusherServer;
  readonly phoenix: PhoenixServer;
  readonly api: Sink;
  /** The sandbox's config, watching this pair, with a replay section. */
  config(sandboxConfig: string, replay: object): string;
  stop(): Promise<void>;
}

interface Called {
  readonly account: string;
  readonly type: string;
  readonly payload: string;
}

/** `refuse` says which calls the new service answers with 503 instead. */
export async function startPair(refuse: (call: Called) => boolean = () => false): Promise<Pair> {
  const pusher = await startPusherServer({ authorize: () => true });
  const phoenix = await startPhoenixServer({ connect: ({ token }) => ({ user: token ?? '' }) });
  const api = await startSink((request, response) => {
    const call = calledWith(request);
    const refused = refuse(call);
    if (!refused)
      phoenix.publish(
        `feed:${call.account}`,
        'item_created',
        `{"type":"${TYPES[call.type]}","resource":${call.payload}}`,
      );
    response.writeHead(refused ? 503 : 202);
    response.end();
  });
  return {
    pusher,
    phoenix,
    api,
    config(sandboxConfig, replay) {
      const config = parse(sandboxConfig, { intAsBigInt: true }) as Record<
        string,
        Record<string, Record<string, unknown>>
      >;
      const { pusher: control } = config['control'] as Record<string, Record<string, unknown>>;
      const { phoenix: candidate } = config['candidate'] as Record<string, Record<string, unknown>>;
      Object.assign(control as object, {
        host: pusher.host,
        port: pusher.port,
        auth: { endpoint: pusher.authEndpoint },
      });
      Object.assign(candidate as object, { url: phoenix.url });
      return stringify({
        ...config,
        match: { window: { before: '0ms', after: '1500ms' }, settle: '100ms' },
        gate: {
          confidence: 0.95,
          defectRate: 0.1,
          mismatch: 0,
          missing: 0,
          extra: 0,
          minPerType: 5,
          inconclusiveShare: 0.05,
        },
        replay: {
          control: { pusher: { appId: pusher.appId, secret: pusher.secret } },
          candidate: { http: { url: `${api.url}/{account}/{type}`, body: '{payload}' } },
          ...replay,
        },
      });
    },
    async stop() {
      await Promise.all([pusher.stop(), phoenix.stop(), api.stop()]);
    },
  };
}

const TYPES: Readonly<Record<string, string>> = {
  email_opened: 'email_open',
  email_clicked: 'email_click',
  email_replied: 'email_reply',
  send_failed: 'send_failure',
};

function calledWith({ url, body }: Received): Called {
  const [, account = '', type = ''] = url.split('/');
  return { account, type, payload: body };
}

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Of `--json`. */
  readonly report: Report;
}

/** Runs the built command as a user would, while this process goes on serving. */
export function parity(...args: string[]): Promise<Ended> {
  return start(...args).ended;
}

/** The same, for who wants to send it signals meanwhile. */
export function start(...args: string[]): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  let end: (how: Ended) => void = () => {};
  const ended = new Promise<Ended>((resolve) => (end = resolve));
  const child = execFile(
    process.execPath,
    [join(root, 'bin', 'parity.js'), ...args],
    { maxBuffer: 64 << 20 },
    (error, stdout, stderr) =>
      end({
        code: error === null ? 0 : Number(error.code),
        stdout,
        stderr,
        get report() {
          return JSON.parse(stdout) as Report;
        },
      }),
  );
  return { child, ended };
}

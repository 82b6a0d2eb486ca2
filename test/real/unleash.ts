/**
 * The provider `unleash` against a real unleash-server on Debian's PostgreSQL, outside the normal run:
 *
 *   apt-get install postgresql
 *   npx tsx test/real/unleash.ts            # installs unleash-server 7.5.1 into a temporary folder
 *   npx tsx test/real/unleash.ts FOLDER     # with a node_modules/unleash-server of its own
 *
 * It starts a database and a server of its own on loopback, and ends both. Who gets the flag is asked of Unleash itself,
 * by its frontend API, and not of what we think that strategies mean.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as elapsed } from 'node:timers/promises';
import type { UnleashSettings } from '../../src/model/plan.js';
import { Flag } from '../../src/plan/flags/flag.js';

const VERSION = '7.5.1';
const ADMIN = '*:*.an-admin-token-for-tests';
const FRONTEND = '*:development.a-frontend-token-for-tests';
const GO_ON = new AbortController().signal;

const folder = mkdtempSync(join(tmpdir(), 'parity-unleash-'));
chmodSync(folder, 0o755);
const started: ChildProcess[] = [];
try {
  await main(process.argv[2] ?? install());
  process.stdout.write('the provider works with a real Unleash\n');
} finally {
  for (const child of started.toReversed()) {
    child.kill('SIGINT');
    if (child.exitCode === null) await Promise.race([once(child, 'exit'), elapsed(10_000)]);
  }
  rmSync(folder, { recursive: true, force: true });
}

function install(): string {
  const at = join(folder, 'server');
  mkdirSync(at);
  execFileSync(
    'npm',
    ['install', '--prefix', at, '--no-audit', '--no-fund', '--ignore-scripts', `unleash-server@${VERSION}`],
    { stdio: 'inherit' },
  );
  return at;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A database cluster of our own. PostgreSQL refuses to run as root, so that root hands it to the user postgres. */
async function postgres(): Promise<string> {
  const versions = readdirSync('/usr/lib/postgresql').sort((a, b) => Number(b) - Number(a));
  const bin = join('/usr/lib/postgresql', versions[0] ?? '', 'bin');
  const user =
    process.getuid?.() === 0
      ? { uid: Number(execFileSync('id', ['-u', 'postgres'])), gid: Number(execFileSync('id', ['-g', 'postgres'])) }
      : {};
  const data = join(folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  if (user.uid !== undefined) chownSync(data, user.uid, user.gid ?? 0);
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'unleash', '-A', 'trust', '-E', 'UTF8', '--no-sync'], {
    ...user,
    cwd: data,
    stdio: 'ignore',
  });
  const port = await freePort();
  const server = spawn(join(bin, 'postgres'), ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', data], {
    ...user,
    cwd: data,
    stdio: 'ignore',
  });
  started.push(server);
  await until('PostgreSQL is up', () => {
    execFileSync(
      join(bin, 'psql'),
      ['-h', '127.0.0.1', '-p', String(port), '-U', 'unleash', 'postgres', '-c', 'create database unleash'],
      { stdio: 'ignore' },
    );
    return Promise.resolve(true);
  });
  return `postgres://unleash@127.0.0.1:${port}/unleash`;
}

async function unleash(at: string): Promise<string> {
  const [database, port] = [await postgres(), await freePort()];
  const server = spawn(process.execPath, [join(at, 'node_modules', 'unleash-server', 'dist', 'server.js')], {
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      DATABASE_URL: database,
      DATABASE_SSL: 'false',
      HTTP_HOST: '127.0.0.1',
      HTTP_PORT: String(port),
      INIT_ADMIN_API_TOKENS: ADMIN,
      INIT_FRONTEND_API_TOKENS: FRONTEND,
      CHECK_VERSION: 'false',
      SEND_TELEMETRY: 'false',
      LOG_LEVEL: 'error',
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  started.push(server);
  const url = `http://127.0.0.1:${port}`;
  await until('Unleash is up', async () => (await fetch(`${url}/health`)).ok);
  return url;
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; ; tries++) {
    if (
      await Promise.resolve()
        .then(holds)
        .catch(() => false)
    )
      return;
    if (tries === 240) throw new Error(`not within a minute: ${what}`);
    await elapsed(250);
  }
}

async function main(at: string): Promise<void> {
  const url = await unleash(at);
  const admin = async (method: string, path: string, body?: object): Promise<Response> => {
    const headers = { authorization: ADMIN, 'content-type': 'application/json' };
    return fetch(`${url}/api/admin/projects/default/features${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  };
  /** Who gets the flag, as Unleash itself decides. */
  const serves = async (key: string): Promise<boolean[]> =>
    Promise.all(
      ['user-rep-1', 'user-rep-2', 'somebody'].map(async (user) => {
        const answer = await fetch(`${url}/api/frontend?userId=${user}`, { headers: { authorization: FRONTEND } });
        const { toggles } = (await answer.json()) as { toggles: { name: string; enabled: boolean }[] };
        return toggles.some(({ name, enabled }) => name === key && enabled);
      }),
    );
  const served = (key: string, wanted: readonly boolean[]): Promise<void> =>
    until(
      `${key} is served to ${wanted.join(', ')}`,
      async () => JSON.stringify(await serves(key)) === JSON.stringify(wanted),
    );
  const open = (key: string, scope: 'accounts' | 'everyone', more: Partial<UnleashSettings> = {}): Flag => {
    const unleashSettings = {
      url,
      token: ADMIN,
      project: 'default',
      environment: 'development',
      contextName: 'userId',
      ...more,
    };
    const keys = { 'rep-1': 'user-rep-1', 'rep-2': 'user-rep-2' };
    const targeting = { scope, accounts: Object.keys(keys), keys };
    const provider = { kind: 'unleash', unleash: unleashSettings } as const;
    return new Flag(
      { key, variants: { on: 'on', off: 'off' }, targeting, timeoutMs: 10_000, provider },
      Object.keys(keys).map((id) => ({ id, values: { id } })),
    );
  };
  const environment = async (key: string): Promise<unknown> => {
    const { enabled, strategies } = (await (await admin('GET', `/${key}/environments/development`)).json()) as {
      enabled: boolean;
      strategies: { id: string }[];
    };
    return { enabled, strategies: strategies.map(({ id }) => id).sort() };
  };
  const create = async (key: string): Promise<void> =>
    assert.equal((await admin('POST', '', { name: key, type: 'release' })).status, 201);
  const step = (what: string): void => void process.stdout.write(`✓ ${what}\n`);

  await create('fresh');
  const fresh = open('fresh', 'accounts');
  const first = await fresh.read(GO_ON);
  const before = await environment('fresh');
  assert.deepEqual(first.variants, { 'rep-1': 'off', 'rep-2': 'off' });
  for (const round of [1, 2]) {
    await fresh.set('on', GO_ON);
    assert.deepEqual((await fresh.read(GO_ON)).variants, { 'rep-1': 'on', 'rep-2': 'on' });
    await served('fresh', [true, true, false]);
    await fresh.set('off', GO_ON);
    assert.deepEqual((await fresh.read(GO_ON)).variants, { 'rep-1': 'off', 'rep-2': 'off' });
    await served('fresh', [false, false, false]);
    step(`a fresh flag: on for the accounts alone, and off again (${round})`);
  }
  await fresh.set('on', GO_ON);
  await fresh.restore(first.state, GO_ON);
  assert.deepEqual(await environment('fresh'), before);
  step('a fresh flag: put back, without a trace');

  await create('beta');
  const theirs = {
    name: 'flexibleRollout',
    parameters: { rollout: '100', stickiness: 'default', groupId: 'beta' },
    constraints: [{ contextName: 'userId', operator: 'IN', values: ['somebody'] }],
  };
  assert.equal((await admin('POST', '/beta/environments/development/strategies', theirs)).status, 200);
  assert.equal((await admin('POST', '/beta/environments/development/on')).status, 200);
  await served('beta', [false, false, true]);
  const beta = open('beta', 'accounts');
  const [betaFirst, betaBefore] = [await beta.read(GO_ON), await environment('beta')];
  await beta.set('on', GO_ON);
  await served('beta', [true, true, true]);
  await beta.set('off', GO_ON);
  await served('beta', [false, false, true]);
  await beta.set('on', GO_ON);
  await beta.restore(betaFirst.state, GO_ON);
  assert.deepEqual(await environment('beta'), betaBefore);
  await served('beta', [false, false, true]);
  step('a flag that others have: theirs untouched');

  await create('open');
  const wide = open('open', 'everyone');
  const [wideFirst, wideBefore] = [await wide.read(GO_ON), await environment('open')];
  await wide.set('on', GO_ON);
  await served('open', [true, true, true]);
  await wide.restore(wideFirst.state, GO_ON);
  await served('open', [false, false, false]);
  assert.deepEqual(await environment('open'), wideBefore);
  step('for everyone: on, and put back without the strategy that Unleash adds by itself');

  const refused: readonly [Flag, RegExp][] = [
    [
      open('fresh', 'accounts', { token: '*:*.wrong' }),
      /was answered 401 .*: the token is not accepted; check flag\.unleash\.token/,
    ],
    [open('nowhere', 'accounts'), /was answered 404 .*: there is no such project, feature or environment/],
    [open('fresh', 'accounts', { project: 'nowhere' }), /was answered 404 /],
    [open('fresh', 'accounts', { environment: 'nowhere' }), /was answered 404 /],
  ];
  for (const [flag, words] of refused) await assert.rejects(flag.read(GO_ON), words);
  step('401 and 404 are told');
  await Promise.all([fresh, beta, wide, ...refused.map(([flag]) => flag)].map((flag) => flag.close()));
}

import { tmpdir } from 'node:os';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { loadSettings } from '../../src/config/load.js';
import type { Frame } from '../../src/model/timeline.js';
import type { Settings, SourceSettings } from '../../src/model/settings.js';
import { answerOf, isolationSection } from '../../src/plan/isolation-section.js';
import { checkIsolation, type IsolationOptions } from '../../src/plan/isolation.js';
import { aims } from '../../src/plan/intrusion.js';
import { startPhoenixServer } from '../../src/sandbox/phoenix-server.js';
import type { SandboxOptions } from '../../src/sandbox/options.js';
import { startSandbox, type Sandbox } from '../../src/sandbox/system.js';
import { settings as given } from '../given.js';

async function stage(some: Partial<SandboxOptions> = {}): Promise<{ sandbox: Sandbox; settings: Settings }> {
  const sandbox = await startSandbox({ accounts: ['rep-1', 'rep-2'], seed: 7, ...some });
  const cwd = await mkdtemp(join(tmpdir(), 'parity-isolation-'));
  onTestFinished(async () => {
    await sandbox.stop();
    await rm(cwd, { recursive: true });
  });
  await writeFile(join(cwd, 'parity.yaml'), sandbox.config());
  const { settings } = await loadSettings(undefined, { env: {}, today: '2026-01-01', cwd });
  return { sandbox, settings };
}

const OPTIONS: IsolationOptions = { timeoutMs: 10_000, random: () => 0.5 };

describe('accounts that ask for each other’s channels', () => {
  it('are refused on both sides', async () => {
    const { settings } = await stage();
    const result = await checkIsolation(settings, OPTIONS);
    expect(
      result.attempts.map(({ side, account, other, channel, answer, received }) => [
        side,
        account,
        other,
        channel,
        answer,
        received,
      ]),
    ).toEqual([
      ['control', 'rep-1', 'rep-2', 'private-feed-rep-2', 'refused', 0],
      ['control', 'rep-2', 'rep-1', 'private-feed-rep-1', 'refused', 0],
      ['candidate', 'rep-1', 'rep-2', 'feed:rep-2', 'refused', 0],
      ['candidate', 'rep-2', 'rep-1', 'feed:rep-1', 'refused', 0],
    ]);
    expect(isolationSection(result)).toMatchObject({ kind: 'isolation', status: 'passed' });
  });

  it.each([
    ['sign-any-channel', 'control', 'private-feed-rep-2', 'check whom the auth endpoint of control signs channels for'],
    ['join-any-topic', 'candidate', 'feed:rep-2', 'check whom the join of the topic lets in on candidate'],
  ] as const)('are found where the sandbox has %s', async (name, side, channel, remedy) => {
    const { settings, sandbox } = await stage({ switches: [name] });
    const over = new AbortController();
    const passing = sandbox.run({ ratePerS: 100, durationMs: Infinity, signal: over.signal });
    const result = await checkIsolation(settings, { ...OPTIONS, holdMs: 300 });
    over.abort();
    await passing;
    expect(result.attempts.filter(({ answer }) => answer === 'let in').map((attempt) => attempt.side)).toEqual([
      side,
      side,
    ]);
    expect(result.attempts.every(({ received, answer }) => (answer === 'let in') === received > 0)).toBe(true);
    const section = isolationSection(result);
    expect(section.status).toBe('failed');
    expect(section.cases.find(({ status }) => status === 'failed')).toEqual({
      name: `${side}: rep-1 is kept out of ${channel}`,
      status: 'failed',
      detail: expect.stringMatching(
        new RegExp(
          `^rep-1 was let into ${channel}, which is rep-2's, and received \\d+ events? not meant for rep-1; ${remedy}$`,
        ),
      ),
    });
    // Whoever asked has left again.
    const listeners = (): number[] =>
      ['rep-1', 'rep-2'].flatMap((id) => [
        sandbox.pusher.listeners(`private-feed-${id}`),
        sandbox.phoenix.listeners(`feed:${id}`),
      ]);
    await vi.waitUntil(() => listeners().every((count) => count === 0));
  });

  it('ask once, and five a side at most', async () => {
    const joins: string[] = [];
    const server = await startPhoenixServer({
      connect: ({ token = '' }) => ({ user: token }),
      join: (user, topic) => {
        joins.push(`${user} ${topic}`);
        return topic === `feed:${user}` ? { ok: {} } : { error: 'crashed, try again' };
      },
    });
    onTestFinished(() => server.stop());
    const accounts = Array.from({ length: 8 }, (_, nth) => ({ id: `rep-${nth}`, values: { id: `rep-${nth}` } }));
    const candidate: SourceSettings = {
      kind: 'phoenix',
      phoenix: {
        url: server.url,
        params: { token: '{account.id}' },
        topics: ['feed:{account.id}', 'feed:all'],
        join: {},
      },
    };
    const result = await checkIsolation({ ...given({ accounts }), candidate }, { ...OPTIONS, sides: ['candidate'] });
    expect(joins.toSorted()).toEqual(
      [0, 1, 2, 3, 4].flatMap((nth) => [`rep-${nth} feed:rep-${nth}`, `rep-${nth} feed:rep-${nth + 1}`]),
    );
    // An answer that may pass by itself is none.
    expect(new Set(result.attempts.map(({ answer }) => answer))).toEqual(new Set(['unclear']));
    expect(isolationSection(result).status).toBe('undecided');
  });

  it('do not dial again where the first attempt fails', async () => {
    let dials = 0;
    const server = createServer((socket) => {
      dials++;
      socket.destroy();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/socket`;
    const phoenix = { url, params: {}, topics: ['feed:{account.id}'], join: {} };
    const accounts = ['rep-1', 'rep-2'].map((id) => ({ id, values: { id } }));
    const sources = { ...given({ accounts }), candidate: { kind: 'phoenix', phoenix } as const };
    // Half a second is time for several more.
    const { attempts } = await checkIsolation(sources, {
      ...OPTIONS,
      sides: ['candidate'],
      holdMs: 500,
      cause: async () => {},
    });
    expect(attempts.map(({ answer }) => answer)).toEqual(['unclear', 'unclear']);
    expect(dials).toBe(4);
  });

  it('leave when they are told to', async () => {
    const server = await startPhoenixServer({ join: () => new Promise(() => {}) });
    onTestFinished(() => server.stop());
    const phoenix = { url: server.url, params: {}, topics: ['feed:{account.id}'], join: {} };
    const accounts = ['rep-1', 'rep-2'].map((id) => ({ id, values: { id } }));
    const sources = { ...given({ accounts }), candidate: { kind: 'phoenix', phoenix } as const };
    const options: IsolationOptions = {
      ...OPTIONS,
      sides: ['candidate'],
      timeoutMs: 600_000,
      signal: AbortSignal.timeout(100),
    };
    const { attempts } = await checkIsolation(sources, options);
    expect(attempts.map(({ answer }) => answer)).toEqual(['unclear', 'unclear']);
    expect(attempts[0]?.reason).toContain('(no answer came in time)');
  });

  it('prove nothing by being refused everything', async () => {
    const { settings } = await stage();
    const { phoenix } = settings.candidate as Extract<SourceSettings, { kind: 'phoenix' }>;
    const candidate: SourceSettings = { kind: 'phoenix', phoenix: { ...phoenix, params: { token: 'wrong' } } };
    const { attempts } = await checkIsolation({ ...settings, candidate }, { ...OPTIONS, sides: ['candidate'] });
    expect(attempts.map(({ answer }) => answer)).toEqual(['unclear', 'unclear']);
    expect(attempts[0]?.reason).toBe(
      'rep-1 was not let into its own feed:rep-1 either (HTTP 403 on the upgrade), so that a refusal would say nothing',
    );
  });

  it('have nothing to ask for where no channel is an account’s own', async () => {
    const url = 'ws://127.0.0.1:9/socket';
    const candidate: SourceSettings = { kind: 'phoenix', phoenix: { url, params: {}, topics: ['feed:all'], join: {} } };
    const accounts = ['rep-1', 'rep-2'].map((id) => ({ id, values: { id } }));
    const result = await checkIsolation({ ...given({ accounts }), candidate }, OPTIONS);
    expect(result).toEqual({
      attempts: [],
      unchecked: [
        { side: 'control', reason: 'the config has no such side' },
        { side: 'candidate', reason: 'no channel of the config belongs to one account alone' },
      ],
    });
    expect(isolationSection(result).status).toBe('undecided');
  });
});

describe('tagged items', () => {
  /** A feed that sends each item to its own account, and to whom else it is told. */
  async function feed(leaksTo: (account: string) => readonly string[]) {
    const server = await startPhoenixServer({
      connect: ({ token = '' }) => ({ user: token }),
      join: (user, topic) => (topic === `feed:${user}` ? { ok: {} } : { error: 'unauthorized' }),
    });
    onTestFinished(() => server.stop());
    const accounts = ['rep-1', 'rep-2'].map((id) => ({ id, values: { id } }));
    const phoenix = { url: server.url, params: { token: '{account.id}' }, topics: ['feed:{account.id}'], join: {} };
    const publish = (id: string): void => {
      for (const to of [id, ...leaksTo(id)]) server.publish(`feed:${to}`, 'item', `{"tag":"${id}"}`);
    };
    return { settings: { ...given({ accounts }), candidate: { kind: 'phoenix', phoenix } as const }, publish };
  }

  const ownerOf = ({ payload }: Frame): string => (JSON.parse(payload) as { tag: string }).tag;
  const CAUSING: IsolationOptions = { ...OPTIONS, sides: ['candidate'], holdMs: 500, ownerOf };

  it('reach their account alone', async () => {
    const { settings, publish } = await feed(() => []);
    const cause = async (accounts: readonly { readonly id: string }[]): Promise<void> =>
      accounts.forEach(({ id }) => publish(id));
    const { attempts } = await checkIsolation(settings, { ...CAUSING, cause });
    expect(attempts.map(({ answer, received }) => [answer, received])).toEqual([
      ['refused', 0],
      ['refused', 0],
    ]);
  });

  it('that come on another account’s own channel are found, although every join was refused', async () => {
    const { settings, publish } = await feed((account) => (account === 'rep-1' ? ['rep-2'] : []));
    const cause = async (accounts: readonly { readonly id: string }[]): Promise<void> =>
      accounts.forEach(({ id }) => publish(id));
    const result = await checkIsolation(settings, { ...CAUSING, cause });
    expect(result.attempts.map((attempt) => [attempt.account, answerOf(attempt)])).toEqual([
      ['rep-1', 'passed'],
      ['rep-2', 'failed'],
    ]);
    expect(isolationSection(result).cases[1]?.detail).toBe(
      'rep-2 received 1 event not meant for rep-2 on its own channel; check whom candidate sends events to',
    );
  });

  it('prove nothing by never coming at all', async () => {
    const { settings } = await feed(() => []);
    const { attempts } = await checkIsolation(settings, { ...CAUSING, cause: async () => {} });
    expect(attempts.map(({ answer }) => answer)).toEqual(['unclear', 'unclear']);
    expect(attempts[0]?.reason).toBe('the item caused for rep-1 did not come on its own feed:rep-1');
  });
});

describe('what is asked for', () => {
  const [one, other] = ['rep-1', 'rep-2'].map((id) => ({ id, values: { id, token: `t-${id}` } }));

  it('is the other account’s channel, with credentials that are still to be filled in', () => {
    const auth = {
      endpoint: 'http://127.0.0.1/auth',
      headers: { authorization: 'Bearer {account.token}' },
      params: {},
    };
    const pusher = { key: 'k', tls: false, channels: ['news', 'private-{account.id}', 'private-x-{account.id}'], auth };
    expect(aims({ kind: 'pusher', pusher }, one!, other!)).toMatchObject([
      { own: 'private-rep-1', foreign: 'private-rep-2', asIntruder: { pusher: { channels: ['private-rep-2'], auth } } },
      { own: 'private-x-rep-1', asOwner: { pusher: { channels: ['private-x-rep-1'], auth } } },
    ]);
  });
});

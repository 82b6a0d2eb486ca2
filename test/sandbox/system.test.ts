import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isLosslessNumber, parse as parseLosslessly } from 'lossless-json';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { parse as parseYaml } from 'yaml';
import { loadSettings } from '../../src/config/load.js';
import { CallError } from '../../src/model/errors.js';
import { CANDIDATE_TYPES } from '../../src/sandbox/names.js';
import type { Sandbox, SandboxOptions } from '../../src/sandbox/system.js';
import { startSandbox } from '../../src/sandbox/system.js';
import type { Seen, Watch } from './system-watch.js';
import { authorize, tokenOf, watch, watchCandidate } from './system-watch.js';

const opened: { sandboxes: Sandbox[]; watches: Watch[] } = { sandboxes: [], watches: [] };

afterEach(async () => {
  for (const opening of opened.watches.splice(0)) opening.close();
  for (const sandbox of opened.sandboxes.splice(0)) await sandbox.stop();
});

async function start(options: Partial<SandboxOptions> = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({ accounts: ['rep-1', 'rep-2'], seed: 7, ...options });
  opened.sandboxes.push(sandbox);
  return sandbox;
}

async function watching(sandbox: Sandbox, account = 'rep-1'): Promise<Watch> {
  const opening = await watch(sandbox, account);
  opened.watches.push(opening);
  return opening;
}

const constant = (ms: number): Partial<SandboxOptions> => ({ delayMs: { kind: 'constant', ms } });
const keysOf = (seen: readonly Seen[], side: Seen['side']): string[] =>
  seen.filter((one) => one.side === side).map(({ key }) => key);
const until = (condition: () => void): Promise<void> => vi.waitFor(condition, { timeout: 15_000, interval: 5 });

describe('the systems', () => {
  it('tell the old feed first, then the new one', async () => {
    const sandbox = await start();
    const { seen } = await watching(sandbox);
    const { key } = sandbox.publish('rep-1', 'email_opened');
    await until(() => expect(seen).toHaveLength(2));
    expect(seen.map(({ side, event, type }) => [side, event, type])).toEqual([
      ['control', 'email-opened', 'email_opened'],
      ['candidate', 'item_created', 'email_open'],
    ]);
    expect(seen.map((one) => one.key)).toEqual([key, key]);
    expect(seen[1]?.payload).toContain('"enriched":{"company"');
    expect(sandbox.truth.published).toMatchObject([{ key, delivered: { control: 1, candidate: 1 }, during: [] }]);
  });

  it('tell of page visits on the new feed alone', async () => {
    const sandbox = await start();
    const { seen } = await watching(sandbox);
    sandbox.publish('rep-1', 'page_visited');
    await sandbox.drained();
    await until(() => expect(seen).toHaveLength(1));
    expect(seen[0]).toMatchObject({ side: 'candidate', type: CANDIDATE_TYPES.page_visited });
    expect(sandbox.truth.totals).toEqual({ published: 1, control: 0, candidate: 1 });
  });

  it('leave out accounts that are not connected, or lack the flag', async () => {
    const sandbox = await start();
    const { seen } = await watching(sandbox, 'rep-1');
    sandbox.flag.set('rep-1', 'off');
    sandbox.publish('rep-1', 'email_opened');
    sandbox.publish('rep-2', 'email_opened');
    await sandbox.drained();
    sandbox.flag.set('rep-1', 'on');
    sandbox.publish('rep-1', 'email_clicked');
    await until(() => expect(seen).toHaveLength(3));
    expect(sandbox.truth.published.map(({ withheld }) => withheld)).toEqual(['flag off', 'not connected', undefined]);
    expect(seen.map(({ type }) => type)).toEqual(['email_opened', 'email_clicked', 'email_click']);
  });

  it('never broadcast before the constant delay is over, and keep the order of dispatch', async () => {
    const sandbox = await start(constant(30));
    const { seen } = await watching(sandbox);
    const dispatched = new Map<string, number>();
    const broadcast = new Map<string, number>();
    const publish = sandbox.phoenix.publish.bind(sandbox.phoenix);
    vi.spyOn(sandbox.phoenix, 'publish').mockImplementation((topic, event, payload) => {
      const key = /"id":(\d+),"note"/.exec(String(payload))?.[1] ?? '';
      broadcast.set(key, performance.now());
      return publish(topic, event, payload);
    });
    for (let nth = 0; nth < 50; nth++) {
      const before = performance.now();
      dispatched.set(sandbox.publish('rep-1', 'send_failed').key, before);
    }
    await sandbox.drained();
    await until(() => expect(seen).toHaveLength(100));
    expect(broadcast.size).toBe(50);
    for (const [key, at] of broadcast) expect(at - (dispatched.get(key) ?? 0)).toBeGreaterThanOrEqual(30);
    expect(keysOf(seen, 'candidate')).toEqual(keysOf(seen, 'control'));
  });

  it('let parallel workers change the order', async () => {
    const sandbox = await start({ workers: 8, delayMs: { kind: 'uniform', minMs: 1, maxMs: 30 } });
    const { seen } = await watching(sandbox);
    for (let nth = 0; nth < 60; nth++) sandbox.publish('rep-1', 'send_failed');
    await until(() => expect(seen).toHaveLength(120));
    expect(keysOf(seen, 'candidate')).not.toEqual(keysOf(seen, 'control'));
    expect(keysOf(seen, 'candidate').sort()).toEqual(keysOf(seen, 'control').sort());
  });

  it('check each account\u2019s token on both sides', async () => {
    const sandbox = await start({ tokens: { 'rep-1': 'secret-1' } });
    expect(tokenOf(sandbox, 'rep-1')).toBe('secret-1');
    expect((await authorize(sandbox, 'rep-1', 'secret-1', '1.1')).status).toBe(200);
    expect((await authorize(sandbox, 'rep-1', tokenOf(sandbox, 'rep-2'), '1.1')).status).toBe(403);
    expect((await authorize(sandbox, 'rep-1', '', '1.1')).status).toBe(403);
    const status = await new Promise((resolve) => {
      const socket = new WebSocket(`${sandbox.phoenix.url}/websocket?vsn=2.0.0&token=wrong`);
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode));
      socket.on('open', () => resolve('open'));
      socket.on('error', () => undefined);
    });
    expect(status).toBe(403);
  });

  it('survive an outage of the legacy feed on the same port', async () => {
    const sandbox = await start();
    const { seen, closed } = await watching(sandbox);
    const { port } = sandbox.pusher;
    await sandbox.stopPusher();
    await until(() => expect(closed).toEqual([{ side: 'control', code: 1006 }]));
    const lost = sandbox.publish('rep-1', 'email_opened');
    await until(() => expect(keysOf(seen, 'candidate')).toEqual([lost.key]));
    await sandbox.startPusher();
    expect(sandbox.pusher.port).toBe(port);
    const again = await watching(sandbox);
    const told = sandbox.publish('rep-1', 'email_opened');
    await until(() => expect(keysOf(again.seen, 'control')).toEqual([told.key]));
    expect(sandbox.truth.published.map(({ delivered }) => delivered.control)).toEqual([0, 1]);
  });

  it('refuse what cannot be', async () => {
    const sandbox = await start();
    expect(() => sandbox.publish('nobody')).toThrow(/no account "nobody"; choose one of rep-1, rep-2/);
    expect(() => sandbox.publish('rep-1', 'page_visited', { fault: 'drop' })).toThrow(CallError);
    expect(() => sandbox.publish('rep-1', 'email' as 'email_opened')).toThrow(/no type "email"/);
    expect(() => sandbox.strike('mute', 'nobody')).toThrow(CallError);
    expect(() => sandbox.strike('close-without-rejoin', 'rep-1', { side: 'control' })).toThrow(
      /cannot happen on control/,
    );
    await expect(sandbox.run({ ratePerS: 0, durationMs: 10 })).rejects.toThrow(CallError);
    await expect(sandbox.run({ ratePerS: 10, durationMs: 1000, faults: { drop: 50 } })).rejects.toThrow(/drop/);
    await expect(startSandbox({ accounts: ['a', 'a'], seed: 1 })).rejects.toThrow(CallError);
    await expect(startSandbox({ accounts: ['a b'], seed: 1 })).rejects.toThrow(CallError);
    const taken = sandbox.pusher.port;
    await expect(startSandbox({ accounts: ['a'], seed: 1, phoenixPort: taken })).rejects.toThrow(CallError);
  });
});

describe('faults of events', () => {
  it('drop: the candidate stays silent', async () => {
    const sandbox = await start();
    const { seen } = await watching(sandbox);
    const { key } = sandbox.publish('rep-1', 'email_opened', { fault: 'drop' });
    await sandbox.drained();
    const { key: last } = sandbox.publish('rep-1', 'email_opened');
    await until(() => expect(keysOf(seen, 'candidate')).toEqual([last]));
    expect(keysOf(seen, 'control')).toEqual([key, last]);
    expect(sandbox.truth.faults).toMatchObject([{ fault: 'drop', account: 'rep-1', key, expects: 'missing' }]);
    expect(sandbox.truth.published[0]).toMatchObject({ key, fault: 'drop', delivered: { control: 1, candidate: 0 } });
  });

  it('duplicate: the same payload twice', async () => {
    const sandbox = await start();
    const { seen } = await watching(sandbox);
    const { key } = sandbox.publish('rep-1', 'email_opened', { fault: 'duplicate' });
    await until(() => expect(keysOf(seen, 'candidate')).toEqual([key, key]));
    expect(seen[1]?.payload).toBe(seen[2]?.payload);
    expect(sandbox.truth.published[0]?.delivered).toEqual({ control: 1, candidate: 2 });
  });

  it('delay: past the window, but it comes', async () => {
    const sandbox = await start({ ...constant(0), window: { beforeMs: 0, afterMs: 80 } });
    const { seen } = await watching(sandbox);
    const startedMs = performance.now();
    const late = sandbox.publish('rep-1', 'email_opened', { fault: 'delay' });
    await until(() => expect(keysOf(seen, 'candidate')).toEqual([late.key]));
    expect(performance.now() - startedMs).toBeGreaterThan(80);
    expect(sandbox.truth.faults).toMatchObject([{ fault: 'delay', key: late.key, expects: 'late' }]);
  });

  it('reorder: later events overtake it', async () => {
    const sandbox = await start({ ...constant(1), window: { beforeMs: 0, afterMs: 60_000 } });
    const { seen } = await watching(sandbox);
    const held = sandbox.publish('rep-1', 'email_opened', { fault: 'reorder' });
    const [second, third] = [sandbox.publish('rep-1', 'email_clicked'), sandbox.publish('rep-1', 'email_clicked')];
    await until(() => expect(keysOf(seen, 'candidate')).toEqual([second.key, third.key, held.key]));
    expect(sandbox.truth.faults).toMatchObject([{ fault: 'reorder', key: held.key, expects: 'reordered' }]);
  });

  it('reorder: released at last although nothing follows', async () => {
    const sandbox = await start({ ...constant(1), window: { beforeMs: 0, afterMs: 100 } });
    const { seen } = await watching(sandbox);
    const held = sandbox.publish('rep-1', 'email_opened', { fault: 'reorder' });
    await until(() => expect(keysOf(seen, 'candidate')).toEqual([held.key]));
  });

  it('edit: exactly one value differs from the healthy payload', async () => {
    const [healthy, sick] = [await start(), await start()];
    const [well, ill] = [await watching(healthy), await watching(sick)];
    const paths = new Set<string>();
    for (let nth = 0; nth < 60; nth++) {
      healthy.publish('rep-1', 'email_opened');
      sick.publish('rep-1', 'email_opened', { fault: 'edit' });
    }
    await Promise.all([healthy.drained(), sick.drained()]);
    await until(() => expect([well.seen.length, ill.seen.length]).toEqual([120, 120]));
    for (const { key, detail } of sick.truth.faults) {
      const [a, b] = [well, ill].map(({ seen }) => seen.find((one) => one.side === 'candidate' && one.key === key));
      const candidatePath = String(detail['path'])
        .replaceAll(/\[(\d+)\]/g, '.$1')
        .replace('$.person.full_name', '$.person.name')
        .replace('$.person.', '$.actor.')
        .replace('$.', '$.resource.');
      expect(differing(a?.payload ?? '', b?.payload ?? '')).toEqual([candidatePath]);
      paths.add(String(detail['path']));
    }
    expect(sick.truth.faults).toHaveLength(60);
    expect(paths.size).toBeGreaterThan(10);
    for (const path of paths) expect(path).not.toMatch(/^\$\.(?:id|type|updated_at)$|actor/);
  });

  it('extra: an event that control never had', async () => {
    const sandbox = await start();
    const { seen } = await watching(sandbox);
    const { key } = sandbox.publish('rep-1', 'email_opened', { fault: 'extra' });
    await until(() => expect(keysOf(seen, 'candidate')).toHaveLength(2));
    const ghost = sandbox.truth.faults[0]?.key;
    expect(ghost).not.toBe(key);
    expect(keysOf(seen, 'candidate').sort()).toEqual([key, String(ghost)].sort());
    expect(keysOf(seen, 'control')).toEqual([key]);
  });
});

describe('faults of links', () => {
  it('disconnect: cut at once and as long as it lasts', async () => {
    const sandbox = await start();
    const { closed } = await watching(sandbox);
    const over = sandbox.strike('disconnect', 'rep-1', { side: 'candidate', forMs: 1000 });
    await until(() => expect(closed).toEqual([{ side: 'candidate', code: 1006 }]));
    const lost = sandbox.publish('rep-1', 'email_opened');
    await until(() => expect(sandbox.truth.published).toMatchObject([{ key: lost.key, withheld: 'not connected' }]));
    const early: Pick<Watch, 'seen' | 'raw' | 'closed'> = { seen: [], raw: [], closed: [] };
    // The cut may come before the reply does.
    void watchCandidate(sandbox, 'rep-1', early);
    await until(() => expect(early.closed).toHaveLength(1));
    await over;
    const { seen } = await watching(sandbox);
    const told = sandbox.publish('rep-1', 'email_opened');
    await until(() => expect(keysOf(seen, 'candidate')).toEqual([told.key]));
    const [first, second] = sandbox.truth.published;
    expect(first).toMatchObject({ key: lost.key, during: ['candidate disconnect'], delivered: { candidate: 0 } });
    expect(second).toMatchObject({ key: told.key, during: [] });
  });

  it.each(['control', 'candidate'] as const)('mute: %s stays up and brings nothing', async (side) => {
    const sandbox = await start();
    const { seen, closed } = await watching(sandbox);
    const other = side === 'control' ? 'candidate' : 'control';
    const over = sandbox.strike('mute', 'rep-1', { side, forMs: 200 });
    const lost = sandbox.publish('rep-1', 'email_opened');
    await until(() => expect(keysOf(seen, other)).toEqual([lost.key]));
    await over;
    const told = sandbox.publish('rep-1', 'email_opened');
    await until(() => expect(keysOf(seen, side)).toEqual([told.key]));
    expect(closed).toEqual([]);
    const expects = side === 'candidate' ? 'missing' : 'extra';
    expect(sandbox.truth.faults).toMatchObject([{ fault: 'mute', side, forMs: 200, expects }]);
  });

  it('refuse-join: cut, and not let in again while it lasts', async () => {
    const sandbox = await start();
    const { closed } = await watching(sandbox);
    const over = sandbox.strike('refuse-join', 'rep-1', { forMs: 1000 });
    await until(() => expect(closed).toHaveLength(1));
    const refused: Pick<Watch, 'seen' | 'raw' | 'closed'> = { seen: [], raw: [], closed: [] };
    await watchCandidate(sandbox, 'rep-1', refused);
    expect(refused.raw.map(({ text }) => text).join()).toContain('"status":"error"');
    await over;
    const { raw } = await watching(sandbox);
    expect(raw.find(({ side }) => side === 'candidate')?.text).toContain('"status":"ok"');
  });

  it('close-without-rejoin: the channel ends on a socket that stays up', async () => {
    const sandbox = await start();
    const { raw, closed } = await watching(sandbox);
    await sandbox.strike('close-without-rejoin', 'rep-1');
    await until(() => expect(raw.some(({ text }) => text.includes('"phx_close"'))).toBe(true));
    sandbox.publish('rep-1', 'email_opened');
    await sandbox.drained();
    expect(sandbox.truth.published).toMatchObject([{ withheld: 'not connected' }]);
    expect(closed).toEqual([]);
  });

  it.each(['control', 'candidate'] as const)('malformed: %s sends what is no JSON', async (side) => {
    const sandbox = await start();
    const { raw } = await watching(sandbox);
    const before = raw.length;
    await sandbox.strike('malformed', 'rep-1', { side });
    await until(() => expect(raw).toHaveLength(before + 1));
    expect(raw.at(-1)?.side).toBe(side);
    expect(() => void JSON.parse(raw.at(-1)?.text ?? '{}')).toThrow(SyntaxError);
  });
});

describe('a run', () => {
  const plan = { drop: 3, duplicate: 3, delay: 2, reorder: 3, edit: 3, extra: 3 } as const;
  const options = { window: { beforeMs: 0, afterMs: 400 }, ...constant(5) };

  async function history(
    seed: number,
  ): Promise<{ published: unknown; faults: unknown; sandbox: Sandbox; seen: Seen[] }> {
    const sandbox = await start({ ...options, seed });
    const { seen } = await watching(sandbox, 'rep-1');
    await watching(sandbox, 'rep-2');
    await sandbox.run({ ratePerS: 400, durationMs: 500, faults: plan });
    await sandbox.drained();
    const published = sandbox.truth.published.map(({ account, type, key, fault }) => ({ account, type, key, fault }));
    const faults = sandbox.truth.faults.map(({ fault, key, detail }) => ({ fault, key, detail }));
    return {
      published,
      faults: faults.sort((a, b) => `${a.fault}${a.key}`.localeCompare(`${b.fault}${b.key}`)),
      sandbox,
      seen,
    };
  }

  it('publishes the same and hits the same for the same seed', async () => {
    const [one, two, other] = [await history(11), await history(11), await history(12)];
    expect(one.published).toEqual(two.published);
    expect(one.faults).toEqual(two.faults);
    expect(other.faults).not.toEqual(one.faults);
  });

  it('injects every fault as often as planned, never two on one event, and delivers all else once', async () => {
    const { sandbox, seen } = await history(21);
    const { truth } = sandbox;
    const counts: Record<string, number> = {};
    for (const { fault } of truth.faults) counts[fault] = (counts[fault] ?? 0) + 1;
    expect(counts).toEqual(plan);
    expect(truth.published).toHaveLength(200);
    expect(truth.published.filter(({ fault }) => fault !== undefined)).toHaveLength(17);
    for (const { fault, type, delivered } of truth.published) {
      const candidate = fault === 'drop' ? 0 : fault === 'duplicate' ? 2 : 1;
      expect(delivered).toEqual({ control: type === 'page_visited' ? 0 : 1, candidate });
    }
    const mine = truth.published.filter(({ account }) => account === 'rep-1');
    await until(() =>
      expect(keysOf(seen, 'control')).toEqual(mine.filter((one) => one.delivered.control > 0).map((one) => one.key)),
    );
    const reordered = truth.faults.filter(({ fault, account }) => fault === 'reorder' && account === 'rep-1');
    const order = keysOf(seen, 'candidate');
    for (const { key = '' } of reordered) {
      const index = mine.findIndex((one) => one.key === key);
      const next = mine.slice(index + 1).find(({ type }) => type !== 'page_visited');
      expect(order.indexOf(next?.key ?? '')).toBeLessThan(order.indexOf(key));
    }
  });

  it('puts no event fault where a link fault would hide it', async () => {
    const sandbox = await start({ ...options, accounts: ['rep-1', 'rep-2'] });
    await Promise.all([watching(sandbox, 'rep-1'), watching(sandbox, 'rep-2')]);
    await sandbox.run({
      ratePerS: 100,
      durationMs: 1500,
      faults: { drop: 5, mute: { count: 1, side: 'candidate', forMs: 200 } },
    });
    await sandbox.drained();
    const mute = sandbox.truth.faults.find(({ fault }) => fault === 'mute');
    const drops = sandbox.truth.faults.filter(({ fault }) => fault === 'drop');
    expect(mute).toMatchObject({ side: 'candidate', forMs: 200 });
    expect(drops).toHaveLength(5);
    const struck = sandbox.truth.published.filter(({ during }) => during.length > 0);
    expect(struck.length).toBeGreaterThan(0);
    for (const one of struck) expect([one.account, one.fault]).toEqual([mute?.account, undefined]);
  });

  it('ends when its signal says so', async () => {
    const sandbox = await start();
    const leaving = new AbortController();
    const running = sandbox.run({ ratePerS: 500, durationMs: Number.POSITIVE_INFINITY, signal: leaving.signal });
    await until(() => expect(sandbox.truth.totals.published).toBeGreaterThan(20));
    leaving.abort();
    await running;
    const { published } = sandbox.truth.totals;
    await sandbox.drained();
    expect(sandbox.truth.totals.published).toBe(published);
    const endless = sandbox.run({ ratePerS: 500, durationMs: Number.POSITIVE_INFINITY });
    await sandbox.stop();
    await endless;
  });
});

describe('the config', () => {
  it('is one that the loader takes', async () => {
    const sandbox = await start({
      window: { beforeMs: 0, afterMs: 1500 },
      gate: { confidence: 0.9, missing: 0, minPerType: 1 },
    });
    expect((parseYaml(sandbox.config()) as { gate: unknown }).gate).toEqual({
      confidence: 0.9,
      missing: 0,
      minPerType: 1,
    });
    const folder = await mkdtemp(join(tmpdir(), 'sandbox-config-'));
    await writeFile(`${folder}/parity.yaml`, sandbox.config());
    const { settings } = await loadSettings(`${folder}/parity.yaml`, { env: {}, today: '2026-11-22', cwd: folder });
    await rm(folder, { recursive: true });
    expect(settings.match.window).toEqual({ beforeMs: 0, afterMs: 1500 });
    expect(settings.events.map(({ name }) => name).sort()).toEqual([
      'email_clicked',
      'email_opened',
      'email_replied',
      'page_visited',
      'send_failed',
    ]);
    expect(settings.control).toMatchObject({ kind: 'pusher', pusher: { port: sandbox.pusher.port, tls: false } });
    expect(settings.candidate).toMatchObject({ kind: 'phoenix', phoenix: { url: sandbox.phoenix.url } });
  });
});

describe('the API', () => {
  it('publishes, injects, turns the flag and tells the truth', async () => {
    const sandbox = await start({ apiPort: 0 });
    const { seen } = await watching(sandbox);
    const post = async (path: string, body: unknown): Promise<[number, Record<string, unknown>]> => {
      const answer = await fetch(`${sandbox.apiUrl}${path}`, { method: 'POST', body: JSON.stringify(body) });
      return [answer.status, (await answer.json()) as Record<string, unknown>];
    };
    const [status, told] = await post('/events', { account: 'rep-1', type: 'email_opened' });
    expect([status, told['type']]).toEqual([201, 'email_opened']);
    await until(() => expect(keysOf(seen, 'candidate')).toEqual([told['key']]));
    expect((await post('/faults', { account: 'rep-1', fault: 'drop' }))[0]).toBe(201);
    expect((await post('/faults', { account: 'rep-1', fault: 'mute', side: 'control', forMs: 1 }))[0]).toBe(201);
    await sandbox.drained();
    expect(await post('/flags', { account: 'rep-1', variant: 'off' })).toEqual([
      200,
      { account: 'rep-1', variant: 'off' },
    ]);
    await sandbox.drained();
    const truth = (await (await fetch(`${sandbox.apiUrl}/truth`)).json()) as { faults: { fault: string }[] };
    expect(truth.faults.map(({ fault }) => fault).sort()).toEqual(['drop', 'mute']);
    expect(await (await fetch(`${sandbox.apiUrl}/flags`)).json()).toEqual({
      'new-feed': { 'rep-1': 'off', 'rep-2': 'on' },
    });
    expect(await (await fetch(`${sandbox.apiUrl}/config`)).text()).toBe(sandbox.config());
  });

  it('tells what is wrong with a request', async () => {
    const sandbox = await start({ apiPort: 0 });
    const post = async (path: string, body: string): Promise<[number, string]> => {
      const answer = await fetch(`${sandbox.apiUrl}${path}`, { method: 'POST', body });
      return [answer.status, ((await answer.json()) as { error: string }).error];
    };
    expect(await post('/events', '{"account":"nobody"}')).toEqual([
      400,
      expect.stringContaining('no account "nobody"'),
    ]);
    expect(await post('/events', 'nonsense')).toEqual([400, expect.stringContaining('no JSON object')]);
    expect(await post('/faults', '{"account":"rep-1","fault":"toString"}')).toEqual([
      400,
      expect.stringContaining('no fault'),
    ]);
    expect(await post('/faults', '{"account":"rep-1","fault":"mute","side":"left"}')).toEqual([
      400,
      expect.stringContaining('left'),
    ]);
    expect((await post('/nowhere', '{}'))[0]).toBe(404);
  });
});

/** Every value of a payload that has no members, by its path, as it is spelt; and what every array and object holds. */
function flat(value: unknown, path = '$', into = new Map<string, string>()): Map<string, string> {
  if (typeof value !== 'object' || value === null || isLosslessNumber(value)) {
    return into.set(path, isLosslessNumber(value) ? value.toString() : JSON.stringify(value));
  }
  into.set(`${path} names`, Object.keys(value).join());
  for (const [name, member] of Object.entries(value)) flat(member, `${path}.${name}`, into);
  return into;
}

function differing(a: string, b: string): string[] {
  const [x, y] = [flat(parseLosslessly(a)), flat(parseLosslessly(b))];
  return [...new Set([...x.keys(), ...y.keys()])].filter((path) => x.get(path) !== y.get(path));
}

import { describe, expect, it, onTestFinished } from 'vitest';
import { parse as parseLosslessly } from 'lossless-json';
import { parse as parseYaml } from 'yaml';
import type { ItemType } from '../../src/sandbox/scenario.js';
import type { Sandbox, SandboxOptions } from '../../src/sandbox/system.js';
import { startSandbox } from '../../src/sandbox/system.js';
import { tokenOf } from './system-watch.js';

async function start(options: Partial<SandboxOptions> = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({ accounts: ['rep-1', 'rep-2'], seed: 7, pageSize: 10, ...options });
  onTestFinished(() => sandbox.stop());
  return sandbox;
}

async function publish(sandbox: Sandbox, events: number, type?: ItemType): Promise<void> {
  for (let nth = 0; nth < events; nth++) sandbox.publish('rep-1', type);
  await sandbox.drained();
}

function get(sandbox: Sandbox, url: string, account = 'rep-1'): Promise<Response> {
  return fetch(url, { headers: { authorization: `Bearer ${tokenOf(sandbox, account)}` }, redirect: 'manual' });
}

const OPENS = '/api/accounts/rep-1/opens';

const published = (sandbox: Sandbox, ...types: ItemType[]): string[] =>
  sandbox.truth.published
    .filter(({ type }) => types.includes(type))
    .map(({ key }) => key)
    .reverse();

/** The ids of a page's items, digit by digit. */
function idsOf(text: string, ...steps: readonly string[]): string[] {
  const items = steps.reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], parseLosslessly(text));
  return (items as { id: unknown }[]).map(({ id }) => String(id));
}

describe('the legacy lists', () => {
  it('follow by page number', async () => {
    const sandbox = await start();
    await publish(sandbox, 23, 'email_opened');
    const pages = await Promise.all(
      [1, 2, 3, 4].map(async (page) =>
        (await get(sandbox, `${sandbox.listUrl('control')}${OPENS}?page=${page}`)).text(),
      ),
    );
    expect(pages.map((page) => (JSON.parse(page) as { items: unknown[] }).items.length)).toEqual([10, 10, 3, 0]);
    expect(pages.flatMap((page) => idsOf(page, 'items'))).toEqual(published(sandbox, 'email_opened'));
  });

  it('follow by cursor, also while others come', async () => {
    const sandbox = await start();
    await publish(sandbox, 15, 'email_clicked');
    const before = published(sandbox, 'email_clicked');
    const url = `${sandbox.listUrl('control')}/api/accounts/rep-1/clicks`;
    const first = await (await get(sandbox, url)).text();
    const { next_cursor: cursor } = (JSON.parse(first) as { meta: { next_cursor: string } }).meta;
    await publish(sandbox, 4, 'email_clicked');
    const second = await (await get(sandbox, `${url}?cursor=${cursor}`)).text();
    expect([...idsOf(first, 'data', 'clicks'), ...idsOf(second, 'data', 'clicks')]).toEqual(before);
    expect((JSON.parse(second) as { meta: unknown }).meta).toEqual({ next_cursor: null });
  });

  it('follow by Link header', async () => {
    const sandbox = await start();
    await publish(sandbox, 12, 'email_replied');
    const url = `${sandbox.listUrl('control')}/api/accounts/rep-1/feed-items`;
    const first = await get(sandbox, url);
    const [, next = ''] = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '') ?? [];
    const second = await get(sandbox, new URL(next, url).href);
    expect(second.headers.get('link')).toBeNull();
    expect([...idsOf(await first.text()), ...idsOf(await second.text())]).toEqual(published(sandbox, 'email_replied'));
  });

  it('are for the account of the token alone', async () => {
    const sandbox = await start();
    const url = sandbox.listUrl('control') + OPENS;
    expect((await get(sandbox, url)).status).toBe(200);
    expect((await get(sandbox, url, 'rep-2')).status).toBe(404);
    expect((await fetch(url)).status).toBe(401);
    expect((await fetch(`${sandbox.listUrl('candidate')}/v1/feed`)).status).toBe(401);
  });

  it('tell a record as it is now', async () => {
    const sandbox = await start();
    await publish(sandbox, 1, 'email_opened');
    const [key] = published(sandbox, 'email_opened');
    const { record } = (await (await get(sandbox, `${sandbox.listUrl('control')}/api/records/${key}`)).json()) as {
      record: { type: string };
    };
    expect(record.type).toBe('email_opened');
    expect((await get(sandbox, `${sandbox.listUrl('control')}/api/records/1`)).status).toBe(404);
  });
});

describe('the new list', () => {
  it('holds all kinds, as the jobs bring them, and whether anybody listens or not', async () => {
    const sandbox = await start({ pageSize: 100, delayMs: { kind: 'constant', ms: 200 } });
    sandbox.flag.set('rep-1', 'off');
    for (let nth = 0; nth < 40; nth++) sandbox.publish('rep-1');
    const url = `${sandbox.listUrl('candidate')}/v1/feed`;
    const itemsNow = async () => ((await (await get(sandbox, url)).json()) as { data: { type: string }[] }).data;
    expect(await itemsNow()).toEqual([]);
    await sandbox.drained();
    const items = await itemsNow();
    expect(items).toHaveLength(40);
    expect(new Set(items.map(({ type }) => type)).size).toBe(5);
  });
});

describe('the switches of the lists', () => {
  it('are among the faults of the API, and can be healed there', async () => {
    const sandbox = await start({ apiPort: 0 });
    const url = sandbox.listUrl('control') + OPENS;
    const post = (body: object) =>
      fetch(`${sandbox.apiUrl}/faults`, { method: 'POST', body: JSON.stringify({ account: 'rep-1', ...body }) });
    expect((await post({ fault: 'server-error', side: 'control' })).status).toBe(201);
    expect((await get(sandbox, url)).status).toBe(500);
    expect((await fetch(`${sandbox.apiUrl}/faults`, { method: 'DELETE' })).status).toBe(200);
    expect((await get(sandbox, url)).status).toBe(200);
    const short = await post({ fault: 'stale-item' });
    expect(short.status).toBe(400);
    expect(await short.json()).toEqual({
      error: 'The list of rep-1 on candidate is too short for stale-item; publish more events first.',
    });
    expect((await post({ fault: 'slow', byMs: 'much' })).status).toBe(400);
    expect((await post({ fault: 'slow', side: 'both' })).status).toBe(400);
  });

  it('spoil so many answers as they are told to', async () => {
    const sandbox = await start();
    sandbox.strikeLists('too-many-requests', 'rep-1', { side: 'control', times: 2 });
    const url = sandbox.listUrl('control') + OPENS;
    const statuses: number[] = [];
    for (let nth = 0; nth < 3; nth++) statuses.push((await get(sandbox, url)).status);
    expect(statuses).toEqual([429, 429, 200]);
  });

  it('end when their time is over', async () => {
    const sandbox = await start();
    sandbox.strikeLists('server-error', 'rep-1', { side: 'control', forMs: 1_500 });
    const url = sandbox.listUrl('control') + OPENS;
    expect((await get(sandbox, url)).status).toBe(500);
    await sandbox.drained();
    expect((await get(sandbox, url)).status).toBe(200);
  });

  it('tell the truth of what they hit', async () => {
    const sandbox = await start();
    await publish(sandbox, 30);
    sandbox.strikeLists('missing-item', 'rep-1');
    sandbox.strikeLists('redirect-loop', 'rep-2', { side: 'control' });
    const [missing, loop] = sandbox.truth.faults;
    expect(missing).toMatchObject({ fault: 'missing-item', side: 'candidate', expects: 'missing' });
    expect(sandbox.truth.published.map(({ key }) => key)).toContain(missing?.key);
    expect(loop).toMatchObject({ fault: 'redirect-loop', account: 'rep-2', expects: 'no answer' });
  });
});

describe('the config of the sandbox', () => {
  it('names its lists', async () => {
    const sandbox = await start();
    const { snapshot } = parseYaml(sandbox.config()) as { snapshot: { control: { url: string }[]; limit: number } };
    expect(snapshot.control.map(({ url }) => url)).toEqual(
      ['opens', 'clicks', 'feed-items'].map(
        (list) => `${sandbox.listUrl('control')}/api/accounts/{account.id}/${list}`,
      ),
    );
    expect(snapshot.limit).toBe(50);
  });
});

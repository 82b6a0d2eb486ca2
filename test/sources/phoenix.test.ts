import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Account, PhoenixSettings } from '../../src/model/settings.js';
import { type PhoenixOptions, type PhoenixServer, startPhoenixServer } from '../../src/sandbox/phoenix-server.js';
import { PACE, type Pace } from '../../src/sources/pace.js';
import { openPhoenix } from '../../src/sources/phoenix.js';
import { textOf } from '../../src/sources/wire.js';
import { DELICATE, Stage, accountsNamed } from './stage.js';

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanup.splice(0).reverse()) await clean();
});

async function serve(options: PhoenixOptions = {}): Promise<PhoenixServer> {
  const server = await startPhoenixServer(options);
  cleanup.push(() => server.stop('abrupt'));
  return server;
}

function settingsFor(url: string, changes: Partial<PhoenixSettings> = {}): PhoenixSettings {
  return { url, params: { token: '{account.token}' }, topics: ['feed:{account.id}'], join: {}, ...changes };
}

function listen(settings: PhoenixSettings, accounts: Account[] = accountsNamed('a'), pace?: Pace): Stage {
  const stage = new Stage('candidate', accounts);
  const source = openPhoenix(settings, stage.context, pace);
  cleanup.push(() => source.stop());
  source.start();
  return stage;
}

type Message = [joinRef: string | null, ref: string | null, topic: string, event: string, payload: unknown];

/** A server that answers as a test wants. */
async function serveOdd(answer: (socket: WebSocket, message: Message, connections: number) => void): Promise<string> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  let connections = 0;
  server.on('connection', (socket) => {
    const connection = ++connections;
    socket.on('message', (data) => answer(socket, JSON.parse(textOf(data)) as Message, connection));
  });
  cleanup.push(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/socket`;
}

function reply(socket: WebSocket, [joinRef, ref, topic]: Message, status: string, response: object = {}): void {
  socket.send(JSON.stringify([joinRef, ref, topic, 'phx_reply', { status, response }]));
}

describe('the phoenix source', () => {
  it('gives the text of each event exactly as it came', async () => {
    const server = await serve();
    const stage = listen(settingsFor(server.url));
    await stage.up();
    for (const payload of DELICATE) {
      server.publish('feed:a', 'item_created', payload);
      server.push('feed:a', 'item_pushed', payload);
    }
    await stage.received(2 * DELICATE.length);
    expect(stage.frames.map((frame) => frame.payload)).toEqual(DELICATE.flatMap((payload) => [payload, payload]));
    expect(stage.frames[0]).toMatchObject({
      side: 'candidate',
      account: 'a',
      channel: 'feed:a',
      event: 'item_created',
    });
    expect(stage.frames.filter((frame) => frame.unreadable !== undefined)).toEqual([]);
  });

  it('keeps the protocol’s own talk and presence to itself', async () => {
    const server = await serve({ presence: true });
    const stage = listen(settingsFor(server.url, { topics: ['feed:{account.id}', 'news'] }), accountsNamed('a', 'b'));
    await stage.up(2);
    server.publish('news', 'item_created', '{}');
    await stage.received(2);
    expect(stage.frames.map((frame) => `${frame.account} ${frame.event}`).sort()).toEqual([
      'a item_created',
      'b item_created',
    ]);
    expect(stage.story).toEqual(['up subscribed', 'up subscribed']);
  });

  it('tells of a binary event that it cannot be read', async () => {
    const server = await serve();
    const stage = listen(settingsFor(server.url));
    await stage.up();
    server.publish('feed:a', 'blob', Buffer.from([5, 6]));
    await stage.received(1);
    expect(stage.frames[0]).toMatchObject({ channel: 'feed:a', event: 'blob', unreadable: 'binary payload' });
  });

  it('survives binary frames that are none', async () => {
    const url = await serveOdd((socket, message) => {
      reply(socket, message, 'ok');
      for (const bytes of [[], [9], [0, 1], [2, 200, 200, 1]]) socket.send(Buffer.from(bytes));
      socket.send('[null,null,"feed:a","item_created",{"n":1}]');
    });
    const stage = listen(settingsFor(url));
    await stage.until(({ frames }) => frames.some((frame) => frame.event === 'item_created'));
    expect(stage.frames.filter((frame) => frame.unreadable !== undefined).length).toBe(4);
    expect(stage.story).toEqual(['up subscribed']);
  });

  it('carries a token in the sub-protocol, whatever its base64 looks like', async () => {
    const url = await serveOdd((socket, message) => reply(socket, message, 'ok'));
    // Its plain base64 holds a slash, which is no part of a sub-protocol's name.
    const stage = listen(settingsFor(url, { params: {}, authToken: '???{account.token}???' }));
    await stage.up();
    expect(stage.story).toEqual(['up subscribed']);
  });

  it.each(['orderly', 'abrupt'] as const)('comes back after an %s stop of the server', async (how) => {
    const server = await serve();
    const stage = listen(settingsFor(server.url));
    await stage.up();
    await server.stop(how);
    await stage.down();
    const again = await serve({ port: server.port });
    await stage.up(2);
    again.publish('feed:a', 'item_created', '{"n":2}');
    await stage.received(1);
    const reason = how === 'orderly' ? 'socket closed (1012)' : 'socket closed (1006)';
    expect(stage.story).toEqual(['up subscribed', `down ${reason}`, 'up subscribed']);
  });

  it('comes back after a close with 1000', async () => {
    const server = await serve();
    const stage = listen(settingsFor(server.url));
    await stage.up();
    server.disconnect('feed:a', { code: 1000 });
    await stage.up(2);
    expect(stage.story).toEqual(['up subscribed', 'down socket closed (1000)', 'up subscribed']);
  });

  it.each(['phx_close', 'phx_error'] as const)('joins again after %s, on the same connection', async (event) => {
    const server = await serve();
    const stage = listen(settingsFor(server.url));
    await stage.up();
    if (event === 'phx_close') server.endSubscription('feed:a');
    else server.crash('feed:a');
    await stage.up(2);
    server.publish('feed:a', 'item_created', '{"n":2}');
    await stage.received(1);
    expect(stage.story).toEqual(['up subscribed', `down ${event}`, 'up subscribed']);
  });

  it('counts what is no frame, and still gets what comes after it', async () => {
    const server = await serve();
    const stage = listen(settingsFor(server.url));
    await stage.up();
    const odd = ['not json', '[1,2]', '{}', '[null,null,"feed:a","phx_reply",{]', 'x'.repeat(9_999)];
    for (const text of odd) server.sendRaw('feed:a', text);
    server.publish('feed:a', 'item_created', '{"n":1}');
    await stage.until(({ frames }) => frames.some((frame) => frame.event === 'item_created'));
    const unreadable = stage.frames.filter((frame) => frame.unreadable !== undefined);
    expect(unreadable.map((frame) => frame.unreadable)).toEqual([
      'no JSON',
      'no Phoenix frame',
      'no Phoenix frame',
      'no JSON',
      'no JSON',
    ]);
    expect(unreadable.at(-1)?.payload.length).toBe(2_048);
    expect(stage.story).toEqual(['up subscribed']);
  });

  it('takes no text that is not UTF-8, and tells that it was cut off by it', async () => {
    let asked = 0;
    const url = await serveOdd((socket, message) => {
      reply(socket, message, 'ok');
      const text = Buffer.from('[null,null,"feed:a","item_created",{"n":"\xff"}]', 'latin1');
      if (asked++ === 0) socket.send(text, { binary: false });
    });
    const stage = listen(settingsFor(url));
    await stage.up(2);
    const fault = 'Invalid WebSocket frame: invalid UTF-8 sequence';
    expect(stage.story).toEqual(['up subscribed', `down ${fault}`, 'up subscribed']);
    expect(stage.frames).toEqual([]);
  });

  it('tells once and for good that a token is refused, without telling the token', async () => {
    let asked = 0;
    const server = await serve({
      connect: ({ token }) => {
        asked++;
        return token === 'token-of-b' ? { user: 'b' } : 403;
      },
    });
    const stage = listen(settingsFor(server.url), accountsNamed('a', 'b'));
    await stage.down();
    await stage.up();
    const refusal = stage.links.find((link) => link.state === 'down');
    expect(refusal).toMatchObject({ account: 'a', final: true, reason: 'HTTP 403 on the upgrade' });
    expect(refusal?.remedy).toMatch(/candidate\.phoenix\.params/);
    expect(JSON.stringify(stage.entries)).not.toContain('token-of');
    expect(asked).toBe(2);
  });

  it('takes a refused join for final', async () => {
    const server = await serve();
    server.refuse('feed:a', true);
    const stage = listen(settingsFor(server.url));
    await stage.down();
    expect(stage.story).toEqual(['down join of feed:a refused (unauthorized) (final)']);
    expect(stage.links[0]?.remedy).toMatch(/candidate\.phoenix\.topics/);
  });

  it('tries again where a join only crashed', async () => {
    let joins = 0;
    const url = await serveOdd((socket, message) => {
      if (message[3] !== 'phx_join' || ++joins > 1) reply(socket, message, 'ok');
      else reply(socket, message, 'error', { reason: 'join crashed' });
    });
    const stage = listen(settingsFor(url));
    await stage.up();
    expect(stage.story).toEqual(['down join of feed:a refused (join crashed)', 'up subscribed']);
  });

  it('says within the first attempt what it cannot reach, and once only', async () => {
    const former = await startPhoenixServer();
    await former.stop();
    const stage = listen(settingsFor(former.url));
    await stage.down();
    await serve({ port: former.port });
    await stage.up();
    expect(stage.story).toEqual([`down connect ECONNREFUSED 127.0.0.1:${former.port}`, 'up subscribed']);
  });

  it('takes an address that is none for final, without telling it', async () => {
    const stage = listen(settingsFor('nowhere'));
    await stage.down();
    expect(stage.story).toEqual(['down the address is not valid (final)']);
    expect(JSON.stringify(stage.entries)).not.toContain('token-of');
  });

  it('notices a server that has fallen silent', async () => {
    const url = await serveOdd((socket, message, connections) => {
      // Only the second connection answers heartbeats.
      if (message[3] !== 'heartbeat' || connections > 1) reply(socket, message, 'ok');
    });
    const stage = listen(settingsFor(url), accountsNamed('a'), { ...PACE, heartbeatMs: 30 });
    await stage.up(2);
    expect(stage.story).toEqual(['up subscribed', 'down heartbeat unanswered', 'up subscribed']);
  });

  it('once stopped pushes nothing, not even what has already arrived', async () => {
    const server = await serve();
    const stage = new Stage('candidate', accountsNamed('a'));
    const source = openPhoenix(settingsFor(server.url), stage.context);
    source.start();
    await stage.up();
    let stopped: Promise<void> | undefined;
    stage.onPush = () => (stopped ??= source.stop());
    for (let n = 0; n < 100; n++) server.publish('feed:a', 'item_created', '1');
    await stage.received(1);
    await stopped;
    expect(stage.frames.length).toBe(1);
  });

  it('brings up 200 accounts, and after stopping pushes nothing', async () => {
    const accounts = accountsNamed(...Array.from({ length: 200 }, (_, index) => `rep-${index}`));
    const server = await serve();
    const stage = new Stage('candidate', accounts);
    const source = openPhoenix(settingsFor(server.url), stage.context);
    source.start();
    await stage.up(200);
    for (const { id } of accounts) server.publish(`feed:${id}`, 'item_created', `"${id}"`);
    await stage.received(200);
    expect(stage.frames.every((frame) => frame.payload === `"${frame.account}"`)).toBe(true);
    const told = stage.entries.length;
    await source.stop();
    await server.stop('abrupt');
    expect(stage.entries.length).toBe(told);
    expect(stage.links.every((link) => link.state === 'up')).toBe(true);
  });
});

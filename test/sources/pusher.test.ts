import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import PusherServerSdk from 'pusher';
import { afterEach, describe, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Account, PusherSettings } from '../../src/model/settings.js';
import { type PusherServer, type PusherServerOptions, startPusherServer } from '../../src/sandbox/pusher-server.js';
import { PACE, type Pace } from '../../src/sources/pace.js';
import { openPusher } from '../../src/sources/pusher.js';
import { textOf } from '../../src/sources/wire.js';
import { DELICATE, Stage, accountsNamed } from './stage.js';

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanup.splice(0).reverse()) await clean();
});

async function serve(options: PusherServerOptions = {}): Promise<PusherServer> {
  const server = await startPusherServer(options);
  cleanup.push(() => server.stop('abrupt'));
  return server;
}

function settingsFor(server: PusherServer, changes: Partial<PusherSettings> = {}): PusherSettings {
  const auth = { endpoint: server.authEndpoint, headers: { authorization: 'Bearer {account.token}' }, params: {} };
  const { key, host, port } = server;
  return { key, host, port, tls: false, channels: ['private-feed-{account.id}'], auth, ...changes };
}

function listen(settings: PusherSettings, accounts: Account[] = accountsNamed('a'), pace?: Pace): Stage {
  const stage = new Stage('control', accounts);
  const source = openPusher(settings, stage.context, pace);
  cleanup.push(() => source.stop());
  source.start();
  return stage;
}

/** A server that does what the protocol asks only as far as a test wants. */
async function serveOdd(connected: (socket: WebSocket, connections: number) => void): Promise<PusherSettings> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  let connections = 0;
  server.on('connection', (socket) => connected(socket, ++connections));
  cleanup.push(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { key: 'k', host: '127.0.0.1', port, tls: false, channels: ['feed'] };
}

function establish(socket: WebSocket): void {
  const data = JSON.stringify({ socket_id: '1.1', activity_timeout: 120 });
  socket.send(JSON.stringify({ event: 'pusher:connection_established', data }));
}

function acknowledge(socket: WebSocket): void {
  socket.send('{"event":"pusher_internal:subscription_succeeded","channel":"feed","data":"{}"}');
}

/** The body that another address answers to the same form. */
async function relay(request: IncomingMessage, address: string): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const answer = await fetch(address, { method: 'POST', body: Buffer.concat(chunks) });
  return answer.text();
}

describe('the pusher source', () => {
  it('gives the text of each event exactly as it was published', async () => {
    const server = await serve();
    const stage = listen(settingsFor(server));
    await stage.up();
    for (const payload of DELICATE) server.publish('private-feed-a', 'feed-item', payload);
    await stage.received(DELICATE.length);
    expect(stage.frames.map((frame) => frame.payload)).toEqual(DELICATE);
    expect(stage.frames[0]).toMatchObject({
      side: 'control',
      account: 'a',
      channel: 'private-feed-a',
      event: 'feed-item',
    });
    expect(stage.frames.filter((frame) => frame.unreadable !== undefined)).toEqual([]);
  });

  it('takes data that is a plain object, as client events have it, digit by digit', async () => {
    const server = await serve();
    const stage = listen(settingsFor(server));
    await stage.up();
    server.sendRaw(
      'private-feed-a',
      '{"event":"client-hi","channel":"private-feed-a","data":{ "id":9007199254740993, "x":1.0 }}',
    );
    await stage.received(1);
    expect(stage.frames[0]).toMatchObject({ event: 'client-hi', payload: '{ "id":9007199254740993, "x":1.0 }' });
  });

  it.each(['', 'other', 'another'])(
    'takes for data what the message has there, also where it has another inside: %j',
    async (own) => {
      const server = await serve();
      const stage = listen(settingsFor(server));
      await stage.up();
      const data = ['{}', '{\\"n\\":1}'];
      for (const inside of data)
        server.sendRaw(
          'private-feed-a',
          `{"meta":{"data":"${inside}"},"event":"feed-item","channel":"private-feed-a","data":"${own}"}`,
        );
      await stage.received(2);
      expect(stage.frames.map((frame) => frame.payload)).toEqual([own, own]);
    },
  );

  it('is understood by the official server library', async () => {
    const server = await serve();
    const stage = listen(
      settingsFor(server, { channels: ['private-feed-{account.id}', 'presence-{account.id}', 'news'] }),
    );
    await stage.up();
    const { appId, key, secret } = server;
    const sdk = new PusherServerSdk({
      appId,
      key,
      secret,
      host: '127.0.0.1',
      port: String(server.port),
      useTLS: false,
    });
    await sdk.trigger(['private-feed-a', 'presence-a', 'news'], 'feed-item', { text: 'é' });
    await stage.received(3);
    expect(stage.frames.map((frame) => frame.channel).sort()).toEqual(['news', 'presence-a', 'private-feed-a']);
    expect(new Set(stage.frames.map((frame) => frame.payload))).toEqual(new Set(['{"text":"é"}']));
    expect(stage.story).toEqual(['up subscribed']);
  });

  it('is up once all channels of the account are acknowledged', async () => {
    let release: (() => void) | undefined;
    const settings = await serveOdd((socket) => {
      establish(socket);
      socket.on('message', (data) => {
        const frame = JSON.parse(textOf(data)) as { event: string; data: { channel: string } };
        const answer = (): void => {
          socket.send(`{"event":"pusher_internal:subscription_succeeded","channel":"${frame.data.channel}"}`);
        };
        if (frame.data.channel === 'second') release = answer;
        else {
          answer();
          socket.send('{"event":"early","channel":"feed","data":"1"}');
        }
      });
    });
    const stage = listen({ ...settings, channels: ['feed', 'second'] });
    await stage.received(1);
    expect(stage.links).toEqual([]);
    await expect.poll(() => release).toBeDefined();
    release?.();
    await stage.up();
    expect(stage.entries.map((entry) => entry.kind)).toEqual(['frame', 'link']);
  });

  it.each(['orderly', 'abrupt'] as const)('comes back after an %s stop of the server', async (how) => {
    const server = await serve();
    const stage = listen(settingsFor(server));
    await stage.up();
    await server.stop(how);
    await stage.down();
    const again = await serve({ port: server.port });
    await stage.up(2);
    again.publish('private-feed-a', 'feed-item', '{"n":2}');
    await stage.received(1);
    expect(stage.story).toEqual([
      'up subscribed',
      how === 'orderly' ? 'down close 4200' : 'down socket closed (1006)',
      'up subscribed',
    ]);
  });

  it('never answers a storm of 4200 with one of its own', async () => {
    const times: number[] = [];
    const settings = await serveOdd((socket) => {
      times.push(performance.now());
      establish(socket);
      socket.close(4200);
    });
    const stage = listen(settings);
    await expect.poll(() => times.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(5);
    // Waits of at least 50, 100, 200 and 400 ms, so that any faster retry shows.
    expect((times[4] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(740);
    expect(stage.story).toEqual(['down close 4200']);
  });

  it('takes no text that is not UTF-8, and tells that it was cut off by it', async () => {
    const settings = await serveOdd((socket, connections) => {
      establish(socket);
      acknowledge(socket);
      const text = Buffer.from('{"event":"feed-item","channel":"feed","data":"{\\"n\\":\\"\xff\\"}"}', 'latin1');
      if (connections === 1) socket.send(text, { binary: false });
    });
    const stage = listen(settings);
    await stage.up(2);
    const fault = 'Invalid WebSocket frame: invalid UTF-8 sequence';
    expect(stage.story).toEqual(['up subscribed', `down ${fault}`, 'up subscribed']);
    expect(stage.frames).toEqual([]);
  });

  it('counts what is no frame, and still gets what comes after it', async () => {
    const server = await serve();
    const stage = listen(settingsFor(server));
    await stage.up();
    const odd = [
      'not json',
      '{"no":"event"}',
      '[]',
      'null',
      '{"event":"pusher_internal:member_added","channel":7}',
      'x'.repeat(9_999),
    ];
    for (const text of odd) server.sendRaw('private-feed-a', text);
    server.publish('private-feed-a', 'feed-item', '{"n":1}');
    await stage.until(({ frames }) => frames.some((frame) => frame.event === 'feed-item'));
    const unreadable = stage.frames.filter((frame) => frame.unreadable !== undefined);
    expect(unreadable.map((frame) => frame.unreadable)).toEqual([
      'no JSON',
      'no event name',
      'no event name',
      'no event name',
      'no JSON',
    ]);
    expect(unreadable.at(-1)?.payload.length).toBe(2_048);
    expect(stage.story).toEqual(['up subscribed']);
  });

  it('tells once and for good that an account’s authorisation is refused, and leaves the others alone', async () => {
    let asked = 0;
    const server = await serve({
      authorize: ({ headers }) => {
        asked++;
        return headers.authorization === 'Bearer token-of-b';
      },
    });
    const stage = listen(settingsFor(server), accountsNamed('a', 'b'));
    await stage.down();
    await stage.up();
    expect(asked).toBe(2);
    const refusal = stage.links.find((link) => link.state === 'down');
    expect(refusal).toMatchObject({
      account: 'a',
      final: true,
      reason: 'auth endpoint answered 403 for private-feed-a',
    });
    expect(refusal?.remedy).toMatch(/control\.pusher\.auth/);
    expect(JSON.stringify(stage.entries)).not.toContain('token-of');
  });

  it.each([
    ['an unknown key', {}, { key: 'nokey' }, 'close 4001', /control\.pusher\.key/],
    ['a disabled app', { disabled: true }, {}, 'close 4003', /disabled/],
    ['a missing auth endpoint', {}, { auth: undefined }, 'private-feed-a needs authorisation', /control\.pusher\.auth/],
    [
      'an encrypted channel',
      {},
      { channels: ['private-encrypted-a'] },
      'private-encrypted-a cannot be subscribed to',
      /channels/,
    ],
  ] as const)('takes %s for final', async (_name, options, changes, reason, remedy) => {
    const server = await serve(options);
    const stage = listen(settingsFor(server, changes));
    await stage.down();
    expect(stage.links).toMatchObject([
      { state: 'down', final: true, reason, remedy: expect.stringMatching(remedy) as unknown },
    ]);
  });

  it('takes 4009 while subscribed for final', async () => {
    const server = await serve();
    const stage = listen(settingsFor(server));
    await stage.up();
    server.endSubscription('private-feed-a');
    await stage.down();
    expect(stage.story).toEqual(['up subscribed', 'down close 4009 (final)']);
  });

  it('tries again where the auth endpoint only stumbled', async () => {
    const server = await serve();
    let answers = 0;
    const endpoint = createHttpServer((request, response) => {
      if (++answers < 3) response.writeHead(500).end();
      else void relay(request, server.authEndpoint).then((body) => response.end(body));
    }).listen(0, '127.0.0.1');
    await once(endpoint, 'listening');
    cleanup.push(() => endpoint.close());
    const auth = { endpoint: `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/`, headers: {}, params: {} };
    const stage = listen(settingsFor(server, { auth }));
    await stage.up();
    expect(stage.story).toEqual(['down auth endpoint answered 500', 'up subscribed']);
  });

  it('says within the first attempt what it cannot reach, and once only', async () => {
    const idle = createServer().listen(0, '127.0.0.1');
    await once(idle, 'listening');
    const { port } = idle.address() as AddressInfo;
    idle.close();
    await once(idle, 'close');
    const stage = listen({ key: 'k', host: '127.0.0.1', port, tls: false, channels: ['feed'] });
    await stage.down();
    const server = await serve({ key: 'k', port });
    await stage.up();
    expect(stage.story).toEqual([`down connect ECONNREFUSED 127.0.0.1:${port}`, 'up subscribed']);
    expect(server.listeners('feed')).toBe(1);
  });

  it('notices a server that has fallen silent, and leaves it to the redial to dial again', async () => {
    let dialledAt = 0;
    const settings = await serveOdd((socket, connections) => {
      dialledAt = performance.now();
      establish(socket);
      socket.on('message', (data) => {
        const text = textOf(data);
        if (text.includes('pusher:subscribe')) acknowledge(socket);
        // Only the second connection answers pings.
        if (connections > 1 && text.includes('pusher:ping')) socket.send('{"event":"pusher:pong","data":{}}');
      });
    });
    const stage = listen(settings, accountsNamed('a'), {
      ...PACE,
      heartbeatMs: 30,
      heartbeatReplyMs: 30,
      firstWaitMs: 500,
    });
    await stage.up(2);
    expect(stage.story).toEqual(['up subscribed', 'down heartbeat unanswered', 'up subscribed']);
    // pusher-js itself would dial at once; the redial waits half of 500 ms or more.
    expect(dialledAt - (stage.links[1]?.t ?? 0)).toBeGreaterThan(240);
  });

  it('takes events for a sign of life', async () => {
    const settings = await serveOdd((socket) => {
      establish(socket);
      socket.on('message', (data) => {
        if (!textOf(data).includes('pusher:subscribe')) return;
        acknowledge(socket);
        const chatter = setInterval(() => socket.send('{"event":"tick","channel":"feed","data":"1"}'), 10);
        socket.once('close', () => clearInterval(chatter));
      });
    });
    const stage = listen(settings, accountsNamed('a'), { ...PACE, heartbeatMs: 400, heartbeatReplyMs: 400 });
    await stage.until(({ frames }) => (frames.at(-1)?.t ?? 0) - (frames[0]?.t ?? 0) > 1_500);
    expect(stage.story).toEqual(['up subscribed']);
  });

  it('once stopped pushes nothing, not even what has already arrived', async () => {
    const server = await serve();
    const stage = new Stage('control', accountsNamed('a'));
    const source = openPusher(settingsFor(server), stage.context);
    source.start();
    await stage.up();
    let stopped: Promise<void> | undefined;
    stage.onPush = () => (stopped ??= source.stop());
    for (let n = 0; n < 100; n++) server.publish('private-feed-a', 'feed-item', '1');
    await stage.received(1);
    await stopped;
    expect(stage.frames.length).toBe(1);
  });

  it('gives up an attempt that is never acknowledged', async () => {
    const settings = await serveOdd((socket, connections) => {
      if (connections > 1) establish(socket);
      if (connections > 2) socket.on('message', () => acknowledge(socket));
    });
    const stage = listen(settings, accountsNamed('a'), { ...PACE, patienceMs: 100 });
    await stage.up();
    expect(stage.story).toEqual(['down feed not acknowledged within 0.1 s', 'up subscribed']);
  });

  it('brings up 200 accounts, and after stopping pushes nothing', async () => {
    const accounts = accountsNamed(...Array.from({ length: 200 }, (_, index) => `rep-${index}`));
    const server = await serve();
    const stage = new Stage('control', accounts);
    const source = openPusher(settingsFor(server), stage.context);
    source.start();
    await stage.up(200);
    for (const { id } of accounts) server.publish(`private-feed-${id}`, 'feed-item', `"${id}"`);
    await stage.received(200);
    expect(stage.frames.every((frame) => frame.payload === `"${frame.account}"`)).toBe(true);
    const told = stage.entries.length;
    await source.stop();
    await server.stop('abrupt');
    expect(stage.entries.length).toBe(told);
    expect(stage.links.every((link) => link.state === 'up')).toBe(true);
  });
});

import { type Channel, Presence, Socket, type SocketConnectOption } from 'phoenix';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startPhoenixServer, type PhoenixOptions, type PhoenixServer } from '../../src/sandbox/phoenix-server.js';

/*
 * The official client over ws, against every build where one matters. Reconnects and rejoins are hastened, since their
 * pauses are the client's own and not ours to test.
 */
const servers: PhoenixServer[] = [];
const clients: Socket[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => new Promise<void>((resolve) => client.disconnect(resolve))));
  await Promise.all(servers.splice(0).map((server) => server.stop('abrupt')));
});

async function serve(options: PhoenixOptions = {}): Promise<PhoenixServer> {
  const server = await startPhoenixServer(options);
  servers.push(server);
  return server;
}

function connect(server: PhoenixServer, options: Partial<SocketConnectOption> = {}): Socket {
  const client = new Socket(server.url, {
    transport: WebSocket,
    reconnectAfterMs: () => 10,
    rejoinAfterMs: () => 10,
    ...options,
  });
  clients.push(client);
  client.connect();
  return client;
}

/** Joins, and gives back the status with the response. */
function join(channel: Channel): Promise<unknown[]> {
  return answer(channel.join());
}

function answer(push: ReturnType<Channel['push']>): Promise<unknown[]> {
  return new Promise((resolve) => {
    for (const status of ['ok', 'error', 'timeout'] as const) {
      push.receive(status, (response) => resolve([status, response]));
    }
  });
}

function next(channel: Channel, event: string): Promise<unknown> {
  return new Promise((resolve) => {
    const ref = channel.on(event, (payload) => {
      channel.off(event, ref);
      resolve(payload);
    });
  });
}

describe.each(['1.0.0', '2.0.0'])('vsn %s', (vsn) => {
  test('join, push and reply, broadcast, leave', async () => {
    const server = await serve({
      join: (user, topic, payload) => ({ ok: { user, topic, payload } }),
      onPush: (_user, _topic, event, payload) => (event === 'fail' ? { error: payload } : { ok: payload }),
    });
    const client = connect(server, { vsn, params: { user: 'ann' }, ...(vsn === '1.0.0' && V1) });
    const channel = client.channel('feed:1', { since: 5 });
    expect(await join(channel)).toEqual(['ok', { user: 'ann', topic: 'feed:1', payload: { since: 5 } }]);
    expect(await answer(channel.push('echo', { n: 1 }))).toEqual(['ok', { n: 1 }]);
    expect(await answer(channel.push('fail', { why: 'x' }))).toEqual(['error', { why: 'x' }]);
    const tick = next(channel, 'tick');
    expect(server.publish('feed:1', 'tick', '{"seq":1}')).toBe(1);
    expect(await tick).toEqual({ seq: 1 });
    expect(await answer(channel.leave())).toEqual(['ok', {}]);
    await expect.poll(() => server.listeners('feed:1')).toBe(0);
  });
});

/** The client serializes as version 2 whatever its vsn says; these speak version 1, as its own old serializer did. */
const V1: Partial<SocketConnectOption> = {
  encode: (message, callback) => void callback(JSON.stringify(message)),
  decode: (text, callback) => void callback(JSON.parse(text)),
};

test('a refused join is told and tried again, and succeeds once it is allowed', async () => {
  const server = await serve();
  server.refuse('feed:1', true);
  const channel = connect(server).channel('feed:1');
  const joining = channel.join();
  expect(await answer(joining)).toEqual(['error', { reason: 'unauthorized' }]);
  const allowed = new Promise((resolve) => {
    joining.receive('ok', resolve);
  });
  server.refuse('feed:1', false);
  expect(await allowed).toEqual({});
  expect(server.listeners('feed:1')).toBe(1);
});

test('a crashed channel joins again and hears what comes after', async () => {
  const server = await serve();
  const channel = connect(server).channel('feed:1');
  await join(channel);
  const crashed = new Promise((resolve) => {
    channel.onError(resolve);
  });
  server.crash('feed:1');
  expect(await crashed).toEqual({ reason: 'channel_crash' });
  await expect.poll(() => server.listeners('feed:1')).toBe(1);
  const tick = next(channel, 'tick');
  server.publish('feed:1', 'tick', '{"seq":2}');
  expect(await tick).toEqual({ seq: 2 });
});

test('after phx_close the client never joins again, though its socket stays', async () => {
  const server = await serve();
  const rejoins: number[] = [];
  const client = connect(server, { rejoinAfterMs: (tries) => rejoins.push(tries) });
  const channel = client.channel('feed:1');
  const other = client.channel('feed:2');
  await join(channel);
  await join(other);
  const closed = new Promise<void>((resolve) => {
    channel.onClose(() => resolve());
  });
  expect(server.endSubscription('feed:1')).toBe(1);
  await closed;
  await new Promise((resolve) => client.ping(resolve));
  expect(rejoins).toEqual([]);
  expect([channel.state, client.connectionState(), server.listeners('feed:1'), server.listeners('feed:2')]).toEqual([
    'closed',
    'open',
    0,
    1,
  ]);
});

test.each([{ code: 1000 }, { code: 1012 }, 'abrupt'] as const)('comes back after %o', async (how) => {
  const server = await serve();
  const channel = connect(server).channel('feed:1');
  await join(channel);
  const lost = new Promise((resolve) => {
    channel.onError(resolve);
  });
  expect(server.disconnect('feed:1', how)).toBe(1);
  await lost;
  await expect.poll(() => server.listeners('feed:1')).toBe(1);
});

test('comes back to a server that is started again on its port', async () => {
  const server = await serve();
  const client = connect(server);
  await join(client.channel('feed:1'));
  await server.stop();
  const again = await serve({ port: server.port });
  await expect.poll(() => again.listeners('feed:1')).toBe(1);
});

test('presence: joins, a second connection of the same key, and leaves', async () => {
  const server = await serve({ presence: true });
  const channel = connect(server, { params: { user: 'ann' } }).channel('feed:1');
  const presence = new Presence(channel);
  const seen = (): unknown => Object.fromEntries(presence.list((key, { metas }) => [key, metas.length]));
  await join(channel);
  await expect.poll(seen).toEqual({ ann: 1 });
  const again = connect(server, { params: { user: 'ann' } });
  await join(again.channel('feed:1'));
  const bob = connect(server, { params: { user: 'bob' } }).channel('feed:1');
  await join(bob);
  await expect.poll(seen).toEqual({ ann: 2, bob: 1 });
  again.disconnect();
  await expect.poll(seen).toEqual({ ann: 1, bob: 1 });
  bob.leave();
  await expect.poll(seen).toEqual({ ann: 1 });
});

test('authToken travels as a sub-protocol, and not in the URL', async () => {
  const asked: unknown[] = [];
  const server = await serve({
    connect: (params, token) => {
      asked.push(params, token);
      return { user: token ?? 'nobody' };
    },
    join: (user) => ({ ok: { user } }),
  });
  const channel = connect(server, { authToken: 'a token >> of 1.8' }).channel('feed:1');
  expect(await join(channel)).toEqual(['ok', { user: 'a token >> of 1.8' }]);
  expect(asked).toEqual([{ vsn: '2.0.0' }, 'a token >> of 1.8']);
});

test('binary payloads go both ways', async () => {
  const server = await serve({ onPush: (_user, _topic, _event, payload) => ({ ok: payload }) });
  const channel = connect(server, { binaryType: 'arraybuffer' }).channel('feed:1');
  await join(channel);
  const [status, response] = await answer(channel.push('bin', new Uint8Array([1, 2, 255]).buffer));
  expect([status, [...new Uint8Array(response as ArrayBuffer)]]).toEqual(['ok', [1, 2, 255]]);
  const blob = next(channel, 'blob');
  server.publish('feed:1', 'blob', new Uint8Array([7, 8]));
  expect([...new Uint8Array((await blob) as ArrayBuffer)]).toEqual([7, 8]);
});

import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { once } from 'node:events';
import * as fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { CallError } from '../../src/model/errors.js';
import { startPusherServer } from '../../src/sandbox/pusher-server.js';
import type { PusherServer, PusherServerOptions } from '../../src/sandbox/pusher-server.js';
import { channelAuth } from '../../src/sandbox/pusher/signatures.js';
import { Peer, callApi } from './pusher-peer.js';

const running: PusherServer[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop('abrupt');
});

async function start(options: PusherServerOptions = {}): Promise<PusherServer> {
  const server = await startPusherServer(options);
  running.push(server);
  return server;
}

/** A peer that is subscribed to the channel already. */
async function listener(server: PusherServer, channel: string, channelData?: string): Promise<Peer> {
  const peer = await Peer.greeted(server);
  expect(await peer.subscribe(server, channel, channelData)).toContain('pusher_internal:subscription_succeeded');
  return peer;
}

const event = (text: string): string => (JSON.parse(text) as { event: string }).event;
const refused = { event: 'pusher:subscription_error', data: { type: 'AuthError', status: 401 } };

test('data is passed on byte for byte, and only to those who listen', async () => {
  const server = await start();
  const [a, b, c] = [
    await listener(server, 'room'),
    await listener(server, 'private-room'),
    await Peer.greeted(server),
  ];
  const payload = '{"b":1.0, "a":1e3,"big":9007199254740993,"s":"\\u00e9 é 😀 \\/ \u2028"}';
  expect(server.publish('room', 'happened', payload)).toBe(1);
  expect(JSON.parse(await a.next())).toEqual({ event: 'happened', channel: 'room', data: payload });
  expect(server.listeners('room')).toBe(1);
  expect(server.publish('nowhere', 'happened', payload)).toBe(0);
  for (const peer of [b, c]) {
    await peer.settled();
    expect(peer.unread).toEqual([]);
  }
});

test.each(['feed:42', 'private-feed:42', 'a b', 'ü', '', 'x'.repeat(201), '#private'])(
  'channel name %j is refused with status 4009',
  async (channel) => {
    const server = await start();
    const peer = await Peer.greeted(server);
    const answer = JSON.parse(await peer.subscribe(server, channel)) as unknown;
    expect(answer).toMatchObject({ event: 'pusher:subscription_error', channel, data: { status: 4009 } });
    expect(server.listeners(channel)).toBe(0);
  },
);

test('a signature serves for one socket, one channel and one channel_data only', async () => {
  const server = await start();
  const [owner, thief] = [await Peer.greeted(server), await Peer.greeted(server)];
  await owner.subscribe(server, 'private-a');
  const stolen = channelAuth(server, owner.socketId, 'private-a');
  thief.send({ event: 'pusher:subscribe', data: { channel: 'private-a', auth: stolen } });
  expect(JSON.parse(await thief.next())).toMatchObject(refused);
  const forAnother = channelAuth(server, thief.socketId, 'private-b');
  thief.send({ event: 'pusher:subscribe', data: { channel: 'private-a', auth: forAnother } });
  expect(JSON.parse(await thief.next())).toMatchObject(refused);
  const asAnother = channelAuth(server, thief.socketId, 'presence-a', '{"user_id":"u1"}');
  thief.send({
    event: 'pusher:subscribe',
    data: { channel: 'presence-a', auth: asAnother, channel_data: '{"user_id":"u2"}' },
  });
  expect(JSON.parse(await thief.next())).toMatchObject(refused);
  const wrongSecret = { ...server, secret: 'other' };
  expect(JSON.parse(await thief.subscribe(wrongSecret, 'private-a'))).toMatchObject(refused);
  expect(JSON.parse(await thief.subscribe(server, 'presence-a', '{"user_info":{}}'))).toMatchObject(refused);
  expect(JSON.parse(await thief.subscribe(server, 'presence-a', 'not json'))).toMatchObject(refused);
  expect(server.listeners('private-a')).toBe(1);
});

test('a presence channel tells of a user only with the first and the last connection', async () => {
  const server = await start();
  const watcher = await listener(server, 'presence-p', '{"user_id":"w"}');
  const first = await listener(server, 'presence-p', '{"user_id":7,"user_info":{"n":1}}');
  expect(JSON.parse(await watcher.next())).toEqual({
    event: 'pusher_internal:member_added',
    channel: 'presence-p',
    data: '{"user_id":"7","user_info":{"n":1}}',
  });
  const second = await Peer.greeted(server);
  const { data } = JSON.parse(await second.subscribe(server, 'presence-p', '{"user_id":7,"user_info":{"n":2}}')) as {
    data: string;
  };
  expect(JSON.parse(data)).toEqual({ presence: { ids: ['w', '7'], hash: { w: null, 7: { n: 1 } }, count: 2 } });
  first.send({ event: 'pusher:unsubscribe', data: { channel: 'presence-p' } });
  await first.settled();
  await watcher.settled();
  expect(watcher.unread).toEqual([]);
  second.socket.terminate();
  expect(JSON.parse(await watcher.next())).toEqual({
    event: 'pusher_internal:member_removed',
    channel: 'presence-p',
    data: '{"user_id":"7"}',
  });
});

test('a presence channel holds 100 users, and user data of a kilobyte', async () => {
  const server = await start();
  const joining = Array.from({ length: 100 }, (_, n) => listener(server, 'presence-p', `{"user_id":"u${n}"}`));
  const [someone] = await Promise.all(joining);
  const late = await Peer.greeted(server);
  const full = { event: 'pusher:subscription_error', data: { type: 'LimitReached' } };
  expect(JSON.parse(await late.subscribe(server, 'presence-p', '{"user_id":"u100"}'))).toMatchObject(full);
  expect(await late.subscribe(server, 'presence-p', '{"user_id":"u5"}')).toContain('subscription_succeeded');
  const info = JSON.stringify({ user_id: 'x', user_info: { text: 'y'.repeat(1024) } });
  expect(JSON.parse(await late.subscribe(server, 'presence-q', info))).toMatchObject(full);
  expect(someone).toBeDefined();
});

test('a cache channel gives its last event to whoever comes, and says so when there is none', async () => {
  const server = await start();
  const early = await listener(server, 'cache-c');
  expect(await early.next()).toBe('{"event":"pusher:cache_miss","channel":"cache-c"}');
  server.publish('cache-c', 'first', '1');
  server.publish('cache-c', 'second', '2');
  const late = await listener(server, 'cache-c');
  expect(JSON.parse(await late.next())).toEqual({ event: 'second', channel: 'cache-c', data: '2' });
});

test('client events go to the others only, with user_id on presence channels, on no public channel', async () => {
  const server = await start({ clientEvents: true });
  const members = ['{"user_id":"u1"}', '{"user_id":"u2"}'];
  const [sender, other] = [
    await listener(server, 'presence-p', members[0]),
    await listener(server, 'presence-p', members[1]),
  ];
  expect(event(await sender.next())).toBe('pusher_internal:member_added');
  for (const peer of [sender, other]) {
    await peer.subscribe(server, 'private-p');
    await peer.subscribe(server, 'public');
  }
  for (const channel of ['public', 'private-p', 'presence-p', 'private-elsewhere']) {
    sender.send({ event: 'client-hi', channel, data: { x: 1 } });
  }
  expect(await other.next()).toBe('{"event":"client-hi","channel":"private-p","data":{"x":1}}');
  expect(await other.next()).toBe('{"event":"client-hi","channel":"presence-p","data":{"x":1},"user_id":"u1"}');
  for (const peer of [sender, other]) {
    await peer.settled();
    expect(peer.unread).toEqual([]);
  }
});

test('the eleventh client event of a second is answered with 4301 and goes nowhere', async () => {
  const server = await start({ clientEvents: true });
  const [sender, other] = [await listener(server, 'private-p'), await listener(server, 'private-p')];
  for (let n = 1; n <= 11; n++) sender.send({ event: 'client-n', channel: 'private-p', data: n });
  expect(JSON.parse(await sender.next())).toMatchObject({ event: 'pusher:error', data: { code: 4301 } });
  await other.settled();
  expect(other.unread).toHaveLength(10);
});

test('client events that are too large, or not enabled, are answered with an error', async () => {
  const [open, shut] = [await start({ clientEvents: true }), await start()];
  const large = { event: 'client-x', channel: 'private-p', data: 'y'.repeat(10 * 1024) };
  const told = await listener(open, 'private-p');
  told.send(large);
  expect(JSON.parse(await told.next())).toMatchObject({ event: 'pusher:error', data: { code: 4301 } });
  const untold = await listener(shut, 'private-p');
  untold.send({ ...large, data: 1 });
  expect(JSON.parse(await untold.next())).toMatchObject({ event: 'pusher:error', data: { code: null } });
});

test('a silent client is asked for a sign of life, and closed with 4201 without one', async () => {
  const server = await start({ activityTimeoutS: 0.05, pongTimeoutS: 0.05 });
  const peer = await Peer.greeted(server);
  expect(await peer.next()).toBe('{"event":"pusher:ping","data":{}}');
  expect(await peer.closed).toBe(4201);
});

test('a path that is no app is refused with 4005, a signin that is forged with 4009', async () => {
  const server = await start();
  for (const path of ['/', '//', '/app/', '/app/app-key/more?protocol=7', '/%zz']) {
    const lost = new Peer(server, path);
    expect(JSON.parse(await lost.next())).toMatchObject({ event: 'pusher:error', data: { code: 4005 } });
    expect(await lost.closed).toBe(4005);
  }
  const forger = await Peer.greeted(server);
  forger.send({ event: 'pusher:signin', data: { auth: 'app-key:x', user_data: '{"id":"u1"}' } });
  expect(JSON.parse(await forger.next())).toMatchObject({ event: 'pusher:error', data: { code: 4009 } });
  expect(await forger.closed).toBe(4009);
});

test('junk frames never harm the server', async () => {
  const server = await start({ clientEvents: true });
  const witness = await listener(server, 'room');
  const names = ['subscribe', 'unsubscribe', 'signin', 'ping', 'pong', '__proto__'].map((name) => `pusher:${name}`);
  const eventName = fc.constantFrom(...names, 'client-x', 'constructor', '');
  const data = fc.oneof(
    fc.anything(),
    fc.record({ channel: fc.anything(), auth: fc.anything(), channel_data: fc.anything() }),
  );
  const frame = fc
    .record({ event: eventName, channel: fc.anything(), data })
    .map((value) => JSON.stringify(value, plain));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(frame, fc.json(), fc.string())), async (junk) => {
      const peer = await Peer.greeted(server);
      for (const text of junk) peer.send(text);
      peer.socket.send(randomBytes(8));
      await peer.settled();
      peer.socket.terminate();
    }),
    { numRuns: 50 },
  );
  const flood = await Peer.greeted(server);
  flood.send('x'.repeat(2 * 1024 * 1024));
  expect(await flood.closed).toBe(1009);
  const raw = connect(server.port, '127.0.0.1');
  raw.end('GET /app/app-key HTTP/1.1\r\nUpgrade: nonsense\r\nConnection: Upgrade\r\n\r\n\xff\xfe');
  await once(raw.resume(), 'close');
  witness.send({ event: 'pusher:ping', data: {} });
  expect(await witness.next()).toBe('{"event":"pusher:pong","data":{}}');
});

function plain(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

test('disconnect ends the connections of one channel, with a code or abruptly', async () => {
  const server = await start();
  const other = await listener(server, 'other');
  const told = await listener(server, 'room');
  expect(server.disconnect('room', { code: 4100, reason: 'Over capacity' })).toBe(1);
  expect(await told.next()).toBe('{"event":"pusher:error","data":{"code":4100,"message":"Over capacity"}}');
  expect(await told.closed).toBe(4100);
  const plainly = await listener(server, 'room');
  server.disconnect('room', { code: 1001 });
  expect(await plainly.closed).toBe(1001);
  expect(plainly.unread).toEqual([]);
  const cut = await listener(server, 'room');
  expect(server.disconnect('room', 'abrupt')).toBe(1);
  expect(await cut.closed).toBe(1006);
  expect(server.listeners('room')).toBe(0);
  expect(server.publish('other', 'still', '1')).toBe(1);
  expect(event(await other.next())).toBe('still');
});

test('a muted channel delivers no event, published or of clients, while pings are answered', async () => {
  const server = await start({ clientEvents: true });
  const [peer, sender] = [await listener(server, 'private-p'), await listener(server, 'private-p')];
  server.mute('private-p', true);
  expect(server.publish('private-p', 'lost', '1')).toBe(0);
  sender.send({ event: 'client-lost', channel: 'private-p', data: {} });
  await sender.settled();
  peer.send({ event: 'pusher:ping', data: {} });
  expect(event(await peer.next())).toBe('pusher:pong');
  server.mute('private-p', false);
  expect(server.publish('private-p', 'heard', '1')).toBe(2);
  expect(event(await peer.next())).toBe('heard');
});

test('a refused channel is refused at the auth endpoint and at the subscribe frame', async () => {
  const server = await start();
  const ask = async (channel: string): Promise<number> => {
    const body = new URLSearchParams({ socket_id: '1.1', channel_name: channel });
    return (await fetch(server.authEndpoint, { method: 'POST', body })).status;
  };
  const peer = await Peer.greeted(server);
  for (const channel of ['private-p', 'room']) {
    server.refuse(channel, true);
    expect(JSON.parse(await peer.subscribe(server, channel))).toMatchObject({ ...refused, channel });
  }
  expect(await ask('private-p')).toBe(403);
  expect(await ask('private-q')).toBe(200);
  server.refuse('private-p', false);
  expect(await ask('private-p')).toBe(200);
  expect(await peer.subscribe(server, 'private-p')).toContain('subscription_succeeded');
});

test('the auth endpoint asks who may, signs for whom it asked, and knows a malformed request', async () => {
  const asked: unknown[] = [];
  const server = await start({
    authorize: ({ headers, ...request }) => asked.push(request) > 0 && headers.authorization === 'Bearer t',
    member: ({ params }) => ({ user_id: params['rep'] ?? '', user_info: { name: 'Ann' } }),
  });
  const ask = async (fields: Record<string, string>, headers: Record<string, string> = {}) => {
    const response = await fetch(server.authEndpoint, { method: 'POST', body: new URLSearchParams(fields), headers });
    return { status: response.status, text: await response.text() };
  };
  const request = { socket_id: '12.34', channel_name: 'presence-p', rep: 'r1' };
  expect((await ask(request)).status).toBe(403);
  expect(asked).toEqual([{ socketId: '12.34', channel: 'presence-p', params: { rep: 'r1' } }]);
  const { status, text } = await ask(request, { authorization: 'Bearer t' });
  expect(status).toBe(200);
  const { channel_data: channelData } = JSON.parse(text) as { channel_data: string };
  expect(channelData).toBe('{"user_id":"r1","user_info":{"name":"Ann"}}');
  expect((await ask({ ...request, socket_id: '1:2' })).status).toBe(400);
  expect((await ask({ ...request, channel_name: 'private-a:b' })).status).toBe(400);
});

test('bytes that are no frame reach the listeners as they are; an ended subscription closes with 4009', async () => {
  const server = await start();
  const peer = await listener(server, 'room');
  expect(server.sendRaw('room', '{"event":')).toBe(1);
  expect(await peer.next()).toBe('{"event":');
  expect(server.endSubscription('room')).toBe(1);
  expect(JSON.parse(await peer.next())).toMatchObject({ event: 'pusher:error', data: { code: 4009 } });
  expect(await peer.closed).toBe(4009);
});

test.each([
  ['orderly', 4200],
  ['abrupt', 1006],
] as const)('an %s stop closes with %i, and the port can be had again', async (how, code) => {
  const server = await startPusherServer();
  const peer = await listener(server, 'room');
  const stopped = server.stop(how);
  expect(await peer.closed).toBe(code);
  const last = how === 'orderly' ? [expect.stringContaining('"code":4200')] : [];
  expect(peer.unread).toEqual(last);
  await stopped;
  await server.stop(how);
  const again = await start({ port: server.port });
  expect(again.port).toBe(server.port);
  await listener(again, 'room');
});

test('a client that does not answer the closing handshake cannot hold up an orderly stop', async () => {
  const server = await startPusherServer();
  const peer = await listener(server, 'room');
  peer.socket.pause();
  await server.stop('orderly');
  peer.socket.resume();
  await peer.closed;
});

test('a port that is taken is a fault that the user can mend', async () => {
  const server = await start();
  await expect(startPusherServer({ port: server.port })).rejects.toThrow(CallError);
  await expect(startPusherServer({ port: server.port })).rejects.toThrow(/127\.0\.0\.1:\d+ .*choose another port/);
});

test.each([
  ['a signature of another secret', { spoil: { auth_signature: '0'.repeat(64) } }],
  ['a parameter changed after signing', { spoil: { auth_timestamp: '1' } }],
  ['a body changed after signing', { spoil: { body_md5: '0'.repeat(32) } }],
  ['a clock ten minutes slow', { atS: Date.now() / 1000 - 660 }],
  ['a clock ten minutes fast', { atS: Date.now() / 1000 + 660 }],
  ['an unknown key', { query: { auth_key: 'nokey' } }],
])('the HTTP API answers 401 to %s, and publishes nothing', async (_what, tampering) => {
  const server = await start();
  const peer = await listener(server, 'room');
  const body = JSON.stringify({ name: 'x', channel: 'room', data: '1' });
  expect(await callApi(server, 'POST', '/events', body, tampering)).toMatchObject({ status: 401 });
  await peer.settled();
  expect(peer.unread).toEqual([]);
});

test.each([
  ['data of 10 KB', { data: 'y'.repeat(10 * 1024) }, 200],
  ['data of 10 KB and a byte', { data: 'y'.repeat(10 * 1024 + 1) }, 413],
  ['data whose bytes, not characters, are too many', { data: 'é'.repeat(6 * 1024) }, 413],
  ['100 channels', { channels: Array.from({ length: 100 }, (_, n) => `c${n}`) }, 200],
  ['101 channels', { channels: Array.from({ length: 101 }, (_, n) => `c${n}`) }, 400],
  ['no channel', { channels: [] }, 400],
  ['a channel name with a colon', { channels: ['a:b'] }, 400],
  ['an event name of 200 characters', { name: 'n'.repeat(200) }, 200],
  ['an event name of 201 characters', { name: 'n'.repeat(201) }, 400],
  ['a malformed socket_id', { socket_id: '1:2' }, 400],
  ['a body beyond all bounds', { data: 'y'.repeat(3 * 1024 * 1024) }, 413],
])('an event with %s is answered with its status', async (_what, change, status) => {
  const server = await start();
  const body = JSON.stringify({ name: 'x', channels: ['room'], data: '1', ...change });
  expect(await callApi(server, 'POST', '/events', body)).toMatchObject({ status });
});

test('a batch of eleven, or with one event too large, is refused whole', async () => {
  const server = await start();
  const peer = await listener(server, 'room');
  const item = { name: 'x', channel: 'room', data: '1' };
  const send = (batch: object[]) => callApi(server, 'POST', '/batch_events', JSON.stringify({ batch }));
  expect(await send(Array.from({ length: 11 }, () => item))).toMatchObject({ status: 400 });
  expect(await send([item, { ...item, data: 'y'.repeat(10 * 1024 + 1) }])).toMatchObject({ status: 413 });
  await peer.settled();
  expect(peer.unread).toEqual([]);
});

test.each([
  ['POST', '/events', 'not json', 400],
  ['POST', '/events', '[]', 400],
  ['POST', '/events', '{"name":1}', 400],
  ['POST', '/batch_events', '{"batch":[null]}', 400],
  ['GET', '/channels?x', '', 401],
  ['GET', '/channels/room/users', '', 400],
  ['GET', '/channels/%zz', '', 400],
  ['GET', '/nothing', '', 404],
  ['POST', '/channels', '{}', 404],
] as const)('%s %s with %j is answered with %i', async (method, path, body, status) => {
  expect(await callApi(await start(), method, path, body)).toMatchObject({ status });
});

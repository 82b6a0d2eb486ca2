import PusherModule from 'pusher-js';
import type { Options } from 'pusher-js';
import { afterEach, expect, test } from 'vitest';
import { startPusherServer } from '../../src/sandbox/pusher-server.js';
import type { PusherServer, PusherServerOptions } from '../../src/sandbox/pusher-server.js';

// The class is the module itself at run time; its types say otherwise.
const Pusher = PusherModule as unknown as typeof PusherModule.default;
type Client = InstanceType<typeof Pusher>;

const clients: Client[] = [];
const servers: PusherServer[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.disconnect();
  for (const server of servers.splice(0)) await server.stop('abrupt');
});

async function start(options: PusherServerOptions = {}): Promise<PusherServer> {
  const server = await startPusherServer(options);
  servers.push(server);
  return server;
}

/** The official client, pointed at the sandbox; with `params` sent to the auth endpoint. */
function client(server: PusherServer, params: object = {}, more: Partial<Options> = {}): Client {
  const created = new Pusher(server.key, {
    cluster: server.cluster,
    wsHost: server.host,
    wsPort: server.port,
    wssPort: server.port,
    forceTLS: false,
    enabledTransports: ['ws'],
    channelAuthorization: { endpoint: server.authEndpoint, transport: 'ajax', params },
    userAuthentication: { endpoint: server.authEndpoint.replace(/auth$/, 'user-auth'), transport: 'ajax' },
    ...more,
  });
  clients.push(created);
  return created;
}

/** What can be bound to: a channel, the connection, the client. */
interface Emitter {
  bind(event: string, callback: (data: unknown) => void): unknown;
}

function heard(emitter: Emitter, event: string): Promise<unknown> {
  return new Promise((resolve) => void emitter.bind(event, resolve));
}

test('the client subscribes to a public channel and parses what is published', async () => {
  const server = await start();
  const channel = client(server).subscribe('room');
  await heard(channel, 'pusher:subscription_succeeded');
  const happened = heard(channel, 'happened');
  server.publish('room', 'happened', '{"id":1}');
  expect(await happened).toEqual({ id: 1 });
});

test('the client gets its signature for a private channel from the auth endpoint', async () => {
  const asked: string[] = [];
  const server = await start({
    authorize: ({ channel, socketId, params }) => asked.push(`${channel} ${params['token']}`) > 0 && socketId !== '',
  });
  const channel = client(server, { token: 't1' }).subscribe('private-feed-1');
  await heard(channel, 'pusher:subscription_succeeded');
  expect(asked).toEqual(['private-feed-1 t1']);
  expect(server.listeners('private-feed-1')).toBe(1);
});

test('a refused authorisation is a subscription_error with status 403', async () => {
  const server = await start({ authorize: () => false });
  const refused = await heard(client(server).subscribe('private-feed-1'), 'pusher:subscription_error');
  expect(refused).toMatchObject({ type: 'AuthError', status: 403 });
  expect(server.listeners('private-feed-1')).toBe(0);
});

test('a channel refused while the client is there is told in a frame', async () => {
  const server = await start();
  server.refuse('room', true);
  const refused = await heard(client(server).subscribe('room'), 'pusher:subscription_error');
  expect(refused).toMatchObject({ type: 'AuthError', status: 401 });
});

test('presence: the clients see each other come, speak and go', async () => {
  const server = await start({ clientEvents: true });
  const [ann, bob] = [client(server, { user_id: 'ann' }), client(server, { user_id: 'bob' })];
  const atAnn = ann.subscribe('presence-p');
  await heard(atAnn, 'pusher:subscription_succeeded');
  const added = heard(atAnn, 'pusher:member_added');
  const atBob = bob.subscribe('presence-p');
  expect(await heard(atBob, 'pusher:subscription_succeeded')).toMatchObject({ count: 2, myID: 'bob' });
  expect(await added).toMatchObject({ id: 'bob' });
  const said = new Promise((resolve) => {
    atBob.bind('client-hi', (data: unknown, meta: unknown) => resolve([data, meta]));
  });
  const echoed: unknown[] = [];
  atAnn.bind('client-hi', (data: unknown) => echoed.push(data));
  atAnn.trigger('client-hi', { x: 1 });
  expect(await said).toEqual([{ x: 1 }, { user_id: 'ann' }]);
  const removed = heard(atAnn, 'pusher:member_removed');
  bob.disconnect();
  expect(await removed).toMatchObject({ id: 'bob' });
  expect(echoed).toEqual([]);
});

test('the client signs in and is told of what is sent to its user', async () => {
  const server = await start({ user: () => ({ id: 'u1' }) });
  const pusher = client(server);
  pusher.signin();
  await heard(pusher, 'pusher:signin_success');
  await expect.poll(() => server.listeners('#server-to-user-u1'), { timeout: 10_000 }).toBe(1);
  const told = heard(pusher.user, 'note');
  server.publish('#server-to-user-u1', 'note', '{"x":1}');
  expect(await told).toEqual({ x: 1 });
});

test('an unknown key is told as 4001, and the client stays disconnected', async () => {
  const server = await start();
  const stranger = client({ ...server, key: 'nokey' });
  const error = heard(stranger.connection, 'error');
  const gone = heard(stranger.connection, 'disconnected');
  expect(await error).toMatchObject({ error: { data: { code: 4001 } } });
  await gone;
  expect(stranger.connection.state).toBe('disconnected');
});

test('an ended subscription is final for the client', async () => {
  const server = await start();
  const pusher = client(server);
  await heard(pusher.subscribe('room'), 'pusher:subscription_succeeded');
  const gone = heard(pusher.connection, 'disconnected');
  server.endSubscription('room');
  await gone;
  expect(server.listeners('room')).toBe(0);
});

test('after a close with 4202 the client is back, and subscribed, by itself', async () => {
  const server = await start();
  const pusher = client(server);
  const channel = pusher.subscribe('private-room');
  await heard(channel, 'pusher:subscription_succeeded');
  const again = heard(channel, 'pusher:subscription_succeeded');
  server.disconnect('private-room', { code: 4202, reason: 'Closed after inactivity' });
  await again;
  expect(server.listeners('private-room')).toBe(1);
});

test('client and server keep a silent connection alive by their pings', async () => {
  const server = await start({ activityTimeoutS: 0.05 });
  const pusher = client(server);
  const pingsAndPongs: string[] = [];
  pusher.connection.bind('message', ({ event }: { event: string }) => {
    if (/^pusher:p[io]ng$/.test(event)) pingsAndPongs.push(event);
  });
  await heard(pusher.subscribe('room'), 'pusher:subscription_succeeded');
  await expect.poll(() => pingsAndPongs.length, { timeout: 10_000 }).toBeGreaterThan(3);
  expect(server.listeners('room')).toBe(1);
});

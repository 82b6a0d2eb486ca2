import Pusher from 'pusher';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startPusherServer } from '../../src/sandbox/pusher-server.js';
import type { PusherServer } from '../../src/sandbox/pusher-server.js';
import { Peer } from './pusher-peer.js';

let server: PusherServer;
let sdk: Pusher;
let peers: Peer[] = [];

beforeEach(async () => {
  server = await startPusherServer();
  const { appId, key, secret, host, port } = server;
  sdk = new Pusher({ appId, key, secret, host, port: String(port), useTLS: false });
});

afterEach(async () => {
  for (const { socket } of peers.splice(0)) socket.terminate();
  await server.stop();
});

async function listener(channel: string, channelData?: string): Promise<Peer> {
  const peer = await Peer.greeted(server);
  peers.push(peer);
  expect(await peer.subscribe(server, channel, channelData)).toContain('subscription_succeeded');
  return peer;
}

async function got(path: string, params: Record<string, string> = {}): Promise<unknown> {
  return (await sdk.get({ path, params })).json();
}

test('trigger reaches every named channel, one frame each', async () => {
  const peer = await listener('a');
  await peer.subscribe(server, 'private-b');
  const response = await sdk.trigger(['a', 'private-b', 'c'], 'happened', { id: 1 });
  expect(await response.json()).toEqual({});
  for (const channel of ['a', 'private-b']) {
    expect(await peer.next()).toBe(JSON.stringify({ event: 'happened', channel, data: '{"id":1}' }));
  }
});

test('trigger with a socket_id leaves that connection out', async () => {
  const [sender, other] = [await listener('a'), await listener('a')];
  await sdk.trigger('a', 'happened', {}, { socket_id: sender.socketId });
  expect(await other.next()).toContain('happened');
  await sender.settled();
  expect(sender.unread).toEqual([]);
});

test('trigger may ask how many listen', async () => {
  await listener('presence-p', '{"user_id":"u1"}');
  await listener('presence-p', '{"user_id":"u1"}');
  const response = await sdk.trigger(['presence-p', 'a'], 'happened', {}, { info: 'user_count,subscription_count' });
  expect(await response.json()).toEqual({
    channels: { 'presence-p': { user_count: 1, subscription_count: 2 }, a: { subscription_count: 0 } },
  });
});

test('triggerBatch sends its events in order', async () => {
  const peer = await listener('a');
  await sdk.triggerBatch(['1', '2', '3'].map((data) => ({ channel: 'a', name: `n${data}`, data })));
  for (const data of ['1', '2', '3']) {
    expect(JSON.parse(await peer.next())).toEqual({ event: `n${data}`, channel: 'a', data });
  }
});

test('the channels and users are told', async () => {
  await listener('presence-p=1', '{"user_id":"u1"}');
  await listener('presence-p=1', '{"user_id":"u2"}');
  await listener('a');
  expect(await got('/channels')).toEqual({ channels: { 'presence-p=1': {}, a: {} } });
  const asked = { filter_by_prefix: 'presence-', info: 'user_count' };
  expect(await got('/channels', asked)).toEqual({ channels: { 'presence-p=1': { user_count: 2 } } });
  expect(await got('/channels/a')).toEqual({ occupied: true });
  expect(await got('/channels/b')).toEqual({ occupied: false });
  expect(await got('/channels/presence-p=1', { info: 'user_count' })).toEqual({ occupied: true, user_count: 2 });
  expect(await got('/channels/presence-p=1/users')).toEqual({ users: [{ id: 'u1' }, { id: 'u2' }] });
  await expect(sdk.get({ path: '/channels', params: { info: 'user_count' } })).rejects.toMatchObject({ status: 400 });
});

test('an event that is too large is an error of the SDK, not a silent success', async () => {
  await expect(sdk.trigger('a', 'big', 'y'.repeat(10 * 1024 + 1))).rejects.toMatchObject({ status: 413 });
});

test('a publisher with a wrong secret or app id is refused', async () => {
  const { appId, key, secret, host, port } = server;
  const base = { appId, key, secret, host, port: String(port), useTLS: false };
  await expect(new Pusher({ ...base, secret: 'wrong' }).trigger('a', 'x', {})).rejects.toMatchObject({ status: 401 });
  await expect(new Pusher({ ...base, appId: 'other' }).trigger('a', 'x', {})).rejects.toMatchObject({ status: 404 });
});

test('the signatures that the SDK gives for channels are ours', async () => {
  const peer = await Peer.greeted(server);
  peers.push(peer);
  const member = { user_id: 'u1', user_info: { name: 'Ann' } };
  for (const channel of ['private-a', 'presence-a']) {
    const signed = sdk.authorizeChannel(peer.socketId, channel, member);
    peer.send({ event: 'pusher:subscribe', data: { channel, ...signed } });
    expect(await peer.next()).toContain('subscription_succeeded');
  }
});

test('a user is told and expelled by id', async () => {
  const peer = await Peer.greeted(server);
  peers.push(peer);
  peer.send({ event: 'pusher:signin', data: sdk.authenticateUser(peer.socketId, { id: 'u1' }) });
  expect(await peer.next()).toContain('pusher:signin_success');
  expect(await peer.subscribe(server, '#server-to-user-u2')).toContain('pusher:subscription_error');
  expect(await peer.subscribe(server, '#server-to-user-u1')).toContain('subscription_succeeded');
  await sdk.sendToUser('u1', 'note', { x: 1 });
  expect(JSON.parse(await peer.next())).toMatchObject({ event: 'note', data: '{"x":1}' });
  await sdk.terminateUserConnections('u1');
  expect(await peer.closed).toBe(4009);
});

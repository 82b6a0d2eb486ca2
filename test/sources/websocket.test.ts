import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Path } from '../../src/model/path.js';
import type { WebSocketSettings } from '../../src/model/settings.js';
import { openSource } from '../../src/sources/index.js';
import { textOf } from '../../src/sources/wire.js';
import { DELICATE, Stage, accountsNamed } from './stage.js';

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanup.splice(0).reverse()) await clean();
});

interface Feed {
  readonly url: string;
  readonly received: string[];
  readonly tokens: (string | undefined)[];
  send(text: string | Buffer): void;
}

/** A plain feed that confirms a subscription. */
async function serve(onConnection: (socket: WebSocket, connections: number) => void = () => undefined): Promise<Feed> {
  const received: string[] = [];
  const tokens: (string | undefined)[] = [];
  let connections = 0;
  const verifyClient = ({ req }: { req: { headers: { authorization?: string } } }): boolean => {
    tokens.push(req.headers.authorization);
    return req.headers.authorization !== 'Bearer token-of-refused';
  };
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', verifyClient });
  await once(server, 'listening');
  server.on('connection', (socket) => {
    onConnection(socket, ++connections);
    socket.on('message', (data) => {
      received.push(textOf(data));
      socket.send('{"type":"ack","ok":true}');
    });
  });
  cleanup.push(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  const send = (text: string | Buffer): void =>
    server.clients.forEach((socket) => socket.send(text, { binary: false }));
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/feed`, received, tokens, send };
}

function path(...names: string[]): Path {
  return { text: `$.${names.join('.')}`, segments: names.map((name) => ({ kind: 'name', name })) };
}

function listen(url: string, changes: Partial<WebSocketSettings> = {}, ...ids: string[]): Stage {
  const stage = new Stage('candidate', accountsNamed(...(ids.length > 0 ? ids : ['a'])));
  const websocket: WebSocketSettings = {
    url,
    headers: { authorization: 'Bearer {account.token}' },
    subscribe: { action: 'subscribe', channels: ['feed-{account.id}'] },
    acknowledged: [
      { path: path('type'), value: 'ack' },
      { path: path('ok'), value: true },
    ],
    event: path('event'),
    payload: path('body', 'data'),
    pingEveryMs: 10_000,
    ...changes,
  };
  const source = openSource({ kind: 'websocket', websocket }, stage.context);
  cleanup.push(() => source.stop());
  source.start();
  return stage;
}

describe('the websocket source', () => {
  it('subscribes, is up once acknowledged, and gives each payload as it came', async () => {
    const feed = await serve();
    const stage = listen(feed.url);
    await stage.up();
    expect(feed.received).toEqual(['{"action":"subscribe","channels":["feed-a"]}']);
    for (const payload of DELICATE) feed.send(`{"event":"item","body":{"other":1,"data": ${payload} }}`);
    await stage.received(DELICATE.length);
    expect(stage.frames.map((frame) => frame.payload)).toEqual(DELICATE);
    expect(stage.frames[0]).toMatchObject({ side: 'candidate', account: 'a', channel: '/feed', event: 'item' });
  });

  it('without a condition is up when open, and takes the channel from the message', async () => {
    const feed = await serve();
    const stage = listen(feed.url, { subscribe: undefined, acknowledged: undefined, channel: path('on') });
    await stage.up();
    feed.send('{"event":7,"on":"room","body":{"data":1.0}}');
    await stage.received(1);
    expect(stage.frames[0]).toMatchObject({ channel: 'room', event: '7', payload: '1.0' });
    expect(feed.received).toEqual([]);
  });

  it('counts what is no frame, and leaves out what is no event', async () => {
    const feed = await serve();
    const stage = listen(feed.url);
    await stage.up();
    for (const text of ['not json', '{"hello":1}', 'null', '{"event":"item"}', '{"event":"item","body":{"data":1}}'])
      feed.send(text);
    await stage.received(3);
    expect(stage.frames.map((frame) => frame.unreadable)).toEqual(['no JSON', 'no payload', undefined]);
  });

  it('takes no text that is not UTF-8, and tells that it was cut off by it', async () => {
    const feed = await serve();
    const stage = listen(feed.url);
    await stage.up();
    feed.send(Buffer.from('{"event":"item","body":{"data":"\xff"}}', 'latin1'));
    await stage.up(2);
    const fault = 'Invalid WebSocket frame: invalid UTF-8 sequence';
    expect(stage.story).toEqual(['up subscribed', `down ${fault}`, 'up subscribed']);
    expect(stage.frames).toEqual([]);
  });

  it('comes back after a close, and tells a refusal once and for good', async () => {
    const feed = await serve((socket, connections) => {
      if (connections === 1) socket.once('message', () => setImmediate(() => socket.close(1011)));
    });
    const stage = listen(feed.url, {}, 'a');
    await stage.up(2);
    expect(stage.story).toEqual(['up subscribed', 'down socket closed (1011)', 'up subscribed']);
    const refused = listen(feed.url, {}, 'refused');
    await refused.down();
    expect(refused.story).toEqual(['down HTTP 401 on the upgrade (final)']);
    expect(refused.links[0]?.remedy).toMatch(/candidate\.websocket/);
    expect(feed.tokens.filter((token) => token === 'Bearer token-of-refused').length).toBe(1);
  });

  it('notices a server that has fallen silent', async () => {
    const feed = await serve((socket, connections) => {
      // What is paused reads no ping, and so answers none.
      if (connections === 1) socket.once('message', () => setImmediate(() => socket.pause()));
    });
    const stage = listen(feed.url, { pingEveryMs: 50 });
    await stage.up(2);
    expect(stage.story).toEqual(['up subscribed', 'down heartbeat unanswered', 'up subscribed']);
  });
});

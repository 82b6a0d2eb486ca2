import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { CallError } from '../../src/model/errors.js';
import { startPhoenixServer, type PhoenixOptions, type PhoenixServer } from '../../src/sandbox/phoenix-server.js';
import { refusal, WireClient } from './phoenix-client.js';

const servers: PhoenixServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop('abrupt')));
});

async function serve(options: PhoenixOptions = {}): Promise<PhoenixServer> {
  const server = await startPhoenixServer(options);
  servers.push(server);
  return server;
}

function open(server: PhoenixServer, query = 'vsn=2.0.0'): Promise<WireClient> {
  return WireClient.open(`${server.url}/websocket?${query}`);
}

/** A joined client. */
async function joined(server: PhoenixServer, topic = 'feed:1'): Promise<WireClient> {
  const client = await open(server);
  expect(await client.join(topic)).toBe(reply('1', '1', topic, 'ok', '{}'));
  return client;
}

function reply(joinRef: string | null, ref: string, topic: string, status: string, response: string): string {
  return `[${JSON.stringify(joinRef)},"${ref}","${topic}","phx_reply",{"response":${response},"status":"${status}"}]`;
}

describe('publishing', () => {
  test('a payload arrives as the text it was, digits and all, in both text formats', async () => {
    const server = await serve();
    const v2 = await joined(server);
    const v1 = await open(server, 'vsn=1.0.0');
    v1.send('{"topic":"feed:1","event":"phx_join","payload":{},"ref":"1","join_ref":"1"}');
    await v1.next();
    const payload = '{"id": 9007199254740993,"a":1.0,"e":1e3,"s":"\\u00e9","a":2.50}';
    expect(server.publish('feed:1', 'item_created', payload)).toBe(2);
    expect(await v2.next()).toBe(`[null,null,"feed:1","item_created",${payload}]`);
    expect(await v1.next()).toBe(`{"event":"item_created","payload":${payload},"ref":null,"topic":"feed:1"}`);
  });

  test('a push from the channel bears the join_ref, a broadcast does not', async () => {
    const server = await serve();
    const client = await open(server);
    await client.join('feed:1', '77');
    expect(server.push('feed:1', 'intercepted', '{"n":1}')).toBe(1);
    expect(await client.next()).toBe('["77",null,"feed:1","intercepted",{"n":1}]');
  });

  test('bytes travel in binary frames, a push without a ref', async () => {
    const server = await serve();
    const client = await open(server);
    await client.join('room:1', '6');
    server.publish('room:1', 'bb', Buffer.from('0908', 'hex'));
    server.push('room:1', 'bp', Buffer.from('010203', 'hex'));
    expect(await client.next()).toBe('BIN 020602726f6f6d3a3162620908');
    expect(await client.next()).toBe('BIN 0001060236726f6f6d3a316270010203');
  });

  test('a binary push is answered by a binary reply', async () => {
    const heard: unknown[] = [];
    const server = await serve({
      onPush: (user, topic, event, payload) => {
        heard.push([user, topic, event, payload]);
        return { ok: Buffer.from('ff', 'hex') };
      },
    });
    const client = await open(server, 'vsn=2.0.0&user=u1');
    await client.join('room:1', '6');
    client.send(Buffer.from('0001020603363232726f6f6d3a3162696e0506', 'hex'));
    expect(await client.next()).toBe('BIN 0101020602363232726f6f6d3a316f6bff');
    expect(heard).toEqual([['u1', 'room:1', 'bin', Buffer.from('0506', 'hex')]]);
  });

  test('only those who joined the topic hear it', async () => {
    const server = await serve();
    const one = await joined(server, 'feed:1');
    const two = await joined(server, 'feed:2');
    expect(server.publish('feed:1', 'tick', '{}')).toBe(1);
    expect(server.publish('feed:3', 'tick', '{}')).toBe(0);
    expect(await one.settle()).toEqual(['[null,null,"feed:1","tick",{}]']);
    expect(await two.settle()).toEqual([]);
  });
});

describe('switches', () => {
  test('mute: no event is delivered, the connection stays and is answered', async () => {
    const server = await serve();
    const client = await joined(server);
    const other = await joined(server, 'feed:2');
    server.mute('feed:1', true);
    expect(server.publish('feed:1', 'tick', '{"n":1}')).toBe(0);
    expect(server.push('feed:1', 'tick', '{"n":1}')).toBe(0);
    expect(server.publish('feed:2', 'tick', '{"n":1}')).toBe(1);
    expect(await client.settle()).toEqual([]);
    expect(await other.settle()).toEqual(['[null,null,"feed:2","tick",{"n":1}]']);
    expect(server.listeners('feed:1')).toBe(1);
    server.mute('feed:1', false);
    expect(server.publish('feed:1', 'tick', '{"n":2}')).toBe(1);
    expect(await client.next()).toBe('[null,null,"feed:1","tick",{"n":2}]');
  });

  test('mute silences what the application sends too', async () => {
    const server = await serve({
      onPush: (_user, _topic, _event, _payload, channel) => {
        channel.push('welcome', '{}');
        channel.broadcast('shout', '{}');
        return { ok: {} };
      },
    });
    const client = await joined(server);
    server.mute('feed:1', true);
    client.send('["1","2","feed:1","go",{}]');
    expect(await client.settle()).toEqual([reply('1', '2', 'feed:1', 'ok', '{}')]);
  });

  test('refuse: joins are unauthorized until it is lifted', async () => {
    const server = await serve();
    const client = await open(server);
    server.refuse('feed:1', true);
    expect(await client.join('feed:1')).toBe(reply('1', '1', 'feed:1', 'error', '{"reason":"unauthorized"}'));
    expect(server.listeners('feed:1')).toBe(0);
    server.refuse('feed:1', false);
    expect(await client.join('feed:1', '2')).toBe(reply('2', '2', 'feed:1', 'ok', '{}'));
    expect(server.listeners('feed:1')).toBe(1);
  });

  test('disconnect: by a close code or abruptly, only those in the topic, who are gone at once', async () => {
    const server = await serve();
    const one = await joined(server, 'feed:1');
    const two = await joined(server, 'feed:2');
    const three = await joined(server, 'feed:3');
    expect(server.disconnect('feed:1', { code: 1001, reason: 'moved' })).toBe(1);
    expect(server.disconnect('feed:2', 'abrupt')).toBe(1);
    expect([server.listeners('feed:1'), server.publish('feed:2', 'tick', '{}')]).toEqual([0, 0]);
    expect([await one.closed, await two.closed]).toEqual([1001, 1006]);
    expect(await three.settle()).toEqual([]);
  });

  test('sendRaw: bytes that are no frame arrive as they are', async () => {
    const server = await serve();
    const client = await joined(server);
    expect(server.sendRaw('feed:1', '{"half":')).toBe(1);
    expect(await client.next()).toBe('{"half":');
  });

  test('endSubscription: phx_close, then silence on an open socket', async () => {
    const server = await serve();
    const client = await joined(server);
    expect(server.endSubscription('feed:1')).toBe(1);
    expect(server.publish('feed:1', 'tick', '{}')).toBe(0);
    expect(await client.settle()).toEqual(['["1","1","feed:1","phx_close",{}]']);
    expect(server.endSubscription('feed:1')).toBe(0);
  });

  test.each([
    ['1.7', '{}'],
    ['1.8', '{"reason":"channel_crash"}'],
  ] as const)('crash on %s: phx_error with its payload, and a new join is taken', async (version, payload) => {
    const server = await serve({ version });
    const client = await joined(server);
    expect(server.crash('feed:1')).toBe(1);
    expect(await client.settle()).toEqual([`["1","1","feed:1","phx_error",${payload}]`]);
    expect(server.publish('feed:1', 'tick', '{}')).toBe(0);
    expect(await client.join('feed:1', '2')).toBe(reply('2', '2', 'feed:1', 'ok', '{}'));
  });

  test.each([
    ['orderly', 1012],
    ['abrupt', 1006],
  ] as const)('stop, %s: everyone is closed with %i, and the port can be taken again', async (how, code) => {
    const server = await serve();
    const client = await joined(server);
    const bystander = await open(server);
    await server.stop(how);
    expect([await client.closed, await bystander.closed]).toEqual([code, code]);
    expect(server.listeners('feed:1')).toBe(0);
    const again = await serve({ port: server.port });
    expect(again.port).toBe(server.port);
    expect((await joined(again)).frames).toHaveLength(1);
  });

  test('stop does not wait for sockets that never asked for an upgrade, or left their refusal open', async () => {
    const server = await serve({ connect: () => 403 });
    const idle = connectTcp({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
    const refused = connectTcp({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
    refused.write(
      'GET /socket/websocket?vsn=2.0.0 HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
    );
    await once(refused, 'data');
    await server.stop();
    idle.destroy();
    refused.destroy();
  });

  test('a port that is taken is told', async () => {
    const server = await serve();
    await expect(startPhoenixServer({ port: server.port })).rejects.toThrow(CallError);
    await expect(startPhoenixServer({ port: server.port })).rejects.toThrow(`127.0.0.1:${server.port} (EADDRINUSE)`);
  });
});

describe('joining', () => {
  test('a socket has at most 100 channels, and a leave makes room', async () => {
    const server = await serve();
    const client = await open(server);
    for (let n = 1; n <= 100; n += 1) expect(await client.join(`feed:${n}`, `${n}`)).toContain('"ok"');
    expect(await client.join('feed:101', '101')).toBe(
      reply('101', '101', 'feed:101', 'error', '{"reason":"too many channels joined"}'),
    );
    client.send('["5","102","feed:5","phx_leave",{}]');
    expect(await client.settle()).toEqual([
      reply('5', '102', 'feed:5', 'ok', '{}'),
      '["5","5","feed:5","phx_close",{}]',
    ]);
    expect(await client.join('feed:101', '103')).toContain('"ok"');
  });

  test('a second join of a topic does not double its events', async () => {
    const server = await serve();
    const client = await joined(server);
    expect(await client.join('feed:1', '2')).toBe(reply('2', '2', 'feed:1', 'ok', '{}'));
    expect(await client.next()).toBe('["1","1","feed:1","phx_close",{}]');
    expect(server.publish('feed:1', 'tick', '{}')).toBe(1);
    expect(await client.settle()).toEqual(['[null,null,"feed:1","tick",{}]']);
  });

  test('the application is told of each join and each leave, however it came about', async () => {
    const log: string[] = [];
    const server = await serve({
      onJoin: (user, topic) => log.push(`+${user} ${topic}`),
      onLeave: (user, topic) => log.push(`-${user} ${topic}`),
    });
    const client = await open(server, 'vsn=2.0.0&user=ann');
    for (const topic of ['a', 'b', 'c', 'd']) await client.join(topic);
    server.endSubscription('a');
    server.crash('b');
    client.send('["1","9","c","phx_leave",{}]');
    await client.settle();
    server.disconnect('d', 'abrupt');
    expect(log).toEqual(['+ann a', '+ann b', '+ann c', '+ann d', '-ann a', '-ann b', '-ann c', '-ann d']);
  });

  test('leaving a topic that is not joined, or was ended by the server, is fine', async () => {
    const server = await serve();
    const client = await joined(server);
    server.endSubscription('feed:1');
    client.send('["1","2","feed:1","phx_leave",{}]');
    expect(await client.settle()).toEqual(['["1","1","feed:1","phx_close",{}]', reply('1', '2', 'feed:1', 'ok', '{}')]);
  });

  test.each(['1.7', '1.8'] as const)(
    'a V1 client that joined without a join_ref leaves and is answered on %s',
    async (version) => {
      const server = await serve({ version });
      const client = await open(server, '');
      client.send('{"topic":"feed:1","event":"phx_join","payload":{},"ref":"1"}');
      client.send('{"topic":"feed:1","event":"phx_leave","payload":{},"ref":"2","join_ref":"9"}');
      const answer = (ref: string): string =>
        `{"event":"phx_reply","payload":{"response":{},"status":"ok"},"ref":"${ref}","topic":"feed:1"}`;
      expect([await client.next(), await client.next()]).toEqual([answer('1'), answer('2')]);
      expect(await client.next()).toBe('{"event":"phx_close","payload":{},"ref":null,"topic":"feed:1"}');
    },
  );

  test('a binary frame that was cut short closes the socket with 1011', async () => {
    const client = await open(await serve());
    client.send(Buffer.from('00010206033632', 'hex'));
    expect(await client.closed).toBe(1011);
  });

  test('a socket that closes while its join is pending never joins', async () => {
    let release = (): void => undefined;
    const pending = new Promise<void>((resolve) => {
      release = resolve;
    });
    const asked = new Set<string>();
    const log: string[] = [];
    const server = await serve({
      onJoin: (_user, topic) => log.push(topic),
      join: async (_user, topic) => {
        asked.add(topic);
        if (topic === 'slow') await pending;
        return { ok: {} };
      },
    });
    const client = await open(server, 'vsn=2.0.0&user=ann');
    await client.join('quick');
    client.send('["2","2","slow","phx_join",{}]');
    await expect.poll(() => asked.has('slow')).toBe(true);
    server.disconnectUser('ann');
    release();
    await client.closed;
    await pending;
    expect([server.listeners('slow'), server.listeners('quick'), log]).toEqual([0, 0, ['quick']]);
  });
});

describe('the handshake', () => {
  test.each([
    ['a vsn that nobody speaks', '/socket/websocket?vsn=3.0.0', 403],
    ['a vsn of another minor', '/socket/websocket?vsn=2.1.0', 403],
    ['another path', '/socket?vsn=2.0.0', 404],
    ['a path that is no URL', '//?vsn=2.0.0', 404],
  ])('refuses %s', async (_what, path, status) => {
    const server = await serve();
    expect((await refusal(`ws://127.0.0.1:${server.port}${path}`)).status).toBe(status);
  });

  test('another mount', async () => {
    const server = await serve({ path: '/live' });
    expect((await joined(server)).frames).toHaveLength(1);
    expect(server.url).toBe(`ws://127.0.0.1:${server.port}/live`);
  });

  test('a token in the sub-protocol reaches connect on 1.8, and phoenix is what it answers', async () => {
    const tokens: (string | undefined)[] = [];
    const connect: PhoenixOptions['connect'] = (_params, token) => {
      tokens.push(token);
      return token === 'sesame' ? { user: 'ann' } : 401;
    };
    const bearer = `base64url.bearer.phx.${Buffer.from('sesame').toString('base64url')}`;
    const now = await serve({ version: '1.8', connect });
    const client = await WireClient.open(`${now.url}/websocket?vsn=2.0.0`, ['phoenix', bearer]);
    expect(client.socket.protocol).toBe('phoenix');
    expect((await refusal(`${now.url}/websocket?vsn=2.0.0`)).status).toBe(401);
    await expect(WireClient.open(`${now.url}/websocket?vsn=2.0.0`, [bearer])).rejects.toThrow('no subprotocol');
    const old = await serve({ version: '1.7', connect: () => ({ user: 'ann' }) });
    await expect(WireClient.open(`${old.url}/websocket?vsn=2.0.0`, ['phoenix', bearer])).rejects.toThrow(
      'Server sent no subprotocol',
    );
    expect(tokens).toEqual(['sesame', undefined, 'sesame']);
  });

  test('is reachable on the loopback alone', async () => {
    const server = await serve();
    const plain = await fetch(`http://127.0.0.1:${server.port}/elsewhere`);
    expect([plain.status, await plain.text()]).toEqual([404, 'not found']);
    expect((await fetch(`http://127.0.0.1:${server.port}/socket/websocket`)).status).toBe(400);
    const other = connectTcp({ port: server.port, host: '127.0.0.2' });
    const [error] = (await once(other, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
  });
});

describe('presence', () => {
  test('a newcomer is shown who is left of those who came before', async () => {
    const server = await serve({ presence: true });
    const enter = async (user: string): Promise<{ client: WireClient; counts: Record<string, number> }> => {
      const client = await open(server, `vsn=2.0.0&user=${user}`);
      await client.join('feed:1');
      await client.next();
      const frame = JSON.parse(await client.next()) as [null, null, string, string, Record<string, { metas: [] }>];
      expect(frame[3]).toBe('presence_state');
      const counts = Object.entries(frame[4]).map(([key, { metas }]) => [key, metas.length] as const);
      return { client, counts: Object.fromEntries(counts) };
    };
    const { client: first } = await enter('ann');
    const { client: second } = await enter('ann');
    await first.close();
    await expect.poll(() => server.listeners('feed:1')).toBe(1);
    expect((await enter('bob')).counts).toEqual({ ann: 1, bob: 1 });
    await second.close();
    await expect.poll(() => server.listeners('feed:1')).toBe(1);
    expect((await enter('eve')).counts).toEqual({ bob: 1, eve: 1 });
  });

  test('a key may be any word, __proto__ too', async () => {
    const server = await serve({ presence: true });
    const client = await open(server, 'vsn=2.0.0&user=__proto__');
    await client.join('feed:1');
    expect(await client.next()).toMatch(/"presence_diff",\{"joins":\{"__proto__":\{"metas":\[/);
    expect(await client.next()).toMatch(/"presence_state",\{"__proto__":\{"metas":\[/);
  });
});

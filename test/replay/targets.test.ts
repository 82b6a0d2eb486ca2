import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { HttpTargetSettings, PusherTargetSettings, Settings } from '../../src/model/settings.js';
import { allower } from '../../src/replay/allow.js';
import { openTarget } from '../../src/replay/targets/index.js';
import { SendFailure, type Target, type TargetContext } from '../../src/replay/targets/target.js';
import { startPusherServer, type PusherServer } from '../../src/sandbox/pusher-server.js';
import { startSandbox } from '../../src/sandbox/system.js';
import { settings } from '../given.js';
import { Peer } from '../sandbox/pusher-peer.js';
import { event } from './recorded.js';
import { saying, startSink, type Received, type Sink } from './sink.js';

const opened: ({ close(): Promise<void> } | { stop(): Promise<void> })[] = [];

afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await ('close' in one ? one.close() : one.stop());
});

function keep<One extends (typeof opened)[number]>(one: One): One {
  opened.push(one);
  return one;
}

function context(some: Partial<TargetContext> = {}): TargetContext {
  const accounts = [event().account];
  return { settings: settings({ accounts }), timeoutMs: 10_000, inFlight: 4, allows: allower([]), ...some };
}

const failureOf = async (sent: Promise<void>): Promise<string> => {
  const error = await sent.then(
    () => 'accepted',
    (error: unknown) => error,
  );
  if (typeof error === 'string') return error;
  expect(error).toBeInstanceOf(SendFailure);
  return (error as SendFailure).message;
};

async function sink(answer: (request: Received, response: ServerResponse) => void): Promise<Sink> {
  return keep(await startSink(answer));
}

describe('pusher', () => {
  const open = (
    server: Pick<PusherServer, 'port'>,
    some: Partial<PusherTargetSettings> = {},
    given: Partial<TargetContext> = {},
  ): Target =>
    keep(
      openTarget(
        {
          kind: 'pusher',
          pusher: {
            appId: 'app-1',
            key: 'app-key',
            secret: 'app-secret',
            host: '127.0.0.1',
            port: server.port,
            ...some,
          },
        },
        context(given),
      ),
    );

  it('triggers the payload as it was recorded, byte for byte', async () => {
    const server = keep(await startPusherServer());
    const peer = await Peer.greeted(server);
    await peer.subscribe(server, 'private-feed-rep-1');
    const payload = '{ "id" : 9007199254740993, "x": 1.50, "s":"\\u00e9\u2028" }';
    await open(server).send(event({ payload }));
    const frame = JSON.parse(await peer.next()) as Record<string, unknown>;
    expect(frame).toEqual({ event: 'email-opened', channel: 'private-feed-rep-1', data: payload });
    peer.socket.terminate();
  });

  it.each([
    ['a wrong secret', { secret: 'wrong' }, {}, /^HTTP 401/],
    ['another app', { appId: 'other' }, {}, /^HTTP 404/],
    ['too much data', {}, { payload: `"${'x'.repeat(11_000)}"` }, /^HTTP 413: The data of an event has at most/],
    ['a name that cannot be', {}, { channel: 'no:colon' }, /Invalid channel name/i],
  ] as const)('%s is a failure', async (_, some, sent, reason) => {
    const server = keep(await startPusherServer());
    expect(await failureOf(open(server, some).send(event(sent)))).toMatch(reason);
  });

  it('an error that is answered with 200 is one', async () => {
    const server = await sink(saying(200, '{"error":"The event data should be less than 100 KB.","code":413}'));
    const reason = await failureOf(open(server).send(event()));
    expect(reason).toBe('HTTP 200 with an error: The event data should be less than 100 KB. (code 413)');
  });

  it.each(['{}', '{"ok":true}', '{"channels":{}}', '202 ACCEPTED', ''])('%j is no error', async (body) => {
    const server = await sink(saying(200, body));
    expect(await failureOf(open(server).send(event()))).toBe('accepted');
  });

  it('nobody there is a failure that tells no signature', async () => {
    const server = await sink(saying(200));
    await server.stop();
    opened.length = 0;
    const reason = await failureOf(open(server).send(event()));
    expect(reason).toMatch(/ECONNREFUSED/);
    expect(reason).not.toMatch(/auth_|http:/);
  });

  it.each([
    ['no answer', () => undefined],
    ['an answer without end', (_: Received, response: ServerResponse) => void response.writeHead(200).write('{')],
  ])('%s fails in time', async (_, answer) => {
    const server = await sink(answer);
    expect(await failureOf(open(server, {}, { timeoutMs: 100 }).send(event()))).toBe('no answer within 100 ms');
  });

  it('a redirect to a host that is not allowed is not followed', async () => {
    const server = await sink(saying(307, '', { location: 'http://live.example.com/apps' }));
    expect(await failureOf(open(server).send(event()))).toMatch(/live\.example\.com.*replay\.allow/);
  });

  it('a page that a redirect leads to has accepted nothing, however well it answers', async () => {
    const server = await sink((request, response) => {
      response.writeHead(request.method === 'POST' ? 302 : 200, { location: '/welcome' });
      response.end('<html>Welcome</html>');
    });
    expect(await failureOf(open(server).send(event()))).toMatch(/^redirected to another address/);
  });

  it('server and key are those of control unless given', () => {
    const control: Settings['control'] = {
      kind: 'pusher',
      pusher: { key: 'of-control', host: '127.0.0.1', port: 6001, tls: false, channels: [] },
    };
    const hosted: Settings['control'] = {
      kind: 'pusher',
      pusher: { key: 'k', cluster: 'eu', tls: true, channels: [] },
    };
    const least = { kind: 'pusher', pusher: { appId: '7', secret: 's' } } as const;
    expect(openTarget(least, context({ settings: settings({ control }) }))).toMatchObject({
      name: 'Pusher at 127.0.0.1:6001, app 7',
      hosts: ['127.0.0.1'],
    });
    expect(openTarget(least, context({ settings: settings({ control: hosted }) })).hosts).toEqual([
      'api-eu.pusher.com',
    ]);
    expect(() => openTarget(least, context())).toThrow(/needs the key/);
  });
});

describe('http', () => {
  const open = (
    server: Pick<Sink, 'url'>,
    some: Partial<HttpTargetSettings> = {},
    given: Partial<TargetContext> = {},
  ): Target =>
    keep(
      openTarget(
        { kind: 'http', http: { method: 'POST', url: `${server.url}/events`, headers: {}, ...some } },
        context(given),
      ),
    );

  it('sends method, URL, headers and body as the templates say', async () => {
    const server = await sink(saying(202));
    const target = open(server, {
      method: 'PUT',
      url: `${server.url}/accounts/{account}/{key}`,
      headers: { authorization: 'Bearer {account.token}' },
      body: '{"type":"{type}","payload":{payload}}',
    });
    await target.send(event());
    expect(server.received).toMatchObject([
      {
        method: 'PUT',
        url: '/accounts/rep-1/42',
        headers: { authorization: 'Bearer t&1', 'content-type': 'application/json' },
        body: '{"type":"email_opened","payload":{"id":42,"name":"é\\n"}}',
      },
    ]);
    expect(target.describe(event())).toBe(`PUT ${server.url}/accounts/rep-1/42 (57 bytes)`);
  });

  it('form and text bodies are written as such', async () => {
    const server = await sink(saying(200));
    await open(server, {
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'a={account.token}',
    }).send(event());
    await open(server, { headers: { 'content-type': 'text/plain' }, body: '{event} "{payload}"' }).send(event());
    expect(server.received.map(({ body }) => body)).toEqual(['a=t%261', 'email-opened "{"id":42,"name":"é\\n"}"']);
  });

  it.each([
    [200, '{"ok":true}', 'accepted'],
    [201, 'created', 'accepted'],
    [204, '', 'accepted'],
    [200, '{"errors":[]}', 'accepted'],
    [200, '{"errors":{}}', 'accepted'],
    [200, '{"errors":[{"message":"nope"}]}', 'HTTP 200 with an error: [{"message":"nope"}]'],
    [200, '{"ok":false}', 'HTTP 200 with an error: ok: false'],
    [200, '{"success":true}', 'accepted'],
    [200, '{"success":false,"message":"no"}', 'HTTP 200 with an error: success: false'],
    [200, `{"error":"${'long '.repeat(40)}"}`, `HTTP 200 with an error: ${'long '.repeat(15)}long…`],
    [401, `{"error":"the bearer token ${'eyJhbGciOi.'.repeat(9)} is unknown"}`, 'HTTP 401: the bearer token …'],
    [401, `{"errors":[{"token":"${'eyJhbGciOi.'.repeat(9)}"}]}`, 'HTTP 401: [{"token":"…'],
    [422, '{"error":"no such\\u001b[31m\\nrecord"}', 'HTTP 422: no such [31m record'],
    [500, '<html>', 'HTTP 500'],
    [302, '', 'HTTP 302'],
  ])('an answer of %d %s: %s', async (status, body, expected) => {
    const server = await sink(saying(status, status === 204 ? undefined : body, { location: 'http://127.0.0.1:1/' }));
    expect(await failureOf(open(server).send(event()))).toBe(expected);
  });

  it('no answer, or one that trickles in, fails in time; nobody there at once', async () => {
    const trickling = await sink((_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(timer));
    });
    expect(await failureOf(open(trickling, {}, { timeoutMs: 100 }).send(event()))).toBe('no answer within 100 ms');
    const server = await sink(() => undefined);
    expect(await failureOf(open(server, {}, { timeoutMs: 100 }).send(event()))).toBe('no answer within 100 ms');
    await server.stop();
    opened.splice(opened.indexOf(server), 1);
    expect(await failureOf(open(server).send(event()))).toBe('ECONNREFUSED');
  });

  it('a connection that the server closes is told as that', async () => {
    const server = await sink((_, response) => void response.destroy());
    expect(await failureOf(open(server).send(event()))).toBe('the connection broke off (UND_ERR_SOCKET)');
  });

  it('every host that an account leads to is known beforehand, and what an event leads to is refused', async () => {
    const accounts = ['one.example.com', 'two.example.com'].map((host, n) => ({
      id: `rep-${n}`,
      values: { id: `rep-${n}`, host },
    }));
    const target = open({ url: 'http://{account.host}:99' }, {}, { settings: settings({ accounts }) });
    expect(target.hosts).toEqual(['one.example.com', 'two.example.com']);
    const led = open({ url: 'http://{channel}' });
    expect(await failureOf(led.send(event({ channel: 'live.example.com' })))).toBe(
      'live.example.com is not in replay.allow',
    );
  });

  it('an address that is none is told: of an account beforehand, of an event as a failed send', async () => {
    const accounts = [{ id: 'rep-1', values: { id: 'rep-1', host: 'http://127.0.0.1' } }];
    expect(() =>
      open({ url: 'http://{account.host}/events?token=t' }, {}, { settings: settings({ accounts }) }),
    ).toThrow('replay: of http://{account.host}/events the values of the account rep-1 make no URL');
    const led = open({ url: 'http://{key}/events' });
    expect(await failureOf(led.send(event({ key: 'a b/c' })))).toBe('the event makes no URL of the address');
  });

  it.each([
    [{ 'x-key': 'é\n{key}' }, 'no request can be made of it: invalid x-key header'],
    [
      { 'content-length': '5' },
      'no request can be made of it: Request body length does not match content-length header',
    ],
  ])('headers that cannot be sent are told in words: %j', async (headers, reason) => {
    const server = await sink(saying(200));
    expect(await failureOf(open(server, { headers, body: '{payload}' }).send(event()))).toBe(reason);
    expect(server.received).toEqual([]);
  });

  it('its name tells no token', () => {
    expect(
      open({ url: 'http://me:secret@127.0.0.1/x?token=t' }, { url: 'http://me:secret@127.0.0.1/x?token=t' }).name,
    ).toBe('POST http://127.0.0.1/x');
  });
});

describe('sandbox', () => {
  it('lets an event of the type happen there', async () => {
    const sandbox = keep(await startSandbox({ accounts: ['rep-1'], seed: 1, apiPort: 0 }));
    const target = keep(openTarget({ kind: 'sandbox', sandbox: { url: `${sandbox.apiUrl}/` } }, context()));
    await target.send(event());
    expect(sandbox.truth.published).toMatchObject([{ account: 'rep-1', type: 'email_opened' }]);
    expect(await failureOf(target.send(event({ type: 'unheard-of' })))).toMatch(/^HTTP 400: There is no type/);
  });
});

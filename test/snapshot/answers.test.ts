import { gzipSync } from 'node:zlib';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ObserveError } from '../../src/model/errors.js';
import type { Settings } from '../../src/model/settings.js';
import type { ListRequest } from '../../src/model/snapshot.js';
import type { ListFaultName, ListStrikeOptions } from '../../src/sandbox/lists-faults.js';
import { eventType, path, settings as settingsOf } from '../given.js';
import { listsIn, loaded, openSnapshot, publish, rowsOf, serve, snapshotOf, stage, withLists } from './stage.js';

/** The error that reading ends in. */
async function failureOf(settings: Settings): Promise<Error> {
  const error = await snapshotOf(settings).then(
    () => new Error('it was read'),
    (error: unknown) => error as Error,
  );
  expect(error).toBeInstanceOf(ObserveError);
  return error;
}

describe('a bad answer of the sandbox', () => {
  const sentences: readonly (readonly [ListFaultName, ListStrikeOptions, RegExp])[] = [
    ['slow', { byMs: 60_000 }, /no whole answer within 200 ms \(2 tries\); see to that server/],
    ['server-error', {}, /HTTP 500; see what that server's log says$/],
    ['too-many-requests', {}, /HTTP 429 \(2 tries\); try again later/],
    ['truncated-json', {}, /its JSON ends early; see to that server/],
    ['broken-off', {}, /the answer broke off \(\w+\) \(2 tries\); see to that server/],
    ['wrong-content-type', {}, /answered text\/html instead of JSON; check that its url is that of the API/],
    ['redirect-loop', {}, /its redirects go in a circle( \(\d+ tries\))?; correct its url/],
  ];

  it.each(sentences)('%s ends in a sentence, and in no verdict', async (fault, options, sentence) => {
    const { sandbox, settings } = await stage();
    await publish(sandbox, 20);
    sandbox.strikeLists(fault, 'rep-1', options);
    const { message } = await failureOf(withLists(settings, { retries: 1, timeoutMs: 200 }));
    expect(message).toMatch(/^snapshot\.candidate\[0\]: GET http:\/\/127\.0\.0\.1:\d+\/v1\/feed for rep-1: /);
    expect(message).toMatch(sentence);
  });

  it.each(['too-many-requests', 'broken-off'] as const)('%s that passes is overcome, and counted', async (fault) => {
    const { sandbox, settings } = await stage();
    await publish(sandbox, 20);
    sandbox.strikeLists(fault, 'rep-1', { times: 1 });
    const report = await snapshotOf(settings);
    expect(report.status).toBe('proven');
    const bad = listsIn(report).tables.find(({ title }) => title === 'bad answers');
    expect(bad?.rows).toEqual([['candidate', expect.stringMatching(/429|broke off/), 1]]);
  });

  it('on one account leaves the others judged, and parity unproven', async () => {
    const { sandbox, settings } = await stage({ accounts: ['rep-1', 'rep-2'] });
    await publish(sandbox, 20, 'rep-1');
    await publish(sandbox, 20, 'rep-2');
    sandbox.strikeLists('server-error', 'rep-2');
    const report = await snapshotOf(settings);
    expect(report.status).toBe('unproven');
    expect(report.accounts['rep-1']?.allowed).toBeGreaterThan(10);
    expect(report.accounts['rep-2']?.allowed).toBe(0);
    expect(report.uncovered).toEqual([expect.stringContaining('for rep-2: HTTP 500')]);
  });

  it('a token that is not taken is told without the token', async () => {
    const { sandbox } = await stage();
    const { settings } = await loaded(
      sandbox.config().replace(/token: "token-\w+"|token: token-\w+/, 'token: token-of-somebody-else'),
    );
    const { message } = await failureOf(settings);
    expect(message).toMatch(/HTTP 401; check the account's token and the request's headers$/);
    expect(message).not.toContain('token-of-somebody-else');
  });
});

/** Settings that read one list a side from an address, both the same. */
function reading(url: string, some: Partial<ListRequest> = {}, more: Partial<Settings['snapshot']> = {}): Settings {
  const list = { method: 'GET' as const, url, headers: {}, items: path('$.items'), ...some };
  return settingsOf({
    events: [eventType()],
    snapshot: {
      control: [{ ...list, event: 'email-opened' }],
      candidate: [{ ...list, event: 'item_created' }],
      attempts: 1,
      intervalMs: 0,
      timeoutMs: 2_000,
      retries: 2,
      maxPages: 20,
      maxBytes: 10_000,
      concurrency: 1,
      dedupe: true,
      enriched: [],
      ...more,
    },
  });
}

const json = { 'content-type': 'application/json' };

describe('asking', () => {
  it('waits as long as the server says before it asks again', async () => {
    let asked = 0;
    const at: number[] = [];
    const url = await serve((_, response) => {
      at.push(performance.now());
      if (asked++ === 0) response.writeHead(503, { 'retry-after': '1' }).end();
      else response.writeHead(200, json).end('{"items":[]}');
    });
    await snapshotOf(reading(url));
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(990);
  });

  it('does not wait for hours', async () => {
    const url = await serve((_, response) => response.writeHead(429, { 'retry-after': '7200' }).end());
    expect((await failureOf(reading(url))).message).toMatch(/HTTP 429, and to wait 7200 s; try again after that time$/);
  });

  it('never tries a POST twice', async () => {
    let asked = 0;
    const url = await serve((_, response) => {
      asked++;
      response.destroy();
    });
    const { message } = await failureOf(reading(url, { method: 'POST', body: '{}' }));
    expect(message).toMatch(/^snapshot\.control\[0\]: POST .*: the answer broke off/);
    expect(asked).toBe(1);
  });

  it('follows redirects within the server, and takes credentials nowhere else', async () => {
    let strangers = 0;
    const stranger = await serve((_, response) => {
      strangers++;
      response.end();
    });
    const url = await serve((request, response) => {
      if (request.url === '/old') response.writeHead(308, { location: '/new' }).end();
      else if (request.url === '/away') response.writeHead(302, { location: `${stranger}/?x=1` }).end();
      else response.writeHead(200, json).end('{"items":[]}');
    });
    expect((await snapshotOf(reading(`${url}/old`))).findings).toEqual([]);
    expect((await failureOf(reading(`${url}/away`))).message).toContain(
      `a redirect to ${stranger}, where its credentials are not sent`,
    );
    expect(strangers).toBe(0);
  });

  it('follows no next page to another server', async () => {
    const url = await serve((_, response) =>
      response.writeHead(200, { ...json, link: '<http://127.0.0.1:9/>; rel="next"' }).end('{"items":[]}'),
    );
    const { message } = await failureOf(reading(url, { next: { kind: 'link', rel: 'next' } }));
    expect(message).toContain('its next page is on another server (http://127.0.0.1:9)');
  });

  it.each([
    ['a body that grows without end', 'x'.repeat(20_000), {}, 'answered more than 10000 bytes'],
    [
      'one that does so unpacked',
      gzipSync('x'.repeat(20_000)),
      { 'content-encoding': 'gzip' },
      'answered more than 10000 bytes',
    ],
    ['broken packing', 'no gzip', { 'content-encoding': 'gzip' }, 'its gzip is broken'],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22]), {}, 'answered no UTF-8'],
    ['nothing', '', {}, 'answered nothing'],
    ['no JSON', 'null and void', {}, 'answered no JSON'],
    ['no list', '{"items":{}}', {}, 'its JSON has no list at $.items'],
    ['another shape', '[]', {}, 'its JSON has nothing at $.items'],
  ])('refuses %s', async (_, body, headers, reason) => {
    const url = await serve((_, response) => response.writeHead(200, { ...json, ...headers }).end(body));
    expect((await failureOf(reading(url))).message).toContain(`: ${reason}; `);
  });

  it('unpacks what is packed, and counts what came over the wire', async () => {
    const body = gzipSync(`{"items":[${Array.from({ length: 50 }, (_, id) => `{"id":${id}}`).join(',')}]}`);
    const url = await serve((_, response) =>
      response.writeHead(200, { ...json, 'content-encoding': 'gzip' }).end(body),
    );
    const report = await snapshotOf(reading(url));
    expect(report.outcomes.match).toBe(50);
    expect(rowsOf(listsIn(report), 'cost of a full list').get('bytes')).toEqual([body.length, body.length]);
  });

  it.each([
    ['a cursor that comes again', 2, 'its pages go in a circle'],
    ['pages without end', 1_000, 'more than 20 pages'],
  ])('ends at %s', async (_, different, reason) => {
    let asked = 0;
    const url = await serve((_, response) => {
      asked++;
      response.writeHead(200, json).end(`{"items":[{"id":${asked}}],"next":${asked % different}}`);
    });
    const next = { kind: 'cursor' as const, at: path('$.next'), parameter: 'after' };
    expect((await failureOf(reading(url, { next }))).message).toContain(reason);
    expect(asked).toBeLessThanOrEqual(21);
  });

  it('ends where a page number changes nothing', async () => {
    const url = await serve((_, response) => response.writeHead(200, json).end('{"items":[{"id":1}]}'));
    const { message } = await failureOf(reading(url, { next: { kind: 'page', parameter: 'page', first: 1 } }));
    expect(message).toContain('answers the same page again');
  });

  it('leaves no query and no password in its sentence', async () => {
    const url = await serve((_, response) => response.writeHead(500).end());
    const { message } = await failureOf(reading(`${url.replace('//', '//me:hunter2@')}/a?key=geheim`));
    expect(message).toContain(`GET ${url}/a for rep-1: HTTP 500`);
    expect(message).not.toMatch(/hunter2|geheim/);
  });

  it('trusts no certificate that nobody vouches for', async () => {
    const server = createServer({ key: KEY, cert: CERT }, (_, response) => response.end('{"items":[]}'));
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect((await failureOf(reading(url))).message).toMatch(/its certificate is not trusted \(\w*CERT\w*\)/);
  });

  it('tells an address where nobody is', async () => {
    const { message } = await failureOf(reading('http://127.0.0.1:9/', {}, { retries: 0 }));
    expect(message).toContain('could not connect (ECONNREFUSED); check that its url is right');
  });

  it('of many accounts at once looks to nobody like a leak', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error): void => void warnings.push(warning);
    process.on('warning', note);
    onTestFinished(() => void process.off('warning', note));
    const accounts = Array.from({ length: 12 }, (_, index) => ({ id: `rep-${index + 1}`, values: {} }));
    const settings = reading('http://127.0.0.1:9/', {}, { retries: 1, concurrency: 12 });
    await failureOf({ ...settings, accounts });
    expect(warnings).toEqual([]);
  });

  it('ends early when interrupted, and reports what was read', async () => {
    const stop = new AbortController();
    const url = await serve(() => stop.abort('SIGINT'));
    const snapshot = openSnapshot(reading(url), { interrupt: stop.signal });
    await snapshot.compare();
    const report = snapshot.report({ startedAt: '2026-11-22T16:00:00.000Z' });
    await snapshot.stop();
    expect(report.run.interrupted).toBe('SIGINT');
    expect(report.status).toBe('unproven');
  });
});

/** A certificate that signs itself, for tests alone. */
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgK74XYfH/HU5uTGfm
AdyDLUkHASNx9Z6JyaoZQnTkQ1WhRANCAARyrAq8YQr6zWmVzx8mG5tbzGjXaK5+
+yao+4t5TueTkXJVeNW8ygP0sb+qSSBxQyJr7aC/huR0PnrHhCHHxuWe
-----END PRIVATE KEY-----
`;
const CERT = `-----BEGIN CERTIFICATE-----
MIIBgDCCASWgAwIBAgIUSF2bjRbPwZ5pExGQdqiarkipnl0wCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMjIwMTY0MloYDzIxMjYxMDI5
MjAxNjQyWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARyrAq8YQr6zWmVzx8mG5tbzGjXaK5++yao+4t5TueTkXJVeNW8ygP0
sb+qSSBxQyJr7aC/huR0PnrHhCHHxuWeo1MwUTAdBgNVHQ4EFgQUKJ1EQslT4Wea
4cszq0+8+Z3RoeYwHwYDVR0jBBgwFoAUKJ1EQslT4Wea4cszq0+8+Z3RoeYwDwYD
VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNJADBGAiEAphLier569gp8dTNwt3ru
HTgveSIFhsRaTEMk4z619W8CIQCqlFnv9JYa/eQblGXvuiSDSkWO4NiLyi1nEdWY
6foEGA==
-----END CERTIFICATE-----
`;

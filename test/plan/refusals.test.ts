import { describe, expect, it } from 'vitest';
import type { ProviderSettings } from '../../src/model/plan.js';
import { pauseWanted } from '../../src/plan/flags/answer.js';
import { GO_ON, openFlag } from './flag.js';
import { startVendor, type Answer } from './vendors/vendor.js';

const target = (url: string, method: string) => ({ url, method, headers: {} });

/** Every provider that calls a service, and how its own words for a refusal are told. */
const services: readonly (readonly [name: string, told: string, settings: (url: string) => ProviderSettings])[] = [
  [
    'http',
    'the flag service: GET URL/f',
    (url) => ({
      kind: 'http',
      http: { read: target(`${url}/f`, 'GET'), set: { on: target(`${url}/f`, 'PUT'), off: target(`${url}/f`, 'PUT') } },
    }),
  ],
  [
    'launchdarkly',
    'LaunchDarkly: GET URL/api/v2/flags/p/new-feed',
    (url) => ({
      kind: 'launchdarkly',
      launchdarkly: { url, token: 'secret-token', project: 'p', environment: 'e', contextKind: 'user' },
    }),
  ],
  [
    'unleash',
    'Unleash: GET URL/api/admin/projects/p/features/new-feed/environments/e',
    (url) => ({
      kind: 'unleash',
      unleash: { url, token: 'secret-token', project: 'p', environment: 'e', contextName: 'userId' },
    }),
  ],
  ['flipper', 'Flipper: GET URL/features/new-feed', (url) => ({ kind: 'flipper', flipper: { url, headers: {} } })],
  ['sandbox', 'the sandbox: GET URL/flags', (url) => ({ kind: 'sandbox', sandbox: { url } })],
];

const at = (status: number, message: string, headers = {}): Answer => ({ status, body: { message }, headers });
const now = { 'retry-after': '0' };

describe.each(services)('%s', (name, told, settings) => {
  const refused = async (instead: (Answer | 'hang up')[]): Promise<string> => {
    const vendor = await startVendor(() => ({ status: 500 }));
    vendor.instead.push(...instead);
    const flag = openFlag(settings(vendor.url), { timeoutMs: 2_000 });
    const failure: unknown = await flag.read(GO_ON).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'KnownError', fault: 'observe' });
    const { message } = failure as Error;
    expect(message).not.toContain('secret-token');
    return message.replaceAll(vendor.url, 'URL');
  };

  it('says what to do about 401, 403 and 404', async () => {
    expect(await refused([at(401, 'who are you')])).toMatch(`${told} was answered 401 (who are you): `);
    expect(await refused([at(403, 'not you')])).toMatch(`${told} was answered 403 (not you): `);
    expect(await refused([at(404, 'where')])).toMatch(`${told} was answered 404 (where): `);
    if (name === 'sandbox') return;
    expect(await refused([at(401, '')])).toMatch(/not accepted; check .*flag\./);
    expect(await refused([at(404, '')])).toMatch(/there is no.*; check .*flag\.key/);
  });

  it('tries 409, 429 and 5xx again, and tells when that does not help', async () => {
    expect(await refused(Array.from({ length: 4 }, () => at(409, 'in conflict', now)))).toMatch(
      `${told} was answered 409 (in conflict), 4 times: `,
    );
    expect(await refused(Array.from({ length: 4 }, () => at(429, 'slowly', now)))).toMatch(
      `${told} was answered 429 (slowly), 4 times: it is asked too often; try again in 0 s`,
    );
    expect(await refused(Array.from({ length: 4 }, () => at(503, 'closed', now)))).toBe(
      `${told} was answered 503 (closed), 4 times: the service is not well; try again later`,
    );
  });

  it('does not wait longer than half a minute', async () => {
    expect(await refused([at(429, 'slowly', { 'retry-after': '600' })])).toBe(
      `${told} was answered 429 (slowly): it is asked too often; try again in 600 s`,
    );
  });

  it('follows no redirect', async () => {
    expect(await refused([{ status: 302, headers: { location: 'http://127.0.0.1:9/' } }])).toMatch(
      'redirects are not followed',
    );
  });

  it('says what a page of HTML does not', async () => {
    expect(await refused([{ status: 404, body: '<html><body>Not Found</body></html>' }])).toMatch(
      `${told} was answered 404: `,
    );
  });
});

describe('a flag service that has a bad moment', () => {
  const [, , settings] = services[4] as (typeof services)[number];
  const well = { status: 200, body: { 'new-feed': { 'rep-1': 'on', 'rep-2': 'off' } } };

  it.each([
    ['429 with Retry-After', [at(429, 'slowly', now)]],
    ['503 twice', [at(503, '', now), at(503, '', now)]],
    ['a lost connection', ['hang up' as const]],
  ])('is asked again after %s', async (_, instead) => {
    const vendor = await startVendor(() => well);
    vendor.instead.push(...instead);
    const flag = openFlag(settings(vendor.url));
    expect((await flag.read(GO_ON)).variants).toEqual({ 'rep-1': 'on', 'rep-2': 'off' });
    expect(vendor.all).toHaveLength(instead.length + 1);
  });

  it('is told of when it does not answer', async () => {
    const vendor = await startVendor(() => well);
    vendor.instead.push('hang up', 'hang up', 'hang up', 'hang up');
    await expect(openFlag(settings(vendor.url)).read(GO_ON)).rejects.toThrow(
      / failed \(.*\), 4 times; check the address, and that the service is running/,
    );
  });

  it('is left alone when the plan is cut short', async () => {
    const vendor = await startVendor(() => well);
    vendor.instead.push(at(429, 'slowly', { 'retry-after': '20' }));
    const cut = new AbortController();
    const reading = openFlag(settings(vendor.url)).read(cut.signal);
    queueMicrotask(() => cut.abort(new Error('SIGINT')));
    await expect(reading).rejects.toThrow();
  });
});

describe('how long a service wants to be left alone', () => {
  const nowMs = Date.parse('2026-11-22T16:00:00Z');
  it.each([
    [{ 'retry-after': '7' }, 7_000],
    [{ 'retry-after': 'Sun, 22 Nov 2026 16:00:09 GMT' }, 9_000],
    [{ 'retry-after': 'Sun, 22 Nov 2026 15:00:00 GMT' }, 0],
    [{ 'x-ratelimit-reset': String(nowMs + 1_500) }, 1_500],
    [{ 'retry-after': 'soon' }, undefined],
    [{}, undefined],
  ])('%j', (headers, expected) => {
    expect(pauseWanted(headers, nowMs)).toBe(expected);
  });
});

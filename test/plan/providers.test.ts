import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parsePath } from '../../src/config/path.js';
import type { HttpFlagSettings } from '../../src/model/plan.js';
import { GO_ON, openFlag, type Wish } from './flag.js';
import { startVendor } from './vendors/vendor.js';

function folder(): string {
  const at = mkdtempSync(join(tmpdir(), 'parity-flag-'));
  onTestFinished(() => rmSync(at, { recursive: true, force: true }));
  return at;
}

describe('any HTTP API', () => {
  /** Keeps a variant a user: GET and PUT /flags/KEY/users/USER. */
  async function stage(states: Record<string, string>, wish: Wish = {}) {
    const vendor = await startVendor(({ method, url, body, headers }) => {
      const [, key, user = ''] = /^\/flags\/([^/]+)\/users\/(.+)$/.exec(url) ?? [];
      if (key === undefined || states[user] === undefined) return { status: 404, body: {} };
      if (method === 'PUT') states[user] = (JSON.parse(body) as { variant: string }).variant;
      return { status: 200, body: { flag: { key, variant: states[user], by: headers['x-account'] } } };
    });
    const url = `${vendor.url}/flags/{key}/users/{targetingKey}`;
    const set = {
      url,
      method: 'PUT',
      headers: { 'x-account': '{account}' },
      body: '{"variant":"{variant}","for":"{account.token}"}',
    };
    const http: HttpFlagSettings = {
      read: { url, method: 'GET', headers: {} },
      state: parsePath('$.flag.variant'),
      set: { on: set, off: set },
    };
    return {
      vendor,
      flag: openFlag({ kind: 'http', http }, { key: 'new feed', variants: { on: 'v2', off: 'v1' }, ...wish }),
    };
  }

  it('is read and set by templates, a call an account', async () => {
    const states = { 'user-rep-1': 'v1', 'user-rep-2': 'v2' };
    const { vendor, flag } = await stage(states);
    const first = await flag.read(GO_ON);
    expect(first.variants).toEqual({ 'rep-1': 'off', 'rep-2': 'on' });
    await flag.set('on', GO_ON);
    expect(states).toEqual({ 'user-rep-1': 'v2', 'user-rep-2': 'v2' });
    await flag.restore(first.state, GO_ON);
    expect(states).toEqual({ 'user-rep-1': 'v1', 'user-rep-2': 'v2' });
    expect(vendor.changes[0]).toBe('PUT /flags/new%20feed/users/user-rep-1 {"variant":"v2","for":"token-of-rep-1"}');
  });

  it('tells a state that it could not put back', async () => {
    const { flag } = await stage({ 'user-rep-1': 'v3', 'user-rep-2': 'v2' });
    await expect(flag.set('on', GO_ON)).rejects.toThrow(
      'the flag service says "v3" of new feed for rep-1, which is neither v2 nor v1; say what they are with flag.on and flag.off, and where they are with flag.http.state',
    );
  });

  it('may have one address for on and one for off, and one state for all', async () => {
    let isOn = false;
    const vendor = await startVendor(({ method, url }) => {
      if (url === '/state') return { status: 200, body: isOn ? 'true' : 'false' };
      isOn = method === 'POST';
      return { status: 204 };
    });
    const call = (method: string, path: string) => ({ url: vendor.url + path, method, headers: {} });
    const http = {
      read: call('GET', '/state'),
      set: { on: call('POST', '/enabled'), off: call('DELETE', '/enabled') },
    };
    const flag = openFlag({ kind: 'http', http }, { variants: { on: true, off: false } });
    const first = await flag.read(GO_ON);
    await flag.set('on', GO_ON);
    expect((await flag.read(GO_ON)).variants).toEqual({ 'rep-1': 'on', 'rep-2': 'on' });
    await flag.restore(first.state, GO_ON);
    expect(isOn).toBe(false);
    expect(vendor.changes).toEqual(['POST /enabled', 'DELETE /enabled']);
  });

  it('notices that a flag does not come back', async () => {
    const { vendor, flag } = await stage({ 'user-rep-1': 'v1', 'user-rep-2': 'v2' });
    const first = await flag.read(GO_ON);
    await flag.set('on', GO_ON);
    const deaf = { status: 200, body: { flag: { variant: 'v2' } } };
    vendor.instead.push(deaf, deaf, deaf, deaf, deaf, deaf);
    await expect(flag.restore(first.state, GO_ON)).rejects.toThrow(
      'the flag was put back, but reads {"rep-1":"on","rep-2":"on"} instead of {"rep-1":"off","rep-2":"on"}',
    );
  });
});

const FLAGS = `{
  "$schema": "https://flagd.dev/schema/v0/flags.json",
  "flags": {
    "other": {"state": "ENABLED", "variants": {"big": 9007199254740993}, "defaultVariant": "big"},
    "new-feed": {
      "state": "ENABLED",   "variants": {"on": 12345678901234567890, "off": 1.0},
      "defaultVariant": "off",
      "targeting": {"if": [{"==": [{"var": "plan"}, "beta"]}, "on", null]}
    }
  }
}
`;

describe('flagd', () => {
  function stage(text = FLAGS, wish: Wish = {}) {
    const file = join(folder(), 'flags.json');
    writeFileSync(file, text, { mode: 0o640 });
    return { file, flag: openFlag({ kind: 'flagd', flagd: { file } }, wish), text: () => readFileSync(file, 'utf8') };
  }
  const definition = (text: string) =>
    (JSON.parse(text) as { flags: Record<string, Record<string, unknown>> }).flags['new-feed'];

  it('puts a rule before the targeting, keeps every other byte, and puts all bytes back', async () => {
    const { flag, text } = stage();
    const first = await flag.read(GO_ON);
    expect(first.variants).toEqual({ 'rep-1': undefined, 'rep-2': undefined });
    await flag.set('on', GO_ON);
    const theirs = { if: [{ '==': [{ var: 'plan' }, 'beta'] }, 'on', null] };
    const ours = { in: [{ var: 'targetingKey' }, ['user-rep-1', 'user-rep-2']] };
    expect(definition(text())?.['targeting']).toEqual({ if: [ours, 'on', theirs] });
    expect((await flag.read(GO_ON)).variants).toEqual({ 'rep-1': 'on', 'rep-2': 'on' });
    await flag.set('off', GO_ON);
    expect(definition(text())?.['targeting']).toEqual({ if: [ours, 'off', theirs] });
    expect((await flag.read(GO_ON)).variants).toEqual({ 'rep-1': 'off', 'rep-2': 'off' });
    expect(text()).toContain('12345678901234567890');
    expect(text()).toContain(
      '"other": {"state": "ENABLED", "variants": {"big": 9007199254740993}, "defaultVariant": "big"}',
    );
    await flag.restore(first.state, GO_ON);
    expect(text()).toBe(FLAGS);
  });

  it('for everyone sets the default variant and puts targeting aside', async () => {
    const { flag, text } = stage(FLAGS, { scope: 'everyone' });
    const first = await flag.read(GO_ON);
    await flag.set('on', GO_ON);
    expect(definition(text())).toMatchObject({ state: 'ENABLED', defaultVariant: 'on', targeting: {} });
    expect((await flag.read(GO_ON)).variants).toEqual({ 'rep-1': 'on', 'rep-2': 'on' });
    await flag.restore(first.state, GO_ON);
    expect(text()).toBe(FLAGS);
  });

  it('enables a flag only where that gives others nothing', async () => {
    const disabled = FLAGS.replace('"state": "ENABLED",   "variants"', '"state": "DISABLED",   "variants"');
    const refused = stage(disabled);
    await expect(refused.flag.set('on', GO_ON)).rejects.toThrow('flag: new-feed is DISABLED in');
    expect(refused.text()).toBe(disabled);
    const plain = disabled.replace(/,\s+"targeting": .*/, '');
    const { flag, text } = stage(plain);
    const first = await flag.read(GO_ON);
    await flag.set('on', GO_ON);
    expect(definition(text())?.['state']).toBe('ENABLED');
    await flag.restore(first.state, GO_ON);
    expect(text()).toBe(plain);
  });

  it.each([
    ['no such flag', { key: 'newer-feed' }, 'has no flags → newer-feed; check flag.key'],
    [
      'no such variant',
      { variants: { on: 'yes', off: 'no' } },
      'has no variant "yes" of the flag; it has on, off: say with flag.on and flag.off which they are',
    ],
  ])('tells of %s', async (_, wish, words) => {
    await expect(stage(FLAGS, wish).flag.set('on', GO_ON)).rejects.toThrow(words);
  });

  it('tells of a file that is none', async () => {
    await expect(openFlag({ kind: 'flagd', flagd: { file: '/nowhere/flags.json' } }).read(GO_ON)).rejects.toThrow(
      '/nowhere/flags.json could not be read (ENOENT); check its name and permissions',
    );
    await expect(stage('{"flags": ').flag.read(GO_ON)).rejects.toThrow('answered with what is no JSON');
  });
});

describe('a command', () => {
  const SCRIPT = `#!/bin/sh
case "$1" in
  get) cat "$2" 2>/dev/null || echo off ;;
  set) printf '%s' "$3" > "$2"; [ $# -eq 3 ] || exit 9 ;;
  fail) echo "no such flag" >&2; exit 3 ;;
  hang) exec sleep 30 ;;
esac
`;
  function stage(read: string[], set: string[], wish: Wish = {}) {
    const cwd = folder();
    writeFileSync(join(cwd, 'flag.sh'), SCRIPT);
    chmodSync(join(cwd, 'flag.sh'), 0o755);
    const file = join(cwd, 'flag.sh');
    return {
      cwd,
      flag: openFlag({ kind: 'command', command: { read: [file, ...read], set: [file, ...set], cwd } }, wish),
    };
  }

  it('is run for each account, its arguments as they are', async () => {
    const { cwd, flag } = stage(['get', '{targetingKey}'], ['set', '{targetingKey}', '{variant}'], {
      variants: { on: '$(touch hacked); on', off: 'off' },
    });
    const first = await flag.read(GO_ON);
    expect(first.variants).toEqual({ 'rep-1': 'off', 'rep-2': 'off' });
    await flag.set('on', GO_ON);
    expect(readFileSync(join(cwd, 'user-rep-1'), 'utf8')).toBe('$(touch hacked); on');
    expect((await flag.read(GO_ON)).variants).toEqual({ 'rep-1': 'on', 'rep-2': 'on' });
    await flag.restore(first.state, GO_ON);
    expect(readFileSync(join(cwd, 'user-rep-2'), 'utf8')).toBe('off');
    expect(() => readFileSync(join(cwd, 'hacked'))).toThrow();
  });

  it('tells how it failed', async () => {
    await expect(stage(['fail'], ['set']).flag.read(GO_ON)).rejects.toThrow(
      /flag\.sh ended with exit code 3 \(no such flag\); try it by hand/,
    );
    await expect(stage(['hang'], ['set'], { timeoutMs: 50 }).flag.read(GO_ON)).rejects.toThrow(
      /flag\.sh did not end within 50 ms/,
    );
    await expect(stage(['set', 'x', 'maybe'], ['set']).flag.read(GO_ON)).rejects.toThrow(
      /printed "" for rep-1, which is neither on nor off/,
    );
    const nowhere = {
      kind: 'command',
      command: { read: ['/nowhere/flag'], set: ['/nowhere/flag'], cwd: '/' },
    } as const;
    await expect(openFlag(nowhere).read(GO_ON)).rejects.toThrow('the command /nowhere/flag could not be run (ENOENT)');
  });

  it('is refused where one call for all could not put back what differs', async () => {
    const { cwd, flag } = stage(['get', '{targetingKey}'], ['set', 'all', '{variant}']);
    writeFileSync(join(cwd, 'user-rep-1'), 'on');
    await expect(flag.set('on', GO_ON)).rejects.toThrow('the accounts have different variants now');
  });
});

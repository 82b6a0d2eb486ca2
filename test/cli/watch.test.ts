import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Report } from '../../src/model/report.js';
import { config, folder } from './folder.js';
import { parity, start, type Ended } from './parity.js';
import { stage, traffic } from './systems.js';

function reportOf({ stdout }: Ended): Report {
  return JSON.parse(stdout) as Report;
}

describe('parity watch of clean feeds', () => {
  it.skipIf(!process.env['CI'])('ends with exit code 0, whatever becomes of its streams', async () => {
    const { sandbox, file } = await stage({ tokens: { 'rep-1': 'canary-7c02', 'rep-2': 'canary-91ab' } });
    traffic(sandbox);
    const watch = ['watch', '--duration', '1s', '--config', file];
    const [json, quiet, coloured] = [
      start([...watch, '--json']),
      start([...watch, '--quiet', '--json']),
      start(watch, { env: { FORCE_COLOR: '1', NO_COLOR: '' } }),
    ];
    const [unread, unheard] = [start(watch), start([...watch, '--json'])];
    unread.turnAway('stdout');
    unheard.turnAway('stderr');

    const all = await Promise.all([json, quiet, coloured, unread, unheard].map(({ ended }) => ended));
    expect(all.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
    const [one, two, three, four, five] = all as [Ended, Ended, Ended, Ended, Ended];
    for (const ended of [one, two, five]) {
      expect(reportOf(ended)).toMatchObject({ format: 'feed-parity/report', version: 1, status: 'proven' });
    }
    expect(one.stdout.endsWith('}\n')).toBe(true);
    expect(one.stderr).toBe(`watching 2 accounts of ${file}\n`);
    expect(two.stderr).toBe('');
    expect(three.stdout).toContain('\u001B[');
    expect(three.stdout).toContain('PARITY PROVEN');
    expect(four.stderr).toBe(`watching 2 accounts of ${file}\n`);
    expect(JSON.stringify(all)).not.toContain('canary');
    expect(one.stdout + one.stderr + four.stderr).not.toContain('\u001B');
  });

  it('is unproven, with exit code 4, where too little came', async () => {
    const { file } = await stage();
    const { code, stdout, stderr } = await parity(['watch', '--duration', '0s', '--config', file]);
    expect(code).toBe(4);
    expect(stdout).toMatch(/^PARITY UNPROVEN\. /);
    expect(stderr).toBe(`watching 2 accounts of ${file}\n`);
  });

  it('watches the accounts that it is told to', async () => {
    const { file } = await stage();
    const { stdout } = await parity(['watch', '--duration', '0s', '--accounts', 'rep-2', '--config', file, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ run: { accounts: 1 } });
  });
});

describe('parity watch of feeds that differ', () => {
  it('ends with exit code 1, and shows what differs without the secrets in it', async () => {
    const { sandbox, file } = await stage({ tokens: { 'rep-1': 'canary-3e55' } });
    let nth = 0;
    const publishing = setInterval(() => {
      sandbox.publish('rep-1', 'email_opened', { fault: 'drop' });
      sandbox.pusher.publish('private-feed-rep-2', 'email-opened', `{"id":${++nth},"note":"canary-3e55 \\u001B[2J"}`);
    }, 40);
    onTestFinished(() => clearInterval(publishing));
    const watch = ['watch', '--duration', '1s', '--config', file];
    const [json, text] = await Promise.all([parity([...watch, '--json']), parity(watch)]);
    expect([json.code, text.code]).toEqual([1, 1]);
    expect(text.stdout).toMatch(/^PARITY BROKEN\. /);
    const { status, findings } = reportOf(json);
    expect(status).toBe('broken');
    const payloads = findings.map(({ control }) => control?.payload ?? '');
    expect(payloads.filter((payload) => payload.includes('[secret]'))).not.toEqual([]);
    expect(JSON.stringify([json, text])).not.toContain('canary');
    expect(text.stdout).not.toContain('\u001B');
  });

  it('tells which account was given up, and is unproven', async () => {
    const { file } = await stage({}, (yaml) => yaml.replace(/(?<=rep-2, token: )[\w-]+/, 'wrong-token'));
    const { code, stderr } = await parity(['watch', '--duration', '0s', '--config', file]);
    expect(code).toBe(4);
    expect(stderr.trimEnd().split('\n')).toEqual([
      `watching 2 accounts of ${file}`,
      'control rep-2: given up, auth endpoint answered 403 for private-feed-rep-2; control.pusher.auth.endpoint refuses account rep-2: check its headers and params',
      'candidate rep-2: given up, HTTP 403 on the upgrade; the server refuses account rep-2: check its credentials in candidate.phoenix.params or candidate.phoenix.authToken',
    ]);
  });
});

describe('parity watch, interrupted', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('by %s writes its report and ends with exit code %i', async (signal, code) => {
    const { file, listening } = await stage();
    const watching = start(['watch', '--json', '--config', file]);
    await listening();
    watching.kill(signal);
    const ended = await watching.ended;
    expect(ended.code).toBe(code);
    expect(reportOf(ended).run.interrupted).toBe(signal);
    expect(ended.stderr).toContain(`\n${signal}: `);
  });

  it.skipIf(!process.env['CI'])('twice leaves at once, although a window of minutes is not over', async () => {
    const { file, listening, sandbox } = await stage({ window: { beforeMs: 0, afterMs: 600_000 } });
    traffic(sandbox);
    const watching = start(['watch', '--json', '--config', file]);
    await listening();
    // Its first line of progress says that it has seen events, and so that it is past connecting.
    await watching.said(' pairs, ');
    watching.kill('SIGINT');
    await watching.said('SIGINT: waiting one window for what is on its way; once more leaves at once');
    watching.kill('SIGINT');
    const ended = await watching.ended;
    expect(ended.code).toBe(130);
    expect(reportOf(ended).run.interrupted).toBe('SIGINT');
  });

  it('while connecting leaves at once', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void silent.close());
    await once(silent, 'listening');
    const url = `ws://127.0.0.1:${(silent.address() as AddressInfo).port}/`;
    const cwd = await folder({ 'parity.yaml': config({ control: { websocket: { url, event: '$.type' } } }) });
    const dialled = once(silent, 'connection');
    const watching = start(['watch', '--json'], { cwd });
    await dialled;
    watching.kill('SIGINT');
    const ended = await watching.ended;
    expect(ended.code).toBe(130);
    expect(ended.stderr).toMatch(/^watching .*\nSIGINT: leaving\n$/);
    expect(reportOf(ended)).toMatchObject({ status: 'unproven', run: { interrupted: 'SIGINT' } });
  });
});

import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startPhoenixServer } from '../../src/sandbox/phoenix-server.js';
import { config, folder } from './folder.js';
import { parity, sentence } from './parity.js';
import { serve, stage } from './systems.js';

/** Watches with an edited config of a sandbox. */
async function watch(edit: (config: string) => string): Promise<ReturnType<typeof parity>> {
  const { file } = await stage({ accounts: ['rep-1'] }, edit);
  return parity(['watch', '--quiet', '--duration', '1s', '--config', file]);
}

const AUTH = /http:\/\/127\.0\.0\.1:\d+\/pusher\/auth/;

describe('a server that refuses for good ends the run with one sentence and exit code 3', () => {
  it.concurrent.each([
    [
      'credentials of the candidate',
      (yaml: string) => yaml.replace('params: {token: "{account.token}"}', 'params: {token: wrong-token}'),
      'candidate: could not subscribe rep-1: HTTP 403 on the upgrade; the server refuses account rep-1: check its credentials in candidate.phoenix.params or candidate.phoenix.authToken',
    ],
    [
      'credentials of control',
      (yaml: string) => yaml.replace('Bearer {account.token}', 'Bearer wrong-token'),
      'control: could not subscribe rep-1: auth endpoint answered 403 for private-feed-rep-1; control.pusher.auth.endpoint refuses account rep-1: check its headers and params',
    ],
    [
      'a topic that nobody serves',
      (yaml: string) => yaml.replace('feed:{account.id}', 'food:{account.id}'),
      'candidate: could not subscribe rep-1: join of food:rep-1 refused (unmatched topic); check candidate.phoenix.topics, and what account rep-1 may join',
    ],
    [
      'a channel of somebody else',
      (yaml: string) => yaml.replace('private-feed-{account.id}', 'private-feed-rep-2'),
      'control: could not subscribe rep-1: auth endpoint answered 403 for private-feed-rep-2; control.pusher.auth.endpoint refuses account rep-1: check its headers and params',
    ],
    [
      'an app key that nobody knows',
      (yaml: string) => yaml.replace('key: app-key', 'key: another-key'),
      'control: could not subscribe rep-1: close 4001; the server knows no such app: check control.pusher.key, cluster and host',
    ],
  ])('%s', async (_, edit, said) => {
    expect(await watch(edit)).toEqual(sentence(3, said));
  });

  it('a signature that is none', async () => {
    const forger = await serve((_, response) => response.end('{"auth":"app-key:deadbeef"}'));
    expect(await watch((yaml) => yaml.replace(AUTH, forger))).toEqual(
      sentence(
        3,
        "control: could not subscribe rep-1: subscription of private-feed-rep-1 refused (401); check the channel's name and its authorisation in control.pusher.channels and .auth",
      ),
    );
  });

  it('many accounts are one sentence still, and not one each', async () => {
    const accounts = Array.from({ length: 40 }, (_, index) => `rep-${index + 1}`);
    const { file } = await stage({ accounts }, (yaml) => yaml.replace('params: {token: "{account.token}"}, ', ''));
    const { code, stdout, stderr } = await parity(['watch', '--config', file]);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr.split('\n')).toEqual([
      `watching 40 accounts of ${file}, until Ctrl-C`,
      expect.stringMatching(
        /^parity: candidate: 0 of 40 accounts could be subscribed; rep-\d+: HTTP 403 on the upgrade; the server refuses /,
      ),
      '',
    ]);
  });

  it('what a server says is told without the secrets and control characters in it', async () => {
    const server = await startPhoenixServer({ join: () => ({ error: { reason: 'no \u001B[31mcanary-5d1f here' } }) });
    onTestFinished(() => server.stop());
    const candidate = { phoenix: { url: server.url, topics: ['feed:{account.id}'], params: { t: '{account.token}' } } };
    const cwd = await folder({ 'parity.yaml': config({ candidate, token: 'canary-5d1f' }) });
    const said = 'join of feed:rep-1 refused (no \uFFFD[31m[secret] here)';
    const advice = 'check candidate.phoenix.topics, and what account rep-1 may join';
    expect(await parity(['watch', '--quiet'], { cwd })).toEqual(
      sentence(3, `candidate: could not subscribe rep-1: ${said}; ${advice}`),
    );
    const { code, stdout } = await parity(['doctor', '--timeout', '100ms'], { cwd });
    expect(code).toBe(3);
    expect(stdout).not.toContain('canary');
    expect(stdout).not.toContain('\u001B');
  });
});

describe('parity doctor', () => {
  it('tells each step in a line, and ends with exit code 0 where all is well', async () => {
    const { file, sandbox } = await stage();
    const { code, stdout, stderr } = await parity(['doctor', '--config', file]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n')).toEqual([
      `✓ config: ${file} (accounts: 2, event types to compare: 4)`,
      `… control: trying Pusher at ws://127.0.0.1:${sandbox.pusher.port}, private-feed-{account.id}`,
      `… candidate: trying Phoenix at ${sandbox.phoenix.url}, feed:{account.id}`,
      expect.stringMatching(/^✓ control: 2 of 2 accounts subscribed, the last after \d+ ms$/),
      expect.stringMatching(/^✓ candidate: 2 of 2 accounts subscribed, the last after \d+ ms$/),
      expect.stringMatching(/^✓ clock: no stall of this process|^✓ clock: a stall of \d+ ms/),
      "✓ control: 2 of 2 requests for another account's channel were refused",
      "✓ candidate: 2 of 2 requests for another account's channel were refused",
      '',
    ]);
  });

  it('names who did not come and why, with exit code 3', async () => {
    const cwd = await folder({ 'parity.yaml': config() });
    const { code, stdout, stderr } = await parity(['doctor', '--timeout', '1s'], { cwd });
    expect({ code, stderr }).toEqual({ code: 3, stderr: '' });
    // Nothing that was not there is told with a sign of success.
    expect(stdout).not.toMatch(/^✓ (?:control|candidate)/m);
    expect(stdout.split('\n').slice(1, 7)).toEqual([
      '… control: trying WebSocket at ws://127.0.0.1:9/socket',
      '… candidate: trying Phoenix at ws://127.0.0.1:9/socket, feed:{account.id}',
      '✗ control: 0 of 1 accounts subscribed',
      '✗ control rep-1: connect ECONNREFUSED 127.0.0.1:9; check that control.websocket is right to say ws://127.0.0.1:9/socket, and that the server there is running',
      '✗ candidate: 0 of 1 accounts subscribed',
      '✗ candidate rep-1: connect ECONNREFUSED 127.0.0.1:9; check that candidate.phoenix is right to say ws://127.0.0.1:9/socket, and that the server there is running',
    ]);
  });
});

/** Patience lasts ten seconds, so these wait for it side by side. */
describe.runIf(process.env['CI'])(
  'a side that does not answer is waited for, and then told',
  { concurrent: true },
  () => {
    it('nothing listens there', async ({ expect }) => {
      const cwd = await folder({ 'parity.yaml': config() });
      const { code, stdout, stderr } = await parity(['watch'], { cwd });
      expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
      const lines = stderr.trimEnd().split('\n');
      expect(lines[0]).toMatch(/^watching 1 account of .*parity\.yaml, until Ctrl-C$/);
      expect(lines.slice(-2)).toEqual([
        'parity: control: could not subscribe rep-1: connect ECONNREFUSED 127.0.0.1:9; check that control.websocket is right to say ws://127.0.0.1:9/socket, and that the server there is running',
        'candidate: could not subscribe rep-1: connect ECONNREFUSED 127.0.0.1:9; check that candidate.phoenix is right to say ws://127.0.0.1:9/socket, and that the server there is running',
      ]);
    });

    it('the socket is mounted elsewhere', async ({ expect }) => {
      const { code, stderr } = await watch((yaml) => yaml.replace('/socket"', '/sockets"'));
      expect(code).toBe(3);
      expect(stderr).toMatch(
        /^parity: candidate: could not subscribe rep-1: HTTP 404 on the upgrade; there is a server, but no feed at ws:\/\/127\.0\.0\.1:\d+\/sockets: check host, port and path in candidate\.phoenix\n$/,
      );
    });

    it('the socket never answers', async ({ expect }) => {
      const address = await serve(() => {});
      const file = join(
        await folder({
          'parity.yaml': config({ control: { websocket: { url: address.replace('http', 'ws'), event: '$.type' } } }),
        }),
        'parity.yaml',
      );
      const { code, stderr } = await parity(['watch', '--quiet', '--config', file]);
      expect(code).toBe(3);
      expect(stderr).toMatch(
        /^parity: control: could not subscribe rep-1: .+; .+\ncandidate: could not subscribe rep-1: .+\n$/,
      );
    });

    it('the endpoint that authorises channels fails, is not there, is a page for people, or signs nothing', async ({
      expect,
    }) => {
      const answers = [
        { status: 500, body: 'Internal Server Error', told: 'answered 500' },
        { status: 404, body: 'Not Found', told: 'answered 404' },
        { status: 200, body: '<html>Sign in</html>', told: 'answered no JSON' },
        { status: 200, body: '{}', told: 'answered JSON without auth' },
      ];
      const ended = answers.map(async ({ status, body }) => {
        const endpoint = await serve((_, response) => response.writeHead(status).end(body));
        return watch((yaml) => yaml.replace(AUTH, endpoint));
      });
      const advice = 'check that control.pusher.auth.endpoint is what authorises channels, and that it works';
      expect(await Promise.all(ended)).toEqual(
        answers.map(({ told }) => sentence(3, `control: could not subscribe rep-1: auth endpoint ${told}; ${advice}`)),
      );
    });
  },
);

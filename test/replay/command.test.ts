import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/model/report.js';
import { startSandbox } from '../../src/sandbox/system.js';
import { stringify, parse } from 'yaml';
import { startSink } from './sink.js';
import { folder, parity, recordSandbox, start, startPair, type Pair } from './pair.js';

const files = folder();
let recording = '';
let sandboxConfig = '';
let recordedKeys: Set<string>;
let sendable = 0;
let pair: Pair | undefined;

beforeAll(async () => {
  const made = await recordSandbox(120);
  recording = files.write('recording.ndjson', made.recording);
  sandboxConfig = made.config;
  const frames = made.recording
    .split('\n')
    .filter((line) => line.includes('"side":"control"') && line.includes('"frame"'));
  sendable = frames.length;
  recordedKeys = new Set(frames.map((line) => /"payload":\{"id":(\d+)/.exec(line)?.[1] ?? ''));
  expect(sendable).toBeGreaterThan(80);
});

afterEach(async () => {
  await pair?.stop();
  pair = undefined;
});

afterAll(() => files.remove());

const configOf = (replay: object = {}): string =>
  files.write('parity.yaml', (pair as Pair).config(sandboxConfig, replay));

describe('parity replay', () => {
  it('drives a recording into both systems and proves them equal', async () => {
    pair = await startPair();
    const ended = await parity('replay', recording, '--config', configOf(), '--speed', '2', '--json', '--quiet');
    expect(ended.stderr).toBe('');
    const { status, outcomes, observed, replay } = ended.report;
    expect({ code: ended.code, status }).toEqual({ code: 0, status: 'proven' });
    expect(outcomes.match + outcomes.allowed).toBe(sendable);
    expect(observed).toEqual({ control: sendable, candidate: sendable });
    expect(replay).toMatchObject({
      intended: sendable,
      due: sendable,
      sent: { control: sendable, candidate: sendable },
      failed: [],
      skipped: [],
      leftOut: { control: 0, candidate: 0 },
      seam: 'after-control',
      pace: '2 × the recorded pace',
      keys: { kind: 'unique' },
    });
    expect(replay?.lateness?.p50Ms).toBeGreaterThan(0);
    // What was sent had keys of its own, none of which was recorded.
    const sent = pair.api.received.map(({ body }) => /^\{"id":(\d+)/.exec(body)?.[1] ?? '');
    expect(new Set(sent).size).toBe(sendable);
    expect(sent.filter((key) => recordedKeys.has(key))).toEqual([]);
  });

  it('says in the report what of the recording could not be read, and so was not sent', async () => {
    pair = await startPair();
    const lines = readFileSync(recording, 'utf8').split('\n');
    const at = lines.findIndex((line) => line.includes('"side":"control"') && line.includes('"frame"'));
    const damaged = files.write('damaged.ndjson', lines.with(at, lines[at]?.slice(0, 60) ?? '').join('\n'));
    const ended = await parity('replay', damaged, '--config', configOf(), '--rate', '200/s', '--json', '--quiet');
    const { replay, sections } = ended.report;
    expect(replay?.sent).toEqual({ control: sendable - 1, candidate: sendable - 1 });
    const reading = sections?.find(({ kind }) => kind === 'recording');
    expect(reading?.summary).toContain('What stood in lines that cannot be read was not sent.');
    expect(reading?.tables?.[0]?.rows).toEqual([[`${damaged}:${at + 1}: left out, the line is no JSON`]]);
  });

  it('a refused call is a failed send and nothing is called missing; a lost event is, by its recorded key', async () => {
    let calls = 0;
    let lost = '';
    pair = await startPair(({ payload }) => {
      calls++;
      if (calls === 40) lost = /^\{"id":(\d+)/.exec(payload)?.[1] ?? '';
      return calls % 4 === 0;
    });
    // One call is accepted and then forgotten by the new system.
    const { phoenix } = pair;
    const publish = phoenix.publish.bind(phoenix);
    let published = 0;
    let dropped = '';
    Object.assign(phoenix, {
      publish: (topic: string, event: string, payload: string) => {
        if (++published !== 20) return publish(topic, event, payload);
        dropped = /"resource":\{"id":(\d+)/.exec(payload)?.[1] ?? '';
        return 0;
      },
    });
    const ended = await parity('replay', recording, '--config', configOf(), '--rate', '200/s', '--json', '--quiet');
    const { outcomes, findings, replay } = ended.report;
    const failed = Math.floor(sendable / 4);
    expect(replay?.failed).toEqual([{ target: 'candidate', reason: 'HTTP 503', count: failed }]);
    expect(replay?.sent).toEqual({ control: sendable, candidate: sendable - failed });
    expect(replay?.leftOut).toEqual({ control: failed, candidate: 0 });
    expect({ code: ended.code, missing: outcomes.missing, extra: outcomes.extra }).toEqual({
      code: 1,
      missing: 1,
      extra: 0,
    });
    expect(findings).toHaveLength(1);
    expect(recordedKeys.has(findings[0]?.key ?? '')).toBe(true);
    expect(recordedKeys.has(dropped)).toBe(false);
    expect(dropped.endsWith(findings[0]?.key ?? '-')).toBe(true);
    expect(lost).not.toBe('');
  });

  it('what was accepted alone proves nothing where many sends failed', async () => {
    let calls = 0;
    pair = await startPair(() => ++calls % 4 === 0);
    const ended = await parity('replay', recording, '--config', configOf(), '--rate', '200/s', '--json', '--quiet');
    const { status, outcomes, sections } = ended.report;
    expect({ code: ended.code, status }).toEqual({ code: 4, status: 'unproven' });
    expect(outcomes).toMatchObject({ missing: 0, extra: 0, mismatch: 0 });
    const failed = Math.floor(sendable / 4);
    expect(sections?.find(({ kind }) => kind === 'replay')?.cases).toEqual([
      {
        name: 'sends to candidate',
        status: 'undecided',
        detail: `${failed} of ${sendable} failed, at most 5 % (gate.inconclusiveShare)`,
      },
    ]);
  });

  it.skipIf(!process.env['CI'])(
    'control that accepts nothing cannot be observed: exit code 3, after the report',
    async () => {
      pair = await startPair();
      const control = { pusher: { appId: 'other', secret: 'wrong' } };
      const ended = await parity(
        'replay',
        recording,
        '--config',
        configOf({ control }),
        '--rate',
        '1000/s',
        '--limit',
        '5',
      );
      expect(ended.code).toBe(3);
      expect(ended.stderr).toMatch(/none of 5 events was accepted by Pusher at .*HTTP 401/);
      expect(ended.stdout).toMatch(/5 × send failed on control: HTTP 401/);
      expect(pair.api.received).toEqual([]);
      expect(ended.stdout + ended.stderr).not.toMatch(/wrong/);
    },
  );

  it('Ctrl-C sends nothing more, and tells of what was sent', async () => {
    let heard = (): void => {};
    const first = new Promise<void>((resolve) => (heard = resolve));
    pair = await startPair(() => {
      heard();
      return false;
    });
    const running = start('replay', recording, '--config', configOf(), '--rate', '20/s', '--loop', '100', '--json');
    await first;
    running.child.kill('SIGINT');
    const { code, report } = await running.ended;
    expect(code).toBe(130);
    const { outcomes, replay } = report;
    const { sent, due = 0, notReached = 0, intended } = replay ?? {};
    expect(sent).toEqual({ control: due, candidate: due });
    expect(pair.api.received).toHaveLength(due);
    expect(notReached).toBeGreaterThan(0);
    expect(intended).toBe(due + notReached);
    expect(outcomes).toMatchObject({ missing: 0, extra: 0 });
    expect(outcomes.match + outcomes.allowed).toBe(due);
  });

  it('Ctrl-C waits for answers that are under way: what was sent is judged, or left out', async () => {
    let hang = (): void => {};
    const hanging = new Promise<void>((resolve) => (hang = resolve));
    pair = await startPair();
    // The tenth call is never answered, and for longer than one window.
    const silent = await startSink((_, response) => {
      if (silent.received.length === 10) hang();
      else response.end();
    });
    try {
      const candidate = { http: { url: silent.url, body: '{payload}' } };
      const config = configOf({ candidate, timeout: '4s' });
      const running = start('replay', recording, '--config', config, '--rate', '50/s', '--loop', '100', '--json');
      await hanging;
      running.child.kill('SIGINT');
      const { code, report } = await running.ended;
      expect(code).toBe(130);
      const { sent, failed, leftOut } = report.replay ?? {};
      expect(failed).toEqual([{ target: 'candidate', reason: 'no answer within 4000 ms', count: 1 }]);
      expect(leftOut).toEqual({ control: 1, candidate: 0 });
      expect(report.observed.control + 1).toBe(sent?.control);
    } finally {
      await silent.stop();
    }
  });

  it('a second Ctrl-C leaves at once, and waits for no answer', async () => {
    let heard = (): void => {};
    const first = new Promise<void>((resolve) => (heard = resolve));
    pair = await startPair();
    const silent = await startSink(() => heard());
    try {
      const config = configOf({ candidate: { http: { url: silent.url, body: '{payload}' } }, timeout: '10m' });
      const { child, ended } = start('replay', recording, '--config', config, '--rate', '50/s', '--json');
      await first;
      let said = '';
      const told = new Promise<void>((resolve) =>
        child.stderr?.on('data', (text) => (said += String(text)).includes('leaves at once') && resolve()),
      );
      child.kill('SIGINT');
      await told;
      child.kill('SIGINT');
      const { code, stdout } = await ended;
      const { replay } = JSON.parse(stdout) as Report;
      expect(code).toBe(130);
      const failed = replay?.failed ?? [];
      expect(failed.map(({ reason }) => reason)).toContain('left before an answer came');
      expect(failed.reduce((sum, { count }) => sum + count, 0)).toBe(replay?.due);
      expect(replay?.sent.candidate).toBe(0);
    } finally {
      await silent.stop();
    }
  });

  it('--dry-run says what would be sent where, and sends nothing', async () => {
    pair = await startPair();
    const candidate = {
      http: {
        url: `${pair.api.url}/{account}?token={account.token}`,
        headers: { authorization: 'Bearer s3cret' },
        body: '{payload}',
      },
    };
    const config = configOf({ candidate, control: { pusher: { appId: 'app-1', secret: 'top-secret' } } });
    const ended = await parity('replay', recording, '--config', config, '--dry-run', '--rate', '10/s', '--loop', '2');
    expect(ended.code).toBe(0);
    expect(ended.stdout).toMatch(
      `Dry run: nothing was sent.\ncontrol: Pusher at 127.0.0.1:${pair.pusher.port}, app app-1\n`,
    );
    expect(ended.stdout).toMatch(
      `${sendable * 2} events at 10 events/s (after-control), the last due after ${((sendable * 2 - 1) / 10).toFixed(3)} s`,
    );
    expect(ended.stdout).toMatch(/trigger (?:email-opened|email-clicked|feed-item) on private-feed-rep-\d at/);
    expect(ended.stdout).not.toMatch(/top-secret|s3cret|token-/);
    expect(pair.api.received).toEqual([]);
    const asJson = await parity('replay', recording, '--config', config, '--dry-run', '--limit', '3', '--json');
    expect(JSON.parse(asJson.stdout)).toMatchObject({ events: 3, seam: 'after-control', skipped: [] });
  });

  it('--dry-run shows no control character that was recorded', async () => {
    pair = await startPair();
    const lines = readFileSync(recording, 'utf8').split('\n');
    const odd = lines.map((line) =>
      line.replace('"payload":{"id":', String.raw`"payload":{"id":"\u001b[2J\u009b","was":`),
    );
    const ended = await parity(
      'replay',
      files.write('odd.ndjson', odd.join('\n')),
      '--config',
      configOf(),
      '--dry-run',
    );
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain('key \ufffd[2J\ufffd → ');
    expect(ended.stdout).not.toMatch(/[\u001b\u009b]/);
  });

  it('refuses hosts that are not allowed before anything is sent, also for a dry run', async () => {
    pair = await startPair();
    const candidate = { http: { url: 'https://live.example.com/events', body: '{payload}' } };
    for (const more of [[], ['--dry-run']]) {
      const ended = await parity('replay', recording, '--config', configOf({ candidate }), ...more);
      expect(ended.code).toBe(2);
      expect(ended.stderr).toMatch(
        /candidate target would send to live\.example\.com, which replay\.allow does not hold; nothing was sent/,
      );
    }
    const allowed = await parity(
      'replay',
      recording,
      '--config',
      configOf({ candidate, allow: ['live.example.com'] }),
      '--dry-run',
    );
    expect(allowed.code).toBe(0);
  });

  it.each([
    [['--rate', 'fast'], /--rate: "fast" is no rate/],
    [['--speed', '2', '--rate', '5'], /two paces/],
    [['--limit', '0'], /--limit/],
    [['--loop', 'x'], /--loop/],
  ])('%j is a wrong call', async (args, message) => {
    pair = await startPair();
    const ended = await parity('replay', recording, '--config', configOf(), ...args);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(message);
  });

  it('a config without the section, and accounts that nobody stands in for, are told', async () => {
    pair = await startPair();
    const none = await parity('replay', recording, '--config', files.write('none.yaml', sandboxConfig));
    expect([none.code, none.stderr]).toEqual([2, expect.stringMatching(/no replay section/)]);
    const other = parse(pair.config(sandboxConfig, {}), { intAsBigInt: true }) as {
      accounts: { id: string }[];
    };
    other.accounts = other.accounts.map((account) => Object.assign(account, { id: `test-${account.id}` }));
    const lacking = await parity(
      'replay',
      recording,
      '--config',
      files.write('other.yaml', stringify(other)),
      '--dry-run',
    );
    expect([lacking.code, lacking.stderr]).toEqual([
      2,
      expect.stringMatching(/no account rep-1, rep-2, rep-3;.*replay\.accounts/),
    ]);
  });

  it.skipIf(!process.env['CI'])('the sandbox as a target causes both sides itself', async () => {
    const sandbox = await startSandbox({
      accounts: ['rep-1', 'rep-2', 'rep-3'],
      seed: 3,
      apiPort: 0,
      gate: { confidence: 0.95, defectRate: 0.1, missing: 0, minPerType: 5 },
    });
    try {
      const config = files.write('sandbox.yaml', sandbox.config());
      const ended = await parity('replay', recording, '--config', config, '--rate', '200/s', '--json', '--quiet');
      expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code: 0, stderr: '' });
      expect(ended.report).toMatchObject({
        status: 'proven',
        replay: { seam: 'control-only', sent: { control: sendable, candidate: 0 } },
      });
    } finally {
      await sandbox.stop();
    }
  });
});

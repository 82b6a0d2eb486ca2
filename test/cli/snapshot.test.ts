import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/model/report.js';
import { folder } from './folder.js';
import { parity, start } from './parity.js';
import { stage, traffic } from './systems.js';

type Stage = Awaited<ReturnType<typeof stage>>;

/** A sandbox whose lists hold something. */
async function filled(options: Parameters<typeof stage>[0] = {}): Promise<Stage> {
  const staged = await stage(options);
  for (const account of staged.sandbox.accounts) for (let nth = 0; nth < 40; nth++) staged.sandbox.publish(account);
  await staged.sandbox.drained();
  return staged;
}

describe('parity snapshot', () => {
  it('proves under 50 events/s that the lists agree, with three requests against one', async () => {
    const { sandbox, file } = await filled({ delayMs: { kind: 'constant', ms: 60 } });
    traffic(sandbox, 50);
    const { code, stdout, stderr } = await parity(['snapshot', '--config', file, '--samples', '20']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('reading the lists of 2 accounts') });
    expect(stdout).toMatch(/^PARITY PROVEN/);
    expect(stdout).toMatch(/requests +3 +1$/m);
    expect(stdout).toMatch(/ms, p95 +[\d.]+ +[\d.]+$/m);
  });

  it('tells what is broken in every form of the report', async () => {
    const { sandbox, file } = await filled();
    sandbox.strikeLists('missing-item', 'rep-1');
    const reports = await folder();
    const files = ['junit', 'html', 'markdown', 'json'].map((name) => `${name}=${join(reports, name)}`);
    const { code, stdout } = await parity([
      'snapshot',
      '--quiet',
      `--config=${file}`,
      '--attempts=2',
      '--interval=1ms',
      ...files.flatMap((one) => ['--reporter', one]),
    ]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^PARITY BROKEN/);
    expect(stdout).toContain('missing items');
    const { key = '' } = sandbox.truth.faults[0] ?? {};
    for (const name of ['junit', 'html', 'markdown', 'json']) {
      const text = await readFile(join(reports, name), 'utf8');
      expect(text, name).toContain('missing items');
      expect(text, name).toContain(key);
    }
  });

  it('ends with 3 and a sentence where an answer was none, after the report of the others', async () => {
    const { sandbox, file } = await filled();
    sandbox.strikeLists('wrong-content-type', 'rep-2');
    const { code, stdout, stderr } = await parity(['snapshot', '--config', file, '--json', '--quiet']);
    expect(code).toBe(3);
    expect(stderr).toMatch(
      /^parity: snapshot\.candidate\[0\]: GET http:\/\/127\.0\.0\.1:\d+\/v1\/feed for rep-2: answered text\/html instead of JSON; .*\n$/,
    );
    const report = JSON.parse(stdout) as Report;
    expect(report.status).toBe('unproven');
    expect(report.accounts['rep-1']?.allowed).toBeGreaterThan(0);
  });

  it('says with 3 that no list could be read', async () => {
    const { sandbox, file } = await filled({ accounts: ['rep-1'] });
    sandbox.strikeLists('redirect-loop', 'rep-1', { side: 'control' });
    const { code, stdout, stderr } = await parity(['snapshot', '--config', file, '--quiet']);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(/^parity: snapshot\.control\[\d\]: .* its redirects go in a circle; correct its url/);
  });

  it('says with --join how long it waits for a side that nobody answers for, and leaves when interrupted', async () => {
    const nowhere = { phoenix: { url: 'ws://127.0.0.1:9/socket', topics: ['feed:{account.id}'] } };
    const { file } = await stage({}, (config) =>
      config.replace(/^candidate:\n.*$/m, `candidate: ${JSON.stringify(nowhere)}`),
    );
    const running = start(['snapshot', '--config', file, '--join']);
    await running.said('a side without an answer is given up after 10 s');
    running.kill('SIGINT');
    const { code, stderr } = await running.ended;
    expect(code).toBe(130);
    expect(stderr).toMatch(/^subscribing to both streams of 2 accounts of .*\.yaml; /);
  });

  it('joins list and stream', async () => {
    const { sandbox, file } = await filled();
    traffic(sandbox, 60);
    const { code, stdout } = await parity([
      'snapshot',
      '--config',
      file,
      '--join',
      '--duration',
      '500ms',
      '--json',
      '-q',
    ]);
    const report = JSON.parse(stdout) as Report;
    expect(report.sections?.map(({ kind, status }) => ({ kind, status }))).toEqual([
      { kind: 'snapshot', status: 'passed' },
      { kind: 'hand-over', status: 'passed' },
    ]);
    expect(code).toBe(0);
  });

  it('reports what was read when it is interrupted', async () => {
    const { sandbox, file } = await filled();
    sandbox.strikeLists('slow', 'rep-1', { byMs: 4_000 });
    const running = start(['snapshot', '--config', file, '--json']);
    await running.said('reading the lists');
    await expect.poll(() => sandbox.listRequests('candidate'), { timeout: 10_000 }).toBeGreaterThan(0);
    running.kill('SIGINT');
    const { code, stdout } = await running.ended;
    expect(code).toBe(130);
    expect((JSON.parse(stdout) as Report).run.interrupted).toBe('SIGINT');
  });

  it('needs a snapshot section', async () => {
    const { file } = await stage({}, (config) => config.replace(/^snapshot:[\s\S]*/m, ''));
    const { code, stderr } = await parity(['snapshot', '--config', file]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^parity: the config has no snapshot section, .* add one such as snapshot: \{control: /);
  });
});

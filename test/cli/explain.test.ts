import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/model/report.js';
import { root } from '../cases/command.js';
import { folder } from './folder.js';
import { parity, sentence } from './parity.js';

const real = join(root, 'fixtures', 'cases', 'real', 'steady-cut');

describe('parity explain', () => {
  let cwd: string;
  let report: Report;

  beforeAll(async () => {
    const { stdout } = await parity([
      'diff',
      join(real, 'both.ndjson'),
      '--config',
      join(real, 'parity.yaml'),
      '--json',
    ]);
    cwd = await folder({ 'report.json': stdout });
    report = JSON.parse(stdout) as Report;
    await writeFile(join(cwd, 'clean.json'), JSON.stringify({ ...report, findings: [] }));
  });

  it('shows a verdict, which can be named without its letter', async () => {
    const verdict = report.findings.find(({ outcome }) => outcome === 'mismatch');
    const id = verdict?.id ?? '';
    const [one, other] = await Promise.all([
      parity(['explain', 'report.json', id], { cwd }),
      parity(['explain', 'report.json', id.slice(1)], { cwd }),
    ]);
    expect(one).toMatchObject({ code: 0, stderr: '' });
    expect(other).toEqual(one);
    expect(one.stdout).toContain(`${id} mismatch: ${verdict?.type}, key ${verdict?.key}, ${verdict?.account}`);
    expect(one.stdout).toContain('! differs');
  });

  it('shows every verdict of a real run', async () => {
    for (const outcome of ['missing', 'extra', 'duplicate', 'late'] as const) {
      const verdict = report.findings.find((finding) => finding.outcome === outcome);
      const { code, stdout } = await parity(['explain', 'report.json', verdict?.id ?? ''], { cwd });
      expect([code, stdout.split('\n')[0]]).toEqual([
        0,
        `${verdict?.id} ${outcome}: ${verdict?.type}, key ${verdict?.key}, ${verdict?.account}`,
      ]);
    }
  });

  it('puts exactly one document on stdout with --json', async () => {
    const { code, stdout } = await parity(['explain', 'report.json', 'v1', '--json'], { cwd });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      format: 'feed-parity/explanation',
      version: 1,
      verdict: report.findings[0],
      why: expect.any(Array) as unknown,
    });
  });

  it('says in a sentence which verdicts there are', async () => {
    const last = report.findings.at(-1)?.id;
    const key = report.findings[0]?.key ?? '';
    expect(await parity(['explain', 'report.json', 'v99999'], { cwd })).toEqual(
      sentence(2, `report.json: there is no verdict "v99999"; they are v1 to ${last}`),
    );
    const named = report.findings.filter((finding) => finding.key === key).map(({ id }) => id);
    expect(await parity(['explain', 'report.json', key], { cwd })).toEqual(
      sentence(2, `report.json: there is no verdict "${key}"; the event of that key is ${named.join(', ')}`),
    );
    expect(await parity(['explain', 'clean.json', 'v1'], { cwd })).toEqual(
      sentence(2, 'clean.json: there is no verdict "v1"; the report tells none, since it found nothing amiss'),
    );
    expect((await parity(['explain', 'none.json', 'v1'], { cwd })).code).toBe(2);
  });
});

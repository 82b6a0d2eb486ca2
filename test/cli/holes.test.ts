import { gzipSync } from 'node:zlib';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Report } from '../../src/model/report.js';
import { folder } from './folder.js';
import { parity } from './parity.js';
import { judging, recording } from './recordings.js';

/** The third candidate event and the fifth control event cannot be read. */
const BROKEN = recording(40)
  .split('\n')
  .map((line, index) => (index === 8 || index === 11 ? line.slice(0, 70) : line))
  .join('\n');

it('what lies beside lines that cannot be read is nobody’s fault, and parity explain says why', async () => {
  const cwd = await folder({ 'parity.yaml': judging('{inconclusiveShare: 0.5}'), 'both.ndjson': BROKEN });
  await writeFile(join(cwd, 'both.ndjson.gz'), gzipSync(BROKEN));
  const ways = [['both.ndjson'], ['both.ndjson', '--no-fast'], ['both.ndjson.gz']];
  const [one, ...others] = await Promise.all(ways.map((way) => parity(['diff', ...way, '--json'], { cwd })));
  const stdout = one?.stdout ?? '';
  for (const other of others) expect(other.stdout.replaceAll('ndjson.gz', 'ndjson')).toBe(stdout);
  const { outcomes, findings } = JSON.parse(stdout) as Report;
  expect(outcomes).toMatchObject({ match: 38, missing: 0, extra: 0, inconclusive: 2 });
  await writeFile(join(cwd, 'report.json'), stdout);
  const explained = await Promise.all(findings.map(({ id }) => parity(['explain', 'report.json', id], { cwd })));
  const said = explained.map((ended) => ended.stdout.replaceAll(/\s+/g, ' '));
  expect(said[1]).toContain(
    'Nobody can be blamed: what came on candidate is not known from 1.020 s to 1.030 s: both.ndjson:9 cannot be read.',
  );
  expect(said[0]).toContain(
    'Nobody can be blamed: what came on control is not known from 1.034 s to 1.045 s: both.ndjson:12 cannot be read.',
  );
  for (const text of said) {
    expect(text).toContain('a hole in the recording for 10 ms: both.ndjson:9 cannot be read');
    expect(text).not.toContain('listening');
  }
});

it('files of another origin are judged as far as they can be read', async () => {
  const line = (id: number, ms: number) =>
    `{"ts":${1_795_363_391_660 + ms},"user":"rep-1","id":${id},"subject":"hello"}`;
  const lines = (laterMs: number) => Array.from({ length: 40 }, (_, id) => line(id, id * 1_000 + laterMs));
  const [control, candidate] = [lines(0), lines(5)];
  control[20] = 'oops';
  candidate[10] = '\0'.repeat(80);
  candidate.splice(30, 1);
  const cwd = await folder({
    'parity.yaml': judging(),
    'control.ndjson': control.join('\n'),
    'candidate.ndjson': candidate.join('\n'),
  });
  const files = ['control.ndjson', 'candidate.ndjson'];
  const places = ['--from', 'plain', '--time', '$.ts', '--account', '$.user'];
  const types = ['--type', 'control:email-opened', '--type', 'candidate:item_created'];
  const { stdout, stderr } = await parity(['diff', ...files, ...places, ...types, '--json'], { cwd });
  expect(stderr).toContain('candidate.ndjson:11: left out, there is no time at $.ts');
  const { gaps } = JSON.parse(stdout) as Report;
  expect(gaps.filter(({ unread }) => unread)).toMatchObject([
    { side: 'candidate', fromMs: 9_005, toMs: 11_005, reason: 'candidate.ndjson:11 cannot be read' },
    { side: 'control', fromMs: 19_000, toMs: 21_000, reason: 'control.ndjson:21 cannot be read' },
  ]);
});

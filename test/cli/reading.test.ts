import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { watchReading } from '../../src/commands/reading.js';
import { bytes, type Status } from '../../src/commands/status.js';
import { config, folder } from './folder.js';
import { start } from './parity.js';

it.each(['diff', 'diff --challenge --quiet', 'challenge', 'rehearse --json --quiet'])(
  'says that a part is not judged where %s is interrupted',
  async (call) => {
    const cwd = await folder({ 'parity.yaml': config() });
    const pipe = join(cwd, 'r.ndjson');
    execFileSync('mkfifo', [pipe]);
    const running = start([...call.split(' '), 'r.ndjson'], { cwd });
    // Opened once somebody reads.
    const writing = await open(pipe, 'w');
    running.kill('SIGINT');
    // As a shell's 130: ended by the signal, though the pipe that it reads stays open and says nothing.
    expect(await running.ended).toEqual({
      code: null,
      signal: 'SIGINT',
      stdout: '',
      stderr: 'parity: cut short by SIGINT before all was judged; a part would prove nothing, so there is no report\n',
    });
    await writing.close();
  },
);

it('tells how far the reading of files has come', async () => {
  const cwd = await folder();
  const files = ['a', 'b'].map((name) => join(cwd, name));
  for (const file of files) writeFileSync(file, Buffer.alloc(750_000));
  const shown: string[] = [];
  const status: Status = { show: (line) => void shown.push(line()), say: () => {}, close: () => {} };
  const look = watchReading(files, status);
  look(0, 0);
  look(300_000, 500);
  look(1_500_000, 2_000);
  const [first, second, last] = shown;
  expect(first).toMatch(/^0 bytes read, 0 entries\/s$/);
  expect(second).toMatch(/^20 % of 1\.5 MB read, [\d,]+ entries\/s, .+ left$/);
  expect(last).toMatch(/^100 % of 1\.5 MB read, [\d,]+ entries\/s, 0 ms left$/);
});

it.each([
  [834, '834 bytes'],
  [1_234, '1.2 kB'],
  [5_600_000, '5.6 MB'],
  [2_540_000_000, '2.5 GB'],
])('%i bytes are %s', (count, text) => {
  expect(bytes(count)).toBe(text);
});

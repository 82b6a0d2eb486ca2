import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Challenge } from '../../src/challenge/challenge.js';
import type { Report } from '../../src/model/report.js';
import type { Section } from '../../src/model/section.js';
import { root } from '../cases/command.js';
import { folder } from './folder.js';
import { parity, sentence } from './parity.js';
import { stage, traffic } from './systems.js';

type Told = Section & { readonly format: string; readonly version: number; readonly facts: Challenge };

const real = join(root, 'fixtures', 'cases', 'real', 'steady-cut');

describe('parity challenge', () => {
  let cwd: string;

  beforeAll(async () => {
    cwd = await folder();
    for (const file of ['parity.yaml', 'both.ndjson']) await copyFile(join(real, file), join(cwd, file));
    const config = await readFile(join(cwd, 'parity.yaml'), 'utf8');
    await writeFile(
      join(cwd, 'deaf.yaml'),
      config.replace(/^gate: .*$/m, 'gate: {defectRate: 1, missing: null, extra: null, minPerType: 1}'),
    );
  });

  it('ends with exit code 0, and tells score and blind spots', async () => {
    const { code, stdout, stderr } = await parity(['challenge', 'both.ndjson'], { cwd });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Self-challenge: known faults in a copy of the stream/);
    expect(stdout).toContain('5 paths are blind spots');
    expect(stdout).toMatch(/\n {2}\$\.enriched\.company +candidate +outside \$\.resource/);
    expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
  });

  it('puts exactly one document on stdout with --json, the same for the same seed', async () => {
    const run = (seed: string) => parity(['challenge', 'both.ndjson', '--json', '--seed', seed], { cwd });
    const [one, same, other] = await Promise.all([run('3'), run('3'), run('4')]);
    expect(same).toEqual(one);
    const told = JSON.parse(one.stdout) as Told;
    expect(told).toMatchObject({ format: 'feed-parity/challenge', version: 1, kind: 'challenge', status: 'passed' });
    expect(told.facts.seed).toBe(3);
    expect((JSON.parse(other.stdout) as Told).facts.seed).toBe(4);
  });

  it('ends with exit code 4 where the config cannot go red', async () => {
    const { code, stdout } = await parity(['challenge', 'both.ndjson', '--config', 'deaf.yaml'], { cwd });
    expect(code).toBe(4);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('this config cannot go red');
  });

  it('refuses what it cannot work with in a sentence', async () => {
    expect(await parity(['challenge', 'both.ndjson', '--seed', 'x'], { cwd })).toEqual(
      sentence(2, '--seed: "x" is no whole number from 0 to 4294967295'),
    );
    expect((await parity(['challenge', 'none.ndjson'], { cwd })).code).toBe(2);
  });

  it('stands in the report of diff --challenge, which it keeps from being proven where it fails', async () => {
    const [sound, deaf] = await Promise.all([
      parity(['diff', 'both.ndjson', '--challenge', '--json'], { cwd }),
      parity(['diff', 'both.ndjson', '--challenge', '--json', '--config', 'deaf.yaml'], { cwd }),
    ]);
    expect((JSON.parse(sound.stdout) as Report).sections).toMatchObject([{ kind: 'challenge', status: 'passed' }]);
    expect(sound.code).toBe(1);
    expect(JSON.parse(deaf.stdout)).toMatchObject({ status: 'unproven', gate: { status: 'proven' } });
    expect(deaf.code).toBe(4);
    const plain = ['diff', 'both.ndjson', 'both.ndjson', '--from', 'plain', '--challenge'];
    expect(await parity(plain, { cwd })).toEqual(
      sentence(2, '--challenge: takes recordings, since files of another origin do not tell who was listening when'),
    );
  });
});

describe('parity watch --challenge', () => {
  it.skipIf(!process.env['CI'])('has the score of the config in its report', async () => {
    const { sandbox, file } = await stage();
    traffic(sandbox);
    const { code, stdout } = await parity(['watch', '--duration', '3s', '--challenge', '--json', '--config', file]);
    const { sections = [] } = JSON.parse(stdout) as Report;
    expect(sections).toMatchObject([{ kind: 'challenge', status: 'passed' }]);
    const { blindSpots, events } = (sections[0] as Section).facts as unknown as {
      events: number;
      blindSpots: { side: string; path: string }[];
    };
    expect(events).toBeGreaterThan(50);
    // What the sandbox's own config leaves out.
    expect(blindSpots).toContainEqual(expect.objectContaining({ side: 'control', path: '$.updated_at' }));
    expect(code).toBe(0);
  });
});

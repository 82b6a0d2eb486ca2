import { describe, expect, it } from 'vitest';
import type { Section } from '../../src/model/section.js';
import { folder } from './folder.js';
import { parity } from './parity.js';
import { judging, recording } from './recordings.js';

const WHOLE = recording(5);
const FILES = {
  'parity.yaml': judging(),
  'more.yaml': judging().replace('accounts: [', 'accounts: [{id: rep-2, token: t2}, {id: rep-3, token: t3}, '),
  'whole.ndjson': WHOLE,
  'broken.ndjson': `${WHOLE.replace('\n{"t":1000,', '\n{"t":oops,')}{"t":60000,"kin`,
};

describe.each(['diff', 'challenge', 'rehearse'])('the report of parity %s', (verb) => {
  /** The section on what was read; stderr is quiet. */
  async function reading(...args: string[]): Promise<Section[]> {
    const { stdout, stderr } = await parity([verb, ...args, '--json', '--quiet'], { cwd: await folder(FILES) });
    expect(stderr).toBe('');
    const { sections = [] } = JSON.parse(stdout) as { readonly sections?: Section[] };
    return sections;
  }

  const telling = (...sentences: string[]) => [
    { kind: 'recording', status: 'informs', tables: [{ rows: sentences.map((sentence) => [sentence]) }] },
  ];

  it('tells of lines that had to be left out, also where nobody reads stderr', async () => {
    expect(await reading('broken.ndjson')).toMatchObject(
      telling(
        'broken.ndjson:4: left out, the line is no JSON',
        'broken.ndjson: the last line is torn (15 characters) and was left out',
      ),
    );
    expect(await reading('whole.ndjson')).toEqual([]);
  });

  it('tells of accounts that were not recorded', async () => {
    expect(await reading('whole.ndjson', '--config', 'more.yaml')).toMatchObject(
      telling('accounts of the config that were not recorded are left out (2 of 3): rep-2, rep-3'),
    );
  });

  it('tells it to people as well', async () => {
    const { stdout } = await parity([verb, 'broken.ndjson', '--quiet'], { cwd: await folder(FILES) });
    expect(stdout).toMatch(/^Reading\n/m);
    expect(stdout).toContain('broken.ndjson:4: left out');
  });
});

it('shards of one run tell it once, when they are put together', async () => {
  const cwd = await folder(FILES);
  const names = ['1', '2'].map((share) => `${share}.json`);
  for (const [at, name] of names.entries())
    await parity(['diff', 'broken.ndjson', '--shard', `${at + 1}/2`, '--reporter', `json=${name}`], { cwd });
  const { stdout } = await parity(['gate', ...names, '--json'], { cwd });
  expect((JSON.parse(stdout) as { readonly sections: unknown[] }).sections).toHaveLength(1);
});

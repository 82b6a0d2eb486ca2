import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { folder } from './folder.js';

const root = join(import.meta.dirname, '..', '..');

interface Installed {
  readonly bundle: string;
  /** What `parity` says when it is run like this. */
  readonly run: (...args: readonly string[]) => Promise<string>;
  readonly init: () => Promise<string>;
  /** Files beside the bundle. */
  readonly kept: () => Promise<string[]>;
}

/** A copy of the command, where nothing has run yet. */
async function installed(): Promise<Installed> {
  const home = await folder();
  const bundle = join(home, 'dist', 'bundle');
  await mkdir(bundle, { recursive: true });
  await Promise.all([
    cp(join(root, 'bin'), join(home, 'bin'), { recursive: true }),
    cp(join(root, 'package.json'), join(home, 'package.json')),
    cp(join(root, 'dist', 'bundle', 'parity.cjs'), join(bundle, 'parity.cjs')),
  ]);
  const run = async (...args: readonly string[]): Promise<string> => {
    // Not proven by so few events: its report is all that is wanted.
    const ended = promisify(execFile)(process.execPath, [join(home, 'bin', 'parity.js'), ...args]);
    return (await ended.catch((error: { readonly stdout: string }) => error)).stdout;
  };
  return {
    bundle,
    run,
    init: () => run('init'),
    kept: async () => (await readdir(bundle)).filter((name) => name.startsWith('parity.cjs.')),
  };
}

const CONFIG = `accounts: [{id: rep-1}]
events:
  one:
    control: {event: one, key: $.id}
    candidate: {event: one, key: $.id}
`;

/** Pairs of a recording that is large enough for a thread of its own, which reads it. */
const PAIRS = 25;

function large(): string {
  const header = { format: 'feed-parity/timeline', version: 1, startedAt: '2026-11-22T16:02:00.000Z' };
  const sides = ['control', 'candidate'] as const;
  const up = sides.map((side) => ({ t: 0, kind: 'link', side, account: 'rep-1', state: 'up', reason: 'subscribed' }));
  const frames = Array.from({ length: PAIRS }, (_, id) =>
    sides.map((side) => {
      const payload = { id, text: 'x'.repeat(700_000) };
      return { t: 1_000 + id, kind: 'frame', side, account: 'rep-1', channel: 'feed', event: 'one', payload };
    }),
  );
  return [{ ...header, sides, accounts: ['rep-1'] }, ...up, ...frames.flat(), { t: 60_000, kind: 'tick' }]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join('');
}

it('keeps what was compiled for a verb beside the bundle, and says the same with it', async () => {
  const { bundle, init, kept } = await installed();
  const said = await init();
  expect(said).toContain('accounts:');
  const [name = '', ...others] = await kept();
  expect(name).toMatch(/^parity\.cjs\.[0-9a-f]{16}-[0-9a-z]+-init-v[\d.]+-\w+$/);
  expect(others).toEqual([]);
  const before = await readFile(join(bundle, name));
  expect(await init()).toBe(said);
  // It was taken as it is, since what is compiled anew is written anew.
  expect((await readFile(join(bundle, name))).equals(before)).toBe(true);
});

it('takes what was kept also where V8 got other flags for a large recording', async () => {
  const { bundle, kept, run } = await installed();
  const home = await folder();
  await Promise.all(
    ['dist/bundle/far-thread.cjs', 'dist/kernel/kernel.wasm'].map((file) =>
      cp(join(root, file), join(bundle, '..', '..', file)),
    ),
  );
  const [config, recording] = [join(home, 'parity.yaml'), join(home, 'both.ndjson')];
  await writeFile(config, CONFIG);
  await writeFile(recording, large());
  const judge = () => run('diff', recording, '--config', config, '--json', '-q');
  const said = await judge();
  expect(JSON.parse(said)).toMatchObject({ outcomes: { match: PAIRS } });
  const [name = ''] = await kept();
  const before = await readFile(join(bundle, name));
  expect(await judge()).toBe(said);
  expect((await readFile(join(bundle, name))).equals(before)).toBe(true);
});

it.each([
  ['damaged', (bytes: Buffer) => bytes.fill(0xff, 5_000, 5_100)],
  ['torn', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
  ['empty', () => Buffer.alloc(0)],
])('compiles again where what was kept is %s', async (_, spoil) => {
  const { bundle, init, kept } = await installed();
  const said = await init();
  const file = join(bundle, (await kept())[0] as string);
  const whole = await readFile(file);
  const spoilt = spoil(Buffer.from(whole));
  await writeFile(file, spoilt);
  expect(await init()).toBe(said);
  expect((await readFile(file)).equals(spoilt)).toBe(false);
});

it('takes nothing that was kept of another bundle', async () => {
  const { bundle, init, kept } = await installed();
  await init();
  const file = join(bundle, 'parity.cjs');
  const text = await readFile(file, 'latin1');
  // As long as it was, with another mark: V8 itself would not see the difference.
  await writeFile(
    file,
    text.replace(/^\/\/ .{16}/, '// 0123456789abcdef').replaceAll('written by each', 'WRITTEN BY EACH'),
    'latin1',
  );
  expect(await init()).toContain('WRITTEN BY EACH');
  expect(await kept()).toHaveLength(2);
});

it('takes nothing that was kept of a bundle that was edited since', async () => {
  const { bundle, init } = await installed();
  await init();
  const file = join(bundle, 'parity.cjs');
  await writeFile(file, (await readFile(file, 'latin1')).replaceAll('written by each', 'WRITTEN BY EACH'), 'latin1');
  expect(await init()).toContain('WRITTEN BY EACH');
});

it('runs where nothing can be kept', async () => {
  const { bundle, init, kept } = await installed();
  const said = await init();
  const [name = ''] = await kept();
  await rm(join(bundle, name));
  // A folder of that name stands in the way.
  await mkdir(join(bundle, name, 'in the way'), { recursive: true });
  expect(await init()).toBe(said);
  expect(await kept()).toEqual([name]);
});

import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkReporters } from '../../src/commands/reporters.js';
import { CallError } from '../../src/model/errors.js';
import type { Report } from '../../src/model/report.js';
import { annotated } from '../reports/workflow.js';
import { readers, talliesOf } from '../reports/tallies.js';
import { faults } from '../reports/xml.js';
import { config, folder } from './folder.js';
import { parity, sentence, start, type Ended } from './parity.js';

/** Not as long as it may be, but with every sign that a format escapes. */
const SECRET = 'open|`sesame`&<now>"_';

/** A recording in which one event agrees and one differs; the candidate's holds the secret. */
function recording(subject: string, last: unknown): string {
  const frame = (t: number, side: string, event: string, payload: unknown): unknown => ({
    t,
    kind: 'frame',
    side,
    account: 'rep-1',
    channel: side === 'control' ? 'private-feed-rep-1' : 'feed:rep-1',
    event,
    payload,
  });
  const up = (side: string): unknown => ({
    t: 0,
    kind: 'link',
    side,
    account: 'rep-1',
    state: 'up',
    reason: 'subscribed',
  });
  const lines = [
    {
      format: 'feed-parity/timeline',
      version: 1,
      startedAt: '2026-11-22T16:03:11.660Z',
      sides: ['control', 'candidate'],
      accounts: ['rep-1'],
    },
    up('control'),
    up('candidate'),
    frame(20_000, 'control', 'email-opened', { id: 1, subject: 'same' }),
    frame(20_010, 'candidate', 'item_created', { id: 1, subject: 'same' }),
    frame(20_100, 'control', 'email-opened', { id: 2, subject: 'hello' }),
    frame(20_110, 'candidate', 'item_created', { id: 2, subject }),
    { t: 60_000, kind: 'tick' },
    last,
  ];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** A folder with a config and a recording; `diff` calls the command there. */
async function place(
  subject = 'hello',
  last: unknown = { t: 60_001, kind: 'tick' },
): Promise<{
  readonly cwd: string;
  readonly diff: (args: readonly string[], env?: Readonly<Record<string, string>>) => Promise<Ended>;
}> {
  const cwd = await folder({
    'parity.yaml': config({ token: JSON.stringify(SECRET) }),
    'both.ndjson': recording(subject, last),
  });
  const diff = (args: readonly string[], env = {}): Promise<Ended> =>
    parity(['diff', 'both.ndjson', ...args], { cwd, env });
  return { cwd, diff };
}

describe('--reporter', () => {
  it('writes each form to its file, beside the report on the terminal', async () => {
    const { cwd, diff } = await place(`hello, ${SECRET}!`);
    const names = ['terminal', 'json', 'junit', 'markdown', 'github', 'html'];
    const [several, listed] = await Promise.all([
      diff(names.flatMap((name) => ['--reporter', `${name}=one.${name}`])),
      diff(['-q', '--reporter', names.map((name) => `${name}=two.${name}`).join(',')]),
    ]);
    for (const { code, stdout, stderr } of [several, listed]) {
      expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
      expect(stdout).toMatch(/^PARITY BROKEN\. /);
    }
    for (const name of names) {
      const [one, two] = ['one', 'two'].map((file) => readFileSync(join(cwd, `${file}.${name}`), 'utf8')) as [
        string,
        string,
      ];
      expect(two).toBe(one);
      expect(one, name).toContain('secret');
      // Escaped or not: a piece without a sign would give it away.
      expect(one, name).not.toContain('sesame');
    }
    expect(several.stdout).not.toContain('sesame');
    const report = JSON.parse(readFileSync(join(cwd, 'one.json'), 'utf8')) as Report;
    for (const [name, read] of Object.entries(readers)) {
      if (name === 'terminal') continue;
      expect(read(readFileSync(join(cwd, `one.${name}`), 'utf8')), name).toEqual(talliesOf(report));
    }
    expect(await faults({ 'one.xml': readFileSync(join(cwd, 'one.junit'), 'utf8') })).toEqual([]);
    expect(readdirSync(cwd).toSorted()).toEqual(
      ['both.ndjson', 'parity.yaml', ...names.flatMap((name) => [`one.${name}`, `two.${name}`])].toSorted(),
    );
  });

  it('puts what has no file on stdout, and --json nothing but one document', async () => {
    const { cwd, diff } = await place();
    const [junit, two, json, both] = await Promise.all([
      diff(['--reporter', 'junit']),
      diff(['--reporter', 'github', '--reporter', 'terminal']),
      diff(['--json', '--reporter', 'markdown=summary.md']),
      diff(['--reporter', 'json', '--reporter', 'junit=x.xml']),
    ]);
    expect(junit.stdout).toMatch(/^<\?xml [^]*<\/testsuites>\n$/);
    expect(two.stdout).toMatch(/^::warning title=Parity unproven::[^]*\n\nPARITY UNPROVEN\. /);
    expect(JSON.parse(json.stdout)).toMatchObject({ status: 'unproven' });
    expect(both.stdout).toBe(json.stdout);
    expect(readFileSync(join(cwd, 'summary.md'), 'utf8')).toMatch(/^## ❔ Parity unproven\n/);
    expect([junit, two, json, both].map(({ code }) => code)).toEqual([4, 4, 4, 4]);
  });

  it('takes the place of a report that was there, through links and with its rights, and writes to what is no file', async () => {
    const { cwd, diff } = await place();
    writeFileSync(join(cwd, 'old.md'), 'x'.repeat(1_000_000), { mode: 0o640 });
    symlinkSync('old.md', join(cwd, 'link.md'));
    execFileSync('mkfifo', [join(cwd, 'pipe')]);
    const reading = start(['diff', 'both.ndjson', '--reporter', 'markdown=link.md', '--reporter', 'junit=pipe'], {
      cwd,
    });
    const piped = execFileSync('cat', [join(cwd, 'pipe')], { encoding: 'utf8' });
    expect(await reading.ended).toMatchObject({ code: 4, stderr: '' });
    expect(piped).toMatch(/<\/testsuites>\n$/);
    expect(readFileSync(join(cwd, 'old.md'), 'utf8')).toMatch(/^## ❔ Parity unproven\n/);
    expect(statSync(join(cwd, 'old.md')).mode & 0o777).toBe(0o640);
    expect((await diff(['--reporter', 'markdown=/dev/null'])).code).toBe(4);
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  it('is refused before the run, with nothing written', async () => {
    const { cwd, diff } = await place();
    const before = readFileSync(join(cwd, 'both.ndjson'), 'utf8');
    expect(await diff(['--reporter', 'json=both.ndjson'])).toEqual(
      sentence(2, '--reporter json=both.ndjson: is a file that this run reads or writes itself; name another'),
    );
    expect(await diff(['--reporter', 'junit=no/x.xml', '--reporter', 'json=x.json'])).toEqual(
      sentence(
        2,
        '--reporter junit: no/x.xml could not be written: there is no such directory; make it, or name another file',
      ),
    );
    expect(readFileSync(join(cwd, 'both.ndjson'), 'utf8')).toBe(before);
    expect(readdirSync(cwd)).toHaveLength(2);
  });

  const NAMES = 'terminal, json, junit, markdown, github, html';
  it.each([
    [['xml'], `--reporter: there is no report "xml"; there are ${NAMES}`],
    [['constructor'], `--reporter: there is no report "constructor"; there are ${NAMES}`],
    [['junit='], '--reporter junit=: names no file; write junit=FILE, or junit alone for stdout'],
    [['junit,terminal'], '--reporter junit: has to be alone on stdout; give it a file: --reporter junit=FILE'],
    [
      ['github', 'github'],
      '--reporter github: stands twice on stdout; give one of them a file: --reporter github=FILE',
    ],
    [['junit=x', 'json=./x'], '--reporter json=./x: another reporter writes that file; give each its own'],
    [
      ['json=HERE/parity.yaml'],
      '--reporter json=HERE/parity.yaml: is a file that this run reads or writes itself; name another',
    ],
    [['json=HERE/link'], '--reporter json=HERE/link: is a file that this run reads or writes itself; name another'],
    [
      ['json=HERE/parity.yaml/x'],
      '--reporter json: HERE/parity.yaml/x could not be written: there is no such directory; make it, or name another file',
    ],
    [['json=HERE'], '--reporter json: HERE could not be written: it is a directory; name a file in it'],
  ])('is refused where it will not do: %j', async (reporter, said) => {
    const { cwd } = await place();
    symlinkSync('parity.yaml', join(cwd, 'link'));
    const here = (text: string): string => text.replaceAll('HERE', cwd);
    const refused = checkReporters({ reporter: reporter.map(here) }, [join(cwd, 'parity.yaml')]);
    await expect(refused).rejects.toThrow(new CallError(here(said)));
  });

  it('leaves stdout to the one document of --json', async () => {
    await expect(checkReporters({ json: true, reporter: ['markdown'] })).rejects.toThrow(
      '--json puts one JSON document and nothing else on stdout, where --reporter markdown would stand too; give it a file: --reporter markdown=FILE',
    );
    await expect(checkReporters({ json: true, reporter: ['json'] })).resolves.toBeUndefined();
  });

  it.skipIf(process.getuid?.() === 0)('is refused where nothing may be written', async () => {
    const { cwd, diff } = await place();
    mkdirSync(join(cwd, 'closed'));
    chmodSync(join(cwd, 'closed'), 0o555);
    expect(await diff(['--reporter', 'json=closed/x.json'])).toEqual(
      sentence(
        2,
        '--reporter json: closed/x.json could not be written: permission is denied; name a file that can be written',
      ),
    );
  });

  it('never costs the answer when a file cannot be written after all', async () => {
    const { diff } = await place();
    // Writes to this device fail as those to a full disk do.
    const { code, stdout, stderr } = await diff(['--quiet', '--reporter', 'json=/dev/full']);
    expect(code).toBe(4);
    expect(stdout).toMatch(/^PARITY UNPROVEN\. /);
    expect(stderr).toBe(
      'parity: --reporter json: /dev/full could not be written: no space is left there; name a file where there is room; the answer stands all the same\n',
    );
  });

  it('does not mind a reader that went away', async () => {
    const { cwd } = await place();
    const args = ['diff', 'both.ndjson', '--reporter', 'markdown', '--reporter', 'junit=x.xml'];
    const running = start(args, { cwd });
    running.turnAway('stdout');
    expect(await running.ended).toMatchObject({ code: 4, stderr: '' });
    expect(readFileSync(join(cwd, 'x.xml'), 'utf8')).toMatch(/<\/testsuites>\n$/);
  });
});

describe('in a job of GitHub Actions', () => {
  it('annotates on stderr, and adds to the summary of the step', async () => {
    const { cwd, diff } = await place();
    writeFileSync(join(cwd, 'summary.md'), 'Before.\n');
    const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: join(cwd, 'summary.md') };
    const { code, stdout, stderr } = await diff(['--json'], env);
    expect(code).toBe(4);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'unproven' });
    expect(annotated(stderr)[0]).toMatchObject({ level: 'warning', title: 'Parity unproven' });
    expect(readFileSync(join(cwd, 'summary.md'), 'utf8')).toMatch(/^Before\.\n\n## ❔ Parity unproven\n/);
  });

  it('annotates once where that was asked for, and not at all where all is to be quiet', async () => {
    const { diff } = await place();
    const env = { GITHUB_ACTIONS: 'true' };
    const [asked, quiet] = await Promise.all([diff(['--reporter', 'github'], env), diff(['--quiet'], env)]);
    expect(annotated(asked.stdout).length).toBeGreaterThan(0);
    expect(annotated(asked.stderr)).toEqual([]);
    expect(annotated(quiet.stdout + quiet.stderr)).toEqual([]);
  });

  it('lets no payload speak to the runner', async () => {
    const reason = '::error::forged by a server that would like to be heard ##[error]forged';
    const down = { t: 60_001, kind: 'link', side: 'candidate', account: 'rep-1', state: 'down', reason };
    const { cwd, diff } = await place('hello', down);
    const summary = join(cwd, 'summary.md');
    const env = { GITHUB_ACTIONS: 'true', COLUMNS: '60', GITHUB_STEP_SUMMARY: summary };
    const { stdout } = await diff([], env);
    expect(stdout).toContain('forged');
    expect(annotated(stdout)).toEqual([]);
    expect(stdout).not.toContain('##[');
  });

  it('keeps a summary that is full, and says so', async () => {
    const { cwd, diff } = await place();
    const file = join(cwd, 'summary.md');
    writeFileSync(file, 'x'.repeat(1024 * 1024 - 1000));
    const gone = join(cwd, 'no', 'summary.md');
    const [full, nowhere] = await Promise.all([
      diff([], { GITHUB_STEP_SUMMARY: file }),
      diff([], { GITHUB_STEP_SUMMARY: gone }),
    ]);
    expect(statSync(file).size).toBe(1024 * 1024 - 1000);
    expect(full).toMatchObject({
      code: 4,
      stderr: 'GITHUB_STEP_SUMMARY: the summary of this step is full; the report was not added to it\n',
    });
    expect(nowhere).toMatchObject({
      code: 4,
      stderr: `GITHUB_STEP_SUMMARY: ${gone} could not be written (ENOENT); the report was not added to it\n`,
    });
    expect(existsSync(gone)).toBe(false);
  });
});

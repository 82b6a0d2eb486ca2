import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { config, folder } from './folder.js';
import { parity, sentence } from './parity.js';

const HELP = 'parity --help shows what there is';
const VERBS = ['demo', 'watch', 'diff', 'doctor', 'init', 'sandbox', 'help'];

describe('help', () => {
  it.concurrent.each([['--help'], ['-h'], ['help']])('parity %s names every verb on stdout', async (word) => {
    const { code, stdout, stderr } = await parity([word]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const verb of VERBS) expect(stdout).toMatch(new RegExp(`^  ${verb} `, 'm'));
    expect(stdout).toContain('Exit codes:');
  });

  it('stays within 80 columns where no terminal says otherwise', async () => {
    const { stdout } = await parity(['--help']);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it.skipIf(!process.env['CI']).concurrent.each(VERBS)('parity help %s is what its --help says', async (verb) => {
    const [help, option] = await Promise.all([parity(['help', verb]), parity([verb, '--help'])]);
    expect(help).toEqual(option);
    expect(help.code).toBe(0);
    expect(help.stdout).toMatch(new RegExp(`^Usage: parity ${verb} `));
  });

  it('without a verb is shown on stderr, as of a wrong call', async () => {
    const [bare, help] = await Promise.all([parity([]), parity(['--help'])]);
    expect(bare).toEqual({ code: 2, signal: null, stdout: '', stderr: help.stdout });
  });

  it.concurrent.each([['--version'], ['-V']])('parity %s prints the version of the package', async (word) => {
    const file = readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8');
    const { version } = JSON.parse(file) as { version: string };
    expect(await parity([word])).toEqual({ code: 0, signal: null, stdout: `${version}\n`, stderr: '' });
  });
});

describe('a wrong call is one sentence on stderr and exit code 2', () => {
  it.concurrent.each([
    [['wtach'], "unknown command 'wtach'; did you mean watch?"],
    [['zzz'], `unknown command 'zzz'; ${HELP}`],
    [['help', 'zzz'], `unknown command 'zzz'; ${HELP}`],
    [['help', 'wtach'], "unknown command 'wtach'; did you mean watch?"],
    [['help', 'halp'], "unknown command 'halp'; did you mean help?"],
    [['--json'], `unknown option '--json'; ${HELP}`],
    [['watch', '--dration', '5s'], "unknown option '--dration'; did you mean --duration?"],
    [['watch', '--zzz'], `unknown option '--zzz'; ${HELP}`],
    [['watch', '--duration'], `option '--duration <time>' argument missing; ${HELP}`],
    [['watch', 'a', 'b'], `too many arguments for 'watch', expected 0 arguments but got 2; ${HELP}`],
    [['diff'], `missing required argument 'recording'; ${HELP}`],
    [['watch', '--duration', '10'], '--duration: expected a duration with its unit, found 10: write 10s or 10ms'],
    [['watch', '--duration', '-5s'], '--duration: expected a duration such as 250ms, 10s, 2m, 2h or 1d, found "-5s"'],
    [['watch', '--duration', '4000d'], '--duration: expected a duration of at most 365d, found "4000d"'],
    [['doctor', '--timeout', '3'], '--timeout: expected a duration with its unit, found 3: write 3s or 3ms'],
    [['demo', '--seed', 'x'], '--seed: "x" is no whole number from 0 to 2147483647'],
    [['demo', '--seed', '-1'], '--seed: "-1" is no whole number from 0 to 2147483647'],
    [['sandbox', '--accounts', '0'], '--accounts: "0" is no whole number from 1 to 5000'],
    [['sandbox', '--rate', '1.5'], '--rate: "1.5" is no whole number from 0 to 10000'],
    [['sandbox', '--delay', '5'], '--delay: expected a duration with its unit, found 5: write 5s or 5ms'],
    [
      ['sandbox', '--config', 'no/such/folder.yaml'],
      '--config: no/such/folder.yaml could not be written: there is no such directory; make it, or name another file',
    ],
    [['\u001B[31mred'], `unknown command '\uFFFD[31mred'; ${HELP}`],
  ])('parity %j', async (args, said) => {
    expect(await parity(args)).toEqual(sentence(2, said));
  });
});

describe('a config that will not do is told with its place and exit code 2', () => {
  const yaml = config();
  it.concurrent.each([
    [
      'no such file',
      undefined,
      'parity.yaml does not exist; correct its name, or write a first config with `parity init`',
    ],
    ['an empty file', '', 'parity.yaml is empty; write a first config with `parity init`'],
    ['no YAML', '\taccounts: []', 'parity.yaml:1:1 no valid YAML: Tabs are not allowed as indentation'],
    ['an unknown key', `${yaml}gat: {}\n`, 'parity.yaml:8:1 gat: unknown key "gat"; did you mean "gate"?'],
    [
      'an unset variable',
      yaml.replace('token-of-rep-1', '"${REP1_TOKEN}"'),
      'parity.yaml:1:31 accounts[0].token: the environment variable REP1_TOKEN is not set; export REP1_TOKEN=…',
    ],
    [
      'a bad path',
      yaml.replace('email-opened, key: $.id', 'email-opened, key: id'),
      'parity.yaml:6:41 events.email_opened.control.key: expected a path, found "id": at character 1, a path begins with $, as in $.id',
    ],
    [
      'a wrong scheme',
      yaml.replace('"phoenix":{"url":"ws:', '"phoenix":{"url":"http:'),
      'parity.yaml:3:30 candidate.phoenix.url: expected a URL that begins with ws:// or wss://, found "http://127.0.0.1:9/socket"',
    ],
    [
      'a template that no account fills',
      config({
        candidate: { phoenix: { url: 'ws://127.0.0.1:9/socket', params: { token: '{account.tokn}' }, topics: ['a'] } },
      }),
      'parity.yaml:3:74 candidate.phoenix.params.token: no account has the value that {account.tokn} names; did you mean "token"?',
    ],
    [
      'a side without its source',
      yaml.replace(/^control:.*\n/m, ''),
      'the config has no control: add where to subscribe to it, parity init shows how',
    ],
  ])('%s', async (_, text, said) => {
    const cwd = await folder(text === undefined ? {} : { 'parity.yaml': text });
    expect(await parity(['watch', '--config', 'parity.yaml'], { cwd })).toEqual(sentence(2, said));
  });

  it('all problems are told, a line each', async () => {
    const cwd = await folder({ 'parity.yaml': yaml.replaceAll('$.id', 'id') });
    const { code, stderr } = await parity(['watch'], { cwd });
    expect(code).toBe(2);
    expect(stderr.trimEnd().split('\n')).toEqual([
      expect.stringContaining('control.key: expected a path'),
      expect.stringContaining('candidate.key: expected a path'),
    ]);
  });

  it('an account that is not in it, and no config at all', async () => {
    const cwd = await folder({ 'parity.yaml': yaml });
    expect(await parity(['watch', '--accounts', 'rep-1,rep-2'], { cwd })).toEqual(
      sentence(2, '--accounts: the config has no account "rep-2"; name ids from its accounts'),
    );
    const empty = await folder();
    expect((await parity(['watch'], { cwd: empty })).stderr).toMatch(
      /^parity: found no parity\.yaml, .* in \S+ or above .*\n$/,
    );
  });
});

import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadSettings } from '../../src/config/load.js';
import { exportJsonSchema } from '../../src/config/schema.js';
import { exampleConfig } from '../../src/config/template.js';
import { CallError } from '../../src/model/errors.js';
import type { Settings } from '../../src/model/settings.js';
import { ACCOUNTS, EVENTS, folderOf, LEAST, load, problemsIn, TODAY } from './folder.js';

const settingsOf = async (...given: Parameters<typeof load>): Promise<Settings> => (await load(...given)).settings;

describe('what a right config becomes', () => {
  test('the least one, with every default', async () => {
    const { hash, hashes: _, ...settings } = await settingsOf(LEAST);
    const id = { text: '$.id', segments: [{ kind: 'name', name: 'id' }] };
    expect(settings).toEqual({
      accounts: [{ id: 'a', values: { id: 'a' } }],
      events: [
        {
          name: 'e',
          control: { event: 'x', where: [], key: [id] },
          candidate: { event: 'y', where: [], key: [id] },
          repeats: 'duplicates',
        },
      ],
      rename: [],
      rules: [],
      unmapped: 'report',
      match: {
        window: { beforeMs: 0, afterMs: 10_000 },
        settleMs: 500,
        tombstoneMs: 60_000,
        stallMs: 250,
        resolutionMs: 5,
      },
      gate: {
        confidence: 0.95,
        defectRate: 0.001,
        counts: { missing: 0, extra: 0 },
        minPerType: 30,
        lag: {},
        inconclusiveShare: 0.05,
      },
    });
    expect(hash).toMatch(/^[0-9a-f]{16}$/);
  });

  test('each permission', async () => {
    const spelt = [
      'instant',
      'string',
      'nullish',
      'text',
      'set',
      'number',
      '{number: {tolerance: 0.01}}',
      '{text: {html: true}}',
      '{text: {unicode: nfkc}}',
      '{set: {key: $.id}}',
    ];
    const { rules } = await settingsOf(
      `${LEAST}rules:\n- {path: "$..a[*]", ignore: true, reason: x, owner: me, expires: ${TODAY}}\n${spelt.map((as) => `- {path: $.a, as: ${as}, reason: x}\n`).join('')}`,
    );
    expect(rules.map(({ permits }) => permits)).toEqual([
      { kind: 'ignore' },
      { kind: 'instant' },
      { kind: 'string' },
      { kind: 'nullish' },
      { kind: 'text', html: true, unicode: 'nfc' },
      { kind: 'set' },
      { kind: 'number', tolerance: 0 },
      { kind: 'number', tolerance: 0.01 },
      { kind: 'text', html: true },
      { kind: 'text', html: false, unicode: 'nfkc' },
      { kind: 'set', key: { text: '$.id', segments: [{ kind: 'name', name: 'id' }] } },
    ]);
    expect(rules[0]).toMatchObject({ reason: 'x', owner: 'me', expires: TODAY });
  });

  test('where keeps its kinds of value, and several paths make a key', async () => {
    const { events } = await settingsOf(
      `${ACCOUNTS}events: {e: {repeats: occurrences, control: {event: x, key: [$.a, "$.b[0]"], where: {$.s: "1", $.n: 1, $.f: 1.5, $.t: true, $.z: null, $.y: yes}}, candidate: {event: y, body: $.d, key: [$.a, $.b]}}}\n`,
    );
    expect(events[0]?.control?.where.map(({ path, value }) => [path.text, value])).toEqual([
      ['$.s', '1'],
      ['$.n', 1],
      ['$.f', 1.5],
      ['$.t', true],
      ['$.z', null],
      ['$.y', 'yes'],
    ]);
    expect(events[0]?.control?.key.map(({ text }) => text)).toEqual(['$.a', '$.b[0]']);
    expect(events[0]?.repeats).toBe('occurrences');
    expect(events[0]?.candidate?.body?.text).toBe('$.d');
  });

  test('null lifts a limit', async () => {
    const { gate } = await settingsOf(
      `${LEAST}gate: {defectRate: null, missing: null, extra: 2, duplicate: 3, late: null, reorderedShare: 0.1, lag: {p50: 250ms, max: 2m}}\n`,
    );
    expect(gate).toEqual({
      confidence: 0.95,
      counts: { extra: 2, duplicate: 3 },
      minPerType: 30,
      lag: { p50: 250, max: 120_000 },
      inconclusiveShare: 0.05,
      reorderedShare: 0.1,
    });
  });

  test.each([
    ['cluster: mt1', true],
    ['host: soketi.example.com', true],
    ['host: 127.0.0.1', false],
    ['host: localhost', false],
    ['host: "::1"', false],
    ['host: localhost, tls: true', true],
    ['cluster: mt1, tls: false', false],
  ])('a pusher at {%s} has tls: %s', async (server, tls) => {
    const { control } = await settingsOf(`${LEAST}control: {pusher: {key: k, ${server}, channels: [a]}}\n`);
    expect(control).toMatchObject({ kind: 'pusher', pusher: { tls } });
  });

  test('a port may come from the environment', async () => {
    const config = `${LEAST}control: {pusher: {key: k, host: localhost, port: "\${PORT}", channels: [a]}}\n`;
    const { control } = await settingsOf(config, { env: { PORT: '6001' } });
    expect(control).toMatchObject({ pusher: { port: 6001 } });
  });

  test('a websocket, with its defaults and with all', async () => {
    const { control, candidate } = await settingsOf(
      `${LEAST}control: {websocket: {url: "ws://x/a", event: $.e}}\ncandidate: {websocket: {url: "ws://x/{account.id}", headers: {a: b}, subscribe: [1, {to: "{account.id}"}], acknowledged: {$.ok: true}, event: $.e, payload: $.p, channel: $.c, pingEvery: 5s}}\n`,
    );
    expect(control).toEqual({
      kind: 'websocket',
      websocket: {
        url: 'ws://x/a',
        headers: {},
        event: expect.objectContaining({ text: '$.e' }),
        payload: { text: '$', segments: [] },
        pingEveryMs: 30_000,
      },
    });
    expect(candidate).toMatchObject({
      websocket: {
        subscribe: [1, { to: '{account.id}' }],
        acknowledged: [{ value: true }],
        channel: { text: '$.c' },
        pingEveryMs: 5000,
      },
    });
  });

  test('JSON, tabs and all, with $schema', async () => {
    const json = JSON.stringify(
      { $schema: 'x', accounts: [{ id: 'a' }], events: { e: { only: 'control', control: { event: 'x' } } } },
      null,
      '\t',
    );
    expect(await settingsOf(json)).toMatchObject({ events: [{ name: 'e', only: 'control', control: { key: [] } }] });
  });

  test('anchors are followed, and $${ is a literal ${', async () => {
    const { rules } = await settingsOf(
      `${LEAST}rules: [{path: $.a, ignore: true, reason: &r "not $\${X}"}, {path: $.b, ignore: true, reason: *r}]\n`,
    );
    expect(rules.map(({ reason }) => reason)).toEqual(['not ${X}', 'not ${X}']);
  });
});

describe('secrets', () => {
  test('from the environment and from the config', async () => {
    const config = `accounts:
- {id: "\${USER1}", token: "\${REP1_TOKEN}"}
- {id: rep-2, token: literal-token, colour: green}
${EVENTS}control:
  pusher:
    {key: "\${KEY}", cluster: mt1, channels: ["private-{account.id}"], auth: {endpoint: "https://x/?token=in-query", headers: {authorization: "Basic aGk6aG8=", x-user: "me {account.token}", accept: application/json}}}
candidate: {phoenix: {url: "ws://me:url-word@x/socket", topics: [a], params: {password: "of-candidate"}, authToken: "as-protocol"}}
`;
    const { secrets, settings } = await load(config, { env: { USER1: 'rep-1', REP1_TOKEN: 'tok/1', KEY: 'app-key' } });
    expect(settings.accounts[0]?.values).toEqual({ id: 'rep-1', token: 'tok/1' });
    expect(secrets.redact('rep-1 tok/1 tok%2F1 app-key')).toBe('rep-1 [REP1_TOKEN] [REP1_TOKEN] [KEY]');
    expect(secrets.redact('rep-2 literal-token green me literal-token')).toBe('rep-2 [secret] green [secret]');
    expect(secrets.redact('aGk6aG8= application/json url-word in-query')).toBe(
      '[secret] application/json [secret] [secret]',
    );
    expect(secrets.redact('of-candidate as-protocol')).toBe('[secret] [secret]');
  });
});

describe('which file', () => {
  const context = (cwd: string) => ({ env: {}, today: TODAY, cwd });

  test('the nearest, up to the root of the repository', async () => {
    const root = folderOf({
      'parity.yml': LEAST,
      'repository/.git/HEAD': '',
      'repository/parity.json': LEAST,
      'repository/a/b/c': '',
    });
    expect((await loadSettings(undefined, context(join(root, 'repository/a/b')))).file).toBe(
      join(root, 'repository/parity.json'),
    );
  });

  test('none beyond the root of the repository, and none above outside one', async () => {
    const root = folderOf({ 'parity.yaml': LEAST, 'repository/.git/HEAD': '', 'plain/x': '' });
    const none = (cwd: string) =>
      new CallError(
        `found no parity.yaml, parity.yml or parity.json in ${cwd} or above it in its repository; write one with \`parity init\`, or name one with --config`,
      );
    for (const cwd of [join(root, 'repository'), join(root, 'plain')]) {
      await expect(loadSettings(undefined, context(cwd))).rejects.toThrow(none(cwd));
    }
  });

  test('yaml before yml before json', async () => {
    const root = folderOf({ 'parity.yaml': LEAST, 'parity.yml': 'x', 'parity.json': 'x' });
    expect((await loadSettings(undefined, context(root))).file).toBe(join(root, 'parity.yaml'));
  });

  test('one that is not there, or a directory', async () => {
    const root = folderOf({});
    mkdirSync(join(root, 'sub'));
    await expect(loadSettings('no.yaml', context(root))).rejects.toThrow(
      new CallError('no.yaml does not exist; correct its name, or write a first config with `parity init`'),
    );
    await expect(loadSettings('sub', context(root))).rejects.toThrow(
      new CallError('sub is a directory; name a file in it'),
    );
  });

  test.skipIf(process.getuid?.() === 0)('one that cannot be read', async () => {
    const root = folderOf({ 'parity.yaml': LEAST });
    chmodSync(join(root, 'parity.yaml'), 0);
    await expect(loadSettings('parity.yaml', context(root))).rejects.toThrow(
      'parity.yaml cannot be read (EACCES); see to its permissions',
    );
  });
});

describe('accounts in a file of their own', () => {
  const config = `accounts: {file: people/accounts.yaml}\n${EVENTS}control: {pusher: {key: k, cluster: c, channels: ["x-{account.id}"]}}\n`;

  test('relative to the config', async () => {
    const files = { 'sub/parity.yaml': config, 'sub/people/accounts.yaml': '- {id: a, token: "${T}"}\n- {id: b}\n' };
    const cwd = folderOf(files);
    const { settings, secrets } = await loadSettings('sub/parity.yaml', {
      env: { T: 'token-of-a' },
      today: TODAY,
      cwd,
    });
    expect(settings.accounts).toEqual([
      { id: 'a', values: { id: 'a', token: 'token-of-a' } },
      { id: 'b', values: { id: 'b' } },
    ]);
    expect(secrets.redact('token-of-a')).toBe('[T]');
  });

  test.each<[string, string, string[]]>([
    [
      'a fault of an account',
      '- {id: a}\n- {id: a, t: "${NONE}"}\n',
      [
        'people/accounts.yaml:2:8 accounts[1].id: expected an id of its own, found that of accounts[0]',
        'people/accounts.yaml:2:14 accounts[1].t: the environment variable NONE is not set; export NONE=…',
      ],
    ],
    ['no list', 'id: a\n', ['people/accounts.yaml:1:1 expected a list of accounts, found a map']],
    ['no YAML', '- "\n', ['people/accounts.yaml:2:1 no valid YAML: Missing closing "quote']],
  ])('%s is told at its place', async (_, list, lines) => {
    expect(await problemsIn(config, {}, { 'people/accounts.yaml': list })).toEqual(lines);
  });
});

describe('precedence: defaults, config, environment, flags', () => {
  const after = async (config: string, env = {}, overrides = {}) =>
    (await settingsOf(config, { env, overrides })).match.window.afterMs;
  const configured = `${LEAST}match: {window: {before: 1s, after: 2s}}\n`;
  const env = { PARITY_MATCH_WINDOW_AFTER: '3s' };
  const flags = { 'match.window.after': '4s' };

  test('each beats the one before', async () => {
    expect(await after(LEAST)).toBe(10_000);
    expect(await after(configured)).toBe(2000);
    expect(await after(configured, env)).toBe(3000);
    expect(await after(configured, env, flags)).toBe(4000);
    expect(await after(LEAST, env)).toBe(3000);
  });

  test('what is beside the value stays', async () => {
    expect((await settingsOf(configured, { env })).match.window.beforeMs).toBe(1000);
  });

  test('numbers and words', async () => {
    const { gate, unmapped } = await settingsOf(LEAST, {
      env: { PARITY_GATE_MIN_PER_TYPE: '5', PARITY_GATE_LAG_P99: '1s', PARITY_UNMAPPED: 'fail', PARITY_GATE_EXTRA: '' },
      overrides: { 'gate.defectRate': 0.5, 'gate.missing': '7', 'gate.late': undefined },
    });
    expect(gate).toMatchObject({
      minPerType: 5,
      lag: { p99: 1000 },
      defectRate: 0.5,
      counts: { missing: 7, extra: 0 },
    });
    expect(unmapped).toBe('fail');
  });

  test('a fault names the variable or the flag', async () => {
    const context = {
      env: {
        PARITY_MATCH_WINDOW_AFTER: '5',
        PARITY_MATCH_WINDO_AFTER: '5s',
        PARITY_GATE_CONFIDENCE: 'high',
        PARITY_GATEWAY: 'x',
        PARITY_TOKEN: 'y',
      },
      overrides: { 'gate.lag.p50': '3x', 'gate.lag.p51': '3s' },
    };
    expect(await problemsIn(LEAST, context)).toEqual([
      'PARITY_MATCH_WINDO_AFTER: no setting has this variable; did you mean "PARITY_MATCH_WINDOW_AFTER"?',
      'override gate.lag.p51: no setting of this name can be overridden; did you mean "gate.lag.p50"?',
      'override gate.lag.p50: expected a duration such as 250ms, 10s, 2m, 2h or 1d, found "3x"',
      'PARITY_GATE_CONFIDENCE: expected a number, found "high"',
      'PARITY_MATCH_WINDOW_AFTER: expected a duration with its unit, found 5: write 5s or 5ms',
    ]);
  });
});

describe('the hash', () => {
  const hashOf = async (config: string): Promise<string> => (await settingsOf(config)).hash;
  const rules = (rest: string) => `${LEAST}rules: [{path: $.a, ${rest}}]\n`;

  test.each([
    ['accounts', `accounts: [{id: b}]\n${EVENTS}`, LEAST],
    ['a source', `${LEAST}control: {pusher: {key: k, cluster: c, channels: [a]}}\n`, LEAST],
    ['a default that is spelt out', `${LEAST}match: {window: {after: 10000ms}}\n`, LEAST],
    ['how a path is spelt', rules('as: set, reason: x').replace('$.a', '"$[\'a\']"'), rules('as: set, reason: x')],
    ['why a rule stands', rules('as: set, reason: y, owner: me, expires: 2099-01-01'), rules('as: set, reason: x')],
  ])('does not depend on %s', async (_, one, two) => {
    expect(await hashOf(one)).toBe(await hashOf(two));
  });

  test.each([
    ['events', LEAST.replace('event: y', 'event: z')],
    ['keys', LEAST.replace('key: $.id', 'key: $.uid')],
    ['rename', `${LEAST}rename: [{from: $.a, to: $.b}]\n`],
    ['rules', rules('as: set, reason: x')],
    ['unmapped', `${LEAST}unmapped: fail\n`],
    ['match', `${LEAST}match: {settle: 501ms}\n`],
    ['gate', `${LEAST}gate: {missing: 1}\n`],
  ])('depends on %s', async (_, config) => {
    expect(await hashOf(config)).not.toBe(await hashOf(LEAST));
  });
});

describe('the first config', () => {
  const env = { PUSHER_KEY: 'app-key-1', REP1_TOKEN: 'token-of-rep-1' };

  test('loads without a problem', async () => {
    const { settings, secrets } = await load(exampleConfig(), { env });
    expect(settings.control?.kind).toBe('pusher');
    expect(settings.candidate?.kind).toBe('phoenix');
    expect(settings.events.map(({ name }) => name)).toEqual(['email_opened', 'page_visited']);
    expect(secrets.redact(JSON.stringify(settings))).not.toMatch(/app-key-1|token-of-rep-1/);
  });

  test('loads with its commented lines taken in, too', async () => {
    const bold = exampleConfig().replaceAll(/^( +)# (?=- |  \w+: )/gm, '$1');
    expect(bold).not.toBe(exampleConfig());
    const { settings } = await load(bold, { env: { ...env, REP2_TOKEN: 'token-of-rep-2' } });
    expect(settings.accounts).toHaveLength(2);
    expect(settings.rules).toHaveLength(5);
  });

  test('names each variable it needs', async () => {
    expect(await problemsIn(exampleConfig())).toEqual([
      expect.stringContaining('accounts[0].token: the environment variable REP1_TOKEN is not set; export REP1_TOKEN=…'),
      expect.stringContaining(
        'control.pusher.key: the environment variable PUSHER_KEY is not set; export PUSHER_KEY=…',
      ),
    ]);
  });
});

test('the JSON Schema describes the file, not what becomes of it', () => {
  expect(exportJsonSchema()).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    additionalProperties: false,
    required: ['accounts', 'events'],
    properties: {
      match: { properties: { settle: { type: 'string', default: '500ms', description: expect.any(String) } } },
      events: { additionalProperties: { properties: { control: { properties: { where: { type: 'object' } } } } } },
      unmapped: { enum: ['report', 'fail', 'ignore'] },
    },
  });
});

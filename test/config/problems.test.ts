import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CallError } from '../../src/model/errors.js';
import { ACCOUNTS, EVENTS, LEAST, load, problemsIn } from './folder.js';
import { runs } from '../runs.js';

/** A source without fault, to be broken in one place. */
const pusher = (rest: string): string => `${LEAST}control: {pusher: {key: k, ${rest}}}\n`;
const phoenix = (rest: string): string => `${LEAST}candidate: {phoenix: {${rest}}}\n`;
const websocket = (rest: string): string => `${LEAST}candidate: {websocket: {${rest}}}\n`;
const event = (type: string): string => `${ACCOUNTS}events: {e: ${type}}\n`;
const rule = (rest: string): string => `${LEAST}rules: [{path: $.a, ${rest}}]\n`;

const PERMITTED = 'instant, string, nullish, text, set, number';
const CHANNEL = 'Pusher channel names hold 1 to 200 of the characters A-Z a-z 0-9 _ - = @ , . ; and no other';

describe('each fault is told at its place, with what was found and what would be right', () => {
  test.each<[what: string, config: string, ...lines: string[]]>([
    // The text as such
    ['an empty file', '', 'parity.yaml is empty; write a first config with `parity init`'],
    ['comments alone', '# nothing\n', 'parity.yaml is empty; write a first config with `parity init`'],
    ['a list', '- a\n', 'parity.yaml:1:1 expected a map with accounts and events, found a list'],
    ['text', 'hello\n', 'parity.yaml:1:1 expected a map with accounts and events, found text'],
    [
      'a duplicate key',
      `${LEAST}unmapped: fail\nunmapped: report\n`,
      'parity.yaml:4:1 this key is there twice in the same map; keep one of the two',
    ],
    ['two documents', `${LEAST}---\na: 1\n`, 'parity.yaml:3:1 expected one document, found a second one (after ---)'],
    [
      'a tag',
      `${LEAST}unmapped: !secret x\n`,
      'parity.yaml:3:11 tags (a word that begins with !) have no meaning here; put text that begins with ! in quotes',
    ],
    [
      'an alias without anchor',
      `${LEAST}unmapped: *x\n`,
      'parity.yaml:3:11 this alias (*name) has no anchor (&name) before it; quote text that begins with *',
    ],
    [
      'an alias to itself',
      'a: &a [*a, *a]\n',
      'parity.yaml:1:8 this alias (*name) lies inside what it names',
      'parity.yaml:1:12 this alias (*name) lies inside what it names',
    ],
    ['a key that is a list', '? [a]\n: 1\n', 'parity.yaml:1:3 a key must be plain text'],
    ['a prototype', '__proto__: {}\n', 'parity.yaml:1:1 a key must be plain text'],
    [
      'a path without quotes',
      `${LEAST}rules: [{path: $.a[0], ignore: true, reason: x}]\n`,
      'parity.yaml:3:19 no valid YAML: Unexpected flow-seq-start at node end; a path that holds [ ] must be in quotes here',
    ],
    ['an unclosed quote', 'a: "b\n', 'parity.yaml:2:1 no valid YAML: Missing closing "quote'],
    [
      'a number that is none',
      `${LEAST}gate: {confidence: .nan}\n`,
      'parity.yaml:3:20 gate.confidence: expected a finite number, found NaN',
    ],

    // Keys
    [
      'a misspelt key',
      `${LEAST}controll: {}\n`,
      'parity.yaml:3:1 controll: unknown key "controll"; did you mean "control"?',
    ],
    [
      'a swapped letter',
      pusher('cluster: mt1, chanenls: [a], channels: [a]'),
      'parity.yaml:3:42 control.pusher.chanenls: unknown key "chanenls"; did you mean "channels"?',
    ],
    [
      'an unknown key',
      `${LEAST}match: {zzz: 1}\n`,
      'parity.yaml:3:9 match.zzz: unknown key "zzz"; known here: window, settle, tombstone, stall, resolution',
    ],
    [
      'two unknown keys',
      `${LEAST}match: {setle: 1, q: 2}\n`,
      'parity.yaml:3:9 match.setle: unknown key "setle"; did you mean "settle"?',
      'parity.yaml:3:19 match.q: unknown key "q"; known here: window, settle, tombstone, stall, resolution',
    ],

    // Accounts
    [
      'no accounts',
      EVENTS,
      'parity.yaml:1:1 accounts: is missing: expected a list of accounts or {file: accounts.yaml}',
    ],
    [
      'an empty list of accounts',
      `accounts: []\n${EVENTS}`,
      'parity.yaml:1:11 accounts: expected at least one account, found an empty list',
    ],
    [
      'a number for accounts',
      `accounts: 3\n${EVENTS}`,
      'parity.yaml:1:11 accounts: expected a list of accounts or {file: accounts.yaml}, found the number 3',
    ],
    [
      'an account without id',
      `accounts: [{token: abcd}]\n${EVENTS}`,
      'parity.yaml:1:12 accounts[0].id: is missing: expected text',
    ],
    [
      'a numeric id',
      `accounts: [{id: 12}]\n${EVENTS}`,
      'parity.yaml:1:17 accounts[0].id: expected text, found the number 12: write it in quotes',
    ],
    [
      'an id of many digits',
      `accounts: [{id: 9007199254740993}]\n${EVENTS}`,
      'parity.yaml:1:17 accounts[0].id: expected a number below 2^53, so that no digit is lost, found 9007199254740993: put it in quotes if it is text',
    ],
    [
      'the same id twice',
      `accounts: [{id: a}, {id: b}, {id: a}]\n${EVENTS}`,
      'parity.yaml:1:35 accounts[2].id: expected an id of its own, found that of accounts[0]',
    ],
    [
      'an id of two lines',
      `accounts:\n- id: rep-1\n    token:hunter2\n${EVENTS}`,
      'parity.yaml:2:7 accounts[0].id: expected an id without blanks, found "rep-1" and more',
    ],
    [
      'a space left out',
      `accounts: [{id: a, token:hunter2}]\n${EVENTS}`,
      "parity.yaml:1:12 accounts[0]: expected key: value, found a key that holds ':' and has no value; put a space after the ':'",
    ],
    [
      'an account that is text',
      `accounts: [token:hunter2]\n${EVENTS}`,
      'parity.yaml:1:12 accounts[0]: expected a map, found text',
    ],
    [
      'an accounts file that is not there',
      `accounts: {file: nowhere.yaml}\n${EVENTS}`,
      'nowhere.yaml does not exist; correct its name, or write a list of accounts, such as - {id: rep-1, token: "${REP1_TOKEN}"}',
    ],

    // Durations and limits
    [
      'a bare number',
      `${LEAST}match: {window: {after: 10}}\n`,
      'parity.yaml:3:25 match.window.after: expected a duration with its unit, found 10: write 10s or 10ms',
    ],
    [
      'a bare zero',
      `${LEAST}match: {settle: 0}\n`,
      'parity.yaml:3:17 match.settle: expected a duration with its unit, found 0: write 0s',
    ],
    [
      'an unknown unit',
      `${LEAST}match: {settle: 10x}\n`,
      'parity.yaml:3:17 match.settle: expected a duration such as 250ms, 10s, 2m, 2h or 1d, found "10x"',
    ],
    [
      'a stall of nothing',
      `${LEAST}match: {stall: 0s}\n`,
      'parity.yaml:3:16 match.stall: expected a duration of at least 1ms, found 0s',
    ],
    [
      'a confidence of certainty',
      `${LEAST}gate: {confidence: 1}\n`,
      'parity.yaml:3:20 gate.confidence: expected a confidence between 0 and 1, found the number 1',
    ],
    [
      'a rate of zero',
      `${LEAST}gate: {defectRate: 0}\n`,
      'parity.yaml:3:20 gate.defectRate: expected a rate above 0, as no amount of evidence proves 0; write 0.0001, or null for no limit, found the number 0',
    ],
    [
      'half an event',
      `${LEAST}gate: {missing: 0.5}\n`,
      'parity.yaml:3:17 gate.missing: expected a whole number, found the number 0.5',
    ],
    [
      'a share above one',
      `${LEAST}gate: {inconclusiveShare: 5}\n`,
      'parity.yaml:3:27 gate.inconclusiveShare: expected a share from 0 to 1, found the number 5',
    ],
    [
      'an unknown word',
      `${LEAST}unmapped: ingore\n`,
      'parity.yaml:3:11 unmapped: expected one of report, fail, ignore, found "ingore"; did you mean ignore?',
    ],

    // Events
    ['no events', ACCOUNTS, 'parity.yaml:1:1 events: is missing: expected a map'],
    [
      'empty events',
      `${ACCOUNTS}events: {}\n`,
      'parity.yaml:2:9 events: expected at least one event type, found an empty map',
    ],
    [
      'one side only',
      event('{control: {event: x, key: $.id}}'),
      'parity.yaml:2:13 events.e: is without candidate: add it, or say only: control',
    ],
    [
      'only, without that side',
      event('{only: candidate, control: {event: x}}'),
      'parity.yaml:2:13 events.e: is without candidate, although only: candidate',
      'parity.yaml:2:31 events.e.control: has no place in a type with only: candidate; leave out one of the two',
    ],
    [
      'no key',
      event('{control: {event: x}, candidate: {event: x, key: $.id}}'),
      'parity.yaml:2:23 events.e.control.key: is missing: expected the path of the correlation key',
    ],
    [
      'no path in a key',
      event('{control: {event: x, key: []}, candidate: {event: x, key: $.id}}'),
      'parity.yaml:2:39 events.e.control.key: expected at least one path, found an empty list',
    ],
    [
      'keys of different lengths',
      event('{control: {event: x, key: [$.a, $.b]}, candidate: {event: x, key: $.a}}'),
      'parity.yaml:2:79 events.e.candidate.key: expected as many paths on both sides, found 2 for control and 1 for candidate',
    ],
    [
      'a key that is a number',
      event('{control: {event: x, key: 5}, candidate: {event: x, key: $.a}}'),
      'parity.yaml:2:39 events.e.control.key: expected a path or a list of paths, found the number 5',
    ],
    [
      'a bad path in a key',
      event('{control: {event: x, key: [$.a, b]}, candidate: {event: x, key: [$.a, $.b]}}'),
      'parity.yaml:2:45 events.e.control.key[1]: expected a path, found "b": at character 1, a path begins with $, as in $.b',
    ],
    [
      'a map in where',
      event('{control: {event: x, key: $.a, where: {$.t: {}}}, candidate: {event: x, key: $.a}}'),
      'parity.yaml:2:57 events.e.control.where["$.t"]: expected text, a number, true, false or null to compare with, found an empty map',
    ],
    [
      'a bad path in where',
      event('{control: {event: x, key: $.a, where: {t: 1}}, candidate: {event: x, key: $.a}}'),
      'parity.yaml:2:52 events.e.control.where.t: expected a path, found "t": at character 1, a path begins with $, as in $.t',
    ],
    [
      'too many digits in where',
      event('{control: {event: x, key: $.a, where: {$.t: 9007199254740993}}, candidate: {event: x, key: $.a}}'),
      'parity.yaml:2:57 events.e.control.where["$.t"]: expected a number below 2^53, so that no digit is lost, found 9007199254740993: put it in quotes if it is text',
    ],
    [
      'two types of the same frames',
      `${ACCOUNTS}events:\n  a: &a {only: control, control: {event: x}}\n  b: *a\n`,
      'parity.yaml:3:34 events.b.control: claims the same frames as a; tell the two apart by event or where',
    ],
    [
      'a claim made before',
      `${ACCOUNTS}events:\n  a: {only: control, control: {event: x, where: {$.t: 1}}}\n  b: {only: control, control: {event: x, where: {"$['t']": 1}}}\n`,
      'parity.yaml:4:31 events.b.control: claims the same frames as a; tell the two apart by event or where',
    ],
    [
      '.. outside rules',
      event('{control: {event: x, key: $..a}, candidate: {event: x, key: $.a}}'),
      `parity.yaml:2:39 events.e.control.key: expected a path, found "$..a": at character 2, .. is for the paths of rules; .name, ['name'] or [0] can stand here`,
    ],

    // Renames and rules
    [
      'an index in a rename',
      `${LEAST}rename: [{from: "$.a[0]", to: $.b}]\n`,
      `parity.yaml:3:17 rename[0].from: expected a path, found "$.a[0]": at character 4, only .name or ['name'] can stand here`,
    ],
    [
      'a rename of all',
      `${LEAST}rename: [{from: $, to: $.b}]\n`,
      'parity.yaml:3:17 rename[0].from: expected the path of a member, found $',
    ],
    [
      'a rule that permits nothing',
      rule('reason: x'),
      'parity.yaml:3:9 rules[0]: permits nothing: say ignore: true, or as: and one of instant, string, nullish, text, set, number',
    ],
    [
      'a rule that permits twice',
      rule('ignore: true, as: set, reason: x'),
      'parity.yaml:3:9 rules[0]: expected either ignore or as, found both',
    ],
    ['ignore: false', rule('ignore: false, reason: x'), 'parity.yaml:3:29 rules[0].ignore: expected true, found false'],
    ['no reason', rule('ignore: true'), 'parity.yaml:3:9 rules[0].reason: is missing: expected text'],
    [
      'an empty reason',
      rule('ignore: true, reason: ""'),
      'parity.yaml:3:43 rules[0].reason: expected text, found empty text',
    ],
    [
      'an expired rule',
      rule('ignore: true, reason: x, expires: 2026-11-21'),
      'parity.yaml:3:55 rules[0].expires: the rule has expired (2026-11-21, and today is 2026-11-22); remove it, or renew it with a later date',
    ],
    [
      'a date that is none',
      rule('ignore: true, reason: x, expires: 2026-02-30'),
      'parity.yaml:3:55 rules[0].expires: expected a date such as 2027-03-01, found "2026-02-30"',
    ],
    [
      'a rule for everything',
      `${LEAST}rules: [{path: $, ignore: true, reason: x}]\n`,
      'parity.yaml:3:16 rules[0].path: would permit every difference; name a member, such as $.updated_at',
    ],
    [
      'an unknown permission',
      rule('as: numbr, reason: x'),
      `parity.yaml:3:25 rules[0].as: expected one of ${PERMITTED}, found "numbr"; did you mean number?`,
    ],
    [
      'a list of permissions',
      rule('as: [set], reason: x'),
      `parity.yaml:3:25 rules[0].as: expected one of ${PERMITTED}, found a list`,
    ],
    [
      'a misspelt option',
      rule('as: {number: {tolerence: 1, tolerance: 1}}, reason: x'),
      'parity.yaml:3:35 rules[0].as.number.tolerence: unknown key "tolerence"; did you mean "tolerance"?',
    ],
    [
      'options beside as',
      rule('as: number, tolerance: 1, reason: x'),
      'parity.yaml:3:33 rules[0].tolerance: unknown key "tolerance"; known here: path, ignore, as, reason, owner, expires, usedWithin',
    ],
    [
      'two options',
      rule('as: {set: {key: $.id}, number: {tolerance: 1}}, reason: x'),
      'parity.yaml:3:25 rules[0].as: expected one of number, text or set, found number and set',
    ],
    [
      'a text that permits nothing',
      rule('as: {text: {}}, reason: x'),
      'parity.yaml:3:32 rules[0].as.text: permits nothing: say html: true or unicode: nfc',
    ],
    [
      'a negative tolerance',
      rule('as: {number: {tolerance: -1}}, reason: x'),
      'parity.yaml:3:46 rules[0].as.number.tolerance: expected a tolerance of at least 0, found the number -1',
    ],

    // Sources
    [
      'no kind of source',
      `${LEAST}control: {}\n`,
      'parity.yaml:3:10 control: expected one of pusher, phoenix or websocket, found none',
    ],
    [
      'two kinds of source',
      `${LEAST}control: {pusher: {key: k, cluster: c, channels: [a]}, websocket: {url: "ws://x", event: $.e}}\n`,
      'parity.yaml:3:10 control: expected one of pusher, phoenix or websocket, found pusher and websocket',
    ],
    [
      'neither cluster nor host',
      pusher('channels: [a]'),
      'parity.yaml:3:19 control.pusher: is without a server: give it cluster, or host',
    ],
    [
      'a URL for a host',
      pusher('channels: [a], host: "http://x"'),
      'parity.yaml:3:49 control.pusher.host: expected a host alone: no scheme, path or port (port is a key of its own), found "http://x"',
    ],
    [
      'a port out of range',
      pusher('channels: [a], host: x, port: 65536'),
      'parity.yaml:3:58 control.pusher.port: expected a port from 1 to 65535, found the number 65536',
    ],
    [
      'a port in words',
      pusher('channels: [a], host: x, port: https'),
      'parity.yaml:3:58 control.pusher.port: expected a port from 1 to 65535, found "https"',
    ],
    [
      'a colon in a channel',
      pusher('cluster: mt1, channels: ["feed:{account.id}"]'),
      `parity.yaml:3:53 control.pusher.channels[0]: Pusher channel names cannot hold ':' - the Phoenix topic can; found "feed:a"`,
    ],
    [
      'a blank in a channel',
      pusher('cluster: mt1, channels: ["a b"]'),
      `parity.yaml:3:53 control.pusher.channels[0]: ${CHANNEL}, found "a b"`,
    ],
    [
      'a private channel without auth',
      pusher('cluster: mt1, channels: [a, "private-{account.id}"]'),
      'parity.yaml:3:56 control.pusher.channels[1]: a private or presence channel needs auth; add auth: {endpoint: …} to pusher, found "private-a"',
    ],
    [
      'a presence channel without auth',
      pusher('cluster: mt1, channels: [presence-x]'),
      'parity.yaml:3:53 control.pusher.channels[0]: a private or presence channel needs auth; add auth: {endpoint: …} to pusher, found "presence-x"',
    ],
    [
      'an endpoint of another scheme',
      pusher('cluster: mt1, channels: [a], auth: {endpoint: "wss://x/auth"}'),
      'parity.yaml:3:74 control.pusher.auth.endpoint: expected a URL that begins with http:// or https://, found "wss://x/auth"',
    ],
    [
      'credentials in an address that would not be sent',
      pusher('cluster: mt1, channels: [a], auth: {endpoint: "https://qa:hush@x/auth"}'),
      'parity.yaml:3:74 control.pusher.auth.endpoint: holds a name or password before its @, which would not be sent; put them into headers, as authorization',
    ],
    [
      'a header with a blank',
      pusher('cluster: mt1, channels: [a], auth: {endpoint: "https://x", headers: {"a b": c}}'),
      'parity.yaml:3:97 control.pusher.auth.headers["a b"]: expected the name of a header, found "a b"',
    ],
    [
      'a header of two lines',
      pusher(String.raw`cluster: mt1, channels: [a], auth: {endpoint: "https://x", headers: {a: "hunter2\nb"}}`),
      'parity.yaml:3:100 control.pusher.auth.headers.a: a header cannot hold line breaks or characters beyond Latin-1; check the value it is filled from',
    ],
    [
      'a socket over http',
      phoenix('url: "https://x/socket", topics: [a]'),
      'parity.yaml:3:28 candidate.phoenix.url: expected a URL that begins with ws:// or wss://, found "https://x/socket"',
    ],
    [
      'no URL at all',
      phoenix('url: socket, topics: [a]'),
      'parity.yaml:3:28 candidate.phoenix.url: expected a URL that begins with ws:// or wss://, found "socket"',
    ],
    [
      '/websocket twice',
      phoenix('url: "wss://x/socket/websocket", topics: [a]'),
      `parity.yaml:3:28 candidate.phoenix.url: expected the socket's own URL, found "wss://x/socket/websocket": leave out /websocket, which is appended`,
    ],
    [
      'parameters in the URL',
      phoenix('url: "wss://x/socket?v=1", topics: [a]'),
      'parity.yaml:3:28 candidate.phoenix.url: expected a URL without ?, found "wss://x/socket?v=1": put parameters in params',
    ],
    [
      'a fragment',
      websocket('url: "wss://x/#a", event: $.e'),
      'parity.yaml:3:30 candidate.websocket.url: expected a URL that begins with ws:// or wss:// and has no #, found "wss://x/#a"',
    ],
    [
      'no topics',
      phoenix('url: "wss://x/socket", topics: []'),
      'parity.yaml:3:54 candidate.phoenix.topics: expected at least one topic, found an empty list',
    ],
    [
      'a numeric parameter',
      phoenix('url: "wss://x/socket", topics: [a], params: {v: 2}'),
      'parity.yaml:3:71 candidate.phoenix.params.v: expected text, found the number 2: write it in quotes',
    ],
    [
      'pings without pause',
      websocket('url: "wss://x", event: $.e, pingEvery: 10ms'),
      'parity.yaml:3:64 candidate.websocket.pingEvery: expected a duration of at least 1s, found 10ms',
    ],

    // Templates and variables
    [
      'an unknown template',
      phoenix('url: "wss://x/{account.tokn}", topics: [a]'),
      'parity.yaml:3:28 candidate.phoenix.url: no account has the value that {account.tokn} names; known here: id',
    ],
    [
      'a template in the depth',
      phoenix('url: "wss://x/s", topics: [a], join: {a: [{b: "{account.di}"}]}'),
      'parity.yaml:3:69 candidate.phoenix.join.a[0].b: no account has the value that {account.di} names; did you mean "id"?',
    ],
    [
      'a value that one account lacks',
      `accounts: [{id: a, t: x}, {id: b}]\n${EVENTS}candidate: {phoenix: {url: "wss://x/s", topics: ["{account.t}"]}}\n`,
      'parity.yaml:3:50 candidate.phoenix.topics[0]: the account "b" lacks the value that {account.t} names; add t to it',
    ],
    [
      'a misspelt account',
      phoenix('url: "wss://x/s", topics: ["{acount.id}"]'),
      'parity.yaml:3:50 candidate.phoenix.topics[0]: unknown template {acount.id}; did you mean {account.id}?',
    ],
    [
      'an unset variable, told once',
      phoenix('url: "${FEED_URL}", topics: [a]'),
      'parity.yaml:3:28 candidate.phoenix.url: the environment variable FEED_URL is not set; export FEED_URL=…',
    ],
    [
      'a variable without name',
      phoenix('url: "wss://x/${}", topics: [a]'),
      'parity.yaml:3:28 candidate.phoenix.url: expected the name of an environment variable in ${…}, such as ${PUSHER_KEY}; $${ stands for ${',
    ],
    [
      'a variable that does not end',
      phoenix('url: "wss://x/${A", topics: [a]'),
      'parity.yaml:3:28 candidate.phoenix.url: expected the name of an environment variable in ${…}, such as ${PUSHER_KEY}; $${ stands for ${',
    ],
  ])('%s', async (_, config, ...lines) => {
    expect(await problemsIn(config)).toEqual(lines);
  });
});

test('all problems are told at once, in the order of the text', async () => {
  const config = `accounts: [{id: 1}]\n${EVENTS}match: {settle: 5}\nrules:\n${'- {path: a}\n'.repeat(9)}gate: {lag: {p98: 1s}}\n`;
  const lines = await problemsIn(config);
  expect(lines.map((line) => line.split(' ')[0])).toEqual([
    'parity.yaml:1:17',
    'parity.yaml:3:17',
    ...Array.from({ length: 9 }, (_, row) => [`parity.yaml:${row + 5}:3`, `parity.yaml:${row + 5}:10`]).flat(),
    'parity.yaml:14:14',
  ]);
});

test('an empty variable is as bad as none', async () => {
  expect(await problemsIn(phoenix('url: "${U}", topics: [a]'), { env: { U: '' } })).toEqual([
    'parity.yaml:3:28 candidate.phoenix.url: the environment variable U is empty; export U=…',
  ]);
});

test('nesting without end', async () => {
  expect(await problemsIn('['.repeat(50_000))).toEqual([
    expect.stringMatching(/^parity\.yaml:1:\d+ nested too deeply to be read$/),
  ]);
});

test('bytes that are no text', async () => {
  expect(await problemsIn(Uint8Array.of(0xff, 0xfe, 0x00))).toEqual([
    'parity.yaml is no text in UTF-8; is it the file that was meant?',
  ]);
});

test('a file too large for a config', async () => {
  expect(await problemsIn(`#${'x'.repeat(4 * 1024 * 1024)}`)).toEqual([
    'parity.yaml is larger than 4 MB and so no config; is it the file that was meant?',
  ]);
});

test('a long value is cut, and control characters never reach the terminal', async () => {
  const [line = ''] = await problemsIn(`${LEAST}unmapped: "\\u009b31m${'x'.repeat(10_000)}"\n`);
  expect(line.length).toBeLessThan(600);
  expect(line).not.toMatch(/\p{Cc}/u);
});

describe('no secret is in any message', () => {
  const CANARY = 'canary/7+f "3a9';
  const spellings = [CANARY, encodeURIComponent(CANARY), JSON.stringify(CANARY).slice(1, -1), 'canary'];
  test.each<[string, string]>([
    ['as a port', pusher('channels: [a], host: x, port: "${S}"')],
    ['as a host', pusher('channels: [a], host: "${S}"')],
    ['in a channel', pusher('cluster: mt1, channels: ["private-${S}"]')],
    ['in a URL', phoenix('url: "https://${S}/socket", topics: [a]')],
    ['as a path', `${LEAST}rules: [{path: "\${S}", ignore: true, reason: x}]\n`],
    ['as a word', `${LEAST}unmapped: "\${S}"\n`],
    ['as a duration', `${LEAST}match: {settle: "\${S}"}\n`],
    ['as a date', rule('ignore: true, reason: x, expires: "${S}"')],
    ['as an accounts file', `accounts: {file: "\${S}"}\n${EVENTS}`],
    [
      'in a template',
      `accounts: [{id: a, token: "\${S}"}]\n${EVENTS}control: {pusher: {key: k, cluster: c, channels: ["{account.token}"]}}\n`,
    ],
  ])('%s', async (_, config) => {
    const message = (await problemsIn(config, { env: { S: CANARY } })).join('\n');
    for (const spelling of spellings) expect(message).not.toContain(spelling);
  });

  test('nor is half of one, where a long line is cut', async () => {
    for (let before = 400; before < 400 + 8 * CANARY.length; before++) {
      const config = `${LEAST}unmapped: "${'x'.repeat(before)}\${S}"\n`;
      expect(await problemsIn(config, { env: { S: CANARY } })).toEqual([expect.not.stringContaining('canary')]);
    }
  });

  test.each<[string, string]>([
    [
      'a token in a channel',
      `accounts: [{id: a, token: hunter22}]\n${EVENTS}control: {pusher: {key: k, cluster: c, channels: ["private-{account.token}:"]}}\n`,
    ],
    ['a numeric token', `accounts: [{id: a, token: 12345678}]\n${EVENTS}`],
    ['a token without its space', `accounts: [{id: a, token:hunter22}]\n${EVENTS}`],
    ['a parameter without its space', phoenix('url: "wss://x/s", topics: [a], params: {token:hunter22}')],
    ['a token with a tag', `accounts: [{id: a, token: !hunter22 x}]\n${EVENTS}`],
    ['a token with an alias', `accounts: [{id: a, token: *hunter22 }]\n${EVENTS}`],
    ['a block header', `accounts:\n- id: a\n  token: |hunter22\n${EVENTS}`],
    ['a credential in a URL', phoenix('url: "http://me:hunter22@x/s?api_key=hunter22", topics: [a]')],
    [
      'a header',
      pusher(
        'cluster: c, channels: ["hunter22:"], auth: {endpoint: "https://x", headers: {authorization: "Bearer hunter22"}}',
      ),
    ],
  ])('nor of those in the config itself: %s', async (_, config) => {
    expect((await problemsIn(config)).join('\n')).not.toMatch(/hunter22|12345678/);
  });
});

test('no text makes loading throw anything but CallError', async () => {
  const words = [
    'accounts',
    'events',
    'rules',
    'control',
    'pusher',
    'phoenix',
    'path',
    'as',
    'gate',
    'id',
    'e',
    'where',
    'key',
  ];
  const marks = [
    ': ',
    ', ',
    '{',
    '}',
    '[',
    ']',
    '\n',
    '\n  ',
    '- ',
    '"',
    "'",
    '&a ',
    '*a',
    '!!x ',
    '? ',
    '| ',
    '---\n',
    '#',
    '%',
    '<<: ',
  ];
  const values = [
    '$',
    '$.a',
    '$..b[*]',
    '${A}',
    '{account.id}',
    '1',
    '-0',
    '1e999',
    '9007199254740993',
    '.nan',
    'null',
    'true',
    '10s',
    '\t',
    '\0',
    '😀',
  ];
  const text = fc.array(
    fc.oneof(fc.constantFrom(...words, ...marks, ...values), fc.string({ unit: 'binary', maxLength: 4 })),
    { maxLength: 40 },
  );
  const shaped = fc.record(
    Object.fromEntries(
      ['accounts', 'control', 'candidate', 'events', 'rename', 'rules', 'unmapped', 'match', 'gate'].map((key) => [
        key,
        fc.jsonValue(),
      ]),
    ),
    { requiredKeys: [] },
  );
  const config = fc.oneof(
    text.map((parts) => parts.join('')),
    text.map((parts) => LEAST + parts.join('')),
    shaped.map((value) => JSON.stringify(value)),
  );
  await fc.assert(
    fc.asyncProperty(config, async (given) => {
      await load(given, { env: { A: 'value of A' } }).catch((error: unknown) => {
        expect(error).toBeInstanceOf(CallError);
        expect((error as CallError).message).not.toBe('');
      });
    }),
    { numRuns: runs(400) },
  );
});

import { describe, expect, it, test } from 'vitest';
import { exportJsonSchema } from '../../src/config/schema.js';
import { covers } from '../../src/config/reach.js';
import { path } from '../given.js';
import { load, problemsIn } from './folder.js';

const KEY = 'a-key-of-enough-characters';

/** A config that hides these places, in feeds of two shapes. */
function config(paths: string, rest = ''): string {
  return `accounts: [{id: a}]
events:
  opened:
    control: {event: opened, key: $.id}
    candidate: {event: item, where: {$.type: open}, body: $.data, key: $.data.id}
rename: [{from: $.actor, to: $.person}, {from: $.mail, to: $.email}]
redact: {key: ${KEY}, paths: ${paths}}
${rest}`;
}

const at = (line: string): string => `parity.yaml:7:${line}`;

describe('places to hide', () => {
  it('are those of both sides, or of each', async () => {
    const { settings } = await load(
      config('[{control: $.person.phone, candidate: $.data.actor.phone}, $..token, {candidate: $.trace}]'),
    );
    const texts = (side: 'control' | 'candidate') => settings.redact?.paths[side].map(({ text }) => text);
    expect(settings.redact?.key).toBe(KEY);
    expect(texts('control')).toEqual(['$.person.phone', '$..token']);
    expect(texts('candidate')).toEqual(['$.data.actor.phone', '$..token', '$.trace']);
  });

  test.each([
    ['a place outside the body', '[{candidate: $.trace}, {control: $.x, candidate: $.data.x}]'],
    ['both names of what is renamed', '[{control: $.email, candidate: $.data.mail}]'],
    ['any depth, under both names', '[$..email, $..mail]'],
    ['what a rule ignores', '[$..updated_at]', 'rules: [{path: $.updated_at, ignore: true, reason: r}]'],
    ['elements of a set', '["$..tags[*]"]', 'rules: [{path: $.tags, as: set, reason: r}]'],
    ['what may be null', '[$..note]', 'rules: [{path: $.note, as: nullish, reason: r}]'],
    ['beside a rule', '[$..phone]', 'rules: [{path: $.opened_at, as: instant, reason: r}]'],
    ['beside a rule for each element', '[$..phone]', 'rules: [{path: "$.opens[*].at", as: instant, reason: r}]'],
    ['beside a rule at any depth', '[$..phone]', 'rules: [{path: $..seen_at, as: instant, reason: r}]'],
  ])('may be %s', async (_, paths, rest = '') => {
    expect((await load(config(paths, rest))).settings.redact).toBeDefined();
  });

  const rule = (permits: string): string => `rules: [{path: $.person.seen_at, as: ${permits}, reason: r}]`;
  const both = '[{control: $.person, candidate: $.data.actor}]';

  test.each<[what: string, paths: string, rest: string, ...problems: string[]]>([
    [
      'what a rule reads: instant',
      both,
      rule('instant'),
      `${at('51')} redact.paths[0]: hides what the rule for $.person.seen_at (as: instant) has to read; leave out one of the two`,
    ],
    [
      'what a rule reads: number',
      '[$..seen_at]',
      rule('{number: {tolerance: 1}}'),
      `${at('51')} redact.paths[0]: hides what the rule for $.person.seen_at (as: number) has to read; leave out one of the two`,
    ],
    [
      'what a rule reads: text',
      '["$..person[*]", "$..actor[*]"]',
      rule('text'),
      `${at('51')} redact.paths[0]: hides what the rule for $.person.seen_at (as: text) has to read; leave out one of the two`,
    ],
    [
      'what a rule reads: string',
      '[{control: $.person.seen_at, candidate: $.data.actor.seen_at}]',
      rule('string'),
      `${at('51')} redact.paths[0]: hides what the rule for $.person.seen_at (as: string) has to read; leave out one of the two`,
    ],
    [
      'what a rule reads at any depth',
      both,
      'rules: [{path: $..seen_at, as: instant, reason: r}]',
      `${at('51')} redact.paths[0]: hides what the rule for $..seen_at (as: instant) has to read; leave out one of the two`,
    ],
    [
      'what a rule reads, at any depth both',
      '[$..seen_at]',
      'rules: [{path: $..seen_at, as: instant, reason: r}]',
      `${at('51')} redact.paths[0]: hides what the rule for $..seen_at (as: instant) has to read; leave out one of the two`,
    ],
    [
      'what a rule reads below a name at any depth',
      '[$..group]',
      'rules: [{path: "$.group.seen[*].at", as: instant, reason: r}]',
      `${at('51')} redact.paths[0]: hides what the rule for $.group.seen[*].at (as: instant) has to read; leave out one of the two`,
    ],
    [
      'whatever a rule reads',
      '[$..phone]',
      'rules: [{path: "$..[*]", as: number, reason: r}]',
      `${at('51')} redact.paths[0]: hides what the rule for $..[*] (as: number) has to read; leave out one of the two`,
    ],
    [
      'the key',
      '[$..id]',
      '',
      `${at('51')} redact.paths[0]: hides the correlation key $.data.id of opened (candidate)`,
      `${at('51')} redact.paths[0]: hides the correlation key $.id of opened (control)`,
    ],
    [
      'everything',
      '[$]',
      '',
      `${at('51')} redact.paths[0]: hides the correlation key $.data.id of opened (candidate)`,
      `${at('51')} redact.paths[0]: hides the correlation key $.id of opened (control)`,
    ],
    [
      'what tells the type',
      '[{candidate: $.type}]',
      '',
      `${at('51')} redact.paths[0]: hides $.type, which tells opened from others (candidate)`,
    ],
    [
      'one side of a pair',
      '[$.person.phone]',
      '',
      `${at('50')} redact.paths: $.person.phone of opened is hidden on control and its counterpart $.data.actor.phone stays in clear on candidate; write {control: $.person.phone, candidate: $.data.actor.phone}`,
    ],
    [
      'one side of a pair, under its other name',
      '[$..email]',
      '',
      `${at('50')} redact.paths: $.email of opened is hidden on control and its counterpart $.data.mail stays in clear on candidate; write {control: $.email, candidate: $.data.mail}`,
    ],
    [
      'the candidate alone',
      '[{candidate: $.data.note}]',
      '',
      `${at('50')} redact.paths: $.data.note of opened is hidden on candidate and its counterpart $.note stays in clear on control; write {control: $.note, candidate: $.data.note}`,
    ],
    ['no side', '[{}]', '', `${at('51')} redact.paths[0]: expected control or candidate, found neither`],
    ['nowhere', '[]', '', `${at('50')} redact.paths: expected at least one path, found an empty list`],
  ])('are refused that are %s', async (_, paths, rest, ...problems) => {
    expect(await problemsIn(config(paths, rest))).toEqual(problems);
  });
});

describe('the key', () => {
  it('is long, and shown nowhere', async () => {
    const short = config('[$..phone]').replace(KEY, 'hush-hush');
    const [problem = ''] = await problemsIn(short);
    expect(problem).toBe(
      'parity.yaml:7:15 redact.key: expected at least 16 characters; `openssl rand -hex 32` makes a key, found "[redact.key]"',
    );
    const { secrets } = await load(config('[$..phone]'));
    expect(secrets.redact(`it is ${KEY}`)).toBe('it is [redact.key]');
  });

  it('does not change how is judged', async () => {
    const one = await load(config('[$..phone]'));
    const other = await load(config('[$..fax]').replace(KEY, `another-${KEY}`));
    expect(one.settings.hash).toBe(other.settings.hash);
  });
});

it('is part of the schema for editors', () => {
  const schema = exportJsonSchema() as { properties: Record<string, { properties: object }> };
  expect(Object.keys(schema.properties['redact']?.properties ?? {})).toEqual(['key', 'paths']);
});

test.each([
  ['$', '$.a.b', true],
  ['$.a', '$.a', true],
  ['$.a', '$.a.b', true],
  ['$.a.b', '$.a', false],
  ['$.a', '$.b', false],
  ['$..b', '$.a.b.c', true],
  ['$..b', '$.a.c', false],
  ['$.a', '$..b', true],
  ['$.a[*].c', '$.a[3].c', true],
  ['$.a[1]', '$.a[2]', false],
  ['$.a[*]', '$.a.b', true],
  ['$..a..b', '$.a.c.b', true],
  ['$..a..b', '$.b.a', false],
  ['$.x.y', '$..z', true],
])('%s covers %s: %s', (one, target, expected) => {
  expect(covers(path(one).segments, path(target).segments)).toBe(expected);
});

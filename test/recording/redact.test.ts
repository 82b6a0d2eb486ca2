import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalDecimal } from '../../src/model/decimal.js';
import type { RedactSettings, Settings } from '../../src/model/settings.js';
import type { Frame, TimelineEntry } from '../../src/model/timeline.js';
import { redactor } from '../../src/recording/redact.js';
import { Line } from '../../src/run.js';
import { frame, path, rule, settings, tick, up } from '../given.js';
import { runs } from '../runs.js';

const KEY = 'a key of more than sixteen characters';

function hiding(...paths: string[]): RedactSettings {
  return { key: KEY, paths: { control: paths.map(path), candidate: paths.map(path) } };
}

/** The payload as it is once these places are hidden. */
function hidden(payload: string, ...paths: string[]): string {
  return (redactor(hiding(...paths))(frame('control', 1, payload)) as Frame).payload;
}

const TOKEN = /«token:[0-9a-f]{24}»/g;

/** With each token's 24 digits left out. */
const shape = (payload: string): string => payload.replaceAll(TOKEN, '#');

describe('what is hidden', () => {
  it.each([
    ['a member', '{"a":"x","b":"x"}', ['$.a'], '{"a":"#","b":"x"}'],
    ['a member further down', '{ "p" : { "q": 1 }, "q": 1 }', ['$.p.q'], '{ "p" : { "q": "#" }, "q": 1 }'],
    [
      'a member at any depth',
      '{"e":1,"l":[{"e":2},{"m":{"e":3}}]}',
      ['$..e'],
      '{"e":"#","l":[{"e":"#"},{"m":{"e":"#"}}]}',
    ],
    ['each element', '{"l":[1,[2],{"x":3}]}', ['$.l[*]'], '{"l":["#",["#"],{"x":"#"}]}'],
    ['one element', '[1,2,3]', ['$[1]'], '[1,"#",3]'],
    ['each member', '{"a":{"x":1,"y":{"z":2}},"b":1}', ['$.a[*]'], '{"a":{"x":"#","y":{"z":"#"}},"b":1}'],
    ['a member however it is spelt', '{"\\u0061":1,"b":{"a":2}}', ['$.a'], '{"\\u0061":"#","b":{"a":2}}'],
    ['a member that is there twice', '{"a":1,"a":[true,false]}', ['$.a'], '{"a":"#","a":["#","#"]}'],
    ['several places', '{"a":1,"b":2,"c":3}', ['$.a', '$..c'], '{"a":"#","b":2,"c":"#"}'],
    [
      '..  behind ..',
      '{"a":{"b":1,"c":{"a":{"b":2}}},"b":3}',
      ['$..a..b'],
      '{"a":{"b":"#","c":{"a":{"b":"#"}}},"b":3}',
    ],
    ['not null and ""', '{"a":null,"b":"","c":[null,0]}', ['$[*]'], '{"a":null,"b":"","c":[null,"#"]}'],
    [
      'nothing elsewhere',
      '{"x":9007199254740993.0,"a":[]}',
      ['$.a', '$.b', '$.x.y'],
      '{"x":9007199254740993.0,"a":[]}',
    ],
    ['all of a payload that is no JSON', '{"a":"ada@example.com', ['$.b'], '#'],
  ])('is %s', (_, payload, paths, expected) => {
    expect(shape(hidden(payload, ...paths))).toBe(expected);
  });

  it('is no more than each side has, and only in frames', () => {
    const redact = redactor({ key: KEY, paths: { control: [path('$.a')], candidate: [path('$.d.a')] } });
    const [control, candidate] = [
      frame('control', 1, '{"a":"x"}'),
      frame('candidate', 2, '{"a":"y","d":{"a":"x"}}'),
    ].map(redact);
    const token = (JSON.parse((control as Frame).payload) as { a: string }).a;
    expect((candidate as Frame).payload).toBe(`{"a":"y","d":{"a":"${token}"}}`);
    expect(redact(up('control', 3))).toEqual(up('control', 3));
  });

  it('is the whole of a payload that is nested beyond measure', () => {
    expect(shape(hidden(`{"a":${'['.repeat(60_000)}"x"${']'.repeat(60_000)}}`, '$.a'))).toBe('#');
  });

  it('is hidden from whoever has the frame, its bytes included', () => {
    const bytes = Buffer.from('{"a":"ada"}');
    const entry: Frame = { ...frame('control', 1, '{"a":"ada"}'), bytes, from: 0, to: bytes.length };
    const seen = redactor(hiding('$.a'))(entry);
    expect(JSON.stringify(seen)).not.toContain('ada');
    expect(Object.keys(seen)).not.toEqual(expect.arrayContaining(['bytes']));
  });

  it('hides no further what it has hidden', () => {
    const once = hidden('{"a":"x","b":[1]}', '$.a', '$.b');
    expect(hidden(once, '$.a', '$.b')).toBe(once);
    const text = hidden('no JSON', '$.a');
    expect(hidden(text, '$.a')).toBe(text);
  });
});

describe('a token', () => {
  const token = (json: string, key = KEY): string =>
    (redactor({ key, paths: { control: [path('$')], candidate: [] } })(frame('control', 1, json)) as Frame).payload;

  it('tells values of one kind and meaning as the same, and all others apart', () => {
    for (const same of [
      ['"é"', '"\\u00e9"'],
      ['"/"', '"\\/"'],
      ['1', '1.0', '10e-1', '1E0'],
      ['0', '-0', '0.000'],
      ['9007199254740993', '9007199254740993.0'],
    ]) {
      expect(new Set(same.map((json) => token(json))).size).toBe(1);
    }
    const different = [
      '1',
      '"1"',
      '"1e0"',
      '2',
      'true',
      '"true"',
      'false',
      '"null"',
      '9007199254740993',
      '9007199254740992',
      '"a"',
      '"A"',
      '" a"',
    ];
    expect(new Set(different.map((json) => token(json))).size).toBe(different.length);
  });

  it('needs its key, and does not hold it', () => {
    expect(token('"x"', 'another key of more than sixteen')).not.toBe(token('"x"'));
    expect(token('"x"')).not.toContain(KEY);
  });

  it('is the same for two scalars exactly where they are equal values', () => {
    const number = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => JSON.stringify(n)),
      fc.constantFrom('1', '1.0', '1e0', '100e-2'),
    );
    const scalar = fc.oneof(
      number,
      fc.string({ minLength: 1 }).map((text) => JSON.stringify(text)),
      fc.boolean().map(String),
    );
    const meaning = (json: string): unknown => (/^[-\d]/.test(json) ? canonicalDecimal(json) : JSON.parse(json));
    fc.assert(
      fc.property(scalar, scalar, (one, other) => {
        const same = typeof JSON.parse(one) === typeof JSON.parse(other) && meaning(one) === meaning(other);
        return (token(one) === token(other)) === same;
      }),
    );
  });
});

describe('verdicts', () => {
  const places = ['$.person.name', '$..email', '$.tags', '$.opens[*].ip', '$.score'];
  const leaf = fc.constantFrom<unknown>('ada', 'Ada', '', null, 0, 1, 1.5, true, 'x@y', '«»', 42, '42');
  const clear = fc.constantFrom<unknown>('eve', '', null, 0, 1, 1.5, true, 42, '42');
  const body = fc.record(
    {
      person: fc.record({ name: leaf, email: leaf, age: clear }, { requiredKeys: [] }),
      email: leaf,
      tags: fc.array(leaf, { maxLength: 3 }),
      opens: fc.array(
        fc.record({ ip: leaf, at: fc.constantFrom('2026-01-01T00:00:00Z', '2026-01-01T00:00:00.000000Z') }),
        { maxLength: 3 },
      ),
      score: leaf,
      other: clear,
      updated: clear,
    },
    { requiredKeys: [] },
  );
  const given: Settings = settings({
    rename: [{ from: path('$.actor'), to: path('$.person') }],
    rules: [
      rule('$.updated'),
      rule('$.person.age', { kind: 'number', tolerance: 1 }),
      rule('$.opens[*].at', { kind: 'instant' }),
      rule('$.tags', { kind: 'set' }),
      rule('$.score', { kind: 'nullish' }),
      rule('$..email', { kind: 'nullish' }),
    ],
  });

  function judged(entries: readonly TimelineEntry[], fast: boolean): unknown {
    const line = new Line(given, { fast });
    for (const entry of entries) line.add(entry);
    const { outcomes, types, findings, rules, lag, order } = line.report({ startedAt: '2026-01-01T00:00:00.000Z' });
    const places = findings.map(({ outcome, key, differences, duplicate }) => ({
      outcome,
      key,
      duplicate,
      where: differences?.map(({ path }) => path),
    }));
    return { outcomes, types, places, rules, lag, order };
  }

  it('with and without redaction are the same', () => {
    const both: RedactSettings = {
      key: KEY,
      paths: { control: places.map(path), candidate: [...places, '$.actor.name'].map(path) },
    };
    const redact = redactor(both);
    const event = fc.record({
      control: body,
      candidate: body,
      isSame: fc.boolean(),
      isTwice: fc.boolean(),
      isLost: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 6 }), fc.boolean(), (events, fast) => {
        const entries: TimelineEntry[] = [up('control', 0), up('candidate', 0)];
        for (const [id, { control, candidate, isSame, isTwice, isLost }] of events.entries()) {
          const t = 1_000 + id * 10;
          const { person, ...rest } = isSame ? control : candidate;
          const sent = JSON.stringify({ id, ...rest, ...(person === undefined ? {} : { actor: person }) });
          entries.push(frame('control', t, JSON.stringify({ id, ...control })));
          if (!isLost) entries.push(frame('candidate', t + 5, sent));
          if (isTwice) entries.push(frame('control', t + 6, JSON.stringify({ id, ...candidate })));
        }
        entries.push(tick(60_000));
        expect(judged(entries.map(redact), fast)).toEqual(judged(entries, fast));
        expect(JSON.stringify(entries.map(redact))).not.toMatch(/ada|Ada|x@y/);
      }),
      { numRuns: runs(500) },
    );
  });
});

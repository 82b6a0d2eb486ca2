import { describe, expect, it } from 'vitest';
import { touches } from '../../src/challenge/left-out.js';
import type { Report } from '../../src/model/report.js';
import type { Difference, Sighting, Verdict } from '../../src/model/verdict.js';
import { align } from '../../src/reports/explain/beside.js';
import { marksOf } from '../../src/reports/explain/marks.js';
import { prettyLines } from '../../src/reports/explain/pretty.js';
import { explanationJson, explanationOf, explanationText } from '../../src/reports/explain.js';
import { path } from '../given.js';
import { proven } from './sample.js';

const CONTROL = { id: 7, person: { name: 'Ada', phone: null }, tags: ['a'] };
const CANDIDATE = { type: 'x', resource: { id: 7, actor: { name: 'Ida', phone: null }, tags: ['a', 'b'] } };

const CHANGED: Difference = {
  path: '$.person.name',
  group: '$.person.name',
  kind: 'changed',
  control: '"Ada"',
  candidate: '"Ida"',
};
const ADDED: Difference = { path: '$.tags[1]', group: '$.tags[*]', kind: 'added', candidate: '"b"' };

function sighting(t: number, payload: unknown, event = 'item_created'): Sighting {
  return { t, channel: 'feed:rep-1', event, payload: typeof payload === 'string' ? payload : JSON.stringify(payload) };
}

function mismatch(some: Partial<Verdict> = {}): Verdict {
  return {
    id: 'v2',
    outcome: 'mismatch',
    account: 'rep-1',
    type: 'email_opened',
    key: '7',
    t: 20_120,
    control: sighting(20_000, CONTROL, 'feed-item'),
    candidate: sighting(20_120, CANDIDATE),
    lagMs: 120,
    differences: [CHANGED, ADDED],
    allowedBy: ['$.updated_at'],
    ...some,
  };
}

function report(some: Partial<Report> = {}): Report {
  return {
    ...proven(),
    gaps: [],
    rules: [
      { path: '$.updated_at', reason: 'written by each', letThrough: 9 },
      { path: '$..tags[*]', reason: 'text', letThrough: 0 },
      { path: '$.other', reason: 'elsewhere', letThrough: 3 },
    ],
    run: { ...proven().run, window: { beforeMs: 0, afterMs: 10_000 } },
    ...some,
  };
}

const stepsOf = (place: string) =>
  path(place).segments.map((segment) =>
    segment.kind === 'name' ? segment.name : segment.kind === 'index' ? segment.index : '',
  );
const speaksOf = (rule: string, place: string) => touches({ path: path(rule) }, stepsOf(place));

function told(verdict: Verdict, width: number, from: Report = report(), colour = false): string {
  return explanationText(explanationOf(verdict, from, speaksOf), stepsOf, { width, colour });
}

describe('a payload spread out', () => {
  it('keeps every digit and every escape, and has one member a line', () => {
    const lines = prettyLines(' {"a" : 9007199254740993.10 ,"b\\u0041":[1e400,{}, [ ] ,"x,\\"]"],"c":{"d":null}}');
    expect(lines.map(({ indent, text }) => `${' '.repeat(indent)}${text}`)).toEqual([
      '{',
      ' "a": 9007199254740993.10,',
      ' "b\\u0041": [',
      '  1e400,',
      '  {},',
      '  [],',
      '  "x,\\"]"',
      ' ],',
      ' "c": {',
      '  "d": null',
      ' }',
      '}',
    ]);
    expect(lines[2]).toMatchObject({ steps: ['bA'], below: 5 });
    expect(lines[9]).toMatchObject({ steps: ['c', 'd'], value: 'null', below: 0 });
  });

  it.each(['', '{"a":', 'hello\nworld', '{"a":1}}'])('leaves %j as it is, since it is no JSON', (text) => {
    expect(prettyLines(text).map((line) => line.text)).toEqual(text.split('\n'));
  });

  it('copes with nesting that would never fit', () => {
    const deep = `${'['.repeat(5_000)}${']'.repeat(5_000)}`;
    expect(prettyLines(deep).length).toBeLessThan(100);
  });
});

describe('marks', () => {
  const located = [CHANGED, ADDED].map((difference) => ({ difference, steps: stepsOf(difference.path) }));

  it('are where the value is, whatever the body and the renames', () => {
    const lines = prettyLines(JSON.stringify(CANDIDATE));
    const marks = marksOf(lines, located, 'candidate');
    expect([...marks].map(([at, nth]) => [lines[at]?.text, nth])).toEqual([
      ['"name": "Ida",', 0],
      ['"b"', 1],
    ]);
    expect([...marksOf(prettyLines(JSON.stringify(CONTROL)), located, 'control').values()]).toEqual([0]);
  });

  it('choose among equal values the one at the same place, and cover all of an object', () => {
    const difference: Difference = { ...CHANGED, path: '$.b.x', candidate: '{"n":1}' };
    const lines = prettyLines('{"x":{"n":1},"b":{"x":{ "n" : 1 }},"c":{"n":1}}');
    const marks = marksOf(lines, [{ difference, steps: ['b', 'x'] }], 'candidate');
    expect([...marks.keys()].map((at) => lines[at]?.text)).toEqual(['"x": {', '"n": 1', '}']);
    expect(Math.min(...marks.keys())).toBe(5);
  });

  it('know a value that the difference tells cut or spelt anew', () => {
    const long = 'é'.repeat(400);
    const cut: Difference = { ...CHANGED, candidate: `${JSON.stringify(long).slice(0, 300)}…` };
    const lines = prettyLines(`{"name":"${'\\u00e9'.repeat(400)}","n":1.50}`);
    const at = (difference: Difference) => [...marksOf(lines, [{ difference, steps: ['x'] }], 'candidate').keys()];
    expect(at(cut)).toEqual([1]);
    expect(at({ ...CHANGED, candidate: '1.5' })).toEqual([2]);
    expect(at({ ...CHANGED, candidate: '2' })).toEqual([]);
  });
});

describe('two payloads', () => {
  it('stand beside each other with what is alike in one row', () => {
    const [one, other] = ['{"a":1,"b":2,"c":3}', '{"x":{"a":1,"c":3}}'].map((text) => ({
      lines: prettyLines(text),
      marks: new Map<number, number>(),
    }));
    const rows = align(one as never, other as never);
    const same = rows.filter(({ control, candidate }) => control !== undefined && candidate !== undefined);
    const text = ({ control = -1, candidate = -1 }) => [one?.lines[control]?.text, other?.lines[candidate]?.text];
    expect(same.map(text)).toContainEqual(['"a": 1,', '"a": 1,']);
    expect(same.map(text)).toContainEqual(['"c": 3', '"c": 3']);
    // Every line stands once, in order.
    expect(rows.flatMap(({ control }) => control ?? [])).toEqual(one?.lines.map((_, at) => at));
    expect(rows.flatMap(({ candidate }) => candidate ?? [])).toEqual(other?.lines.map((_, at) => at));
  });
});

describe('an explanation', () => {
  it('shows what differs in one row of a wide terminal', () => {
    const text = told(mismatch(), 120);
    expect(text.split('\n')[0]).toBe('v2 mismatch: email_opened, key 7, rep-1');
    expect(text).toMatch(/\n {2}! +"name": "Ada", +│ ! +"name": "Ida",\n/);
    expect(text).toMatch(/│ \+ +"b"\n/);
    expect(text).toContain('! differs · + only candidate has it');
    expect(text.split('\n').filter((line) => line.length > 120)).toEqual([]);
  });

  it('shows one payload after the other where it is narrow', () => {
    const long = 'word '.repeat(60);
    const text = told(mismatch({ control: sighting(20_000, { ...CONTROL, long }) }), 60);
    expect(text).not.toContain('│');
    expect(text.indexOf('control: item_created')).toBeLessThan(text.indexOf('candidate: item_created'));
    expect(text.split('\n').filter((line) => line.length > 60)).toEqual([]);
    // A long value is broken, never cut.
    expect(text.replaceAll(/\s+/g, '')).toContain(long.replaceAll(' ', ''));
  });

  it('tells the rules that let something through, and those that did not', () => {
    const text = told(mismatch(), 100);
    expect(text).toMatch(/let through +\$\.updated_at +written by each/);
    expect(text).toMatch(/did not permit +\$\.\.tags\[\*\] +text/);
    expect(text).not.toContain('$.other');
    expect(told(mismatch(), 100, report({ rules: [] }))).toContain('none speaks of these places');
  });

  it.each<[string, Partial<Verdict>, string]>([
    [
      'a mismatch in time',
      {},
      'Candidate came 120 ms after control, inside the window, and its content differs in 2 places that no rule permits; what else differs is let through by 1 rule.',
    ],
    [
      'a mismatch that came late',
      { lagMs: 12_000, amends: 'missing' },
      'Candidate came 12 s after control, 2 s after the window of 10 s had ended, and its content differs in 2 places',
    ],
    ['a candidate that came first', { lagMs: -3 }, 'Candidate came 3 ms before control, inside the window, and its'],
    [
      'a missing one',
      { outcome: 'missing', candidate: undefined, differences: [], t: 30_000 },
      'Control came, and candidate was listening during all of the 10 s in which its event had to come; nothing came by then.',
    ],
    [
      'an extra one',
      { outcome: 'extra', control: undefined, differences: [] },
      'Candidate came, and control, which was listening during all of the time in which its event had to come (from 10 s before it to right after it), sent none of that key.',
    ],
    [
      'an extra one of the first moments',
      { outcome: 'extra', control: undefined, differences: [], amends: 'inconclusive' },
      'although it had been listening for longer than any event of the run took. It stood as inconclusive until then, and was amended to extra by later news.',
    ],
    [
      'a duplicate',
      {
        outcome: 'duplicate',
        control: undefined,
        differences: [],
        duplicate: { side: 'candidate', afterMs: 80, sameContent: false },
      },
      'Candidate had already sent this key 80 ms before; it came again, with other content, while the first was still remembered.',
    ],
    [
      'a late one',
      { outcome: 'late', lagMs: 12_000, differences: [], amends: 'missing' },
      'Candidate came 12 s after control, 2 s after the window of 10 s had ended; the content is as it should be. It stood as missing until then, and was amended to late by later news.',
    ],
    [
      'an inconclusive one',
      {
        outcome: 'inconclusive',
        candidate: undefined,
        differences: [],
        reason: 'candidate was not listening',
      },
      'Nobody can be blamed: candidate was not listening.',
    ],
  ])('says why: %s', (_, some, sentence) => {
    expect(told(mismatch(some), 200).replaceAll(/\s+/g, ' ')).toContain(sentence);
  });

  it('tells the time around it: links, marks and stalls, and findings of the same account, the nearest', () => {
    const links = Array.from({ length: 9 }, (_, nth) => ({
      kind: 'link' as const,
      t: nth,
      side: 'control' as const,
      account: 'rep-1',
      state: 'up' as const,
      reason: `nth ${nth}`,
    }));
    const other = { kind: 'link' as const, t: 19_000, side: 'candidate' as const, account: 'rep-2' };
    const moments: Report['moments'] = [
      ...links,
      { ...other, state: 'down', reason: 'of another account' },
      { kind: 'link', t: 25_000, side: 'candidate', account: 'rep-1', state: 'down', reason: 'closed with 1006' },
      { kind: 'mark', t: 26_000, label: 'flag on' },
    ];
    const gaps: Report['gaps'] = [
      { side: 'candidate', account: 'rep-1', fromMs: 25_000, toMs: null, reason: 'closed with 1006' },
      { fromMs: 24_000, toMs: 24_700, reason: 'this process was not running' },
    ];
    const missing = mismatch({ outcome: 'missing', candidate: undefined, differences: [], t: 30_000 });
    const findings = [
      missing,
      mismatch({ id: 'v3', t: 20_500, key: '8' }),
      mismatch({ id: 'v4', t: 20_600, account: 'rep-2', key: 'of another' }),
    ];
    const text = told(missing, 100, report({ moments, gaps, findings }));
    const lines = text.slice(text.indexOf('Around it')).trimEnd().split('\n');
    expect(lines.map((line) => line.trim().replaceAll(/ {2,}/g, '  '))).toEqual([
      'Around it: times from 20.000 s of the run, when it began',
      '4 earlier moments of the account',
      '−20 s  control  up: nth 4',
      '−20 s  control  up: nth 5',
      '−20 s  control  up: nth 6',
      '−20 s  control  up: nth 7',
      '−20 s  control  up: nth 8',
      '0  control  came: feed-item',
      '+500 ms  v3 mismatch: email_opened 8',
      '+4 s  not listening for 700 ms: this process was not running',
      '+5 s  candidate  down: closed with 1006',
      '+6 s  mark: flag on',
      '+10 s  the wait for candidate ended: missing',
    ]);
  });

  it('lets nothing of a payload reach the terminal', () => {
    const hostile = `\u001b[2J\u0007\u202e${'x'.repeat(10)}`;
    const payload = `{"id":7,"name":"${hostile}"}`;
    const difference = {
      ...CHANGED,
      control: `"${hostile}"`,
      candidate: `"${hostile}!"`,
      path: `$[${JSON.stringify('\u001b[1m')}]`,
    };
    const verdict = mismatch({
      control: sighting(20_000, payload, hostile),
      candidate: sighting(20_120, hostile),
      differences: [difference],
      key: hostile,
      reason: hostile,
    });
    const text = told(verdict, 120);
    expect(text).toContain('x'.repeat(10));
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    const explained = explanationJson(explanationOf(verdict, report(), speaksOf));
    expect(explained).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    expect(JSON.parse(explained)).toMatchObject({ format: 'feed-parity/explanation', version: 1, verdict });
  });

  it('keeps its columns with wide characters and with colour', () => {
    const verdict = mismatch({ control: sighting(20_000, { ...CONTROL, person: { name: 'Ada', city: '東京' } }) });
    const plain = told(verdict, 120);
    const coloured = told(verdict, 120, report(), true);
    expect(coloured).toContain('\u001b[31m!');
    expect(coloured.replaceAll(/\u001b\[[\d;]*m/g, '')).toBe(plain);
    const bars = plain.split('\n').flatMap((line) => {
      const at = line.indexOf('│');
      return at < 0 ? [] : [at + (line.slice(0, at).includes('東京') ? 2 : 0)];
    });
    expect(new Set(bars).size).toBe(1);
  });
});

import * as fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { CallError } from '../../src/model/errors.js';
import type { TimelineEntry } from '../../src/model/timeline.js';
import { instantOf } from '../../src/recording/instant.js';
import { plainRecording, survey, type Framing } from '../../src/recording/plain.js';
import { plainReader, type Places } from '../../src/recording/plain-line.js';
import { path } from '../given.js';
import { apart, at, file, type ReadOut } from './file.js';

const PLACES: Places = { time: path('$.ts'), account: { path: path('$.user') }, type: { constant: 'feed-item' } };

const START = Date.parse('2026-11-22T16:03:11.660Z');

describe('a point in time', () => {
  it.each([
    ['seconds', '1795363391', 1795363391000],
    ['seconds with a fraction', '1795363391.660', START],
    ['milliseconds', '1795363391660', START],
    ['milliseconds with a fraction', '1795363391660.25', START + 0.25],
    ['microseconds', '1795363391660250', START + 0.25],
    ['nanoseconds', '1795363391660250000', START + 0.25],
    ['a number in quotes', '"1795363391660"', START],
    ['ISO 8601', '"2026-11-22T16:03:11.660Z"', START],
    ['ISO 8601 with microseconds', '"2026-11-22T16:03:11.660250Z"', START + 0.25],
    ['ISO 8601 with an offset', '"2026-11-22T17:03:11.66+01:00"', START],
    ['ISO 8601 without a zone, which is UTC', '"2026-11-22T16:03:11.660"', START],
    ['what PostgreSQL prints', '"2026-11-22 17:03:11.66025+01"', START + 0.25],
    ['without seconds', '"2026-11-22T16:03Z"', Date.parse('2026-11-22T16:03:00Z')],
  ])('is read from %s', (_, json, ms) => {
    expect(instantOf(json)).toBeCloseTo(ms, 2);
  });

  it.each([
    '0',
    '-5',
    'null',
    'true',
    '"yesterday"',
    '""',
    '{}',
    '[1]',
    '"2026-11-22"',
    '"2026-13-22T16:03:11Z"',
    '"1e5x"',
  ])('is none: %s', (json) => expect(instantOf(json)).toBeUndefined());

  it('loses no microsecond', () => {
    const us = fc.integer({ min: 1e9, max: 4e9 }).chain((s) => fc.nat({ max: 999_999 }).map((rest) => s * 1e6 + rest));
    fc.assert(
      fc.property(us, (us) => {
        const iso = new Date(Math.floor(us / 1000))
          .toISOString()
          .replace('Z', `${String(us % 1000).padStart(3, '0')}Z`);
        for (const json of [
          String(us),
          `${us}000`,
          `"${iso}"`,
          `${Math.floor(us / 1e6)}.${String(us % 1e6).padStart(6, '0')}`,
        ]) {
          expect(Math.round((instantOf(json) ?? 0) * 1000)).toBe(us);
        }
      }),
    );
  });
});

describe('a line of a foreign file', () => {
  const read = plainReader({
    time: path('$.meta.at'),
    account: { path: path('$.users[0]') },
    type: { path: path('$.name') },
    payload: path("$['the data']"),
  });
  const line = (data: string, rest = '"users":["rep-1"],"name":"feed-item"') =>
    `{"meta":{"at":1795363391660},${rest},"the data": ${data}}`;

  it.each([
    ['every digit', '{"id":9007199254740993.0,"n":1e400}', '{"id":9007199254740993.0,"n":1e400}'],
    ['its blanks and escapes', '{ "a" : "\\u00e9" }', '{ "a" : "\\u00e9" }'],
    ['an array', '[1, 2]', '[1, 2]'],
    ['a text that is only text', '"only [text]"', '"only [text]"'],
    [
      'an object in quotes, as Pusher sends it',
      '"{\\"id\\":9007199254740993,\\"s\\":\\"a\\\\nb\\"}"',
      '{"id":9007199254740993,"s":"a\\nb"}',
    ],
  ])('keeps of its payload %s', (_, data, payload) => {
    expect(read(line(data))).toEqual({ ms: START, account: 'rep-1', event: 'feed-item', payload });
  });

  it('may name accounts by number', () => {
    expect(read(line('1', '"users":[9007199254740993],"name":"x"'))).toMatchObject({ account: '9007199254740993' });
  });

  it('is its own payload, if no place is named', () => {
    const text = '{"ts":1795363391.66,"user":"rep-1","id":1.0}';
    expect(plainReader(PLACES)(text)).toEqual({ ms: START, account: 'rep-1', event: 'feed-item', payload: text });
  });

  it.each([
    ['its end', '{"meta":{"at":17953633', 'the line is no JSON'],
    ['no time', '{"users":["a"],"name":"x","the data":1}', 'there is no time at $.meta.at'],
    ['a time that is none', '{"meta":{"at":"soon"}}', 'there is no time at $.meta.at'],
    ['no account', line('1', '"users":[],"name":"x"'), 'there is no account at $.users[0]'],
    ['an account that is none', line('1', '"users":[null],"name":"x"'), 'there is no account at $.users[0]'],
    ['no event', line('1', '"users":["a"]'), 'there is no event at $.name'],
    ['no payload', '{"meta":{"at":1795363391660},"users":["a"],"name":"x"}', "there is no payload at $['the data']"],
    ['no JSON', 'oops', 'there is no time at $.meta.at'],
  ])('without what is needed says so: %s', (_, text, why) => {
    expect(() => read(text)).toThrow(new SyntaxError(why));
  });

  it('is read or refused with a SyntaxError, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.json().map((json) => line(json).slice(0, -1 - (json.length % 7))),
        ),
        (text) => {
          try {
            read(text);
          } catch (error) {
            expect(error).toBeInstanceOf(SyntaxError);
          }
        },
      ),
    );
  });
});

describe('a foreign file', () => {
  const FRAMING: Framing = { accounts: ['rep-1', 'rep-2'], settleMs: 500 };
  const line = (afterMs: number, user = 'rep-1') => `{"ts":${START + afterMs},"user":"${user}","id":${afterMs}}`;

  async function read(path: string, framing = FRAMING): Promise<Omit<ReadOut, 'header'> & { startedAt: string }> {
    const told: string[] = [];
    const tell = (sentence: string): void => void told.push(sentence.replaceAll(path, '…'));
    const { header, entries } = plainRecording(await survey(path, 'control', PLACES), framing, tell);
    const all: TimelineEntry[] = [];
    for await (const block of entries) all.push(...block);
    return { ...apart(all), told, startedAt: header.startedAt };
  }

  const brief = (entries: readonly TimelineEntry[]) =>
    entries.map((entry) => (entry.kind === 'link' ? `${entry.t} ${entry.account} ${entry.state}` : entry.t));

  it.each(['plain.ndjson', 'plain.ndjson.gz'])('counts as listening from its first entry on: %s', async (name) => {
    const text = `${[line(0), line(20.5, 'rep-2'), line(4_000)].join('\n')}\n`;
    const { entries, told, startedAt } = await read(file(name.endsWith('.gz') ? gzipSync(text) : text, name));
    expect(brief(entries)).toEqual(['-500 rep-1 up', '-500 rep-2 up', 0, 20.5, 4_000]);
    expect(entries[3]).toMatchObject({
      kind: 'frame',
      side: 'control',
      account: 'rep-2',
      event: 'feed-item',
      payload: line(20.5, 'rep-2'),
    });
    expect([told, startedAt]).toEqual([[], '2026-11-22T16:03:11.660Z']);
  });

  it('is read as it stands: lines that cannot be read are told, and so is their order', async () => {
    const text = [
      '\uFEFF' + line(100),
      '',
      'oops',
      '{"ts":1}',
      line(50),
      `  ${line(70)}\r`,
      line(200).slice(0, 20),
    ].join('\n');
    const { entries, holes, told, startedAt } = await read(file(text));
    // Stamps of this file go back by 50 ms, and so may those that are lost.
    expect(holes).toEqual([
      [0, 50, 3, 2],
      [0, Infinity, 7, 1],
    ]);
    expect(entries.flatMap((entry) => (entry.kind === 'frame' ? entry.t : []))).toEqual([0, 20, 50]);
    expect(startedAt).toBe(new Date(START + 50).toISOString());
    expect(told).toEqual([
      '…:3: left out, there is no time at $.ts',
      '…:4: left out, there is no account at $.user',
      '…:7: left out, the line is no JSON',
      '…: 1 blank line was passed over, in which no event can have stood',
      '…: 2 entries are stamped before the one ahead, by up to 50 ms; judged in the order of their stamps',
    ]);
  });

  it.each(['the newest first', 'no order at all'])('is read in the order of its times: %s', async (kind) => {
    const times = Array.from({ length: 5_000 }, (_, n) => n * 100);
    const mixed = times.map((_, n) => times[kind === 'no order at all' ? (n * 1_337) % 5_000 : 4_999 - n] as number);
    const { entries } = await read(file(mixed.map((t) => line(t)).join('\n')));
    expect(entries.flatMap((entry) => (entry.kind === 'frame' ? entry.t : []))).toEqual(times);
  });

  it('may have blank lines between its entries, which hold nothing', async () => {
    const text = [line(0), '', line(10), ' \t\r', '', line(20), ''].join('\n');
    const { entries, holes, told } = await read(file(text));
    expect(brief(entries).slice(2)).toEqual([0, 10, 20]);
    expect(holes).toEqual([]);
    expect(told).toEqual(['…: 3 blank lines were passed over, in which no event can have stood']);
    expect((await read(file(`${line(0)}\n\n\n`))).told).toEqual([]);
  });

  it('has holes where its bytes are gone, and blank lines beside them are none', async () => {
    const gone = '\0'.repeat(20);
    const text = [line(0), '', gone, '', gone, '', line(10), gone, ''].join('\n');
    const { holes, told } = await read(file(text));
    expect(holes).toEqual([
      [0, 10, 3, 2],
      [10, Infinity, 8, 1],
    ]);
    expect(told.at(-1)).toBe('…: 3 blank lines were passed over, in which no event can have stood');
  });

  it('of which nothing can be read is refused', async () => {
    for (const [content, why] of [
      ['', 'it is empty'],
      ['\n\n', 'it is empty'],
      ['oops\n', 'line 1: there is no time at $.ts'],
    ] as const) {
      const path = file(content);
      await expect(survey(path, 'control', PLACES)).rejects.toThrow(
        new CallError(
          `${path}: no line can be read (${why}); say where things are with --time, --account, --type and --payload`,
        ),
      );
    }
    await expect(survey(at('none'), 'control', PLACES)).rejects.toThrow(/: no such file; /);
    await expect(survey(at('.'), 'control', PLACES)).rejects.toThrow(/: is a directory; /);
    await expect(survey('/dev/null', 'control', PLACES)).rejects.toThrow(/: is no file that can be read twice; /);
    await expect(survey(file('hello', 'no.gz'), 'control', PLACES)).rejects.toThrow(
      /line 1: neither it nor the rest can be read/,
    );
  });

  it('is read or refused, whatever bytes it holds', async () => {
    const bytes = fc.array(
      fc.oneof(
        fc.uint8Array({ maxLength: 40 }).map((some) => Buffer.from(some)),
        fc.constant(Buffer.from(`\n${line(1)}\n`)),
      ),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (parts) => {
        const path = file(Buffer.concat(parts));
        await read(path).catch((error: unknown) => expect(error).toBeInstanceOf(CallError));
      }),
      { numRuns: 150 },
    );
  });
});

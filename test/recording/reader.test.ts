import * as fc from 'fast-check';
import { mkdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { CallError } from '../../src/model/errors.js';
import { LONGEST_LINE } from '../../src/recording/blocks.js';
import type { TimelineEntry } from '../../src/model/timeline.js';
import { openRecording } from '../../src/recording/reader.js';
import { apart, at, file, header, HEADER, read, readOrRefuse, withText } from './file.js';
import { runs } from '../runs.js';

const tick = (t: number) => JSON.stringify({ t, kind: 'tick' });
const entryOf = (line: unknown): unknown => (typeof line === 'string' ? JSON.parse(line) : line);
const ticks = (count: number) => Array.from({ length: count }, (_, t) => tick(t));
const frame = (payload: string) =>
  `{"t":7,"kind":"frame","side":"control","account":"rep-1","channel":"c","event":"e","payload":${payload}}`;
const recording = (...lines: string[]) => [header(), ...lines, ''].join('\n');

describe('a recording', () => {
  it('is its header, and its entries in the order in which they stand', async () => {
    const { header, entries, told } = await read(file(recording(tick(1), frame('{"id":9007199254740993}'), tick(0))));
    expect(header).toEqual(HEADER);
    expect(entries.map((entry) => [entry.kind, entry.t])).toEqual([
      ['tick', 1],
      ['frame', 7],
      ['tick', 0],
    ]);
    expect(entries[1]).toMatchObject({ payload: '{"id":9007199254740993}' });
    expect(told).toEqual([
      '…: 1 entry is stamped before the one ahead, by up to 7 ms; judged in the order of the file',
    ]);
  });

  it('may be a header alone, with its line ended or not', async () => {
    expect((await read(file(recording()))).entries).toEqual([]);
    const bare = await read(file(header()));
    expect([bare.entries, bare.told]).toEqual([[], []]);
  });

  it('is split at line feeds alone: U+2028 and its like are payload', async () => {
    const payload = '{"text":"a\u2028b\u2029c\u0085d"}';
    expect((await read(file(recording(frame(payload))))).entries).toMatchObject([{ payload }]);
  });

  it('with the ends of Windows lines, and with empty lines at its end, reads the same', async () => {
    const text = `${header()}\r\n${tick(1)}\r\n${frame('{"a":1}')}\r\n\r\n\n  `;
    for (const path of [file(text), file(gzipSync(text), 'some.ndjson.gz')]) {
      const { entries, holes, told } = await read(path);
      expect(entries).toEqual([{ kind: 'tick', t: 1 }, expect.objectContaining({ payload: '{"a":1}' })]);
      expect([holes, told]).toEqual([[], []]);
    }
  });

  it('gives back any names and any payload, however they are spelt', async () => {
    const name = fc.oneof(
      fc.constantFrom('rep-1', 'a"b', 'back\\slash', 'é', '\n', ',"payload":', ''),
      fc.string({ unit: 'binary' }),
    );
    const frames = fc.array(
      fc.record({
        t: fc.nat({ max: 10_000_000 }).map((us) => us / 1000),
        side: fc.constantFrom('control' as const, 'candidate' as const),
        account: name,
        channel: name,
        event: name,
        payload: fc.oneof(fc.json(), fc.constantFrom('9007199254740993.0', '" } "', '{ "a" : "\u2028" }')),
      }),
      { maxLength: 10 },
    );
    await fc.assert(
      fc.asyncProperty(frames, async (given) => {
        const lines = given.map(
          ({ t, payload, ...names }) =>
            `{"t":${t},"kind":"frame",${JSON.stringify(names).slice(1, -1)},"payload":${payload}}`,
        );
        const { entries, told } = await read(file(recording(...lines)));
        expect(
          told.filter((sentence) => !sentence.includes('is stamped') && !sentence.includes('are stamped')),
        ).toEqual([]);
        expect(entries).toEqual(given.map((frame) => Object.assign({ kind: 'frame' }, frame)));
      }),
      { numRuns: runs(200) },
    );
  });

  it('tells names apart whose hashes collide', async () => {
    // Known collisions of 32-bit FNV-1a.
    const names = ['costarring', 'liquor', 'declinate', 'macallums', 'costarring', 'liquor'];
    const lines = names.map((name) => frame('{}').replace('"account":"rep-1"', `"account":"${name}"`));
    const { entries } = await read(file(recording(...lines)));
    expect(entries.map((entry) => ('account' in entry ? entry.account : undefined))).toEqual(names);
  });

  it('larger than a block loses no entry at the seams', async () => {
    const payloads = Array.from({ length: 9_000 }, (_, n) => `{"id":${n},"text":"${'é€😀'.repeat(1 + (n % 40))}"}`);
    for (const name of ['large.ndjson', 'large.ndjson.gz']) {
      const text = recording(...payloads.map(frame));
      expect(Buffer.byteLength(text)).toBeGreaterThan(2 * 1024 * 1024);
      const { entries, told } = await read(file(name.endsWith('.gz') ? gzipSync(text) : text, name));
      expect(told).toEqual([]);
      expect(entries.map((entry) => (entry.kind === 'frame' ? entry.payload : undefined))).toEqual(payloads);
    }
  });
});

describe('a line that is no entry', () => {
  it('is left out and told with its number', async () => {
    const { entries, told } = await read(file(recording(tick(1), 'oops', tick(2), '{"t":1,"kind":"event"}')));
    expect(entries).toEqual([
      { kind: 'tick', t: 1 },
      { kind: 'tick', t: 2 },
    ]);
    expect(told).toEqual([
      '…:3: left out, the line is no JSON',
      '…:5: left out, "kind" is none of frame, link, tick, mark',
    ]);
  });

  it('is told five times, and then counted', async () => {
    const { told } = await read(file(recording(...Array.from({ length: 12 }, () => 'oops'), tick(1))));
    expect(told).toHaveLength(6);
    expect(told.at(-1)).toBe('…: 7 more lines were left out');
  });

  it('because it is far too long is left out and told, and those around it stay', async () => {
    const monster = frame(`"${'x'.repeat(LONGEST_LINE + 3_000_000)}"`);
    const { entries, told } = await read(file(recording(tick(1), monster, tick(2), 'oops')));
    expect(entries).toEqual([
      { kind: 'tick', t: 1 },
      { kind: 'tick', t: 2 },
    ]);
    expect(told).toContain('…:3: left out, the line is longer than any payload');
  });

  it('because it is far too long is refused where it is the first', async () => {
    const monster = 'x'.repeat(LONGEST_LINE + 3_000_000);
    for (const text of [monster, `${monster}\n${recording(tick(1))}`])
      await expect(read(file(text))).rejects.toThrow('the first line is longer than any header');
  });

  it('because it is far too long, at the end, is left out and told', async () => {
    const { entries, told } = await read(file(`${recording(tick(1))}${'x'.repeat(LONGEST_LINE + 3_000_000)}`));
    expect(entries).toEqual([{ kind: 'tick', t: 1 }]);
    expect(told).toEqual(['…:3: left out, the line is longer than any payload']);
  });

  it('is told with its number also behind one that was far too long', async () => {
    const { told } = await read(file(recording('x'.repeat(LONGEST_LINE + 3_000_000), 'oops')));
    expect(told).toContain('…:3: left out, the line is no JSON');
  });
});

describe('lines that cannot be read leave a hole', () => {
  const holes = async (...lines: string[]) => (await read(file(recording(...lines)))).holes;

  it('from the entry before them to the one behind', async () => {
    expect(await holes(tick(10), 'oops', tick(20), tick(30), 'oops', 'oops', tick(30))).toEqual([
      [10, 20, 3, 1],
      [30, 30, 6, 2],
    ]);
  });

  it('from the beginning, and to the end', async () => {
    expect(await holes('oops', tick(20), 'oops')).toEqual([
      [0, 20, 2, 1],
      [20, Infinity, 4, 1],
    ]);
    expect(await holes('oops')).toEqual([[0, Infinity, 2, 1]]);
  });

  it('before the entry that ends them, so that nothing is judged without it', async () => {
    const path = file(recording(tick(10), 'oops', tick(20)));
    const { entries } = await openRecording(path, () => {});
    const all: unknown[] = [];
    for await (const block of entries) all.push(...block);
    const hole = { file: path, line: 3, lines: 1, forMs: 10 };
    expect(all).toEqual([tick(10), { kind: 'tick', t: 10, hole }, tick(20)].map(entryOf));
  });

  it('of the one side that the recording holds', async () => {
    const path = file([header({ sides: ['candidate'] }), 'oops', tick(1), ''].join('\n'));
    const { entries } = await openRecording(path, () => {});
    const all: TimelineEntry[] = [];
    for await (const block of entries) all.push(...block);
    expect(all[0]).toMatchObject({ hole: { side: 'candidate' } });
  });

  it('which is wider by as much as stamps of the file go back', async () => {
    expect(await holes(tick(100), tick(97), 'oops', tick(110))).toEqual([[97, 113, 4, 1]]);
    expect(await holes(tick(100), 'oops', tick(90), 'oops', tick(105))).toEqual([
      [90, 100, 3, 1],
      [90, 115, 5, 1],
    ]);
  });

  it('because they are too long, as any', async () => {
    const monster = 'x'.repeat(LONGEST_LINE + 3_000_000);
    const text = recording(tick(10), monster, tick(20), monster);
    for (const path of [file(text), file(gzipSync(text), 'long.ndjson.gz')])
      expect((await read(path)).holes).toEqual([
        [10, 20, 3, 1],
        [20, Infinity, 5, 1],
      ]);
  });

  it('because they are blank, where another follows', async () => {
    const { holes, told } = await read(file(recording(tick(10), '', ' \r', tick(20), '', 'oops', '', '')));
    expect(holes).toEqual([
      [10, 20, 3, 2],
      [20, Infinity, 6, 2],
    ]);
    expect(told).toEqual([
      '…:3: left out, the line is blank',
      '…:4: left out, the line is blank',
      '…:6: left out, the line is blank',
      '…:7: left out, the line is no JSON',
    ]);
  });

  it('but a torn last line, a stamp that goes back and another recording leave none', async () => {
    expect(await holes(tick(10), tick(5), header(), 'oops')).toEqual([]);
    expect((await read(file(`${recording(tick(10))}${tick(20).slice(0, -4)}`))).holes).toEqual([]);
  });

  it('and where one told of a link, it counts as down until another tells of it', async () => {
    const link = (state: string) =>
      `{"t":15,"kind":"link","side":"candidate","account":"rep-1","state":"${state}","reason":"closed"}`;
    const read = async (line: string) => {
      const { entries } = await openRecording(file(recording(tick(10), line, tick(20))), () => {});
      const all: TimelineEntry[] = [];
      for await (const block of entries) all.push(...block);
      return all.flatMap((entry) =>
        entry.kind === 'link' ? [`${entry.t} ${entry.side} ${entry.account} ${entry.state}`] : [],
      );
    };
    const candidate = ['10 candidate rep-1 down'];
    const both = ['10 control rep-1 down', ...candidate];
    expect(await read(link('down').slice(0, -5))).toEqual(candidate);
    expect(await read(link('up').slice(0, 65))).toEqual(candidate);
    expect(await read(link('down').slice(0, 52))).toEqual(candidate);
    expect(await read(link('down').slice(0, 27))).toEqual(both);
    expect(await read(link('down').slice(0, 19))).toEqual(both);
    // One that went up, a frame whose payload looks like a link, and what nobody can tell any more.
    expect(await read(link('up').slice(0, -5))).toEqual([]);
    expect(await read(frame(link('down')).slice(0, -2))).toEqual([]);
    expect(await read('oops')).toEqual([]);
  });

  it('in the same place for whoever reads a share', async () => {
    const of = (account: string, t: number) => frame('1').replace('rep-1', account).replace('"t":7', `"t":${t}`);
    const lines = Array.from({ length: 40 }, (_, n) => (n % 5 === 3 ? 'oops' : of(`rep-${n % 7}`, n)));
    const path = file(recording(...lines));
    const { holes } = await read(path);
    expect(holes).toHaveLength(8);
    for (const index of [0, 1]) {
      const { entries } = await openRecording(path, () => {}, { index, of: 2 });
      const all: TimelineEntry[] = [];
      for await (const block of entries) all.push(...block.map(withText));
      expect(apart(all).entries.length).toBeLessThan(32);
      expect(apart(all).holes).toEqual(holes);
    }
  });
});

describe('entries out of order', () => {
  it('are kept in the order of the file, counted and told', async () => {
    const { entries, told } = await read(
      file(recording(tick(100), frame('1'), tick(300), frame('2').replace('"t":7', '"t":299.5'), tick(301), tick(300))),
    );
    expect(entries.map(({ t }) => t)).toEqual([100, 7, 300, 299.5, 301, 300]);
    expect(told).toEqual([
      '…: 3 entries are stamped before the one ahead, by up to 93 ms; judged in the order of the file',
    ]);
  });

  it('because a second recording follows are left out and told', async () => {
    const { entries, told } = await read(file(`${recording(tick(5_000))}${recording(tick(1), frame('1'), 'oops')}`));
    expect(entries).toEqual([{ kind: 'tick', t: 5_000 }]);
    expect(told).toEqual(['…:3: another recording begins here; it was left out, judge it by itself']);
  });
});

describe('a last line without its end', () => {
  it('that is whole is an entry', async () => {
    expect(await read(file(`${recording(tick(1))}${tick(2)}`))).toMatchObject({
      entries: [{ t: 1 }, { t: 2 }],
      told: [],
    });
  });

  it('that is torn is left out and told', async () => {
    expect(await read(file(`${recording(tick(1))}${tick(2).slice(0, -3)}`))).toMatchObject({
      entries: [{ t: 1 }],
      told: ['…: the last line is torn (18 characters) and was left out'],
    });
  });

  it('that is torn anywhere is left out and told', async () => {
    const whole = frame('{"id":12345,"person":{"name":"Ada"},"n":12345}');
    for (let length = 1; length < whole.length; length++) {
      const { entries, told } = await read(file(`${recording(tick(1))}${whole.slice(0, length)}`));
      expect([length, entries, told]).toEqual([
        length,
        [{ kind: 'tick', t: 1 }],
        [`…: the last line is torn (${length} characters) and was left out`],
      ]);
    }
  });

  it('that is torn behind a number is left out and told', async () => {
    expect(await read(file(`${recording()}${frame('12345').slice(0, -1)}`))).toMatchObject({
      entries: [],
      told: [expect.stringContaining('torn')],
    });
  });
});

describe('what is no recording', () => {
  it.each([
    ['an empty file', '', ': is empty; a recording begins with a header line'],
    [
      'a blank line',
      '\n',
      ':1: the first line is no JSON; a recording begins with {"format":"feed-parity/timeline","version":1,…}',
    ],
    ['another text', 'hello\n', ':1: the first line is no JSON;'],
    ['another JSON', '[1]\n', ':1: the first line is no header;'],
    ['JSON of null', 'null\n', ':1: the first line is no header;'],
    ['a report', '{"format":"feed-parity/report","version":1}\n', ':1: the first line is no header;'],
    ['entries without a header', `${tick(1)}\n${tick(2)}\n`, ':1: the first line is no header;'],
    ['a later version', header({ version: 2 }), ':1: version 2 is not known here, only 1 is;'],
    ['a version as text', header({ version: '1' }), ':1: version "1" is not known here, only 1 is;'],
    ['no version', header({ version: undefined }), ':1: version undefined is not known here, only 1 is;'],
    [
      'a header without a start',
      header({ startedAt: undefined }),
      ':1: the header lacks startedAt, sides or accounts;',
    ],
    [
      'a header without accounts',
      header({ accounts: undefined }),
      ':1: the header lacks startedAt, sides or accounts;',
    ],
    [
      'a header with a start that is no time',
      header({ startedAt: 'yesterday' }),
      ':1: startedAt "yesterday" is no time;',
    ],
    ['a header with odd accounts', header({ accounts: [1] }), ':1: the header lacks startedAt, sides or accounts;'],
    ['a header with an odd side', header({ sides: ['legacy'] }), ':1: "legacy" is no side;'],
    ['a torn header', header().slice(0, -5), ':1: the first line is no JSON;'],
  ])('is refused: %s', async (_, content, message) => {
    const path = file(content);
    const refused = await readOrRefuse(path);
    expect(refused).toBeInstanceOf(CallError);
    expect((refused as CallError).message.startsWith(`${path}${message}`)).toBe(true);
  });

  it('is refused: no file, and a folder', async () => {
    mkdirSync(at('folder.ndjson'), { recursive: true });
    await expect(read(at('nowhere.ndjson'))).rejects.toThrow(
      new CallError(`${at('nowhere.ndjson')}: no such file; name a recording made by parity record`),
    );
    await expect(read(at('folder.ndjson'))).rejects.toThrow(
      new CallError(`${at('folder.ndjson')}: is a directory; name a recording in it`),
    );
    // Its header is read before the rest, and what a pipe has given it gives no more.
    await expect(openRecording('/dev/null', () => {})).rejects.toThrow(
      /^\/dev\/null: is no file that can be read twice; /,
    );
    await expect(read(at('nowhere/at/all.ndjson'))).rejects.toBeInstanceOf(CallError);
  });
});

describe('a recording in gzip', () => {
  it('is read like any, by its extension', async () => {
    const content = gzipSync(recording(tick(1)));
    expect((await read(file(content, 'r.ndjson.gz'))).entries).toEqual([{ kind: 'tick', t: 1 }]);
    const named = file(content, 'gzip-by-another-name.ndjson');
    expect(await readOrRefuse(named)).toEqual(
      new CallError(`${named}: is gzip by its first bytes; let its name end in .gz`),
    );
  });

  it('of several members is read to the end', async () => {
    const content = Buffer.concat([gzipSync(`${header()}\n${tick(1)}\n`), gzipSync(`${tick(2)}\n`)]);
    expect((await read(file(content, 'r.ndjson.gz'))).entries).toHaveLength(2);
  });

  it('that is none is refused', async () => {
    const refused = await readOrRefuse(file(recording(tick(1)), 'plain.ndjson.gz'));
    expect((refused as CallError).message).toMatch(/could not be read .* is it a recording in gzip\?$/);
  });

  it('of nothing is refused', async () => {
    expect(await readOrRefuse(file(gzipSync(''), 'empty.ndjson.gz'))).toBeInstanceOf(CallError);
  });

  it('cut off anywhere yields what could be recovered, or is refused', async () => {
    const lines = ticks(3_000);
    const content = gzipSync(recording(...lines));
    for (let cut = 1; cut < content.length; cut += 97) {
      const found = await readOrRefuse(file(content.subarray(0, cut), 'cut.ndjson.gz'));
      if (found instanceof CallError) continue;
      expect(found.entries).toEqual(lines.slice(0, found.entries.length).map((line) => JSON.parse(line) as unknown));
    }
    const late = await read(file(content.subarray(0, content.length - 20), 'cut.ndjson.gz'));
    expect(late.entries.length).toBeGreaterThan(2_000);
  });

  it('damaged in the middle yields what could be recovered, or is refused', async () => {
    const content = gzipSync([header(), ...ticks(200_000), ''].join('\n'));
    const middle = Math.floor(content.length / 2);
    content.fill(0xff, middle, middle + 64);
    const found = await readOrRefuse(file(content, 'damaged.ndjson.gz'));
    if (!(found instanceof CallError)) expect(found.told).not.toEqual([]);
  });
});

describe('no bytes', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((some) => Buffer.from(some)),
    fc.uint8Array({ maxLength: 300 }).map((some) => Buffer.concat([Buffer.from(`${header()}\n`), some])),
    fc
      .array(fc.oneof(fc.json(), fc.constant(tick(1)), fc.constant(frame('{')), fc.constant('\n'), fc.string()), {
        maxLength: 8,
      })
      .map((lines) => Buffer.from([header(), ...lines].join('\n'))),
  );

  it('crash the reader with anything but a CallError', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, async (content) => void (await readOrRefuse(file(content)))),
      { numRuns: runs(300) },
    );
  });

  it('crash it in gzip either, as long as they fit one block', async () => {
    const zipped = fc.oneof(
      bytes,
      bytes.map((some) => gzipSync(some)),
      fc.tuple(bytes, fc.nat(), fc.nat({ max: 255 })).map(([some, where, byte]) => {
        const content = gzipSync(some);
        content[where % content.length] = byte;
        return content;
      }),
    );
    await fc.assert(
      fc.asyncProperty(zipped, async (content) => void (await readOrRefuse(file(content, 'r.ndjson.gz')))),
      { numRuns: runs(300) },
    );
  });
});

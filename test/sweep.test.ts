import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, it } from 'vitest';
import type { Report } from '../src/model/report.js';
import { conclude } from '../src/ledger/conclude.js';
import { judgeRecordings } from '../src/offline.js';
import { startThread } from '../src/far-recording.js';
import { sweep } from '../src/sweep.js';
import { eventType, path, rule, settings } from './given.js';
import { runs } from './runs.js';

/** What is found in the bytes of a recording is what parsing every line of it finds, however its lines are spelt. */
const folder = mkdtempSync(join(tmpdir(), 'parity-sweep-'));
afterAll(() => rmSync(folder, { recursive: true }));

const config = settings({
  accounts: ['a', 'b', 'ü "q"'].map((id) => ({ id, values: { id } })),
  events: [
    eventType({
      control: { event: 'old', where: [{ path: path('$.type'), value: 'x' }], key: [path('$.id')] },
      candidate: { event: 'new', where: [], body: path('$.data'), key: [path('$.data.id')] },
    }),
    eventType({
      name: 'visited',
      only: 'candidate',
      control: undefined,
      candidate: { event: 'visit', where: [], key: [] },
    }),
    eventType({
      name: 'twice',
      repeats: 'occurrences',
      control: { event: 'twice', where: [], key: [path('$.id'), path('$.n')] },
      candidate: { event: 'twice', where: [], key: [path('$.id'), path('$.n')] },
    }),
  ],
  rules: [rule('$.u'), rule('$.at', { kind: 'instant' })],
  match: {
    window: { beforeMs: 0, afterMs: 40 },
    settleMs: 0,
    tombstoneMs: 60,
    stallMs: 250,
    resolutionMs: 5,
  },
});

const id = fc.constantFrom(
  '1',
  '1',
  '1',
  '2',
  '2',
  '3',
  '"1"',
  '1.0',
  '1e0',
  '"é"',
  '"a\\u0062"',
  'null',
  '""',
  '9007199254740993',
);
const value = fc.constantFrom(
  ...Array.from({ length: 12 }, () => '1'),
  '1.0',
  '"<b>"',
  '"\\u003cb\\u003e"',
  '{"a":1,"a":2}',
  '[1, {"x":null}]',
  '"2026-11-22T16:02:15.123Z"',
  '"2026-11-22T16:02:15.123456Z"',
  '1e3',
  '"\\ud83d"',
);
const name = fc.constantFrom(...Array.from({ length: 8 }, () => '"a"'), '"b"', '"ü \\"q\\""', '"unknown"', '"\\u0061"');
const event = fc.constantFrom(
  ...Array.from({ length: 16 }, () => 'usual'),
  '"old"',
  '"new"',
  '"twice"',
  '"visit"',
  '"nobody’s"',
  '"n\\u0065w"',
);

/** What a line is, apart from its time. */
const line = fc.oneof(
  { weight: 12, arbitrary: fc.tuple(fc.constantFrom('control', 'candidate'), name, event, id, value, value) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      '{"t":1,"kind":"frame"}',
      'no JSON at all',
      '{"t":T,"kind":"mark","label":"flag on"}',
      '{"t":T,"kind":"tick","lateMs":300}',
      '{"t":T,"kind":"link","side":"candidate","account":"a","state":"down","reason":"closed"}',
      '{"t":T,"kind":"link","side":"candidate","account":"a","state":"up","reason":"subscribed"}',
      '{ "t":T, "kind":"frame", "side":"control", "account":"a", "channel":"c", "event":"old", "payload":{"type":"x","id":1} }',
      '{"t":T,"kind":"frame","side":"control","account":"a","channel":"c","event":"old","text":"{"}',
      '{"t":T,"kind":"frame","side":"control","account":"a","channel":"c","event":"old","payload":{"type":"x","id":1}} ',
      '{"t":T,"kind":"frame","side":"control","account":"a","channel":"c","event":"old","payload":{"type":"x","id":1',
      '{"t":T,"kind":"frame","side":"candidate","account":"a","channel":"c","event":"new","unreadable":"binary payload","payload":1}',
    ),
  },
);

type Line = string | [side: string, account: string, event: string, id: string, value: string, at: string];

function spelt(given: Line, t: number): string {
  if (typeof given === 'string') return given.replaceAll('T', String(t));
  const [side, account, event, id, value, at] = given;
  const inner = `"id":${id},"n":"${value.length}","v":${value},"u":${at},"at":${at}`;
  const called = event !== 'usual' ? event : side === 'control' ? '"old"' : '"new"';
  const payload = side === 'control' ? `{"type":"x",${inner}}` : `{"data":{"type":"x",${inner}},${inner}}`;
  return `{"t":${t},"kind":"frame","side":"${side}","account":${account},"channel":"c-${side}","event":${called},"payload":${payload}}`;
}

const HEADER =
  '{"format":"feed-parity/timeline","version":1,"startedAt":"2026-11-22T16:02:15.000Z","sides":["control","candidate"],"accounts":["a","b"]}';
const LINKS = ['a', 'b'].flatMap((account) =>
  ['control', 'candidate'].map(
    (side) => `{"t":0,"kind":"link","side":"${side}","account":"${account}","state":"up","reason":"subscribed"}`,
  ),
);

async function judged(file: string, fast: boolean): Promise<{ report: Report; told: readonly string[] }> {
  const told: string[] = [];
  const report = await judgeRecordings({ files: [file], settings: config, fast }, (sentence) => told.push(sentence));
  return { report, told };
}

it('bytes give the same report as texts, and leave out the same lines', { timeout: 60_000 }, async () => {
  const seen = { agreed: 0, findings: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(line, fc.integer({ min: -2, max: 12 })), { minLength: 20, maxLength: 60 }),
      async (lines) => {
        let t = 1;
        const body = lines.map(([given, laterMs]) => spelt(given as Line, (t = Math.max(0, t + laterMs))));
        const file = join(folder, 'some.ndjson');
        writeFileSync(file, `${[HEADER, ...LINKS, ...body].join('\n')}\n`);
        const fast = await judged(file, true);
        expect(fast).toEqual(await judged(file, false));
        seen.agreed += fast.report.outcomes.match + fast.report.outcomes.allowed;
        seen.findings += fast.report.findings.length;
      },
    ),
    { numRuns: runs(300) },
  );
  // Recordings in which nothing is ever paired would pass the above.
  expect(seen.agreed).toBeGreaterThan(0);
  expect(seen.findings).toBeGreaterThan(150);
});

it(
  'a thread of its own that reads gives the same report, and leaves out the same lines',
  { timeout: 60_000 },
  async () => {
    const files = ['control', 'candidate'].map((side) => join(folder, `far-${side}.ndjson`)) as [string, string];
    const swept = async (isFar: boolean) => {
      const told: string[] = [];
      const books = await sweep(
        { files, settings: config, thread: isFar ? startThread() : undefined },
        (sentence) => told.push(sentence),
        () => {},
      );
      // Sentences about one file come in order; which file's come first is nobody's business.
      return { report: conclude(books, config), told: told.toSorted() };
    };
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(line, fc.integer({ min: -2, max: 12 })), { minLength: 20, maxLength: 60 }),
        fc.integer({ min: -20, max: 20 }),
        async (lines, offsetMs) => {
          let t = 1;
          const body = lines.map(([given, laterMs]) => [given, (t = Math.max(0, t + laterMs))] as const);
          files.forEach((file, index) => {
            const side = index === 0 ? 'control' : 'candidate';
            const own = body.filter(([given]) => typeof given === 'string' || given[0] === side);
            const startedAt = new Date(Date.parse('2026-11-22T16:02:15.000Z') + index * offsetMs).toISOString();
            const header = `{"format":"feed-parity/timeline","version":1,"startedAt":"${startedAt}","sides":["${side}"],"accounts":["a","b"]}`;
            const links = LINKS.filter((link) => link.includes(side));
            const all = [header, ...links, ...own.map(([given, t]) => spelt(given as Line, t))];
            writeFileSync(file, `${all.join('\n')}\n`);
          });
          expect(await swept(true)).toEqual(await swept(false));
        },
      ),
      { numRuns: runs(75) },
    );
  },
);

it.each([
  ['a header that is missing', '{"t":1}\n', 'call'],
  ['a file that is empty', '', 'call'],
])('a thread of its own that reads tells of %s as this one does', async (_, text, fault) => {
  const file = join(folder, 'bad.ndjson');
  writeFileSync(file, text);
  const failure = (isFar: boolean) =>
    sweep(
      { files: [file], settings: config, thread: isFar ? startThread() : undefined },
      () => {},
      () => {},
    ).catch((error: unknown) => error as Error);
  const [near, far] = [await failure(false), await failure(true)];
  expect(near).toMatchObject({ name: 'KnownError', fault });
  expect(far).toMatchObject({ name: 'KnownError', fault, message: (near as Error).message });
});

it('a reordered pair is told by its own key, also when its key was forgotten in the meantime', async () => {
  const events: readonly [side: string, id: string, t: number][] = [
    ['control', '1', 1],
    ['control', '2', 2],
    ['candidate', '2', 3],
    ['candidate', '1', 4],
    ['control', '3', 200],
    ['control', '4', 200],
  ];
  const body = events.map(([side, id, t]) => spelt([side, '"a"', 'usual', id, '1', '1'], t));
  const file = join(folder, 'reordered.ndjson');
  writeFileSync(file, `${[HEADER, ...LINKS, ...body].join('\n')}\n`);
  const { report } = await judged(file, true);
  expect(report.order).toMatchObject({ reordered: 1, examples: [{ account: 'a', key: '1' }] });
});

it('a recording ends where it was latest, though stamps at its end go back', async () => {
  const stamps = { control: [1, 5, 10, 8], candidate: [2, 6, 9, 11, 30] };
  const files = (['control', 'candidate'] as const).map((side) => {
    const file = join(folder, `ends-${side}.ndjson`);
    const links = LINKS.filter((link) => link.includes(side));
    const frames = stamps[side].map((t, n) => spelt([side, '"a"', 'usual', String(n), '1', '1'], t));
    const header = HEADER.replace('"control","candidate"', `"${side}"`);
    writeFileSync(file, `${[header, ...links, ...frames].join('\n')}\n`);
    return file;
  });
  const [fast, slow] = await Promise.all(
    [true, false].map((fast) => judgeRecordings({ files, settings: config, fast }, () => {})),
  );
  expect(fast?.moments).toContainEqual(expect.objectContaining({ t: 10, side: 'control', state: 'down' }));
  expect(fast).toEqual(slow);
});

it.each(['bytes.ndjson', 'bytes.ndjson.gz'])(
  'names of bytes that are no text are what they are as text: %s',
  async (name) => {
    const members = ['"\xff":1', '"\xfe":2'];
    const body = [members, members.toReversed()].map((some, at) => {
      const side = at === 0 ? 'control' : 'candidate';
      return spelt([side, '"a"', 'usual', '1', `{${some.join()}}`, '1'], at);
    });
    const bytes = Buffer.from(`${[HEADER, ...LINKS, ...body].join('\n')}\n`, 'latin1');
    const file = join(folder, name);
    writeFileSync(file, name.endsWith('.gz') ? gzipSync(bytes) : bytes);
    const { report } = await judged(file, true);
    expect(report.outcomes).toMatchObject({ match: 0, mismatch: 1 });
    expect(report).toEqual((await judged(file, false)).report);
  },
);

it.each([
  [
    'a last line that does not end',
    [['candidate', '"a"', 'usual', '99', `"${'x'.repeat(3_000)}"`, '1']],
    '',
    'inconclusive',
  ],
  [
    'a line that is too long to be scanned, and equal pairs',
    [
      ['control', '"a"', 'usual', '99', `"${'x'.repeat(1_200_000)}"`, '1'],
      ...Array.from({ length: 40 }, (_, n): Line => ['candidate', '"a"', 'usual', `"${n}"`, '1', '1']),
    ],
    '\n',
    'match',
  ],
] as const)('what was read before is read again as it was: %s', async (_, others, end, outcome) => {
  const controls = Array.from({ length: 40 }, (_, n) =>
    spelt(['control', '"a"', 'usual', `"${n}"`, '1', '1'], n / 1_000),
  );
  const t = outcome === 'match' ? 1 : 200;
  const file = join(folder, 'again.ndjson');
  const lines = [HEADER, ...LINKS, ...controls, ...others.map((other) => spelt(other as Line, t))];
  writeFileSync(file, lines.join('\n') + end);
  const fast = await judged(file, true);
  expect(fast.report.outcomes).toMatchObject({ [outcome]: 40 });
  expect(fast).toEqual(await judged(file, false));
});

it('more channels than the scanner can know are judged all the same', async () => {
  const lines = Array.from({ length: 50_000 }, (_, n) =>
    spelt([n % 2 === 0 ? 'control' : 'candidate', '"a"', 'usual', String(n >> 1), '1', '1'], n / 1000).replace(
      '"channel":"c-',
      `"channel":"${n}-`,
    ),
  );
  const file = join(folder, 'channels.ndjson');
  writeFileSync(file, `${[HEADER, ...LINKS, ...lines].join('\n')}\n`);
  const { report } = await judged(file, true);
  expect(report.outcomes).toMatchObject({ match: 25_000, mismatch: 0, missing: 0, extra: 0 });
  expect(report).toEqual((await judged(file, false)).report);
});

import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { startThread } from '../src/far-recording.js';
import { conclude } from '../src/ledger/conclude.js';
import { merge } from '../src/ledger/merge.js';
import type { Books, Report } from '../src/model/report.js';
import { booksOf } from '../src/offline.js';
import { sweep } from '../src/sweep.js';
import { GATE, MATCH, path, eventType, settings } from './given.js';
import { runs } from './runs.js';

/**
 * A line that cannot be read is a hole in the evidence: whatever lines of a clean recording are broken, nobody is blamed, and
 * every way of reading it says the same.
 */
const folder = mkdtempSync(join(tmpdir(), 'parity-holes-'));
afterAll(() => rmSync(folder, { recursive: true }));

const ACCOUNTS = ['a', 'b', 'c'];
const config = settings({
  accounts: ACCOUNTS.map((id) => ({ id, values: { id } })),
  events: [
    eventType({
      control: { event: 'old', where: [], key: [path('$.id')] },
      candidate: { event: 'new', where: [], key: [path('$.id')] },
    }),
  ],
  match: { ...MATCH, window: { beforeMs: 5, afterMs: 40 }, settleMs: 0, tombstoneMs: 60 },
  gate: { ...GATE, minPerType: 10, defectRate: 0.5, inconclusiveShare: 0.2 },
});

interface Line {
  readonly t: number;
  readonly side: string;
  readonly text: string;
}

/** A recording of which every pair agrees, as its lines. Many have the stamp of the one before them. */
function clean(pairs: readonly (readonly [laterMs: number, lagMs: number])[], outage = false): Line[] {
  const line = (t: number, side: string, rest: string): Line => ({
    t,
    side,
    text: `{"t":${t},"kind":${rest.replace('SIDE', `"side":"${side}"`)}}`,
  });
  const lines = ACCOUNTS.flatMap((account) =>
    ['control', 'candidate'].map((side) =>
      line(0, side, `"link",SIDE,"account":"${account}","state":"up","reason":"subscribed"`),
    ),
  );
  let t = 1;
  pairs.forEach(([laterMs, lagMs], id) => {
    t += laterMs;
    const account = ACCOUNTS[id % 3];
    const frame = (at: number, side: string, event: string): void => {
      const rest = `"frame",SIDE,"account":"${account}","channel":"c","event":"${event}"`;
      lines.push(line(at, side, `${rest},"payload":{"id":${id},"text":"hello {"}`));
    };
    frame(t, 'control', 'old');
    frame(Math.max(0, t + lagMs), 'candidate', 'new');
  });
  if (outage) {
    // A side of one account is away for a while, and what came meanwhile came for nobody. At the moment of a link itself it
    // counts as listening, so what has such a stamp did come.
    const [from, to] = [t / 3, t / 2].map(Math.floor) as [number, number];
    const link = (at: number, state: string) =>
      line(at, 'candidate', `"link",SIDE,"account":"a","state":"${state}","reason":"closed"`);
    const kept = lines.filter(
      (one) =>
        !(
          one.side === 'candidate' &&
          one.text.includes('"frame"') &&
          one.text.includes('"account":"a"') &&
          one.t > from &&
          one.t < to
        ),
    );
    lines.splice(0, lines.length, ...kept, link(from, 'down'), link(to, 'up'));
  }
  for (const side of ['control', 'candidate']) lines.push(line(t + 200, side, '"mark","label":"the end"'));
  return lines.sort((a, b) => a.t - b.t);
}

/** What is left of a line that was broken in some way; `kept` is how many per cent of one that was cut. */
function broken(text: string, way: number, kept: number): string {
  const cut = text.slice(0, Math.floor((kept / 100) * text.length));
  // One that ends in a brace may be taken for a whole one.
  if (way === 6) return text.slice(0, -1);
  return ['oops', '', cut, `\0${text}`, `${text.slice(0, 30)}\n${text.slice(30)}`, '\n\noops\n'][way] as string;
}

/** Frames of which one has swallowed the next of its file: glued to it, or with zeros over the end of the one and the beginning of the other. */
function swallowed(lines: Line[], index: number, kept: number, parts: readonly (readonly string[])[]): void {
  const { text, side, ...rest } = lines[index] as Line;
  const beside = parts.find((sides) => sides.includes(side));
  const next = lines.findIndex((line, at) => at > index && beside?.includes(line.side));
  const other = lines[next];
  if (other === undefined || !text.includes('"frame"') || !other.text.includes('"frame"')) return;
  const [from, to] = [text.length - 10, 10];
  const both = kept % 2 === 0 ? text + other.text : `${text.slice(0, from)}${'\0'.repeat(21)}${other.text.slice(to)}`;
  lines[index] = { ...rest, side, text: both };
  lines.splice(next, 1);
}

const START = '2026-11-22T16:02:15.000Z';

/** The lines of both sides, or of one, as a file. */
function write(name: string, lines: readonly Line[], sides: readonly string[]): string {
  const header = JSON.stringify({
    format: 'feed-parity/timeline',
    version: 1,
    startedAt: START,
    sides,
    accounts: ACCOUNTS,
  });
  const text = `${[header, ...lines.filter(({ side }) => sides.includes(side)).map(({ text }) => text)].join('\n')}\n`;
  const file = join(folder, name);
  writeFileSync(file, name.endsWith('.gz') ? gzipSync(text) : text);
  return file;
}

type Told = string[];

/** Every way in which files are judged. */
async function ways(files: readonly string[], zipped: readonly string[]): Promise<Record<string, [Report, Told]>> {
  const one = async (judge: (tell: (sentence: string) => void) => Promise<Books>): Promise<[Report, Told]> => {
    const told: string[] = [];
    const books = await judge((sentence) => void told.push(sentence.replaceAll('.gz', '')));
    const report = conclude(books, config);
    const named = JSON.stringify({ ...report, order: { ...report.order, examples: [] } }).replaceAll('.gz', '');
    // Sentences about one file come in order; which file's come first is nobody's business.
    return [JSON.parse(named) as Report, told.sort()];
  };
  const task = { files, settings: config, fast: true };
  const shares = (tell: (sentence: string) => void, fast: boolean) =>
    Promise.all(
      [0, 1].map((index) => booksOf({ ...task, fast }, { index, of: 2 }, index === 0 ? tell : () => {})),
    ).then(merge);
  return {
    'as rows': await one((tell) => booksOf(task, undefined, tell)),
    'payload by payload': await one((tell) => booksOf({ ...task, fast: false }, undefined, tell)),
    'from gzip': await one((tell) => booksOf({ ...task, files: zipped }, undefined, tell)),
    'in two shares': await one((tell) => shares(tell, true)),
    'in two shares, payload by payload': await one((tell) => shares(tell, false)),
    'by two threads': await one((tell) => sweep({ files, settings: config, thread: startThread() }, tell, () => {})),
  };
}

const pairs = fc.array(fc.tuple(fc.constantFrom(0, 0, 1, 3, 30), fc.integer({ min: -5, max: 40 })), {
  minLength: 20,
  maxLength: 80,
});
const breaks = fc.array(fc.record({ at: fc.nat({ max: 999 }), way: fc.nat({ max: 8 }), kept: fc.nat({ max: 99 }) }), {
  minLength: 1,
  maxLength: 8,
});

describe.each([
  ['one recording of both sides', [['control', 'candidate']]],
  ['a recording of each side', [['control'], ['candidate']]],
] as const)('%s with lines that cannot be read', (_, parts) => {
  it('blames nobody, and every way of reading it says the same', async () => {
    const seen = { matches: 0, inconclusive: 0, gaps: 0 };
    await fc.assert(
      fc.asyncProperty(pairs, fc.boolean(), breaks, async (given, outage, faults) => {
        const lines = clean(given, outage);
        for (const { at, way, kept } of faults) {
          const index = Math.floor((at / 1000) * lines.length);
          if (way > 6) {
            swallowed(lines, index, kept, parts);
            continue;
          }
          const { text, ...rest } = lines[index] as Line;
          // Of a line of which nothing is left nobody can tell that a side went down there.
          const isLink = outage && text.includes('"closed"');
          lines[index] = {
            ...rest,
            text: isLink ? broken(text, 2 + (way % 3), 20 + (kept % 80)) : broken(text, way, kept),
          };
        }
        const written = (end: string) => parts.map((sides) => write(`${sides.join('+')}.ndjson${end}`, lines, sides));
        const all = await ways(written(''), written('.gz'));
        const [report] = all['as rows'] as [Report, Told];
        for (const [way, found] of Object.entries(all)) expect(found, way).toEqual(all['as rows']);
        const { match, inconclusive, ...blamed } = report.outcomes;
        expect(blamed).toEqual({ allowed: 0, mismatch: 0, missing: 0, extra: 0, duplicate: 0, late: 0 });
        seen.matches += match;
        seen.inconclusive += inconclusive;
        seen.gaps += report.gaps.filter(({ unread }) => unread).length;
      }),
      { numRuns: runs(75) },
    );
    // Recordings in which nothing is ever lost would pass the above.
    expect(seen.matches).toBeGreaterThan(50);
    expect(seen.inconclusive).toBeGreaterThan(10);
    expect(seen.gaps).toBeGreaterThan(10);
  });
});

it('a hole that reaches over blocks is one, however it is read', async () => {
  // More than is read at once, and lines of accounts that a share does not see beside it.
  const lines = clean(Array.from({ length: 9_000 }, (_, id) => [1, id % 7] as const));
  const broken = lines.map((line, index) => (index % 4_500 > 3_000 ? { ...line, text: `x${line.text}` } : line));
  const sides = ['control', 'candidate'];
  const all = await ways([write('long.ndjson', broken, sides)], [write('long.ndjson.gz', broken, sides)]);
  for (const [way, found] of Object.entries(all)) expect(found, way).toEqual(all['as rows']);
  const [{ gaps, outcomes }] = all['as rows'] as [Report, Told];
  expect(gaps).toHaveLength(4);
  expect(outcomes).toMatchObject({ missing: 0, extra: 0 });
  expect(outcomes.inconclusive).toBeGreaterThan(5);
});

it('a hole at the end of what is read at once is told before what is read next', async () => {
  const lines = clean(Array.from({ length: 9_000 }, (_, id) => [1, id % 7] as const));
  const file = write('seams.ndjson', lines, ['control', 'candidate']);
  const bytes = readFileSync(file);
  const seams = Math.floor(bytes.length / 262_144);
  expect(seams).toBeGreaterThan(3);
  // The last whole line before each seam, which is as long as it was.
  for (let seam = 1; seam <= seams; seam++) {
    const end = bytes.lastIndexOf('\n', seam * 262_144 - 1);
    bytes[bytes.lastIndexOf('\n', end - 1) + 1] = 0x78;
  }
  writeFileSync(file, bytes);
  writeFileSync(`${file}.gz`, gzipSync(bytes));
  const all = await ways([file], [`${file}.gz`]);
  for (const [way, found] of Object.entries(all)) expect(found, way).toEqual(all['as rows']);
  const [{ gaps, outcomes }] = all['as rows'] as [Report, Told];
  expect(gaps).toHaveLength(seams);
  expect(outcomes).toMatchObject({ missing: 0, extra: 0, inconclusive: seams });
});

describe.each([
  ['one recording of both sides', ['control', 'candidate']],
  ['the recording of one side', ['candidate']],
] as const)('%s in gzip that cannot be read from some place on', (_, cut) => {
  it('blames nobody for what is not in it', async () => {
    // Beyond some blocks, of which the first are whole.
    const noise = (id: number): string => createHash('sha512').update(String(id)).digest('hex').repeat(2);
    const lines = clean(Array.from({ length: 12_000 }, () => [10, 5] as const)).map(({ text, ...rest }, index) => ({
      ...rest,
      text: text.replace('hello {', noise(index >> 1)),
    }));
    const name = `${cut.join('+')}-cut.ndjson.gz`;
    const file = write(name, lines, cut);
    const text = gunzipSync(readFileSync(file));
    // Another member begins in the middle of a line, of a kind that nobody knows.
    const unknown = Buffer.from([0x1f, 0x8b, 0xff, 0, 0, 0, 0, 0, 0, 0]);
    writeFileSync(file, Buffer.concat([gzipSync(text.subarray(0, Math.floor(text.length * 0.6))), unknown]));
    const files = cut.length === 2 ? [file] : [write('whole.ndjson', lines, ['control']), file];
    const told: string[] = [];
    const books = await booksOf({ files, settings: config, fast: true }, undefined, (sentence) => told.push(sentence));
    expect(told).toEqual([expect.stringMatching(/cannot be read beyond line \d+ /)]);
    const { match, missing, extra, mismatch, inconclusive } = books.outcomes;
    expect({ missing, extra, mismatch }).toEqual({ missing: 0, extra: 0, mismatch: 0 });
    expect(match).toBeGreaterThan(1_000);
    if (cut.length === 1) expect(match + inconclusive).toBeGreaterThan(11_900);
    const hole = books.gaps.find(({ unread }) => unread);
    expect(hole).toMatchObject({ toMs: null, reason: expect.stringContaining(`${name} cannot be read from line `) });
  });
});

import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/model/report.js';
import { config, folder } from './folder.js';
import { parity, sentence } from './parity.js';

const START = Date.parse('2026-11-22T16:03:11.000Z');
const YAML = `${config()}gate: {defectRate: null, mismatch: 0, minPerType: 1}\n`;

/** One event of control, as an export of a topic might have it. */
const legacy = (afterMs: number, id: string, note = 'x') =>
  `{"ts":${START + afterMs},"user":"rep-1","id":${id},"note":"${note}"}`;

/** One event of candidate, as a log of a client might have it: other names, and the payload in quotes. */
const modern = (afterMs: number, id: string, note = 'x') =>
  JSON.stringify({
    at: new Date(START + afterMs).toISOString(),
    topic: 'feed',
    message: { to: 'rep-1', data: `{"ts":1,"user":"rep-1","note":"${note}","id":${id}}` },
  });

const PLACES =
  '--from plain --time $.ts --time candidate:$.at --account $.user --account candidate:$.message.to --payload candidate:$.message.data'.split(
    ' ',
  );

async function diff(
  control: readonly string[],
  candidate: readonly string[],
  ...rest: string[]
): Promise<{ code: number | null; report: Report; stderr: string }> {
  const rules = 'rules: [{path: $.ts, ignore: true, reason: "the time of the export"}]\n';
  const cwd = await folder({ 'parity.yaml': YAML + rules, 'control.ndjson': `${control.join('\n')}\n` });
  writeFileSync(join(cwd, 'candidate.ndjson.gz'), gzipSync(candidate.join('\n')));
  const { code, stdout, stderr } = await parity(
    ['diff', 'control.ndjson', 'candidate.ndjson.gz', ...PLACES, '--json', ...rest],
    { cwd },
  );
  return { code, report: JSON.parse(stdout) as Report, stderr };
}

describe('parity diff --from plain', () => {
  it.each([[[]], [['--no-fast']]])('judges exports of two kinds, every digit of them %j', async (rest) => {
    const { code, report, stderr } = await diff(
      [
        legacy(0, '1'),
        legacy(1_000, '9007199254740993'),
        legacy(2_000, '9007199254740992', 'y'),
        legacy(3_000, '4'),
        legacy(40_000, '5'),
      ],
      [
        modern(40, '1'),
        modern(1_040.0, '9007199254740993'),
        modern(2_100, '9007199254740992', 'z'),
        modern(40_100, '5'),
      ],
      ...rest,
    );
    expect([code, stderr]).toEqual([1, '']);
    expect(report.outcomes).toMatchObject({ match: 0, allowed: 3, mismatch: 1, missing: 1, inconclusive: 0 });
    expect(report.findings.map(({ outcome, key }) => `${outcome} ${key}`)).toEqual([
      'mismatch 9007199254740992',
      'missing 4',
    ]);
    expect(report.lag).toMatchObject({ count: 4, minMs: 40 });
    expect(report.run).toMatchObject({ startedAt: '2026-11-22T16:03:11.000Z', durationMs: 40_100, accounts: 1 });
    expect(report.gaps).toEqual([
      expect.objectContaining({ side: 'control', fromMs: 40_000, reason: 'its recording ends here' }),
    ]);
  });

  it('judges exports that begin with the newest: what is lacking is missing, and nothing else', async () => {
    const times = Array.from({ length: 300 }, (_, n) => (300 - n) * 1_000);
    const { code, report } = await diff(
      times.map((t) => legacy(t, String(t))),
      times.filter((t) => t !== 150_000).map((t) => modern(t + 40, String(t))),
    );
    expect([code, report.open]).toEqual([1, { control: 0, candidate: 0 }]);
    expect(report.outcomes).toMatchObject({ allowed: 299, missing: 1, extra: 0, inconclusive: 0 });
  });

  it('blames nobody for what came before or after the other file', async () => {
    const { report } = await diff(
      [legacy(0, '1'), legacy(30_000, '2'), legacy(60_000, '3'), legacy(90_000, '4')],
      [modern(29_000, '0'), modern(30_010, '2'), modern(31_000, '9')],
    );
    expect(report.outcomes).toMatchObject({ missing: 0, allowed: 1, inconclusive: 1, extra: 2 });
    expect(report.findings.filter(({ outcome }) => outcome === 'inconclusive')).toMatchObject([
      {
        key: '3',
        reason: expect.stringMatching(
          /^candidate was not listening since 31\.000 s: its recording ends here$/,
        ) as string,
      },
    ]);
    expect(report.outsideCoverage).toEqual({ control: 1, candidate: 0 });
    expect(report.open).toEqual({ control: 1, candidate: 0 });
  });

  it('tells what it had to leave out', async () => {
    const { report, stderr } = await diff(
      [legacy(0, '1'), 'oops', legacy(10_000, '2')],
      [modern(5, '1'), '{"at":1}', modern(10_005, '2')],
    );
    expect(report.outcomes.allowed).toBe(2);
    expect(stderr.trimEnd().split('\n').sort()).toEqual([
      'candidate.ndjson.gz:2: left out, there is no payload at $.message.data',
      'control.ndjson:2: left out, there is no time at $.ts',
    ]);
  });

  it.each(['', ' \t\r'])('judges a file with a blank line (%j) between all entries as one without', async (blank) => {
    const control = [1, 2, 3, 4].map((id) => legacy(id * 20_000, String(id)));
    const candidate = [1, 2, 4].map((id) => modern(id * 20_000, String(id)));
    const spread = (lines: readonly string[]) => lines.flatMap((line, at) => (at === 0 ? [line] : [blank, line]));
    const dense = await diff(control, candidate);
    const { report, stderr } = await diff(spread(control), spread(candidate));
    expect(dense.report.outcomes).toMatchObject({ allowed: 3, missing: 1, inconclusive: 0 });
    const { sections, ...judged } = report;
    expect(judged).toEqual(dense.report);
    const told = ['control.ndjson: 3 blank lines', 'candidate.ndjson.gz: 2 blank lines'].map(
      (lines) => `${lines} were passed over, in which no event can have stood`,
    );
    expect(stderr.trimEnd().split('\n').sort()).toEqual(told.toSorted());
    for (const sentence of told) expect(JSON.stringify(sections)).toContain(sentence);
  });

  const files = { 'parity.yaml': YAML, 'a.ndjson': `${legacy(0, '1')}\n`, 'b.ndjson': `${legacy(9, '1')}\n` };

  it('needs no more than the time, where the config leaves no choice', async () => {
    const cwd = await folder(files);
    const { code, stdout } = await parity(
      ['diff', 'a.ndjson', 'b.ndjson', '--from', 'plain', '--time', '$.ts', '--json'],
      { cwd },
    );
    expect([code, JSON.parse(stdout)]).toMatchObject([1, { outcomes: { mismatch: 1 } }]);
  });

  it.each([
    [
      'without a time',
      ['a.ndjson', 'b.ndjson', '--from', 'plain'],
      "--from plain: say where the control file holds the time of an event, such as --time '$.ts'",
    ],
    [
      'of one file',
      ['a.ndjson', '--from', 'plain', '--time', '$.ts'],
      '--from plain: name two files, that of control and that of candidate',
    ],
    [
      'with a path that is none',
      ['a.ndjson', 'b.ndjson', '--from', 'plain', '--time', 'ts'],
      '--time: expected a path, found "ts": at character 1, a path begins with $, as in $.ts',
    ],
    [
      'of recordings',
      ['a.ndjson', 'b.ndjson', '--time', '$.ts'],
      '--time: only files of another origin need it; add --from plain',
    ],
    [
      'with a time that is nowhere',
      ['a.ndjson', 'b.ndjson', '--from', 'plain', '--time', '$.at'],
      'a.ndjson: no line can be read (line 1: there is no time at $.at); say where things are with --time, --account, --type and --payload',
    ],
    [
      'of strangers',
      [
        'a.ndjson',
        'b.ndjson',
        '--from',
        'plain',
        '--time',
        '$.ts',
        '--account',
        'control:a',
        '--account',
        'candidate:b',
      ],
      'a.ndjson and b.ndjson: no account is in both; see where --account should point',
    ],
  ])('%s is refused', async (_, args, told) => {
    const cwd = await folder(files);
    expect(await parity(['diff', ...args], { cwd })).toEqual(sentence(2, told));
  });
});

describe('parity diff of what is no pair of recordings', () => {
  const header = (sides: string[], accounts: string[]) =>
    `${JSON.stringify({ format: 'feed-parity/timeline', version: 1, startedAt: '2026-11-22T16:03:11.660Z', sides, accounts })}\n`;

  it.each([
    [
      'different accounts',
      { 'a.ndjson': header(['control'], ['rep-1']), 'b.ndjson': header(['candidate'], ['rep-2']) },
      ['a.ndjson', 'b.ndjson'],
      'a.ndjson holds accounts rep-1 and b.ndjson holds rep-2: none is in both; name two recordings of the same accounts',
    ],
    ['an empty file', { 'a.ndjson': '' }, ['a.ndjson'], 'a.ndjson: is empty; a recording begins with a header line'],
    ['a folder', {}, ['.'], '.: is a directory; name a recording in it'],
    [
      'gzip that is none',
      { 'a.ndjson.gz': header(['control', 'candidate'], ['rep-1']) },
      ['a.ndjson.gz'],
      'a.ndjson.gz: could not be read (incorrect header check); is it a recording in gzip?',
    ],
  ] as const)('is refused: %s', async (_, files, args, told) => {
    const cwd = await folder({ 'parity.yaml': YAML, ...files });
    const { code, stdout, stderr } = await parity(['diff', ...args], { cwd });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr.endsWith(`parity: ${told}\n`)).toBe(true);
  });

  it('says whose accounts are judged', async () => {
    const cwd = await folder({
      'parity.yaml': YAML,
      'a.ndjson': header(['control', 'candidate'], 'abcdefghijkß'.split('')),
    });
    const { code, stdout, stderr } = await parity(['diff', 'a.ndjson', '--json'], { cwd });
    const told = [
      'recorded accounts that are not in the config are judged as well: a, b, c, d, e, f, g, h, i, j and 2 more',
      'accounts of the config that were not recorded are left out (1 of 1): rep-1',
    ];
    const { run, sections } = JSON.parse(stdout) as Report;
    expect([code, run.accounts]).toEqual([4, 12]);
    expect(stderr).toBe(`${told.join('\n')}\n`);
    expect(sections).toMatchObject([{ kind: 'recording', tables: [{ rows: told.map((sentence) => [sentence]) }] }]);
  });
});

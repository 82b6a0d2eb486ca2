import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSettings } from '../src/config/load.js';
import { conclude } from '../src/ledger/conclude.js';
import { merge } from '../src/ledger/merge.js';
import type { Report } from '../src/model/report.js';
import type { Settings } from '../src/model/settings.js';
import { booksFrom, booksOf, judgeRecordings } from '../src/offline.js';
import { startThread } from '../src/far-recording.js';
import { sweep } from '../src/sweep.js';
import { rule } from './given.js';
import { CONFIG, generate, type Truth } from './bench/data.js';
import { writeFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

const folder = mkdtempSync(join(tmpdir(), 'parity-offline-'));
const files = [join(folder, 'control.ndjson'), join(folder, 'candidate.ndjson')];
let truth: Truth;
let settings: Settings;

beforeAll(async () => {
  truth = await generate(folder, { pairs: 6_000, seed: 7 });
  writeFileSync(join(folder, 'parity.yaml'), CONFIG);
  ({ settings } = await loadSettings(join(folder, 'parity.yaml'), { env: {}, today: '2026-11-22', cwd: folder }));
});

afterAll(() => rmSync(folder, { recursive: true }));

async function judged(shares: number, fast: boolean): Promise<Report> {
  const told: string[] = [];
  const task = { files, settings, fast };
  const books = await Promise.all(
    Array.from({ length: shares }, (_, index) =>
      booksOf(task, shares === 1 ? undefined : { index, of: shares }, (sentence) => told.push(sentence)),
    ),
  );
  expect(told).toEqual([]);
  return conclude(merge(books), settings);
}

/** Everything but which of the reordered pairs are named, which depends on who came first. */
function comparable(report: Report): unknown {
  return { ...report, order: { ...report.order, examples: [] } };
}

describe('recordings that were made from a seed', () => {
  it('are judged as they were made', async () => {
    const { observed, outcomes } = await judged(1, true);
    expect(observed).toEqual({ control: truth.control, candidate: truth.candidate });
    const { mismatch, missing, extra, duplicate, late } = outcomes;
    expect({ mismatch, missing, extra, duplicate, late }).toEqual({
      mismatch: truth.mismatch,
      missing: truth.missing,
      extra: truth.extra,
      duplicate: truth.duplicate,
      late: truth.late,
    });
    expect(outcomes.inconclusive).toBe(0);
  });

  it('give the same report when another thread reads them', async () => {
    const told: string[] = [];
    const books = await sweep(
      { files, settings, thread: startThread() },
      (sentence) => told.push(sentence),
      () => {},
    );
    expect(told).toEqual([]);
    expect(conclude(books, settings)).toEqual(await judged(1, true));
  });

  it('give the same report when every payload is parsed', async () => {
    expect(comparable(await judged(1, false))).toEqual(comparable(await judged(1, true)));
  });

  it.each([2, 3])('give the same report in %i shares', async (shares) => {
    expect(comparable(await judged(shares, true))).toEqual(comparable(await judged(1, true)));
  });
});

// As much as makes it begin again takes seconds to write and to judge.
describe.skipIf(!process.env['CI'])(
  'recordings of which every pair is unequal in a way that rules have to look at',
  () => {
    it('are judged as they were made, by two threads that share them out', { timeout: 120_000 }, async () => {
      const worst = mkdtempSync(join(tmpdir(), 'parity-worst-'));
      const both = [join(worst, 'control.ndjson'), join(worst, 'candidate.ndjson')];
      const { mismatch } = await generate(worst, { pairs: 130_000, seed: 7, allDiffer: true });
      const rules = [...settings.rules, rule('$.email.subject', { kind: 'number', tolerance: 1 })];
      const task = { files: both, settings: { ...settings, rules }, fast: true };
      const told: string[] = [];
      let [bytesRead, beginnings] = [Infinity, 0];
      const report = await judgeRecordings(
        task,
        (sentence) => told.push(sentence),
        (bytes) => {
          if (bytes < bytesRead) beginnings++;
          bytesRead = bytes;
        },
      );
      expect(told).toEqual([]);
      expect(beginnings).toBe(2);
      expect(report.outcomes).toMatchObject({ mismatch, match: 0, allowed: 0, missing: 0, extra: 0 });
      expect(comparable(report)).toEqual(comparable(conclude(await booksOf(task, undefined, () => {}), task.settings)));
      rmSync(worst, { recursive: true });
    });
  },
);

it('a thread that ends without a word ends the run', async () => {
  const { books } = booksFrom(new Worker('process.exit(0)', { eval: true }));
  await expect(books).rejects.toThrow('a thread that judges has ended');
});

import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BothSides, OutcomeCounts, Report } from '../../src/model/report.js';
import { diff, keysByOutcome, root } from './command.js';

/** What an independent judge made of the recordings of real servers; `agree` is a match or allowed. */
interface Judged {
  readonly observed: BothSides;
  readonly candidateOnly: number;
  readonly outcomes: Record<Told, number> & { readonly duplicate: BothSides };
  readonly byType: Readonly<Record<string, Partial<Record<Told, number>>>>;
  readonly lagMsOfPairsInWindow: Record<'count' | 'p50' | 'p95' | 'p99' | 'max', number>;
  readonly keys: Readonly<Record<Exclude<Told, 'agree'>, readonly string[]>>;
}

type Told = 'agree' | 'mismatch' | 'missing' | 'extra' | 'late' | 'inconclusive';

const data = join(root, '..', 'shared', 'data');

/** Outcomes in the independent judge's words; those that never happened are left out. */
function inItsWords({
  match,
  allowed,
  mismatch,
  missing,
  extra,
  late,
  inconclusive,
}: OutcomeCounts): Partial<Record<Told, number>> {
  const counts = { agree: match + allowed, mismatch, missing, extra, late, inconclusive };
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

function judged(report: Report): Omit<Judged, 'lagMsOfPairsInWindow'> {
  const { observed, outcomes, types, only, duplicates } = report;
  return {
    observed,
    candidateOnly: Object.values(only).reduce((sum, { count }) => sum + count, 0),
    outcomes: {
      agree: 0,
      mismatch: 0,
      missing: 0,
      extra: 0,
      late: 0,
      inconclusive: 0,
      ...inItsWords(outcomes),
      duplicate: duplicates,
    },
    byType: Object.fromEntries(Object.entries(types).map(([type, counts]) => [type, inItsWords(counts)])),
    keys: keysByOutcome(report, ['mismatch', 'missing', 'extra', 'late', 'inconclusive']) as Judged['keys'],
  };
}

describe.each(['steady', 'gap'])('the recording %s of real servers', (name) => {
  const folder = join(data, name);

  it('is judged as an independent judge judges it', async (context) => {
    context.skip(
      !existsSync(folder),
      `there is no ${relative(root, folder)}: the recordings of real servers are not part of the checkout`,
    );
    const {
      agreeMeans: _,
      lagMsOfPairsInWindow: lag,
      ...expected
    } = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Judged & { agreeMeans: string };
    const { code, report } = await diff(join(folder, 'parity.yaml'), join(folder, 'both.ndjson'));
    expect(code).toBe(1);
    expect(report.status).toBe('broken');
    expect(report.outcomes.duplicate).toBe(expected.outcomes.duplicate.control + expected.outcomes.duplicate.candidate);
    expect(report.findingsLeftOut).toBe(0);
    expect(judged(report)).toEqual(expected);
    expect(report.lag.count).toBe(lag.count);
    // A histogram of three significant digits is off by at most 0.1 %.
    for (const [figure, exact] of [
      ['p50Ms', lag.p50],
      ['p95Ms', lag.p95],
      ['p99Ms', lag.p99],
    ] as const) {
      expect(Math.abs((report.lag.inWindow[figure] ?? Infinity) - exact)).toBeLessThanOrEqual(exact * 0.001 + 0.001);
    }
  });
});

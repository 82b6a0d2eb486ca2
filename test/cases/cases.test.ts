import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BothSides, OutcomeCounts, Status } from '../../src/model/report.js';
import type { Outcome } from '../../src/model/verdict.js';
import { diff, keysByOutcome, root } from './command.js';

/**
 * Every folder fixtures/cases/<theme>/<leaf>/ is a case: a config (parity.yaml), one recording of both sides or one of
 * each (*.ndjson, *.ndjson.gz), and what an independent judge makes of them (expected.json).
 */
interface Expected {
  readonly exitCode: number;
  readonly status: Status;
  readonly observed: BothSides;
  readonly outcomes: OutcomeCounts;
  /** Correlation keys by outcome, in the order of numbers; a key that is repeated twice stands twice. */
  readonly keys: Readonly<Partial<Record<Outcome, readonly string[]>>>;
}

const cases = join(root, 'fixtures', 'cases');
const folders = (path: string) => readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory());
const leaves = folders(cases).flatMap(({ name: theme }) =>
  folders(join(cases, theme)).map(({ name }) => `${theme}/${name}`),
);

describe('the built command judges', () => {
  it('at least one case', () => {
    expect(leaves).toContain('real/steady-cut');
  });

  it.each(leaves)('%s as expected', async (leaf) => {
    const folder = join(cases, leaf);
    const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Expected;
    const recordings = readdirSync(folder).filter((name) => /\.ndjson(\.gz)?$/.test(name));
    const { code, report } = await diff(join(folder, 'parity.yaml'), ...recordings.map((name) => join(folder, name)));
    const { status, observed, outcomes } = report;
    const keys = keysByOutcome(report, Object.keys(expected.keys) as Outcome[]);
    expect({ exitCode: code, status, observed, outcomes, keys }).toEqual(expected);
  });
});

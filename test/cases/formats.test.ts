import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readReport } from '../../src/commands/saved.js';
import type { Report } from '../../src/model/report.js';
import { REPORTS } from '../../src/reports/index.js';
import { folder } from '../cli/folder.js';
import { parity } from '../cli/parity.js';
import { readers, talliesOf } from '../reports/tallies.js';
import { annotated } from '../reports/workflow.js';
import { faults } from '../reports/xml.js';
import { root } from './command.js';

const NAMES = ['json', 'terminal', 'junit', 'markdown', 'github'] as const;

describe.each([
  ['a cut of it', join(root, 'fixtures', 'cases', 'real', 'steady-cut')],
  ['all of it', join(root, '..', 'shared', 'data', 'steady')],
])('the recording of real servers, %s', (_, data) => {
  it('is told with the same counts in every form', async (context) => {
    context.skip(
      !existsSync(data),
      `there is no ${relative(root, data)}: the recordings of real servers are not part of the checkout`,
    );
    const cwd = await folder();
    const read = (name: string): string => readFileSync(join(cwd, `report.${name}`), 'utf8');
    const reporters = NAMES.map((name) => `${name}=report.${name}`).join(',');
    const args = ['diff', join(data, 'both.ndjson'), '--config', join(data, 'parity.yaml'), '--reporter', reporters];
    expect(await parity(args, { cwd })).toMatchObject({ code: 1 });

    const report = JSON.parse(read('json')) as Report;
    expect(report.outcomes.mismatch).toBeGreaterThan(20);
    for (const [name, reader] of Object.entries(readers)) {
      expect(reader(read(name)), name).toEqual(talliesOf(report));
    }
    expect(await faults({ 'report.xml': read('junit') })).toEqual([]);
    const [answer] = annotated(read('github'));
    expect(answer).toMatchObject({ level: 'error', title: 'Parity broken' });

    // What was saved is all that it takes.
    const saved = await readReport(join(cwd, 'report.json'));
    expect(saved).toEqual(report);
    for (const name of ['terminal', 'junit', 'markdown', 'github']) {
      expect(REPORTS[name]!(saved, { width: 100, colour: false }), name).toBe(read(name));
    }
  });
});

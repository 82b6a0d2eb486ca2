import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readReport, reportJsonSchema } from '../../src/commands/saved.js';
import { json } from '../../src/reports/json.js';
import { broken, empty, proven } from '../reports/sample.js';
import { folder } from './folder.js';

const page = { width: 100, colour: false };

async function saved(text: string): Promise<string> {
  const file = join(await folder(), 'report.json');
  await writeFile(file, text);
  return file;
}

describe('a saved report', () => {
  it.each([proven(), broken(), empty()])('comes back as it was: $status', async (report) => {
    expect(await readReport(await saved(json(report, page)))).toEqual(report);
  });

  it('may hold more than this version knows, and keeps it', async () => {
    const report = { ...proven(), later: { of: 'a later version' } };
    expect(await readReport(await saved(JSON.stringify(report)))).toEqual(report);
  });

  const changed = (change: object): string => JSON.stringify({ ...proven(), ...change });

  it.each([
    ['', 'is empty; was the run that wrote it cut short?'],
    ['PARITY PROVEN', 'is no JSON, so no report; name a file that --reporter json=FILE wrote'],
    ['{"format":"feed-parity/', 'is no JSON, so no report'],
    ['{}', 'is no report; name a file that --reporter json=FILE wrote'],
    ['null', 'is no report; name'],
    [changed({ format: 'feed-parity/timeline' }), 'is no report but "feed-parity/timeline"; name'],
    [
      changed({ version: 2 }),
      'is a report of version 2, and this parity reads version 1; make it again, or use the parity that wrote it',
    ],
    [
      changed({ outcomes: { match: 1 } }),
      'is no whole report: outcomes.allowed: is missing: expected a number (and 6 more); make it again',
    ],
    [
      changed({ status: 'fine' }),
      'is no whole report: status: expected one of proven, broken, unproven, found "fine"; make it again',
    ],
    [changed({ terms: undefined }), 'is no whole report: terms: is missing: expected a map; make it again'],
  ])('that is none is refused: %s', async (text, told) => {
    const file = await saved(text);
    await expect(readReport(file)).rejects.toThrow(`${file}: ${told}`);
  });

  it('that is not there, or a folder, is refused', async () => {
    const cwd = await folder();
    await expect(readReport(join(cwd, 'none.json'))).rejects.toThrow('there is no such report; correct its name');
    await expect(readReport(cwd)).rejects.toThrow('is a directory; name a report in it');
  });
});

describe('the JSON Schema of reports', () => {
  it('names every member that a report has', () => {
    const schema = reportJsonSchema() as { properties: Record<string, unknown>; required: string[]; title: string };
    expect(Object.keys(proven()).filter((name) => !(name in schema.properties))).toEqual([]);
    expect(schema.required).toEqual(
      expect.arrayContaining(['format', 'version', 'status', 'outcomes', 'gate', 'terms']),
    );
    expect(schema.title).toBe('feed-parity report');
  });
});

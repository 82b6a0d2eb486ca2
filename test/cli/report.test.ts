import { readFileSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { json } from '../../src/reports/json.js';
import { sectioned } from '../reports/sectioned.js';
import { folder } from './folder.js';
import { parity, sentence } from './parity.js';

const saved = (): string => json(sectioned(), { width: 100, colour: false });

it('renders a saved report, on the terminal where nothing else is asked for', async () => {
  const cwd = await folder({ 'report.json': saved() });
  const [terminal, markdown, itself] = await Promise.all([
    parity(['report', 'report.json'], { cwd }),
    parity(['report', 'report.json', '--to', 'markdown'], { cwd }),
    parity(['report', 'report.json', '--to', 'json', '--out', 'again.json'], { cwd }),
  ]);
  expect(terminal).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^PARITY BROKEN\. /) });
  expect(markdown).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^## ❌ Parity broken\n/) });
  expect(itself).toMatchObject({ code: 0, stderr: '', stdout: '' });
  expect(JSON.parse(readFileSync(join(cwd, 'again.json'), 'utf8'))).toEqual(JSON.parse(saved()));
});

it('prints the JSON Schema of reports', async () => {
  const { code, stdout } = await parity(['report', '--schema']);
  expect(code).toBe(0);
  const schema = JSON.parse(stdout) as { properties: object; required: string[] };
  expect(Object.keys(schema.properties)).toEqual(expect.arrayContaining(Object.keys(sectioned())));
});

it('says in a sentence what will not do', async () => {
  const cwd = await folder({ 'report.json': saved() });
  symlinkSync('report.json', join(cwd, 'link.json'));
  const calls = [
    [['report'], 'report: names no report; write parity report REPORT --to FORM, or --schema'],
    [
      ['report', 'report.json', '--to', 'pdf'],
      '--to: there is no report "pdf"; there are terminal, json, junit, markdown, github, html',
    ],
    [
      ['report', 'report.json', '--out', 'no/x'],
      '--out: no/x could not be written: there is no such directory; make it, or name another file',
    ],
    [
      ['report', 'report.json', '--to', 'html', '--out', 'link.json'],
      '--out: link.json is the report itself; name another file',
    ],
    [['report', 'none.json'], 'none.json: there is no such report; correct its name'],
  ] as const;
  const ended = await Promise.all(calls.map(([args]) => parity(args, { cwd })));
  expect(ended).toEqual(calls.map(([, said]) => sentence(2, said)));
  expect(readdirSync(cwd)).toHaveLength(2);
  expect(readFileSync(join(cwd, 'report.json'), 'utf8')).toBe(saved());
});

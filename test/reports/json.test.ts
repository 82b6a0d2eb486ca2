import { expect, it } from 'vitest';
import { REPORTS } from '../../src/reports/index.js';
import { json } from '../../src/reports/json.js';
import { broken, proven, rewritten } from './sample.js';

const options = { width: 80, colour: true };

it('is the report itself, indented, with a line break at its end', () => {
  const text = json(broken(), options);
  expect(REPORTS.json).toBe(json);
  expect(JSON.parse(text)).toEqual(broken());
  expect(text).toBe(`${JSON.stringify(JSON.parse(text), null, 2)}\n`);
});

it('is one document however long its lists are', () => {
  for (const count of [0, 1, 99, 100, 101, 250]) {
    const report = {
      ...broken(),
      moments: Array.from({ length: count }, (_, t) => ({ kind: 'mark' as const, t, label: `\n${t}` })),
    };
    expect(json(report, options)).toBe(`${JSON.stringify(JSON.parse(json(report, options)), null, 2)}\n`);
    expect(JSON.parse(json(report, options))).toEqual(report);
  }
});

it('begins as the file format says, whatever order the report was made in', () => {
  const report = proven();
  const reversed = Object.fromEntries(Object.entries(report).reverse()) as unknown as typeof report;
  const names = Object.keys(JSON.parse(json(reversed, options)) as object);
  expect(names.slice(0, 7)).toEqual(['format', 'version', 'status', 'observed', 'outcomes', 'types', 'lag']);
  expect(names.toSorted()).toEqual(Object.keys(report).toSorted());
});

it('escapes what a terminal would obey, and means the same', () => {
  const report = rewritten((text) => `${text}\u001b[2J\u009b31m\u202e\u2028\u007f`);
  const text = json(report, options);
  expect(text).toContain(String.raw`\u001b[2J\u009b31m\u202e\u2028\u007f`);
  expect(JSON.parse(text)).toEqual(report);
});

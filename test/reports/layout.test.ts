import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { columns, cut, flow, page, wrap } from '../../src/reports/layout.js';
import { annotate, fits, table } from '../../src/reports/terminal/table.js';

const mixed = fc
  .array(fc.constantFrom('a', 'bc', ' ', '日', '👩‍👩‍👧', '🇩🇪', 'e\u0301', '…', '1'), { maxLength: 40 })
  .map((parts) => parts.join(''));

it('cuts to a width and says so', () => {
  expect(cut('abcdef', 6)).toBe('abcdef');
  expect(cut('abcdefg', 6)).toBe('abcde…');
  expect(cut('日本語', 5)).toBe('日本…');
  expect(cut('日本語', 4)).toBe('日…');
  expect(cut('👩‍👩‍👧👩‍👩‍👧', 3)).toBe('👩‍👩‍👧…');
  expect(cut('x'.repeat(1_000_000), 10)).toBe('xxxxxxxxx…');
});

it('never cuts wider than asked', () => {
  fc.assert(
    fc.property(mixed, fc.integer({ min: 1, max: 60 }), (text, width) => {
      const short = cut(text, width);
      expect(columns(short)).toBeLessThanOrEqual(width);
      if (columns(text) <= width) expect(short).toBe(text);
    }),
  );
});

it('counts our own signs as the rest of the text', () => {
  for (const sign of '·…→×–−≥✓✗') expect(columns(sign)).toBe(columns(`${sign}日`) - 2);
});

it('breaks between pieces, and cuts what no line can hold', () => {
  expect(flow(['one', 'two', 'three'], ' · ', 9)).toEqual(['one · two', 'three']);
  expect(flow(['one', 'two', 'three'], ' · ', 8, 2)).toEqual(['one', '  two', '  three']);
  expect(flow(['incomprehensibilities'], ' · ', 8)).toEqual(['incompr…']);
  expect(flow([], ' · ', 8)).toEqual([]);
});

it('keeps a figure and its unit on one line', () => {
  expect(wrap('at most 0.1 % of all', 11)).toEqual(['at most', '0.1 % of', 'all']);
  expect(wrap('within 10 seconds', 9)).toEqual(['within 10', 'seconds']);
});

it('aligns columns whatever their characters are', () => {
  const lines = table(
    page({ width: 80, colour: false }),
    [{ heading: 'name' }, { heading: 'n', align: 'right' }, { heading: '' }],
    [
      ['日本語', '1', 'x'],
      ['abc', '1,000', { text: 'y', style: 'bad' }],
    ],
  );
  // 日本語 takes six columns, so that one blank fewer than letters would leave stands after it.
  expect(lines).toEqual(['  name        n', '  日本語      1  x', '  abc     1,000  y']);
});

it('shrinks the widest column that may, and only then the others', () => {
  const narrow = page({ width: 40, colour: false });
  const columnsOf = [{ heading: '' }, { heading: '', least: 5 }, { heading: '', align: 'right' as const }];
  const rows = [['fixed', 'x'.repeat(60), '12,345']];
  expect(fits(narrow, columnsOf, rows)).toBe(true);
  expect(table(narrow, columnsOf, rows)).toEqual([`  fixed  ${'x'.repeat(22)}…  12,345`]);
  expect(fits(narrow, columnsOf, [['x'.repeat(60), 'y', 'z']])).toBe(false);
  expect(table(narrow, columnsOf, [['x'.repeat(60), 'y', 'z']])).toEqual([`  ${'x'.repeat(31)}…  y  z`]);
});

it('colours cells alone: no line break, blank or border', () => {
  const colourful = page({ width: 40, colour: true });
  const lines = table(colourful, [{ heading: '' }, { heading: '' }], [[{ text: 'a', style: 'bad' }, 'b']]);
  expect(lines).toEqual(['  \u001b[31ma\u001b[39m  b']);
});

it('puts notes below their line', () => {
  expect(annotate(['a', 'b'], (place) => (place === 0 ? ['below a'] : []))).toEqual(['a', 'below a', 'b']);
});

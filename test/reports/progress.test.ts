import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { columns } from '../../src/reports/layout.js';
import { panel, progressLine } from '../../src/reports/progress.js';
import { counts, progress } from './sample.js';

const before = progress({ t: 70_000, observed: { control: 12_099, candidate: 12_307 } });
const first = progress({
  t: 0,
  observed: { control: 0, candidate: 0 },
  outcomes: counts(),
  lag: { p50Ms: null, p99Ms: null },
  up: { control: 0, candidate: 0 },
  gaps: 0,
  open: { control: 0, candidate: 0 },
});

describe('panel', () => {
  it('tells how the run stands', () => {
    expect(`\n${panel(progress(), before, { width: 80, colour: false })}\n`).toMatchInlineSnapshot(`
      "
        1 m 12 s · 12,303 pairs · 3 open · 2 gaps
        control    20/20 up  12,345 events  123/s
        candidate  19/20 up  12,310 events  1.5/s
        match 12,000 · allowed 300 · mismatch 3 · missing 1 · extra 0 · duplicate 0
        late 0 · inconclusive 2
        lag p50 112 ms · p99 890 ms
      "
    `);
  });

  it('tells a run that has just begun', () => {
    expect(`\n${panel(first, undefined, { width: 80, colour: false })}\n`).toMatchInlineSnapshot(`
      "
        0 ms · 0 pairs · 0 open · 0 gaps
        control    0/20 up  0 events  –
        candidate  0/20 up  0 events  –
        match 0 · allowed 0 · mismatch 0 · missing 0 · extra 0 · duplicate 0 · late 0
        inconclusive 0
        lag p50 – · p99 –
      "
    `);
  });

  it('is never wider than asked, and coloured only where asked', () => {
    for (let width = 40; width <= 140; width++) {
      const colourful = panel(progress(), before, { width, colour: true });
      expect(stripVTControlCharacters(colourful)).toBe(panel(progress(), before, { width, colour: false }));
      expect(colourful).toContain('\u001b[31mmismatch 3\u001b[39m');
      for (const line of colourful.split('\n')) expect(columns(line)).toBeLessThanOrEqual(width);
    }
  });
});

describe('rates', () => {
  it('are those since the last time', () => {
    expect(progressLine(progress(), before)).toContain('12,345 events (123/s)');
    expect(progressLine(progress(), before)).toContain('12,310 events (1.5/s)');
  });

  it('are not told before any time has passed', () => {
    expect(progressLine(progress(), undefined)).not.toContain('/s');
    expect(progressLine(progress(), progress())).not.toContain('/s');
  });
});

describe('line', () => {
  it('is one, plain', () => {
    expect(progressLine(progress(), before)).toMatchInlineSnapshot(
      `"1 m 12 s: control 20/20 up 12,345 events (123/s), candidate 19/20 up 12,310 events (1.5/s), 12,303 pairs, 3 open, 2 gaps, match 12,000, allowed 300, mismatch 3, missing 1, inconclusive 2, lag p50 112 ms p99 890 ms"`,
    );
    expect(progressLine(first, undefined)).toMatchInlineSnapshot(
      `"0 ms: control 0/20 up 0 events, candidate 0/20 up 0 events, 0 pairs, 0 open, 0 gaps"`,
    );
  });

  it('tells a quantile that lies among the missing', () => {
    const slow = progress({ lag: { p50Ms: 112, p99Ms: null } });
    expect(progressLine(slow, before)).toContain('p99 beyond the window');
  });
});

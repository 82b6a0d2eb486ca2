import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RunningSeries } from '../../src/ledger/series.js';
import { binFromMs, LAG_BINS } from '../../src/model/series.js';
import type { Difference } from '../../src/model/verdict.js';
import { altogether, placeOf, quantile, stretches } from '../../src/reports/html/client/bins.js';
import { byFrequency, Filter, grouped } from '../../src/reports/html/client/filter.js';
import { layOut, stepsOf } from '../../src/reports/html/client/payload.js';
import { moment } from '../../src/reports/html/client/time.js';
import { broken } from './sample.js';

function difference(path: string, control?: string, candidate?: string): Difference {
  return { path, group: path, kind: 'changed', ...(control && { control }), ...(candidate && { candidate }) };
}

/** The lines of a payload, those that differ with `> ` before them. */
function laidOut(
  payload: string,
  differences: readonly Difference[] = [],
  side: 'control' | 'candidate' = 'control',
): string[] {
  const { lines } = layOut(payload, differences, side);
  return lines.map(({ depth, text, differs }) => `${differs ? '> ' : ''}${'  '.repeat(depth)}${text}`);
}

describe('a payload', () => {
  it('is laid out a value a line, every digit kept', () => {
    expect(laidOut('{"id":9007199254740993,"a":[1.0,{}, [ ],{"b":null}],"c":"x, {y}: \\"z\\""}')).toEqual([
      '{',
      '  "id": 9007199254740993,',
      '  "a": [',
      '    1.0,',
      '    {},',
      '    [],',
      '    {',
      '      "b": null',
      '    }',
      '  ],',
      '  "c": "x, {y}: \\"z\\""',
      '}',
    ]);
  });

  it('says the same as before, whatever it holds', () => {
    fc.assert(
      fc.property(fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue())), (value) => {
        const { lines, left } = layOut(JSON.stringify(value), [], 'control');
        fc.pre(left === 0);
        expect(JSON.parse(lines.map(({ text }) => text).join('\n'))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('never fails on what is no JSON, or was cut', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '\\', 'a', '1', '\n')), (parts) => {
        const text = parts.join('');
        const told = laidOut(text, [difference('$.a', '1')]).join('');
        const bare = (all: string): string => all.replaceAll(/[\s>:]/g, '');
        expect(bare(told).length).toBeLessThanOrEqual(bare(text).length);
      }),
    );
    expect(laidOut('{"a":1,"b":"cut o')).toEqual(['{', '  "a": 1,', '  "b": "cut o']);
    expect(laidOut('not {json}\nat all')).toEqual(['not {json}', 'at all']);
  });

  it('is marked where it differs, whatever part of it was compared', () => {
    const payload = '{"type":"email_open","data":{"person":{"phone":"+49 30"},"phone":1}}';
    expect(laidOut(payload, [difference('$.person.phone', '"+49 30"')]).filter((line) => line.startsWith('>'))).toEqual(
      ['>       "phone": "+49 30"'],
    );
    expect(laidOut(payload, [difference('$.phone', '1')]).filter((line) => line.startsWith('>'))).toEqual([
      '>     "phone": 1',
    ]);
  });

  it('is marked as a whole where a list or an object differs, and by index within one', () => {
    const payload = '{"to":[{"name":"a"},{"name":"b"}]}';
    const marked = (path: string): string[] =>
      laidOut(payload, [difference(path, 'any')]).filter((line) => line.startsWith('>'));
    expect(marked('$.to')).toHaveLength(8);
    expect(marked('$.to[1]')).toEqual(['>     {', '>       "name": "b"', '>     }']);
    expect(marked('$.to[1].name')).toEqual(['>       "name": "b"']);
  });

  it('is marked by its value where the candidate calls the place otherwise', () => {
    const renamed = [difference('$.person.full_name', '"Ada L."', '"Ada Lovelace"')];
    const marked = (payload: string) => laidOut(payload, renamed, 'candidate').filter((line) => line.startsWith('>'));
    expect(marked('{"actor":{"name":"Ada Lovelace"}}')).toEqual(['>     "name": "Ada Lovelace"']);
    // Which of two it was is not known.
    expect(marked('{"actor":{"name":"Ada Lovelace"},"by":"Ada Lovelace"}')).toEqual([]);
  });

  it('is not marked where a side has nothing there', () => {
    expect(laidOut('{"a":1}', [{ ...difference('$.a', '1'), kind: 'absent' }], 'candidate')).toEqual([
      '{',
      '  "a": 1',
      '}',
    ]);
  });

  it('reads paths as differences spell them', () => {
    expect(stepsOf('$')).toEqual([]);
    expect(stepsOf('$.a[3]["b.c]\\"d"]._x')).toEqual(['a', 3, 'b.c]"d', '_x']);
    expect(stepsOf('$.名前')).toEqual(['名前']);
  });
});

describe('the filter', () => {
  const { findings, groups } = broken();
  const filter = new Filter(findings);
  const all = { text: '', outcomes: new Set<never>(), type: '', account: '' };

  it('wants all of the words, in any case and anywhere', () => {
    expect(filter.wanted(all)).toHaveLength(findings.length);
    expect(filter.wanted({ ...all, text: ' hohenstein  PHONE ' })).toHaveLength(1);
    expect(filter.wanted({ ...all, text: 'hohenstein nothing' })).toHaveLength(0);
    expect(filter.wanted({ ...all, text: '"id":4702' }).map(({ id }) => id)).toContain('v2');
  });

  it('groups a finding wherever it differs, and counts it once in each place', () => {
    const places = grouped(findings, groups, true).filter(({ path }) => path !== undefined);
    expect(places.map(({ path, findings, inRun }) => [path, findings.length, inRun])).toEqual([
      ['$.person.phone', 31, 31],
      ['$.count', 3, 3],
      ['$.名前', 3, 3],
      ['$.recipients[*].display_name', 1, 1],
    ]);
  });

  it('tells groups of which no finding is held, unless something is looked for', () => {
    const unheld = { outcome: 'extra' as const, type: 'rare', count: 900 };
    const names = (whole: boolean) =>
      byFrequency(grouped(findings, [...groups, unheld], whole), whole).map(({ type }) => type);
    expect(names(true)).toContain('rare');
    expect(names(false)).not.toContain('rare');
  });

  it('puts what happened most often first: in the run, or among what is wanted', () => {
    const [one, other] = [findings[0]!, { ...findings[0]!, differences: [difference('$.b', '1')] }];
    const counted = [
      { outcome: 'mismatch' as const, type: one.type, path: '$.b', kind: 'changed' as const, count: 50_000 },
      { outcome: 'mismatch' as const, type: one.type, path: '$.person.phone', kind: 'changed' as const, count: 2 },
    ];
    const first = (whole: boolean) => byFrequency(grouped([one, one, other], counted, whole), whole)[0]?.path;
    expect(first(true)).toBe('$.b');
    expect(first(false)).toBe('$.person.phone');
  });
});

describe('lags', () => {
  const lagged = (lags: readonly number[], everyMs = 50) => {
    const running = new RunningSeries();
    lags.forEach((lagMs, at) => running.lag(at * everyMs, lagMs));
    return running.series();
  };

  it('have quantiles that are off by at most a bin', () => {
    const lag = fc.oneof(
      fc.double({ min: -5_000, max: -1, noNaN: true }),
      fc.double({ min: 1, max: 60_000, noNaN: true }),
    );
    fc.assert(
      fc.property(fc.array(lag, { minLength: 1, maxLength: 200 }), fc.constantFrom(0.01, 0.5, 0.99), (lags, q) => {
        const exact = lags.toSorted((a, b) => a - b)[Math.max(1, Math.ceil(q * lags.length)) - 1] as number;
        expect(Math.abs(quantile(altogether(lagged(lags).lags), q) - exact)).toBeLessThanOrEqual(
          Math.abs(exact) * 0.064,
        );
      }),
    );
  });

  it('are put together until most stretches have enough pairs for a quantile', () => {
    const few = stretches(lagged(Array.from({ length: 2_400 }, () => 100)));
    // 16 pairs a bucket of 800 ms: three doublings are needed.
    expect(few.map((lags) => lags?.count)).toEqual([...Array.from({ length: 18 }, () => 128), 96]);
    expect(few.reduce((sum, lags) => sum + (lags?.count ?? 0), 0)).toBe(2_400);
    expect(stretches(lagged([]))).toEqual([]);
  });

  it('leave a stretch empty in which there were none', () => {
    const lags = Array.from({ length: 4_000 }, (_, at) => (at > 1_000 && at < 3_000 ? undefined : 100));
    const running = new RunningSeries();
    lags.forEach((lagMs, at) => lagMs !== undefined && running.lag(at * 5, lagMs));
    expect(stretches(running.series()).filter((stretch) => stretch === undefined).length).toBeGreaterThan(5);
  });

  it('have their place among the bins', () => {
    for (let bin = 0; bin < LAG_BINS; bin++) expect(placeOf(binFromMs(bin))).toBeCloseTo(bin, 9);
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        (a, b) => {
          expect(Math.sign(placeOf(a) - placeOf(b)) * Math.sign(a - b)).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });
});

it('tells moments as a clock does', () => {
  expect([0, 59_999, 61_000, 3_600_000].map((ms) => moment(ms))).toEqual(['0:00', '0:59', '1:01', '1:00:00']);
  expect([0, 59_999, 61_050].map((ms) => moment(ms, true))).toEqual(['0:00.0', '0:59.9', '1:01.0']);
});

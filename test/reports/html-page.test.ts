import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/model/report.js';
import type { Verdict } from '../../src/model/verdict.js';
import { html } from '../../src/reports/html.js';
import { blindness } from '../../src/reports/html/blind.js';
import type { PageData } from '../../src/reports/html/data.js';
import { embedded } from '../../src/reports/html/escape.js';
import { toldFindings } from '../../src/reports/html/findings.js';
import { lanesOf } from '../../src/reports/html/lanes.js';
import { link } from '../../src/reports/html/link.js';
import { REPORTS } from '../../src/reports/index.js';
import { manyFindings, withCourse } from './html-sample.js';
import { broken, counts, empty, proven, rewritten } from './sample.js';
import { runs } from '../runs.js';

const options = { width: 80, colour: false };

/** What the page's script would be given. */
function dataIn(page: string): PageData {
  const [, json = ''] = /<script type="application\/json" id="data">([^<]*)<\/script>/.exec(page) ?? [];
  return JSON.parse(json) as PageData;
}

describe('the page', () => {
  it('is one of the reports', () => {
    expect(REPORTS['html']).toBe(html);
  });

  it('holds nothing of the report but as data, in which nothing can end the script', () => {
    const pieces = [
      '<script>',
      '</script>',
      '<!--',
      '-->',
      ']]>',
      '\u2028',
      '\u2029',
      '"',
      "'",
      '&lt;',
      '\\',
      '\ud800',
      '\0',
    ];
    const hostile = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 5 })), { maxLength: 6 });
    const harmless = html(empty(), options);
    const around = (page: string): string => page.replace(/(id="data">)[^<]*/, '$1').replace(/<title>[^<]*/, '<title>');
    fc.assert(
      fc.property(hostile, (parts) => {
        const text = parts.join('');
        const page = html(
          rewritten((own) => own + text),
          options,
        );
        expect(around(page)).toBe(around(harmless));
        expect(dataIn(page).hints[0]).toContain(text.isWellFormed() ? text : '');
      }),
      { numRuns: runs(50) },
    );
  });

  it('keeps every string that JSON can say', () => {
    // Halves of surrogate pairs included.
    const anything = fc.array(fc.nat({ max: 0xffff })).map((units) => String.fromCharCode(...units));
    fc.assert(
      fc.property(anything, (text) => {
        const json = embedded({ [text]: text });
        expect(json).not.toMatch(/[<>&\u2028\u2029]/);
        expect(JSON.parse(json)).toEqual({ [text]: text });
      }),
    );
  });

  it('allows its own scripts and style, and nothing else', () => {
    const [, policy = ''] = /Content-Security-Policy" content="([^"]*)"/.exec(html(proven(), options)) ?? [];
    expect(policy).toMatch(/^default-src 'none'; script-src ('sha256-[\w+/]+=' ?){2}; style-src 'sha256-[\w+/]+='; /);
    expect(policy).not.toContain('unsafe');
  });
});

describe('findings on a page', () => {
  const withPayloads = (payloads: readonly string[]): Report => ({
    ...broken(),
    findings: payloads.map((payload, at): Verdict => ({
      id: `v${at + 1}`,
      outcome: 'missing',
      account: 'rep-1',
      type: 'email_opened',
      key: '1',
      t: 0,
      control: { t: 0, channel: 'c', event: 'e', payload },
    })),
  });

  it('are whole where there is room, and cut where a payload is long', () => {
    const { held, payloadCharacters } = toldFindings(withPayloads(['{"a":1}', 'x'.repeat(20_000)]));
    expect(payloadCharacters).toBe(16_000);
    expect(held[0]?.control).toEqual({ t: 0, channel: 'c', event: 'e', payload: '{"a":1}' });
    expect(held[1]?.control).toMatchObject({ payload: 'x'.repeat(16_000), cut: 4_000 });
  });

  it('are cut the shorter the more there are, counted as they stand in the page', () => {
    // Each `<` stands as six bytes.
    const { held, payloadCharacters } = toldFindings(
      withPayloads(Array.from({ length: 1_500 }, () => '<'.repeat(2_000))),
    );
    expect(held).toHaveLength(1_500);
    expect(payloadCharacters).toBe(600);
  });

  it('are never more than a page can hold, whatever a report holds, and it is told how many there were', () => {
    const report = manyFindings(18_000, 400);
    const page = html(report, options);
    expect(Buffer.byteLength(page)).toBeLessThan(15_000_000);
    const { findings } = dataIn(page);
    expect(findings.inRun).toBe(18_000);
    expect(findings.held.length).toBeGreaterThan(5_000);
    expect(findings.groups).toEqual(report.groups);
  });

  it('tell how many differences they leave out', () => {
    const differences = Array.from({ length: 150 }, (_, at) => ({
      path: `$.p${at}`,
      group: `$.p${at}`,
      kind: 'absent' as const,
    }));
    const [finding] = toldFindings({ ...broken(), findings: [{ ...broken().findings[0]!, differences }] }).held;
    expect(finding).toMatchObject({ untold: 50 });
    expect(finding?.differences).toHaveLength(100);
  });
});

describe('lanes', () => {
  it('are those of the accounts with the most defects, with their gaps and links', () => {
    const lanes = lanesOf(withCourse(broken()));
    expect(lanes[0]).toMatchObject({ account: 'rep-3', ups: [{ side: 'control' }, { side: 'candidate' }] });
    expect(lanes.find(({ account }) => account === 'rep-7')?.gaps).toEqual([
      { side: 'control', fromMs: 63_006, toMs: 68_440 },
      // It lasts to the end.
      { side: 'candidate', fromMs: 420_500, toMs: 604_000 },
    ]);
  });

  it('are bounded', () => {
    const accounts = Object.fromEntries(Array.from({ length: 2_000 }, (_, at) => [`a${at}`, counts({ match: at })]));
    const lanes = lanesOf({ ...broken(), accounts });
    expect(lanes).toHaveLength(500);
    expect(lanes[0]).toMatchObject({ account: 'a1999', events: 1_999, defects: 0 });
  });
});

describe('what is shaded', () => {
  const run = { ...proven().run, durationMs: 100_000, accounts: 4 };
  const gap = (account: string, fromMs: number, toMs: number | null) => {
    return { side: 'control' as const, account, fromMs, toMs, reason: '' };
  };

  it('is told with the share of the accounts that were not listening', () => {
    const gaps = [gap('a', 0, 40_000), gap('b', 10_000, 20_000), gap('c', 90_000, null)];
    expect(blindness({ gaps, run })).toEqual([
      { who: 'control', fromMs: 0, toMs: 10_000, share: 0.25 },
      { who: 'control', fromMs: 10_000, toMs: 20_000, share: 0.5 },
      { who: 'control', fromMs: 20_000, toMs: 40_000, share: 0.25 },
      { who: 'control', fromMs: 90_000, toMs: 100_000, share: 0.25 },
    ]);
  });

  it('is all accounts where this process itself was slow', () => {
    expect(blindness({ gaps: [{ fromMs: 5, toMs: 700, reason: 'stall' }], run })).toEqual([
      { who: 'ours', fromMs: 5, toMs: 700, share: 1 },
    ]);
  });

  it('is neither side nor this process where a recording cannot be read', () => {
    const hole = { fromMs: 5, toMs: 700, reason: 'old.ndjson:7 cannot be read', unread: true as const };
    expect(blindness({ gaps: [hole, { ...hole, side: 'control' }], run })).toEqual([
      { who: 'unread', fromMs: 5, toMs: 700, share: 1 },
    ]);
  });

  it('is one where nobody could see two apart', () => {
    const gaps = ['a', 'b', 'c', 'd'].map((account, at) => gap(account, 1_000 + at, 5_000 + at));
    const [first, second, third] = blindness({ gaps, run });
    expect(first).toEqual({ who: 'control', fromMs: 1_000, toMs: 1_003, share: 0.75 });
    expect(second).toEqual({ who: 'control', fromMs: 1_003, toMs: 5_000, share: 1 });
    expect(third).toMatchObject({ fromMs: 5_000, toMs: 5_003 });
  });
});

describe('linking modules', () => {
  const files: Readonly<Record<string, string>> = {
    'file:///a/main.js':
      "import { one, two as other } from './b/two.js';\nimport { x } from './x.js';\nresult.push(one(), other, x);",
    'file:///a/b/two.js':
      "import {\n    x,\n} from '../x.js';\nexport function one() { return x + 1; }\nexport const two = 2;\nconst hidden = 3;",
    'file:///a/x.js': '/// <reference lib="dom" />\nresult.push("x");\nconst hidden = 10;\nexport let x = hidden;\n',
  };
  const linked = link(new URL('file:///a/main.js'), (file) => files[file.href] ?? '');

  it('gives a script that does what they do, each once, names that they share kept apart', () => {
    const result: unknown[] = [];
    // oxlint-disable-next-line no-implied-eval, no-new-func
    new Function('result', linked)(result);
    expect(result).toEqual(['x', 11, 2, 10]);
  });

  it('leaves nothing that a plain script may not hold', () => {
    expect(linked).not.toMatch(/^\s*(import|export)\b/m);
  });
});

import { stripVTControlCharacters } from 'node:util';
import * as fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Report } from '../../src/model/report.js';
import type { Verdict } from '../../src/model/verdict.js';
import { REPORTS } from '../../src/reports/index.js';
import { columns } from '../../src/reports/layout.js';
import { terminal } from '../../src/reports/terminal.js';
import { broken, counts, empty, found, proven, rewritten } from './sample.js';

afterEach(() => {
  vi.unstubAllEnvs();
});

function at(report: Report, width = 80): string {
  return `\n${terminal(report, { width, colour: false })}`;
}

/** What one heading has below it. */
function section(text: string, heading: string): string {
  return text.split('\n\n').find((part) => part.trimStart().startsWith(heading)) ?? '';
}

it('is a report by its name', () => {
  expect(REPORTS.terminal).toBe(terminal);
});

describe('reads well', () => {
  it('when parity is proven', () => {
    expect(at(proven())).toMatchInlineSnapshot(`
      "
      PARITY PROVEN. Every limit holds: 12,000 events without a defect, so at most
        0.025 % are defective, at 95 % confidence.

        10 m 4 s · 20 accounts · 12,000 events on control, 12,060 on candidate
        started 2026-11-22T16:03:11.660Z · window 0 to +10 s · config 9f2c51e07ab3d418

      Outcomes
        type           match  allowed   total
        email_opened   8,000      500   8,500
        link_clicked   3,000        ·   3,000
        call_logged      500        ·     500
        total         11,500      500  12,000
        no mismatch, missing, extra, duplicate, late, inconclusive

      Judged, by account
        account  email_opened  link_clicked  call_logged
        rep-1           6,500          none         none
        rep-2           2,000         3,000          500

      Lag of the candidate
                        p50     p95     p99    max
        every event  112 ms  340 ms  872 ms  2.3 s
        12,000 pairs

      Order: all 12,000 pairs in control's order

      Seen, and not judged
        new on purpose  60  candidate  page_visited

      Differences that rules let through
        500  $.updated_at  written by each service

      Gate
                       limit          actual
        ✓  defectRate  at most 0.1 %  at most 0.025 %  held
        ✓  missing     at most 0      0                held
        ✓  extra       at most 0      0                held
        ✓  lag.p99     at most 2 s    872 ms           held
        ✓  minPerType  at least 30    500              held
      "
    `);
  });

  it('when parity is broken, on a wide page', () => {
    expect(at(broken(), 120)).toMatchInlineSnapshot(`
      "
      PARITY BROKEN. 4 limits are exceeded: defectRate is 49 of 12,049, so below 0.52 % (limit: at most 0.1 % at 95 %
        confidence), missing is 12 (limit: at most 0), extra is 3 (limit: at most 0), and 1 more.

        10 m 4 s · 20 accounts · 12,345 events on control, 12,401 on candidate · cut short by SIGINT
        started 2026-11-22T16:03:11.660Z · window 0 to +10 s · config 9f2c51e07ab3d418

      Outcomes
        type           match  allowed  mismatch  missing  extra  duplicate  late  inconclusive   total
        email_opened   8,000      500        31       10      ·          5     2             ·   8,548
        link_clicked   3,000        ·         3        2      ·          ·     ·            21   3,026
        call_logged      500        ·         ·        ·      3          ·     ·             ·     503
        total         11,500      500        34       12      3          5     2            21  12,077
        duplicates: 1 on control, 4 on candidate

      Judged, by account
        account  email_opened  link_clicked  call_logged
        rep-1           8,548         3,026          503
        rep-2            none          none         none

      Lag of the candidate
                                     p50    p95     p99       max
        every event               112 ms  2.3 s  ≥ 10 s  1 m 12 s
        only those in the window  112 ms  2.3 s   8.7 s
        12,034 pairs · 14 missing or late (at least 10 s) · 41 left out, measured in a stall of ours · 6 with candidate first

      Order: 4 of 12,034 pairs came in another order than on control (0.033 %)
        email_opened key 4712, rep-1 · email_opened key 4713, rep-1 · email_opened key 4719, rep-1

      Mismatches
        31×  email_opened  $.person.phone                changed
            "+49 30 12340" → "+493012340"  key 4701, rep-2, v1
         3×  link_clicked  $.count                       retyped
            42 → "42"  key 4732, rep-3, v32
         3×  link_clicked  $.名前                        added
            absent → "日本語のとても長い名前👩‍👩‍👧"  key 4732, rep-3, v32
         1×  email_opened  $.recipients[*].display_name  absent
            "Frau Dr. Annegret von und zu Hohenstein-Wittgenstein (Vertretung)" → absent  key 4731, rep-2, v31

      Other findings
        10×  missing       email_opened
            candidate was listening, and nothing came within 10 s
            key 4735, rep-3, v35 · key 4736, rep-1, v36 · key 4737, rep-2, v37 · …
         3×  extra         call_logged
            key 4745, rep-1, v45 · key 4746, rep-2, v46 · key 4747, rep-3, v47
         2×  duplicate     email_opened
            again on candidate, with the same content  key 4748, rep-1, v48, after 120 ms
            again on control, with other content  key 4749, rep-2, v49, after 2.3 s
         1×  late          email_opened
            key 4750, rep-3, v50, after 12.3 s
        21×  inconclusive  link_clicked
            control was not listening: close 1006
            key 4751, rep-1, v51 · key 4752, rep-2, v52 · key 4753, rep-3, v53 · …
        9 further findings are counted above, but not kept in this report

      Gaps
        control    20 accounts  20×, 5.2 s to 5.9 s      close 1006
        both                    840 ms from 5 m 10 s     stall of ours
        candidate  rep-7        from 7 m 1 s to the end  unauthorized (given up)

      Seen, and not judged
        unmapped          1,240  candidate  presence_diff
        unmapped              3  control    pusher_internal:odd
        unreadable            2  candidate  no JSON
        new on purpose       60  candidate  page_visited
        outside coverage      4  control
        still open            1  control
        still open            2  candidate

      Differences that rules let through
         500  $.updated_at                  written by each service
        none  $.attachments[*].preview_url  signed for an hour

      Gate
                              limit                             actual
        ✗  defectRate         at most 0.1 % at 95 % confidence  49 of 12,049, so below 0.52 %  exceeded
        ✗  missing            at most 0                         12                             exceeded
        ✗  extra              at most 0                         3                              exceeded
        ✓  lag.p50            at most 250 ms                    112 ms                         held
        ✗  lag.p99            at most 2 s                       beyond the window              exceeded
        ✓  minPerType         at least 30                       503                            held
        ✓  inconclusiveShare  at most 5 %                       0.17 %                         held

      Hints
        - Every mismatch at $.person.phone differs in blanks alone: a rule {path: $.person.phone, as: text} would let these
          through, if that is meant.
        - All events of account rep-7 are missing on candidate: is its feature flag on?
      "
    `);
  });

  it('when parity is broken, on a narrow page', () => {
    expect(at(broken(), 60)).toMatchInlineSnapshot(`
      "
      PARITY BROKEN. 4 limits are exceeded: defectRate is 49 of
        12,049, so below 0.52 % (limit: at most 0.1 % at 95 %
        confidence), missing is 12 (limit: at most 0), extra is 3
        (limit: at most 0), and 1 more.

        10 m 4 s · 20 accounts
        12,345 events on control, 12,401 on candidate
        cut short by SIGINT
        started 2026-11-22T16:03:11.660Z · window 0 to +10 s
        config 9f2c51e07ab3d418

      Outcomes
        email_opened  8,548
          match 8,000 · allowed 500 · mismatch 31 · missing 10
          duplicate 5 · late 2
        link_clicked  3,026
          match 3,000 · mismatch 3 · missing 2 · inconclusive 21
        call_logged  503
          match 500 · extra 3
        total  12,077
          match 11,500 · allowed 500 · mismatch 34 · missing 12
          extra 3 · duplicate 5 · late 2 · inconclusive 21
        duplicates: 1 on control, 4 on candidate

      Judged, by account
        account  email_opened  link_clicked  call_logged
        rep-1           8,548         3,026          503
        rep-2            none          none         none

      Lag of the candidate
                                     p50    p95     p99       max
        every event               112 ms  2.3 s  ≥ 10 s  1 m 12 s
        only those in the window  112 ms  2.3 s   8.7 s
        12,034 pairs · 14 missing or late (at least 10 s)
        41 left out, measured in a stall of ours
        6 with candidate first

      Order: 4 of 12,034 pairs came in another order than on
        control (0.033 %)
        email_opened key 4712, rep-1
        email_opened key 4713, rep-1
        email_opened key 4719, rep-1

      Mismatches
        31×  email_opened  $.person.phone                changed
            "+49 30 12340" → "+493012340"  key 4701, rep-2, v1
         3×  link_clicked  $.count                       retyped
            42 → "42"  key 4732, rep-3, v32
         3×  link_clicked  $.名前                        added
            absent → "日本語のとても長い名前👩‍👩‍👧"
            key 4732, rep-3, v32
         1×  email_opened  $.recipients[*].display_name  absent
            "Frau Dr. Annegret von und zu Hohenstein-Wit… → absent
            key 4731, rep-2, v31

      Other findings
        10×  missing       email_opened
            candidate was listening, and nothing came within 10 s
            key 4735, rep-3, v35 · key 4736, rep-1, v36
            key 4737, rep-2, v37 · …
         3×  extra         call_logged
            key 4745, rep-1, v45 · key 4746, rep-2, v46
            key 4747, rep-3, v47
         2×  duplicate     email_opened
            again on candidate, with the same content
            key 4748, rep-1, v48, after 120 ms
            again on control, with other content
            key 4749, rep-2, v49, after 2.3 s
         1×  late          email_opened
            key 4750, rep-3, v50, after 12.3 s
        21×  inconclusive  link_clicked
            control was not listening: close 1006
            key 4751, rep-1, v51 · key 4752, rep-2, v52
            key 4753, rep-3, v53 · …
        9 further findings are counted above, but not kept in this
        report

      Gaps
        control    20 accounts  20×, 5.2 s to 5.9 s
            close 1006
        both                    840 ms from 5 m 10 s
            stall of ours
        candidate  rep-7        from 7 m 1 s to the end
            unauthorized (given up)

      Seen, and not judged
        unmapped          1,240  candidate  presence_diff
        unmapped              3  control    pusher_internal:odd
        unreadable            2  candidate  no JSON
        new on purpose       60  candidate  page_visited
        outside coverage      4  control
        still open            1  control
        still open            2  candidate

      Differences that rules let through
         500  $.updated_at
            written by each service
        none  $.attachments[*].preview_url
            signed for an hour

      Gate
                              limit              actual
        ✗  defectRate         at most 0.1 % at   49 of 12,049, so
                              95 % confidence    below 0.52 %
        ✗  missing            at most 0          12
        ✗  extra              at most 0          3
        ✓  lag.p50            at most 250 ms     112 ms
        ✗  lag.p99            at most 2 s        beyond the window
        ✓  minPerType         at least 30        503
        ✓  inconclusiveShare  at most 5 %        0.17 %

      Hints
        - Every mismatch at $.person.phone differs in blanks
          alone: a rule {path: $.person.phone, as: text} would let
          these through, if that is meant.
        - All events of account rep-7 are missing on candidate: is
          its feature flag on?
      "
    `);
  });

  it('when nothing was seen', () => {
    expect(at(empty())).toMatchInlineSnapshot(`
      "
      PARITY UNPROVEN. Nothing was observed, and no data is never a pass.

        30 s · 1 account · 0 events on control, 0 on candidate
        started 2026-11-22T16:03:11.660Z · window 0 to +10 s · config 9f2c51e07ab3d418

      Gate
                    limit      actual
        ?  missing  at most 0  0       undecided
        - lacking: 2,995 more clean pairs for 0.1 % at 95 %
        - lacking: 30 more pairs of email_opened
      "
    `);
  });
});

describe('the answer', () => {
  it('counts what else is lacking', () => {
    const report = { ...proven(), status: 'unproven' as const };
    const gate = { ...report.gate, lacking: ['412 more clean pairs for 0.1 % at 95 %', 'one', 'two'] };
    expect(at({ ...report, gate }, 100)).toContain(
      'PARITY UNPROVEN. Lacking: 412 more clean pairs for 0.1 % at 95 % (and 2 more below).',
    );
  });

  it('names a single breach', () => {
    const report = broken();
    const limits = report.gate.limits.filter(({ name }) => name === 'missing');
    expect(at({ ...report, gate: { ...report.gate, limits } })).toContain(
      'PARITY BROKEN. 1 limit is exceeded: missing is 12 (limit: at most 0).',
    );
  });

  it('does not hide the defects that a proof allows', () => {
    const report = proven();
    const evidence = { events: 12_000, defects: 2, upperBound: 0.000_525 };
    expect(at({ ...report, gate: { ...report.gate, evidence } }, 140)).toContain(
      '12,000 events with 2 defects, so at most 0.053 % are defective, at 95 % confidence.',
    );
  });
});

describe('lag', () => {
  it('says "at least the window" for a quantile among the censored, and only then', () => {
    const report = broken();
    const window = { beforeMs: 0, afterMs: 2500 };
    expect(section(at({ ...report, run: { ...report.run, window } }), 'Lag')).toContain('≥ 2.5 s');
    expect(section(at({ ...report, lag: { ...report.lag, censored: 0 } }), 'Lag')).not.toContain('≥');
  });

  it('tells a run whose every event is missing', () => {
    const none = { p50Ms: null, p95Ms: null, p99Ms: null };
    const lag = { ...empty().lag, ...none, censored: 7, inWindow: none };
    expect(section(at({ ...proven(), lag }), 'Lag')).toMatchInlineSnapshot(`
      "Lag of the candidate
                        p50     p95     p99  max
        every event  ≥ 10 s  ≥ 10 s  ≥ 10 s    –
        0 pairs · 7 missing or late (at least 10 s)"
    `);
  });
});

describe('findings', () => {
  it('counts a verdict once in each group it differs in', () => {
    const report = broken();
    const twice = report.findings.filter(({ id }) => id === 'v1').flatMap((verdict) => verdict.differences ?? []);
    const verdict = { ...report.findings[0]!, differences: [...twice, ...twice] };
    expect(section(at({ ...report, ...found([verdict]) }), 'Mismatches')).toContain('  1×  email_opened');
  });

  it('puts the most frequent difference first and tells how many kinds are not shown', () => {
    const report = broken();
    const findings = Array.from({ length: 14 }, (_, at) =>
      Array.from({ length: at + 1 }, (_, nth) => ({
        ...report.findings[0]!,
        id: `v${at}.${nth}`,
        differences: [{ path: `$.p${at}`, group: `$.p${at}`, kind: 'absent' as const, control: '1' }],
      })),
    ).flat();
    const told = section(at({ ...report, ...found(findings) }), 'Mismatches');
    expect(told.split('\n')[1]).toMatch(/^ {2}14× {2}email_opened {2}\$\.p13/);
    expect(told).toContain('and 4 further differences');
    expect(told).not.toContain('$.p3 ');
  });

  it('shows different reasons rather than three examples of one', () => {
    const report = broken();
    const missing = report.findings.filter(({ outcome }) => outcome === 'missing');
    const findings = missing.map((verdict, at): Verdict =>
      Object.assign(verdict, { reason: at < 8 ? 'common' : `rare ${at}` }),
    );
    const told = section(at({ ...report, ...found(findings) }), 'Other findings');
    expect(told.split('\n').filter((line) => line.includes('common'))).toHaveLength(1);
    expect(told).toContain('rare 8');
    expect(told).toContain('rare 9');
  });

  it('tells of every outcome, however many types another one has', () => {
    const report = broken();
    const missing = report.findings.find(({ outcome }) => outcome === 'missing');
    const findings = Array.from({ length: 20 }, (_, at) => ({ ...missing!, type: `type-${at}` }));
    const late = report.findings.filter(({ outcome }) => outcome === 'late');
    const told = section(at({ ...report, ...found([...findings, ...late]) }), 'Other findings');
    expect(told).toContain('1×  late');
    expect(told).toContain('after 12.3 s');
    expect(told).toContain('and 17 further groups');
  });

  it('tells a mismatch that has no differences among the others', () => {
    const report = broken();
    const findings = [{ ...report.findings[0]!, differences: [], reason: 'too deep to compare' }];
    const told = at({ ...report, ...found(findings) });
    expect(section(told, 'Mismatches')).toBe('');
    expect(section(told, 'Other findings')).toContain('too deep to compare');
  });
});

it('has no section that has nothing to say', () => {
  const told = at(empty());
  for (const heading of ['Outcomes', 'Lag', 'Order', 'Mismatches', 'Other', 'Gaps', 'Seen', 'Differences', 'Hints']) {
    expect(section(told, heading)).toBe('');
  }
  const quiet = at({ ...proven(), only: {} });
  expect(section(quiet, 'Seen')).toBe('');
  expect(section(at({ ...proven(), open: { control: 0, candidate: 1 } }), 'Seen')).toContain('still open');
});

it('lists the most frequent unmapped events and sums the rest', () => {
  const unmapped = Array.from({ length: 13 }, (_, at) => ({
    side: 'control' as const,
    event: `e${at}`,
    count: at + 1,
  }));
  const told = section(at({ ...proven(), unmapped }), 'Seen');
  expect(told).toContain('e12');
  expect(told).not.toMatch(/\be2\b/);
  expect(told).toMatch(/unmapped +6 +3 more, not listed/);
});

it('never costs a figure of a limit', () => {
  for (let width = 50; width <= 140; width++) {
    const told = section(at(broken(), width), 'Gate');
    expect(told).not.toContain('…');
    for (const { name, actual } of broken().gate.limits) {
      for (const word of [name, ...actual.split(' ')]) expect(told).toContain(word);
    }
  }
});

it('says which rules let nothing through', () => {
  expect(section(at(broken()), 'Differences that rules')).toMatch(/none {2}\$\.attachments/);
  expect(section(at(proven()), 'Differences that rules')).not.toContain('none');
});

it('tells the bound on the defect rate once', () => {
  const report = proven();
  expect(section(at(report), 'Gate').match(/0\.025 %/g)).toHaveLength(1);
  const limits = report.gate.limits.slice(1);
  expect(section(at({ ...report, gate: { ...report.gate, limits } }), 'Gate')).toContain(
    '12,000 events · 0 defects · defect rate at most 0.025 % at 95 % confidence',
  );
});

describe('width', () => {
  const long = 'a rather long and quite unbroken/'.repeat(12);
  const reports: [string, Report][] = [
    ['proven', proven()],
    ['broken', broken()],
    ['empty', empty()],
    ['long words', rewritten((text) => text + long.replaceAll(' ', '_'))],
    ['long sentences', rewritten((text) => `${text} ${long}`)],
    ['wide characters', rewritten((text) => `${text}とても長い名前`.repeat(5))],
    // Wide to some versions of Unicode, narrow to others.
    ['disputed characters', rewritten((text) => `\u{16fe0}${text}\u{1fae8}`)],
  ];
  it.each(reports)('is never exceeded: %s', (_, report) => {
    for (let width = 40; width <= 140; width += width < 60 ? 1 : 3) {
      for (const line of terminal(report, { width, colour: width % 2 === 0 }).split('\n')) {
        expect(columns(line), `${width}: ${line}`).toBeLessThanOrEqual(width);
      }
    }
  });

  it('never costs a digit of an outcome', () => {
    const types = { some_type: counts({ match: 123_456_789, mismatch: 1_234_567, inconclusive: 98_765_432 }) };
    const report = { ...broken(), types, outcomes: types.some_type };
    for (let width = 40; width <= 140; width++) {
      const told = section(at(report, width), 'Outcomes');
      for (const figure of ['123,456,789', '1,234,567', '98,765,432', '223,456,788']) expect(told).toContain(figure);
    }
  });
});

it('costs no figure of the lag, and no word of why a rule is there', () => {
  const report = broken();
  const interval = { fromMs: 28.4, toMs: 39.9 };
  const lag = { ...report.lag, intervals: { confidence: 0.95, p50: interval, p95: interval, p99: interval } };
  const reason = 'told by the envelope on the candidate side, which has said so since its second version';
  const rules = [{ path: '$.attachments[*].preview_url', reason, letThrough: 3 }];
  for (let width = 40; width <= 140; width++) {
    const text = at({ ...report, lag, rules }, width);
    const told = section(text, 'Lag of the candidate');
    for (const figure of ['112 ms', '8.7 s', '1 m 12 s', '≥ 10 s']) expect(told, `${width}`).toContain(figure);
    expect(told.match(/28\.4 ms–39\.9 ms/g), `${width}`).toHaveLength(3);
    const why = section(text, 'Differences that rules');
    expect(why.replaceAll(/\s+/g, ' '), `${width}`).toContain(`$.attachments[*].preview_url ${reason}`);
  }
});

describe('colour', () => {
  it('changes nothing but colour', () => {
    for (const width of [60, 80, 120]) {
      const colourful = terminal(broken(), { width, colour: true });
      expect(colourful).toContain('\u001b[31m');
      expect(stripVTControlCharacters(colourful)).toBe(terminal(broken(), { width, colour: false }));
    }
  });

  it('is what is asked for, whatever the environment says', () => {
    vi.stubEnv('NO_COLOR', '1');
    vi.stubEnv('FORCE_COLOR', '');
    expect(terminal(proven(), { width: 80, colour: true })).toContain('\u001b[');
    vi.stubEnv('NO_COLOR', undefined);
    vi.stubEnv('FORCE_COLOR', '3');
    expect(terminal(proven(), { width: 80, colour: false })).not.toContain('\u001b');
  });
});

describe('hostile text', () => {
  const FORBIDDEN = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
  const pieces = ['\u001b[2J', '\u001b]0;owned\u0007', '\u009b31m', '\u202e', '\u2066', '\r', '\n', '\u0000', '\u2028'];
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.array(fc.constantFrom(...pieces, 'a', ' ', '日', '"', '{', '\\'), { maxLength: 12 }).map((all) => all.join('')),
  );

  it('leaves nothing in the output that is no text', () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 40, max: 140 }), (text, width) => {
        const report = rewritten((own) => text + own + text);
        for (const name of Object.keys(REPORTS)) {
          expect(REPORTS[name]!(report, { width, colour: false })).not.toMatch(FORBIDDEN);
        }
        const lines = terminal(report, { width, colour: true }).split('\n');
        for (const line of lines) expect(columns(line)).toBeLessThanOrEqual(width);
      }),
    );
  });

  it('cannot write a line of its own', () => {
    const forged = terminal(
      rewritten((own) => `${own}\nPARITY PROVEN. All is well.\r\n`),
      { width: 100, colour: false },
    );
    expect(forged.match(/^PARITY .*/gm)).toHaveLength(1);
    expect(forged).toMatch(/^PARITY BROKEN\./);
  });
});

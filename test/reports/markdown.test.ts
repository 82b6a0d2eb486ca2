import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/model/report.js';
import { markdown, markdownWithin, MOST_OF_A_COMMENT } from '../../src/reports/markdown.js';
import { code, prose, table } from '../../src/reports/markdown/text.js';
import { plain } from '../../src/reports/text.js';
import { shown, tablesOf, tokensOf } from './rendered.js';
import { broken, counts, empty, found, proven, rewritten } from './sample.js';
import { sectioned } from './sectioned.js';

const options = { width: 100, colour: false };

function headings(text: string): string[] {
  return tokensOf(text)
    .filter((token) => token.type === 'heading')
    .map((token) => shown('tokens' in token ? (token.tokens ?? []) : []));
}

it('reads well', () => {
  expect(`\n${markdown(sectioned(), options)}`).toMatchInlineSnapshot(`
    "
    ## ❌ Parity broken

    **4 limits are exceeded: defectRate is 49 of 12,049, so below 0.52 % (limit: at most 0.1 % at 95 % confidence), missing is 12 (limit: at most 0), extra is 3 (limit: at most 0), and 1 more. 1 check failed: Three lists against one, rep-2: item 4711 is only in the legacy lists.**

    Evidence: 12,049 events · 49 defects · defect rate at most 0.52 % at 95 % confidence

    - 10 m 4 s · 20 accounts · 12,345 events on control, 12,401 on candidate · cut short by SIGINT
    - started 2026-11-22T16:03:11.660Z · window 0 to +10 s · config 9f2c51e07ab3d418

    ### Limits

    |  | figure | limit | actual |
    | --- | --- | --- | --- |
    | ❌ exceeded | \`defectRate\` | at most 0.1 % at 95 % confidence | 49 of 12,049, so below 0.52 % |
    | ❌ exceeded | \`missing\` | at most 0 | 12 |
    | ❌ exceeded | \`extra\` | at most 0 | 3 |
    | ✅ held | \`lag.p50\` | at most 250 ms | 112 ms |
    | ❌ exceeded | \`lag.p99\` | at most 2 s | beyond the window |
    | ✅ held | \`minPerType\` | at least 30 | 503 |
    | ✅ held | \`inconclusiveShare\` | at most 5 % | 0.17 % |

    ### Outcomes

    | type | match | allowed | mismatch | missing | extra | duplicate | late | inconclusive | total |
    | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
    | \`email_opened\` | 8,000 | 500 | 31 | 10 | 0 | 5 | 2 | 0 | 8,548 |
    | \`link_clicked\` | 3,000 | 0 | 3 | 2 | 0 | 0 | 0 | 21 | 3,026 |
    | \`call_logged\` | 500 | 0 | 0 | 0 | 3 | 0 | 0 | 0 | 503 |
    | **total** | 11,500 | 500 | 34 | 12 | 3 | 5 | 2 | 21 | 12,077 |

    Duplicates: 1 on control, 4 on candidate

    ### Judged, by account

    | account | \`email_opened\` | \`link_clicked\` | \`call_logged\` |
    | --- | ---: | ---: | ---: |
    | \`rep-1\` | 8,548 | 3,026 | 503 |
    | \`rep-2\` | **none** | **none** | **none** |

    ### Lag of the candidate

    |  | p50 | p95 | p99 | max |
    | --- | ---: | ---: | ---: | ---: |
    | every event | 112 ms | 2.3 s | ≥ 10 s | 1 m 12 s |
    | only those in the window | 112 ms | 2.3 s | 8.7 s |  |

    - 12,034 pairs · 14 missing or late (at least 10 s) · 41 left out, measured in a stall of ours · 6 with candidate first

    Order: 4 of 12,034 pairs came in another order than on control (0.033 %)

    ### Mismatches

    | times | type | place | kind | control | candidate | for example |
    | ---: | --- | --- | --- | --- | --- | --- |
    | 31 | \`email_opened\` | \`$.person.phone\` | changed | \`"+49 30 12340"\` | \`"+493012340"\` | key \`4701\`, \`rep-2\`, \`v1\` |
    | 3 | \`link_clicked\` | \`$.count\` | retyped | \`42\` | \`"42"\` | key \`4732\`, \`rep-3\`, \`v32\` |
    | 3 | \`link_clicked\` | \`$.名前\` | added | \`absent\` | \`"日本語のとても長い名前👩‍👩‍👧"\` | key \`4732\`, \`rep-3\`, \`v32\` |
    | 1 | \`email_opened\` | \`$.recipients[*].display_name\` | absent | \`"Frau Dr. Annegret von und zu Hohenstein-Wittgenstein (Vertretung)"\` | \`absent\` | key \`4731\`, \`rep-2\`, \`v31\` |

    ### Other findings

    | times | outcome | type | why | for example |
    | ---: | --- | --- | --- | --- |
    | 10 | missing | \`email_opened\` | candidate was listening, and nothing came within 10 s | key \`4735\`, \`rep-3\`, \`v35\`; key \`4736\`, \`rep-1\`, \`v36\`; key \`4737\`, \`rep-2\`, \`v37\`; … |
    | 3 | extra | \`call_logged\` |  | key \`4745\`, \`rep-1\`, \`v45\`; key \`4746\`, \`rep-2\`, \`v46\`; key \`4747\`, \`rep-3\`, \`v47\` |
    | 2 | duplicate | \`email_opened\` | again on candidate, with the same content; again on control, with other content | key \`4748\`, \`rep-1\`, \`v48\`, after 120 ms; key \`4749\`, \`rep-2\`, \`v49\`, after 2.3 s |
    | 1 | late | \`email_opened\` |  | key \`4750\`, \`rep-3\`, \`v50\`, after 12.3 s |
    | 21 | inconclusive | \`link_clicked\` | control was not listening: close 1006 | key \`4751\`, \`rep-1\`, \`v51\`; key \`4752\`, \`rep-2\`, \`v52\`; key \`4753\`, \`rep-3\`, \`v53\`; … |

    9 further findings are counted above, but not kept in this report

    ### Three lists against one: failed

    3 of 5 accounts show the same list. The others differ in order or in what is in them.

    |  | check | found |
    | --- | --- | --- |
    | ✅ passed | rep-1 | 25 items |
    | ❌ failed | rep-2 | item 4711 is only in the legacy lists |
    | ❔ undecided | rep-3 | HTTP 503 from the candidate, three times |

    **What a list costs**

    | side | requests | p95 ms |
    | --- | ---: | ---: |
    | control | 1,500 | 182.4 |
    | candidate | 500 | 40 |

    ### A flip at any moment

    ### Gaps

    | side | who | when | why |
    | --- | --- | --- | --- |
    | control | 20 accounts | 20×, 5.2 s to 5.9 s | close 1006 |
    | both |  | 840 ms from 5 m 10 s | stall of ours |
    | candidate | rep-7 | from 7 m 1 s to the end | unauthorized (given up) |

    ### Seen, and not judged

    | why | events | side | what |
    | --- | ---: | --- | --- |
    | unmapped | 1,240 | candidate | presence\\_diff |
    | unmapped | 3 | control | pusher\\_internal:odd |
    | unreadable | 2 | candidate | no JSON |
    | new on purpose | 60 | candidate | page\\_visited |
    | outside coverage | 4 | control |  |
    | still open | 1 | control |  |
    | still open | 2 | candidate |  |

    ### Differences that rules let through

    | times | rule | reason |
    | ---: | --- | --- |
    | 500 | \`$.updated_at\` | written by each service |
    | none | \`$.attachments[*].preview_url\` | signed for an hour |

    ### Hints

    - Every mismatch at \\$.person.phone differs in blanks alone: a rule {path: \\$.person.phone, as: text} would let these through, if that is meant.
    - All events of account rep-7 are missing on candidate: is its feature flag on?
    "
  `);
});

it('answers first, whatever the answer is', () => {
  expect(headings(markdown(proven(), options))[0]).toBe('✅ Parity proven');
  expect(headings(markdown(broken(), options))[0]).toBe('❌ Parity broken');
  const nothing = markdown(empty(), options);
  expect(headings(nothing)).toEqual(['❔ Parity unproven', 'Limits']);
  expect(nothing).toContain('- lacking: 30 more pairs of email\\_opened\n');
});

describe('foreign text', () => {
  const pieces = ['`', '``', '|', '\\', '\\|', '<b>', '<!--', '@someone', 'https://evil.example', 'www.evil.example'];
  const more = [
    '![x](https://e.example/p.png)',
    '[x](javascript:alert(1))',
    '**',
    '_',
    '~~',
    '$',
    '#1',
    '&lt;',
    '\n',
    'a',
    ' ',
  ];
  const hostile = fc
    .array(fc.oneof(fc.constantFrom(...pieces, ...more), fc.string({ unit: 'binary', maxLength: 4 })), {
      maxLength: 12,
    })
    .map((all) => all.join(''));

  it('is shown as it is, as a name and in a sentence', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const own = `a${plain(text)}b`.slice(0, 150);
        fc.pre(!/ {2}/.test(own) && !/[\ud800-\udfff]$/.test(own));
        const [[, name, sentence] = []] = tablesOf(
          [
            '# t',
            ...table([{ heading: 'x' }, { heading: 'y' }, { heading: 'z' }], [['1', code(own), prose(own)]]),
          ].join('\n'),
        )[0]!.rows.slice(1);
        expect(name).toBe(own);
        expect(sentence).toBe(own);
      }),
      { numRuns: 500 },
    );
  });

  it('makes no link, image, HTML, heading, list or cell of its own', () => {
    const kinds = (text: string): Record<string, number> => {
      const seen: Record<string, number> = {};
      for (const token of tokensOf(text)) {
        // Where a span ends and what stands in it are up to the text.
        const own = ['text', 'escape', 'codespan', 'html', 'space'].includes(token.type);
        if (!own) seen[token.type] = (seen[token.type] ?? 0) + 1;
        if (token.type === 'html') expect(token.raw).toMatch(/^<\/?code>$/);
      }
      return seen;
    };
    const report = sectioned();
    const calm = kinds(markdown(report, options));
    expect(calm).not.toHaveProperty('link');
    fc.assert(
      fc.property(hostile, (text) => {
        const grown = rewritten((own) => own + text);
        const forged = markdown({ ...grown, sections: report.sections! }, options);
        expect(kinds(forged)).toEqual(calm);
      }),
      { numRuns: 60 },
    );
  });

  it('mentions nobody, and refers to nothing', () => {
    const text = markdown(
      rewritten((own) => `${own} @someone a@b.example #12 GH-12 https://evil.example www.evil.example`),
      options,
    );
    const outside = tokensOf(text)
      .filter((token) => token.type === 'text' && !('tokens' in token && token.tokens !== undefined))
      .map((token) => token.raw.replaceAll('&#8203;', '\u200b'))
      .join('\n');
    expect(outside).toContain('someone');
    expect(outside).not.toMatch(/@\w|#\d|GH-\d|:\/\/|www\./);
  });
});

describe('size', () => {
  /** More of everything than anybody reads. */
  function vast(): Report {
    const names = Array.from({ length: 3000 }, (_, at) => `type_${at}_${'x'.repeat(300)}`);
    const [section] = sectioned().sections!;
    return {
      ...broken(),
      types: Object.fromEntries(names.map((name) => [name, counts({ match: 1 })])),
      hints: names,
      ...found(
        names.flatMap((type) =>
          broken()
            .findings.slice(0, 1)
            .map((verdict) => ({ ...verdict, type })),
        ),
      ),
      sections: names.slice(0, 200).map((title) => ({ ...section!, title })),
    };
  }

  it('is never more than GitHub takes, and says that something was left out', () => {
    const text = markdown(vast(), options);
    expect(text.length).toBeLessThanOrEqual(MOST_OF_A_COMMENT);
    expect(text.length).toBeGreaterThan(MOST_OF_A_COMMENT * 0.95);
    expect(text).toMatch(/\n_Cut to 65,536 characters: [\d,]+ lines of this report left out\. .*_\n$/);
    expect(headings(text).slice(0, 4)).toEqual(['❌ Parity broken', 'Limits', 'Outcomes', 'Judged, by account']);
  });

  it('is cut between lines, never leaving the head of a table alone', () => {
    const whole = new Set(markdown(sectioned(), options).split('\n'));
    for (let most = 200; most < 8000; most += 37) {
      const text = markdownWithin(sectioned(), most);
      expect(text.length).toBeLessThanOrEqual(most);
      const lines = text.trimEnd().split('\n');
      for (const line of lines.slice(0, -1)) expect(whole).toContain(line);
      for (const { heading, rows } of tablesOf(text)) expect(rows.length, heading).toBeGreaterThan(1);
      for (const [at, line] of lines.entries()) if (line.startsWith('#')) expect(lines[at + 1]).toBe('');
    }
  });

  it('is not cut where there is no need', () => {
    const text = markdown(sectioned(), options);
    expect(text).not.toContain('Cut to');
    expect(markdownWithin(sectioned(), text.length + 200)).toBe(text);
  });
});

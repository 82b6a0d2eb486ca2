import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { github } from '../../src/reports/github.js';
import { broken, empty, found, proven, rewritten } from './sample.js';
import { sectioned } from './sectioned.js';
import { annotated } from './workflow.js';
import { runs } from '../runs.js';

const options = { width: 100, colour: false };

function levels(log: string): Record<string, number> {
  const found: Record<string, number> = {};
  for (const { level } of annotated(log)) found[level] = (found[level] ?? 0) + 1;
  return found;
}

it('makes what is broken errors, and what is unknown warnings', () => {
  const log = github(sectioned(), options);
  expect(annotated(log)).toMatchInlineSnapshot(`
    [
      {
        "level": "error",
        "message": "4 limits are exceeded: defectRate is 49 of 12,049, so below 0.52 % (limit: at most 0.1 % at 95 % confidence), missing is 12 (limit: at most 0), extra is 3 (limit: at most 0), and 1 more. 1 check failed: Three lists against one, rep-2: item 4711 is only in the legacy lists.",
        "title": "Parity broken",
      },
      {
        "level": "error",
        "message": "rep-2: item 4711 is only in the legacy lists",
        "title": "Three lists against one: failed",
      },
      {
        "level": "error",
        "message": "$.person.phone is changed: control "+49 30 12340", candidate "+493012340" (key 4701, rep-2, v1)",
        "title": "31× mismatch, email_opened",
      },
      {
        "level": "error",
        "message": "candidate was listening, and nothing came within 10 s: key 4735, rep-3, v35 · key 4736, rep-1, v36 · key 4737, rep-2, v37 · …",
        "title": "10× missing, email_opened",
      },
      {
        "level": "error",
        "message": "$.count is retyped: control 42, candidate "42" (key 4732, rep-3, v32)",
        "title": "3× mismatch, link_clicked",
      },
      {
        "level": "error",
        "message": "key 4745, rep-1, v45 · key 4746, rep-2, v46 · key 4747, rep-3, v47",
        "title": "3× extra, call_logged",
      },
      {
        "level": "error",
        "message": "$.名前 is added: control absent, candidate "日本語のとても長い名前👩‍👩‍👧" (key 4732, rep-3, v32)",
        "title": "3× mismatch, link_clicked",
      },
      {
        "level": "error",
        "message": "again on candidate, with the same content: key 4748, rep-1, v48, after 120 ms · key 4749, rep-2, v49, after 2.3 s",
        "title": "2× duplicate, email_opened",
      },
      {
        "level": "error",
        "message": "$.recipients[*].display_name is absent: control "Frau Dr. Annegret von und zu Hohenstein-Wittgenstein (Vertretung)", candidate absent (key 4731, rep-2, v31)",
        "title": "1× mismatch, email_opened",
      },
      {
        "level": "error",
        "message": "key 4750, rep-3, v50, after 12.3 s",
        "title": "1× late, email_opened",
      },
      {
        "level": "warning",
        "message": "rep-3: HTTP 503 from the candidate, three times",
        "title": "Three lists against one: undecided",
      },
      {
        "level": "warning",
        "message": "control was not listening: close 1006: key 4751, rep-1, v51 · key 4752, rep-2, v52 · key 4753, rep-3, v53 · …",
        "title": "21× inconclusive, link_clicked",
      },
      {
        "level": "warning",
        "message": "20 accounts, 20×, 5.2 s to 5.9 s, close 1006",
        "title": "Not listening: control",
      },
      {
        "level": "warning",
        "message": "840 ms from 5 m 10 s, stall of ours",
        "title": "Not listening: both",
      },
      {
        "level": "warning",
        "message": "rep-7, from 7 m 1 s to the end, unauthorized (given up)",
        "title": "Not listening: candidate",
      },
    ]
  `);
  expect(annotated(log)).toHaveLength(log.trimEnd().split('\n').length);
});

it('has one word for a run that went well, and warns of one that proved nothing', () => {
  expect(annotated(github(proven(), options))).toEqual([
    {
      level: 'notice',
      title: 'Parity proven',
      message:
        'Every limit holds: 12,000 events without a defect, so at most 0.025 % are defective, at 95 % confidence.',
    },
  ]);
  expect(annotated(github(empty(), options)).map(({ level, title }) => [level, title])).toEqual([
    ['warning', 'Parity unproven'],
    ['warning', 'Lacking for a proof'],
    ['warning', 'Lacking for a proof'],
  ]);
});

describe('bounds', () => {
  it('keeps to what a step may show of each level, and counts the rest', () => {
    const [one] = broken().findings;
    const findings = Array.from({ length: 40 }, (_, at) => ({ ...one!, type: `type-${at}` }));
    const lacking = Array.from({ length: 40 }, (_, at) => `30 more pairs of type-${at}`);
    const log = github({ ...broken(), ...found(findings), gate: { ...broken().gate, lacking } }, options);
    expect(levels(log)).toEqual({ error: 10, warning: 10 });
    // The answer is the first of 41 errors; 20 gaps are of two reasons, and one is our own.
    expect(log).toContain('::error title=And more::32 further findings: see the whole report\n');
    expect(log).toContain('::warning title=And more::34 further findings: see the whole report\n');
  });

  it('shortens what is too long to be read', () => {
    for (const line of github(
      rewritten((own) => own + 'é'.repeat(100_000)),
      options,
    ).split('\n')) {
      expect(line.length).toBeLessThan(3000);
    }
  });
});

describe('foreign text', () => {
  it('stays in its annotation, and is read as it was', () => {
    const calm = annotated(github(broken(), options));
    const hostile = '\n::error::forged\r\n::set-env name=PATH::x %0A::stop-commands::x , title=y: 100%25';
    const log = github(
      rewritten((own) => own + hostile),
      options,
    );
    const found = annotated(log);
    expect(found.map(({ level }) => level)).toEqual(calm.map(({ level }) => level));
    expect(log.trimEnd().split('\n')).toHaveLength(calm.length);
    const [, mismatch] = found;
    expect(mismatch?.title).toMatch(/^31× mismatch, email_opened ::error::forged .*100%25$/);
    expect(mismatch?.message).toContain('%0A::stop-commands::x , title=y: 100%25');
  });

  it('whatever it is', () => {
    const calm = levels(github(broken(), options));
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        expect(
          levels(
            github(
              rewritten((own) => text + own),
              options,
            ),
          ),
        ).toEqual(calm);
      }),
      { numRuns: runs(50) },
    );
  });
});

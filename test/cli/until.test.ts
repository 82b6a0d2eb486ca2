import { describe, expect, it } from 'vitest';
import { forLooking, UntilProven } from '../../src/commands/until.js';
import type { Progress, Report, Status } from '../../src/model/report.js';
import { MATCH, settings } from '../given.js';
import { counts, progress, proven } from '../reports/sample.js';

const AFTER_ALL_MS = MATCH.window.afterMs + MATCH.tombstoneMs;

/** Somebody who waits for the proof, what was said, and how often a report was made. */
function waiting() {
  const said: string[] = [];
  const until = new UntilProven(forLooking(settings()), (sentence) => said.push(sentence));
  let looks = 0;
  const look = (t: number, status: Status, outcomes: Progress['outcomes']): boolean => {
    until.look(progress({ t, outcomes }), (): Report => {
      looks++;
      return { ...proven(), status };
    });
    return until.signal.aborted;
  };
  return { look, said, looks: () => looks };
}

const enough = counts({ match: 3_500 });

describe('waiting until it is proven', () => {
  it('ends when the report says so, and not before the counts allow it', () => {
    const { look, said, looks } = waiting();
    expect(look(1_000, 'proven', counts({ match: 3_499 }))).toBe(false);
    expect(looks()).toBe(0);
    expect(look(2_000, 'unproven', enough)).toBe(false);
    expect(look(3_000, 'proven', enough)).toBe(true);
    expect(said).toEqual([expect.stringMatching(/^proven after 12,000 events in 3 s; /)]);
  });

  it('makes no more than one report a second', () => {
    const { look, looks } = waiting();
    for (let t = 0; t < 5_000; t += 250) look(t, 'unproven', enough);
    expect(looks()).toBe(5);
  });

  it('ends when it has been broken for so long that no late event can mend it', () => {
    const { look, said } = waiting();
    const broken = counts({ match: 10, missing: 1 });
    expect(look(1_000, 'broken', broken)).toBe(false);
    expect(look(5_000, 'unproven', broken)).toBe(false);
    expect(look(6_000, 'broken', broken)).toBe(false);
    expect(look(6_000 + AFTER_ALL_MS, 'broken', broken)).toBe(false);
    expect(look(7_001 + AFTER_ALL_MS, 'broken', broken)).toBe(true);
    expect(said).toEqual([expect.stringMatching(/^broken, and no late event can mend it any more/)]);
  });
});

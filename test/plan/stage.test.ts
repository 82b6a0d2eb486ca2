import { describe, expect, it } from 'vitest';
import type { GateSettings } from '../../src/model/settings.js';
import type { TimelineEntry } from '../../src/model/timeline.js';
import { Stage, total, type PhaseSeen } from '../../src/plan/stage.js';
import { settingsOf } from './plan-file.js';
import { BOTH_UP, down, opened, tick, up } from './timeline.js';

const LIMITS: GateSettings = {
  confidence: 0.95,
  counts: { mismatch: 0, missing: 0, extra: 0, duplicate: 0, late: 0 },
  minPerType: 0,
  lag: {},
  inconclusiveShare: 0.05,
};
const START = '2026-11-22T16:00:00.000Z';

/** Entries in order, and what is done between them; the window is 500 ms. */
async function play(
  steps: readonly (TimelineEntry | 'begin' | 'begin unjudged' | 'cut' | 'end')[],
): Promise<{ readonly stage: Stage; readonly seen: PhaseSeen[] }> {
  const stage = new Stage(await settingsOf());
  const seen: PhaseSeen[] = [];
  for (const step of [...BOTH_UP, ...steps]) {
    if (step === 'begin') stage.begin(LIMITS);
    else if (step === 'begin unjudged') stage.begin(undefined);
    else if (step === 'cut') stage.cutOff();
    else if (step === 'end') seen.push(stage.end(START));
    else stage.take(step);
  }
  return { stage, seen };
}

const counts = ({ events }: PhaseSeen) => ({ control: total(events.control), candidate: total(events.candidate) });

describe('events of a phase', () => {
  it('are those that control tells of between its start and its cut-off', async () => {
    const { seen, stage } = await play([
      opened(1_000, 'control', 1),
      tick(1_005),
      'begin',
      // Of the event before.
      opened(1_010, 'candidate', 1),
      opened(1_100, 'control', 2),
      opened(1_120, 'candidate', 2),
      opened(1_200, 'control', 3),
      'cut',
      opened(1_210, 'candidate', 3),
      // After the cut-off: whatever becomes of them.
      opened(1_300, 'control', 4),
      opened(1_310, 'candidate', 5),
      tick(2_000),
      'end',
    ]);
    expect(seen.map(counts)).toEqual([{ control: 2, candidate: 2 }]);
    expect(seen[0]?.judged).toMatchObject({
      status: 'proven',
      observed: { control: 2, candidate: 2 },
      outcomes: { match: 2 },
    });
    expect(stage.line.report({ startedAt: START })).toMatchObject({
      observed: { control: 2, candidate: 2 },
      outcomes: { match: 2, missing: 0, extra: 0 },
    });
  });

  it('are missing, extra and repeated as in any watch', async () => {
    const { seen } = await play([
      tick(900),
      'begin',
      opened(1_000, 'control', 1),
      opened(1_100, 'candidate', 2),
      opened(1_200, 'control', 3),
      opened(1_210, 'candidate', 3),
      'cut',
      opened(1_300, 'candidate', 3),
      tick(1_900),
      'end',
    ]);
    expect(seen[0]?.judged).toMatchObject({
      status: 'broken',
      outcomes: { match: 1, missing: 1, extra: 1, duplicate: 1 },
    });
  });

  it('are covered by subscriptions from before it, and not by those that are down', async () => {
    const { seen } = await play([
      tick(900),
      down(950, 'candidate', 'rep-2'),
      'begin',
      opened(1_000, 'control', 1),
      opened(1_010, 'control', 2, 'rep-2'),
      'cut',
      tick(1_900),
      'end',
    ]);
    // Nobody is blamed for what came while we did not listen.
    expect(seen[0]?.judged?.outcomes).toMatchObject({ missing: 1, inconclusive: 1 });
    expect(seen[0]?.gaps).toEqual({ control: [], candidate: ['rep-2: closed'] });
  });

  it('start anew with each phase, under its own limits', async () => {
    const { seen, stage } = await play([
      tick(900),
      'begin unjudged',
      opened(1_000, 'control', 1),
      'cut',
      tick(1_700),
      'end',
      opened(1_800, 'control', 2),
      up(1_900, 'candidate'),
      'begin',
      opened(2_000, 'control', 3),
      opened(2_020, 'candidate', 3),
      'cut',
      tick(2_700),
      'end',
    ]);
    expect(seen.map(counts)).toEqual([
      { control: 1, candidate: 0 },
      { control: 1, candidate: 1 },
    ]);
    expect(seen[0]).not.toHaveProperty('judged');
    // What the first phase did not ask about is no finding of the whole.
    expect(stage.line.report({ startedAt: START })).toMatchObject({
      observed: { control: 1, candidate: 1 },
      outcomes: { match: 1, missing: 0 },
    });
  });
});

describe('whoever waits on the stage', () => {
  it('is woken by the entry that makes it true, and told when nothing comes any more', async () => {
    const stage = new Stage(await settingsOf());
    const cut = new AbortController();
    const reached = stage.until(() => stage.t >= 1_000, cut.signal);
    stage.take(tick(999));
    stage.take(tick(1_000));
    await reached;
    const never = stage.until(() => false, cut.signal);
    stage.close(new Error('the feeds are gone'));
    await expect(never).rejects.toThrow('the feeds are gone');
    await expect(stage.until(() => true, cut.signal)).rejects.toThrow('the feeds are gone');
  });

  it('is let go when the plan is cut short', async () => {
    const stage = new Stage(await settingsOf());
    const cut = new AbortController();
    const never = stage.until(() => false, cut.signal);
    cut.abort('SIGINT');
    await expect(never).rejects.toBe('SIGINT');
    await expect(stage.until(() => true, cut.signal)).rejects.toBe('SIGINT');
  });
});

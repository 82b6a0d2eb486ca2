import { describe, expect, it } from 'vitest';
import type { Side } from '../../src/model/timeline.js';
import { flipMark, flipOf, Page, type Manner } from '../../src/plan/page.js';
import { Rendered, type RenderedResult } from '../../src/plan/rendered.js';
import { down, eventType, settings, tick, up } from '../given.js';

const CUT: Manner = { reconnectMs: 0, overlapMs: 0, deduplicated: false };

interface Told {
  readonly manner?: Partial<Manner>;
  readonly shows?: Side;
  readonly repeats?: 'occurrences';
}

/** What a page shows of events and flips told as `control 1000 key`, `flip 2000 candidate`, `down 3000 candidate`, `end 9000`. */
function render(story: string, { manner = {}, shows = 'control', repeats }: Told = {}): RenderedResult {
  const given = settings({ events: [eventType(repeats === undefined ? {} : { repeats })] });
  const rendered = new Rendered(given, shows, { ...CUT, ...manner });
  rendered.note(up('control', 0));
  rendered.note(up('candidate', 0));
  for (const line of story.split(',').map((words) => words.trim().split(' '))) {
    const [what = '', time = '', which = ''] = line;
    const t = Number(time);
    if (what === 'flip') rendered.note(flipMark({ t, to: which as Side }));
    else if (what === 'down') rendered.note(down(which as Side, t));
    else if (what === 'end') rendered.note(tick(t));
    else rendered.see({ side: what as Side, account: 'rep-1', type: 'email_opened', key: which, t });
  }
  return rendered.end();
}

const NONE = { events: 0, lost: 0, doubled: 0, named: [] };

describe('a page that changes feeds', () => {
  it('loses what comes on the new feed before the flip and on the old one after it', () => {
    const { flips, apart } = render(
      'candidate 990 a, flip 1000 candidate, control 1010 a, control 2000 b, candidate 2010 b, end 90000',
    );
    expect(flips).toEqual([
      {
        t: 1000,
        to: 'candidate',
        events: 1,
        lost: 1,
        doubled: 0,
        named: [{ kind: 'lost', account: 'rep-1', type: 'email_opened', key: 'a', controlMs: 1010, candidateMs: 990 }],
      },
    ]);
    expect(apart).toEqual({ ...NONE, events: 1 });
  });

  it('shows twice what comes the other way round, unless it knows the key', () => {
    const story = 'control 990 a, flip 1000 candidate, candidate 1010 a, end 90000';
    expect(render(story).flips).toMatchObject([
      { events: 1, lost: 0, doubled: 1, named: [{ kind: 'doubled', key: 'a' }] },
    ]);
    expect(render(story, { manner: { deduplicated: true } }).flips).toMatchObject([{ events: 1, lost: 0, doubled: 0 }]);
  });

  it.each([
    ['a reconnect that is too slow loses', { reconnectMs: 200 }, 1],
    ['an overlap of the same length does not', { reconnectMs: 200, overlapMs: 200 }, 0],
    ['nor one that reaches just behind the event', { reconnectMs: 200, overlapMs: 51 }, 0],
    ['one that ends with its arrival does', { reconnectMs: 200, overlapMs: 50 }, 1],
  ])('%s', (_, manner, lost) => {
    const story = 'flip 1000 candidate, control 1050 a, candidate 1100 a, end 90000';
    expect(render(story, { manner }).flips).toMatchObject([{ lost, doubled: 0 }]);
  });

  it('stays on a feed that it comes back to while that is still open', () => {
    const story = 'flip 1000 candidate, flip 1100 control, control 1350 a, candidate 1360 a, end 90000';
    const manner = { reconnectMs: 500, overlapMs: 300 };
    expect(render(story, { manner })).toMatchObject({ flips: [{ lost: 0 }, { lost: 0 }], apart: { lost: 0 } });
    // Without an overlap the subscription has to be made anew.
    expect(render(story, { manner: { reconnectMs: 500 } }).flips[0]).toMatchObject({ lost: 1 });
  });

  it('is one page an account, when a flip is one account’s', () => {
    const rendered = new Rendered(
      settings({ accounts: ['a', 'b'].map((id) => ({ id, values: { id } })) }),
      'control',
      CUT,
    );
    for (const id of ['a', 'b']) for (const side of ['control', 'candidate'] as const) rendered.note(up(side, 0, id));
    rendered.flip({ t: 1000, to: 'candidate', account: 'a' });
    for (const account of ['a', 'b'])
      rendered.see({ side: 'control', account, type: 'email_opened', key: 'k', t: 2000 });
    rendered.note(tick(90_000));
    const { flips, apart } = rendered.end();
    expect(flips).toMatchObject([{ account: 'a', events: 0 }]);
    expect(apart).toMatchObject({ events: 2, lost: 1, named: [{ account: 'a' }] });
  });
});

describe('what is no flip’s doing', () => {
  it('is told apart: an event of one side alone, and a repeat on the side that is shown', () => {
    const { flips, apart } = render(
      'flip 1000 candidate, control 1000 a, candidate 2000 b, control 2001 b, candidate 2002 b, end 90000',
    );
    expect(flips).toMatchObject([{ events: 0 }]);
    expect(apart).toMatchObject({ events: 2, lost: 1, doubled: 1 });
  });

  it('is nothing where each repeat is an event of its own', () => {
    const story = 'control 1000 a, candidate 1010 a, control 2000 a, candidate 2010 a, end 90000';
    expect(render(story, { repeats: 'occurrences' }).apart).toMatchObject({ events: 2, lost: 0, doubled: 0 });
    expect(render(story).apart).toMatchObject({ events: 1, doubled: 1 });
  });

  it('is judged anew once the key is forgotten', () => {
    const { apart } = render('control 1000 a, candidate 1010 a, control 80000 a, candidate 80010 a, end 200000');
    expect(apart).toEqual({ ...NONE, events: 2 });
  });
});

describe('what cannot be judged', () => {
  it('is an event whose other side nobody listened to', () => {
    const result = render('flip 1000 candidate, control 2000 a, down 3000 candidate, control 40000 b, end 200000');
    expect(result).toMatchObject({ inconclusive: 2, apart: NONE });
  });

  it('is an event that may still come when the timeline ends', () => {
    expect(render('flip 1000 candidate, control 2000 a, end 12000')).toMatchObject({ open: 1, apart: { lost: 0 } });
    expect(render('flip 1000 candidate, control 2000 a, end 12001')).toMatchObject({ open: 0, apart: { lost: 1 } });
  });

  it('is an event from before both sides listened', () => {
    expect(render('control 400 a, flip 450 candidate, end 90000')).toMatchObject({ outsideCoverage: 1, apart: NONE });
  });
});

describe('what is told', () => {
  it('is a hundred by name, and how many in all', () => {
    const story = Array.from({ length: 150 }, (_, nth) => `control ${2_000 + nth} k${nth}`).join(', ');
    const { apart } = render(`flip 1000 candidate, ${story}, end 90000`);
    expect(apart).toMatchObject({ events: 150, lost: 150 });
    expect(apart.named).toHaveLength(100);
  });

  it('is told by the time between flips as well', () => {
    const story =
      'control 900 a, candidate 910 a, flip 1000 candidate, control 2000 b, flip 3000 control, control 4000 c, candidate 4010 c, end 90000';
    const { between, apart } = render(story);
    expect(between).toMatchObject([
      { events: 1, lost: 0 },
      { events: 1, lost: 1, named: [{ key: 'b' }] },
      { events: 1, lost: 0 },
    ]);
    expect(apart).toMatchObject({ events: 3, lost: 1 });
  });
});

describe('a flip as a mark', () => {
  it.each([
    { t: 5, to: 'candidate' as const },
    { t: 5.25, to: 'control' as const, account: 'rep of ours' },
  ])('is read back: %o', (flip) => {
    expect(flipOf(flipMark(flip))).toEqual(flip);
  });

  it('is no other mark', () => {
    expect(flipOf({ kind: 'mark', t: 1, label: 'page shows nothing' })).toBeUndefined();
  });

  it('changes nothing when the page is there already', () => {
    const page = new Page('control', { ...CUT, reconnectMs: 100 });
    page.flip({ t: 10, to: 'control' });
    expect(page.listens('control', 20)).toBe(true);
  });
});

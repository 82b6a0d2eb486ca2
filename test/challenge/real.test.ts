import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { challengeSection } from '../../src/challenge/section.js';
import { blind, challenged, lineOf, recorded, root } from './recorded.js';

/** What the config of both recordings leaves out: the candidate's envelope, and one path of control that a rule ignores. */
const BLIND = [
  'candidate $.enriched',
  'candidate $.enriched.company',
  'candidate $.kind',
  'candidate $.updated_at',
  'control $.updated_at',
];

/** Every other path of both payloads. */
const SEEN = [
  'candidate $.resource',
  'candidate $.resource.actor',
  'candidate $.resource.actor.id',
  'candidate $.resource.actor.name',
  'candidate $.resource.actor.phone',
  'candidate $.resource.email',
  'candidate $.resource.email.id',
  'candidate $.resource.email.subject',
  'candidate $.resource.id',
  'candidate $.resource.occurred_at',
  'candidate $.resource.score',
  'candidate $.resource.tags',
  'candidate $.resource.tags[*]',
  'candidate $.type',
  'control $.email.id',
  'control $.email.subject',
  'control $.id',
  'control $.occurred_at',
  'control $.person.full_name',
  'control $.person.id',
  'control $.person.phone',
  'control $.score',
  'control $.tags[*]',
  'control $.type',
];

describe.each([
  ['a cut of it', join(root, 'fixtures', 'cases', 'real', 'steady-cut')],
  ['all of it', join(root, '..', 'shared', 'data', 'steady')],
])('the recording of real servers, %s', (_, folder) => {
  const absent = !existsSync(folder);
  const told = `there is no ${relative(root, folder)}: the whole recording is not part of the checkout`;

  it('has exactly the blind spots that its config leaves out', async (context) => {
    context.skip(absent, told);
    const { paths, newFields, score, faults, uncounted } = challenged(await recorded(folder));
    expect(blind(paths)).toEqual(BLIND);
    expect(paths.map(({ side, path }) => `${side} ${path}`).toSorted()).toEqual([...BLIND, ...SEEN].toSorted());
    const others = paths.filter(({ isBlind }) => !isBlind);
    expect(others.filter(({ share }) => share !== 1)).toEqual([]);
    expect(blind(newFields)).toEqual(['candidate $', 'candidate $.enriched']);
    expect([...paths, ...newFields].flatMap(({ unexplained }) => unexplained)).toEqual([]);
    expect(score.pairing.share).toBe(1);
    expect(score.contents.unnoticed).toBe(score.contents.tried - score.contents.caught);
    // The config has no limit for reordering, so that is found and never caught.
    expect(uncounted).toEqual(['reordered']);
    const shares = faults.map(({ fault, side, share }) => [fault, side, share]);
    expect(shares.slice(0, 7)).toEqual([
      ['drop', 'control', 1],
      ['drop', 'candidate', 1],
      ['duplicate', 'control', 1],
      ['duplicate', 'candidate', 1],
      ['delay', 'candidate', 1],
      ['swap', 'candidate', 1],
      ['reorder', 'candidate', 0],
    ]);
  });

  it('scores 0 with a comparer that always says equal', async (context) => {
    context.skip(absent, told);
    const { settings, entries } = await recorded(folder);
    const sabotaged = lineOf({
      ...settings,
      rules: [{ path: { text: '$', segments: [] }, permits: { kind: 'ignore' }, reason: 'a comparer that says yes' }],
    });
    const found = challenged({ settings, entries }, { judge: sabotaged });
    expect(found.score.contents.tried).toBeGreaterThan(100);
    expect(found.score.contents).toMatchObject({ caught: 0, share: 0 });
    // Keys and whole events are not the comparer's business.
    expect(found.score.stream.caught).toBeGreaterThan(0);
    const { status, cases } = challengeSection(found);
    expect(status).toBe('undecided');
    expect(cases.map(({ status }) => status)).toEqual(['passed', 'undecided', 'undecided']);
    expect(cases[2]?.detail).toMatch(
      /^compared by the config, and yet unnoticed: .+ at \$\.resource\.actor of candidate/,
    );
  });
});

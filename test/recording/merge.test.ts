import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CallError } from '../../src/model/errors.js';
import type { Side, Tick, TimelineEntry, TimelineHeader } from '../../src/model/timeline.js';
import { merge } from '../../src/recording/merge.js';
import { openRecording, type Recording } from '../../src/recording/reader.js';
import { frame } from '../given.js';
import { file, header, HEADER, withText } from './file.js';

type Blocks = readonly (readonly TimelineEntry[])[];

function recording(sides: readonly Side[], blocks: Blocks, some: Partial<TimelineHeader> = {}): Recording {
  // eslint-disable-next-line typescript/require-await -- a generator stands in for a file
  async function* entries(): Recording['entries'] {
    yield* blocks;
  }
  return {
    file: `${sides.join('+') || 'none'}.ndjson`,
    header: { ...HEADER, sides, ...some },
    entries: entries(),
    read: () => 0,
  };
}

/** What both recordings held, without the links that tell where the shorter one ended. */
async function all(recording: Recording): Promise<TimelineEntry[]> {
  return (await everything(recording)).filter((entry) => entry.kind !== 'link' || entry.reason !== END);
}

async function everything(recording: Recording): Promise<TimelineEntry[]> {
  const result: TimelineEntry[] = [];
  for await (const block of recording.entries) result.push(...block.map(withText));
  return result;
}

const END = 'its recording ends here';

const seen = (side: Side, ...stamps: number[]) => stamps.map((t) => frame(side, t, '{}'));
const control = (...stamps: number[]) => seen('control', ...stamps);
const candidate = (...stamps: number[]) => seen('candidate', ...stamps);
const told = (entries: readonly TimelineEntry[]) =>
  entries.map((entry) => `${'side' in entry ? entry.side : entry.kind} ${entry.t}`);

describe('a control and a candidate recording', () => {
  it('become one by time', async () => {
    const merged = merge(
      recording(['control'], [control(1, 5), [], control(6)]),
      recording(['candidate'], [candidate(2), candidate(3, 9)]),
    );
    expect(told(await all(merged))).toEqual([
      'control 1',
      'candidate 2',
      'candidate 3',
      'control 5',
      'control 6',
      'candidate 9',
    ]);
    expect(merged.header).toEqual(HEADER);
    expect(merged.file).toBe('control.ndjson and candidate.ndjson');
  });

  it('of which one ends before the other no longer listens on that side', async () => {
    const merged = merge(recording(['control'], [control(1, 5)]), recording(['candidate'], [candidate(2, 9)]));
    const entries = await everything(merged);
    expect(told(entries)).toEqual(['control 1', 'candidate 2', 'control 5', 'control 5', 'candidate 9']);
    expect(entries[3]).toMatchObject({ kind: 'link', state: 'down', account: HEADER.accounts[0], reason: END });
  });

  it('is told to have ended also where the other goes on in a later block', async () => {
    const merged = merge(
      recording(['control'], [control(1, 5)]),
      recording(['candidate'], [candidate(2, 5), candidate(9)]),
    );
    const entries = await everything(merged);
    expect(told(entries)).toEqual(['control 1', 'candidate 2', 'control 5', 'candidate 5', 'control 5', 'candidate 9']);
  });

  it('may be named in either order', async () => {
    const merged = merge(recording(['candidate'], [candidate(2)]), recording(['control'], [control(1)]));
    expect(told(await all(merged))).toEqual(['control 1', 'candidate 2']);
    expect(merged.header.sides).toEqual(['control', 'candidate']);
  });

  it('may be empty, one or both', async () => {
    expect(told(await all(merge(recording(['control'], []), recording(['candidate'], [[], candidate(1)]))))).toEqual([
      'candidate 1',
    ]);
    expect(await all(merge(recording(['control'], []), recording(['candidate'], [[]])))).toEqual([]);
  });

  it.each([
    ['2026-11-22T16:03:11.660Z', '2026-11-22T16:03:13.160Z', [1, 1502], '2026-11-22T16:03:11.660Z'],
    ['2026-11-22T16:03:13.160Z', '2026-11-22T16:03:11.660Z', [1501, 2], '2026-11-22T16:03:11.660Z'],
  ])('that began at %s and %s are aligned by the wall', async (first, second, stamps, startedAt) => {
    const merged = merge(
      recording(['control'], [control(1)], { startedAt: first }),
      recording(['candidate'], [candidate(2)], { startedAt: second }),
    );
    const entries = await all(merged);
    expect(entries.toSorted((a, b) => told([b])[0]?.localeCompare(told([a])[0] ?? '') ?? 0).map(({ t }) => t)).toEqual(
      stamps,
    );
    expect(entries.map(({ t }) => t)).toEqual(stamps.toSorted((a, b) => a - b));
    expect(merged.header.startedAt).toBe(startedAt);
  });

  // As texts, either of the first would be the later one.
  it.each([
    ['2026-11-22T16:03:11Z', '2026-11-22T16:03:11.660Z'],
    ['2026-11-22T16:03:11.000Z', '2026-11-22T16:33:11.000+01:00'],
  ])('that began at %s and %s never begin before zero', async (first, second) => {
    const merged = merge(
      recording(['control'], [control(0)], { startedAt: first }),
      recording(['candidate'], [candidate(0)], { startedAt: second }),
    );
    expect(Math.min(...(await all(merged)).map(({ t }) => t))).toBe(0);
  });

  it('that began nobody knows when are refused', () => {
    const unknown = () =>
      merge(recording(['control'], [control(1)], { startedAt: 'yesterday' }), recording(['candidate'], [candidate(1)]));
    expect(unknown).toThrow(CallError);
  });

  it('have the accounts of both, each once', () => {
    const merged = merge(
      recording(['control'], [], { accounts: ['a', 'b'] }),
      recording(['candidate'], [], { accounts: ['b', 'c'] }),
    );
    expect(merged.header.accounts).toEqual(['a', 'b', 'c']);
  });

  it('of different accounts are refused, and those of some common ones are not', () => {
    const of = (side: Side, ...accounts: string[]) => recording([side], [], { accounts });
    expect(() => merge(of('control', 'a', 'b', 'c', 'd'), of('candidate', 'e'))).toThrow(
      new CallError(
        'control.ndjson holds accounts a, b, c … and candidate.ndjson holds e: none is in both; name two recordings of the same accounts',
      ),
    );
    expect(merge(of('control', 'a', 'b'), of('candidate', 'b', 'c')).header.accounts).toEqual(['a', 'b', 'c']);
  });

  it.each<[string, readonly Side[], readonly Side[], string]>([
    ['two of control', ['control'], ['control'], 'both hold the control side'],
    ['two of candidate', ['candidate'], ['candidate'], 'neither holds the control side'],
    ['one of both and one of candidate', ['control', 'candidate'], ['candidate'], 'both hold the candidate side'],
    ['one of control and one of none', ['control'], [], 'neither holds the candidate side'],
  ])('are not %s', (_, first, second, what) => {
    const merged = () => merge(recording(first, []), recording(second, []));
    expect(merged).toThrow(CallError);
    expect(merged).toThrow(`${what}; name one recording of each side, or one of both`);
  });

  it('lose nothing and stand in the order of time, whatever their blocks', async () => {
    const blocks = (side: Side) =>
      fc.array(fc.array(fc.nat({ max: 4 }), { maxLength: 5 }), { maxLength: 5 }).map((gaps): Blocks => {
        let t = 0;
        return gaps.map((block) => seen(side, ...block.map((gap) => (t += gap))));
      });
    await fc.assert(
      fc.asyncProperty(
        blocks('control'),
        blocks('candidate'),
        fc.integer({ min: -9, max: 9 }),
        async (first, second, offset) => {
          const startedAt = new Date(Date.parse(HEADER.startedAt) + offset).toISOString();
          const merged = await all(
            merge(recording(['control'], first), recording(['candidate'], second, { startedAt })),
          );
          const stamps = merged.map(({ t }) => t);
          expect(stamps).toEqual(stamps.toSorted((a, b) => a - b));
          for (const [side, given, shift] of [
            ['control', first, Math.max(0, -offset)],
            ['candidate', second, Math.max(0, offset)],
          ] as const) {
            const mine = merged.filter((entry) => entry.kind === 'frame' && entry.side === side);
            expect(mine.map(({ t }) => t)).toEqual(given.flat().map(({ t }) => t + shift));
          }
        },
      ),
    );
  });

  it('keep links, ticks and marks of both', async () => {
    const ticks: Tick[] = [{ kind: 'tick', t: 3 }];
    const merged = merge(
      recording(['control'], [[...control(1), ...ticks]]),
      recording(['candidate'], [[{ kind: 'mark', t: 2, label: 'flag on' }]]),
    );
    expect(told(await all(merged))).toEqual(['control 1', 'mark 2', 'tick 3']);
  });

  it.each([0, 1500])('read from files that began %d ms apart keep their payloads', async (apartMs) => {
    const startedAt = new Date(Date.parse(HEADER.startedAt) + apartMs).toISOString();
    const line = (side: Side, t: number, id: number) =>
      `{"t":${t},"kind":"frame","side":"${side}","account":"rep-1","channel":"c","event":"e","payload":{"id":${id},"n":9007199254740993}}`;
    const open = (side: Side, start: string) => {
      const lines = Array.from({ length: 20_000 }, (_, n) => line(side, n, n));
      const content = [header({ sides: [side], startedAt: start }), ...lines, ''].join('\n');
      return openRecording(file(content, `${side}.ndjson`), (sentence) => expect(sentence).toBe(''));
    };
    const merged = await all(merge(await open('control', HEADER.startedAt), await open('candidate', startedAt)));
    for (const [side, shift] of [
      ['control', 0],
      ['candidate', apartMs],
    ] as const) {
      const mine = merged.flatMap((entry) => (entry.kind === 'frame' && entry.side === side ? [entry] : []));
      expect(mine.map(({ t }) => t)).toEqual(Array.from({ length: 20_000 }, (_, n) => n + shift));
      expect(mine.map(({ payload }) => payload)).toEqual(
        Array.from({ length: 20_000 }, (_, n) => `{"id":${n},"n":9007199254740993}`),
      );
    }
  });
});

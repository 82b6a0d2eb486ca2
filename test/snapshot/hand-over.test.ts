import { describe, expect, it } from 'vitest';
import { handOver } from '../../src/snapshot/hand-over.js';
import type { Item } from '../../src/snapshot/reading.js';
import { item, NEWEST_FIRST, reading } from './read.js';

const OLD = item('old', 10);
const FRESH = item('fresh', 20);
const LATER = item('later', 30);

interface Case {
  readonly first: Item[];
  readonly stream: Readonly<Record<string, number>>;
  readonly closing: Item[];
  readonly dedupe?: boolean;
  readonly ambiguous?: boolean;
  readonly end?: number;
  readonly closingEnd?: number;
}

function judge(given: Case) {
  const { first, stream, closing, dedupe = true, end, closingEnd } = given;
  const ids = new Map([OLD, FRESH, LATER].map(({ key, id }) => [key, id]));
  const found = handOver(
    {
      first: reading('control', first, end),
      closing: reading('control', closing, closingEnd),
      stream: new Map(Object.entries(stream).map(([key, times]) => [ids.get(key) ?? key, times])),
    },
    { sort: NEWEST_FIRST, dedupe, ambiguous: new Set(given.ambiguous === true ? ['email_opened'] : []) },
  );
  const keys = (items: readonly Item[]) => items.map(({ key }) => key);
  return { ...found, lost: keys(found.lost), doubled: keys(found.doubled) };
}

describe('list and stream together', () => {
  it.each<[string, Case, { lost?: string[]; doubled?: string[] }]>([
    ['in the list alone is shown once', { first: [OLD], stream: {}, closing: [OLD] }, {}],
    ['in the stream alone is shown once', { first: [OLD], stream: { fresh: 1 }, closing: [FRESH, OLD] }, {}],
    ['in neither is lost', { first: [OLD], stream: {}, closing: [FRESH, OLD] }, { lost: ['fresh'] }],
    ['in both is dropped by a page that deduplicates', { first: [OLD], stream: { old: 1 }, closing: [OLD] }, {}],
    [
      'in both is doubled by a page that does not',
      { first: [OLD], stream: { old: 1 }, closing: [OLD], dedupe: false },
      { doubled: ['old'] },
    ],
    [
      'pushed twice is doubled by a page that does not',
      { first: [OLD], stream: { fresh: 2 }, closing: [FRESH, OLD], dedupe: false },
      { doubled: ['fresh'] },
    ],
    [
      'of a key that names several takes no part',
      { first: [OLD, OLD], stream: {}, closing: [FRESH], ambiguous: true },
      {},
    ],
    ['pushed twice is dropped by one that does', { first: [OLD], stream: { fresh: 2 }, closing: [FRESH, OLD] }, {}],
    ['twice in each list is doubled', { first: [OLD, OLD], stream: {}, closing: [OLD, OLD] }, { doubled: ['old'] }],
    ['twice in one list has moved from page to page', { first: [OLD, OLD], stream: {}, closing: [OLD] }, {}],
    [
      'twice in one list is doubled by a page that drops nothing',
      { first: [OLD, OLD], stream: {}, closing: [OLD], dedupe: false },
      { doubled: ['old'] },
    ],
    ['that came after the closing list says nothing', { first: [OLD], stream: { later: 1 }, closing: [OLD] }, {}],
    [
      'older than the end of a cut list is not lost',
      { first: [FRESH], end: 20, stream: {}, closing: [FRESH, OLD] },
      {},
    ],
  ])('an event %s', (_, given, { lost = [], doubled = [] }) => {
    expect(judge(given)).toMatchObject({ lost, doubled });
  });

  it('cannot be told where the closing list does not reach back to the first', () => {
    expect(judge({ first: [OLD], stream: {}, closing: [LATER], closingEnd: 30 }).undecided).toMatch(
      /^more came than the closing list holds; try a shorter --duration/,
    );
    expect(judge({ first: [OLD], stream: {}, closing: [LATER, OLD], closingEnd: 10 }).undecided).toBeUndefined();
  });
});

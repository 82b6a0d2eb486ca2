import type { TimelineHeader } from '../model/timeline.js';
import type { Cursor, Taker } from './line-scanner.js';
import { ends } from './merge.js';

/** Puts one recording through, batch by batch; `look` is called after each. */
export async function play(cursor: Cursor, taker: Taker, look: () => void): Promise<void> {
  while (await cursor.fetch()) {
    while (!cursor.isEmpty) cursor.give(taker);
    look();
  }
}

/** A recording that is played together with another. */
interface Track {
  readonly header: TimelineHeader;
  readonly cursor: Cursor;
}

/**
 * Puts two recordings through in the order of their stamps. Where one ends before the other, its side no longer listens:
 * what the other still tells must not be held against it.
 */
export async function playBoth(first: Track, second: Track, taker: Taker, look: () => void): Promise<void> {
  const [a, b] = [first.cursor, second.cursor];
  let t = 0;
  while ((await a.fetch()) && (await b.fetch())) {
    while (!a.isEmpty && !b.isEmpty) {
      const next = a.t <= b.t ? a : b;
      t = next.t;
      next.give(taker);
    }
    look();
  }
  const [ended, other] = a.isEmpty ? [first, second] : [second, first];
  const rest = other.cursor;
  while (await rest.fetch()) {
    while (!rest.isEmpty) {
      if (rest.t > t && t !== Infinity) {
        for (const link of ends(ended.header, t)) taker.add(link);
        t = Infinity;
      }
      rest.give(taker);
    }
    look();
  }
}

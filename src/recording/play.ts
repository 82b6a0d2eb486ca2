import type { TimelineHeader } from '../model/timeline.js';
import type { Cursor, Taker } from './line-scanner.js';
import { ends } from './merge.js';

/** Puts one recording through, batch by batch; `look` is called after each. */
export async function play(cursor: Cursor, taker: Taker, look: () => void): Promise<void> {
  while (await cursor.fetch()) {
    while (!cursor.isEmpty) giveOn(taker, cursor);
    look();
  }
}

/** Gives what is next of one recording, or of two: as many rows as can be, or else one item. */
function giveOn(taker: Taker, a: Cursor, b?: Cursor): void {
  if (a.stretch !== undefined && (b === undefined || b.stretch !== undefined)) {
    const stretch = taker.addRows(a.stretch, b?.stretch);
    if (stretch !== undefined) (b !== undefined && stretch === b.stretch ? b : a).giveEntry(taker);
    return;
  }
  (b === undefined || a.t <= b.t ? a : b).give(taker);
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
  while ((await a.fetch()) && (await b.fetch())) {
    while (!a.isEmpty && !b.isEmpty) giveOn(taker, a, b);
    look();
  }
  const [ended, other] = a.isEmpty ? [first, second] : [second, first];
  const rest = other.cursor;
  const { t } = taker;
  let isTold = false;
  while (await rest.fetch()) {
    while (!rest.isEmpty) {
      if (!isTold && rest.t > t) {
        for (const link of ends(ended.header, t)) taker.add(link);
        isTold = true;
      }
      if (isTold) giveOn(taker, rest);
      else rest.give(taker);
    }
    look();
  }
}

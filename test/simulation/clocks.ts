import type { TimelineEntry } from '../../src/model/timeline.js';
import { ms, ticks } from './stamps.js';
import type { World } from './world.js';

/** The same timeline with only the ticks that matter: those that tell of a stall, and the last one. */
export function withFewerTicks({ entries }: World): TimelineEntry[] {
  return entries.filter(
    (entry, index) => entry.kind !== 'tick' || entry.lateMs !== undefined || index === entries.length - 1,
  );
}

/** The same timeline with many more ticks, among them one at each frame and each end of a wait, and just beside it. */
export function withMoreTicks({ seed, entries, truth }: World): TimelineEntry[] {
  const { afterUs, beforeUs, resolutionUs, tombstoneUs } = truth.rules;
  const waits = [0, afterUs, beforeUs, resolutionUs, tombstoneUs, afterUs + tombstoneUs];
  const moments = truth.published
    .flatMap(({ copies }) =>
      copies.flatMap(({ stampUs }) => waits.flatMap((us) => [-1, 0, 1].map((off) => stampUs + us + off))),
    )
    .filter((us) => us > 0 && us < truth.endUs)
    // While the process does not run, it cannot tick.
    .filter((us) => !truth.stalls.some((stall) => stall.fromUs < us && us <= stall.toUs));
  const more = moments.map((us): TimelineEntry => ({ kind: 'tick', t: ms(us) }));
  return [...more, ...ticks(seed, truth.stalls, truth.endUs, 7000), ...entries].sort((a, b) => a.t - b.t);
}

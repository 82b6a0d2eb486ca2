import { CallError } from '../model/errors.js';
import { SIDES, type TimelineEntry } from '../model/timeline.js';
import type { Recording } from './reader.js';

/**
 * A control and a candidate recording as one, by time. Both count from their own start, so they are aligned by the wall
 * time of their headers: lags across two recordings are only as good as the two clocks agreed.
 */
export function merge(first: Recording, second: Recording): Recording {
  for (const side of SIDES) {
    const owners = [first, second].filter((recording) => recording.header.sides.includes(side));
    if (owners.length !== 1) {
      const both = owners.length === 2 ? `both hold the ${side} side` : `neither holds the ${side} side`;
      throw new CallError(`${first.file} and ${second.file}: ${both}; name one recording of each side, or one of both`);
    }
  }
  const startedAt = [first.header.startedAt, second.header.startedAt].sort()[0] as string;
  const offset = (recording: Recording) => Date.parse(recording.header.startedAt) - Date.parse(startedAt);
  return {
    file: `${first.file} and ${second.file}`,
    header: {
      ...first.header,
      startedAt,
      sides: SIDES,
      accounts: [...new Set([...first.header.accounts, ...second.header.accounts])],
    },
    entries: interleave(shifted(first, offset(first)), shifted(second, offset(second))),
  };
}

type Entries = AsyncGenerator<readonly TimelineEntry[]>;

async function* shifted(recording: Recording, offsetMs: number): Entries {
  for await (const entries of recording.entries) {
    yield offsetMs === 0 ? entries : entries.map((entry) => ({ ...entry, t: entry.t + offsetMs }));
  }
}

/** Takes from both in the order of their stamps. */
async function* interleave(a: Entries, b: Entries): Entries {
  let left = await block(a);
  let right = await block(b);
  while (left.length > 0 && right.length > 0) {
    // Everything up to the earlier of the two ends is known completely.
    const end = Math.min((left.at(-1) as TimelineEntry).t, (right.at(-1) as TimelineEntry).t);
    const [leftPart, leftRest] = split(left, end);
    const [rightPart, rightRest] = split(right, end);
    yield [...leftPart, ...rightPart].sort((x, y) => x.t - y.t);
    left = leftRest.length > 0 ? leftRest : await block(a);
    right = rightRest.length > 0 ? rightRest : await block(b);
  }
  if (left.length > 0) yield left;
  if (right.length > 0) yield right;
  yield* a;
  yield* b;
}

async function block(entries: Entries): Promise<readonly TimelineEntry[]> {
  for (;;) {
    const next = await entries.next();
    if (next.done === true) return [];
    if (next.value.length > 0) return next.value;
  }
}

function split(entries: readonly TimelineEntry[], end: number): [readonly TimelineEntry[], readonly TimelineEntry[]] {
  const at = entries.findIndex((entry) => entry.t > end);
  return at === -1 ? [entries, []] : [entries.slice(0, at), entries.slice(at)];
}

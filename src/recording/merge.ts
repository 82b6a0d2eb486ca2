import { BytesFrame } from '../model/bytes-frame.js';
import { CallError } from '../model/errors.js';
import { microseconds, SIDES, type Link, type Ms, type TimelineEntry, type TimelineHeader } from '../model/timeline.js';
import type { Recording } from './reader.js';

/**
 * A control and a candidate recording as one, by time. Both count from their own start, so they are aligned by the wall
 * time of their headers: lags across two recordings are only as good as the two clocks agreed.
 */
export function merge(first: Recording, second: Recording): Recording {
  const { header, offsets } = align(first, second);
  return {
    file: `${first.file} and ${second.file}`,
    header,
    entries: interleave(
      { header: first.header, entries: shifted(first, offsets[0]) },
      { header: second.header, entries: shifted(second, offsets[1]) },
    ),
    read: () => first.read() + second.read(),
  };
}

/** What two recordings are together: their header, and how much later the stamps of each are than its own. */
export interface Alignment {
  readonly header: TimelineHeader;
  readonly offsets: readonly [Ms, Ms];
}

/** Aligns two recordings. Throws a CallError where they are not one of each side, or have no account in common. */
export function align(first: Named, second: Named): Alignment {
  for (const side of SIDES) {
    const owners = [first, second].filter((recording) => recording.header.sides.includes(side));
    if (owners.length !== 1) {
      const both = owners.length === 2 ? `both hold the ${side} side` : `neither holds the ${side} side`;
      throw new CallError(`${first.file} and ${second.file}: ${both}; name one recording of each side, or one of both`);
    }
  }
  refuseStrangers(first, second);
  const [firstMs, secondMs] = [startOf(first), startOf(second)];
  const startMs = Math.min(firstMs, secondMs);
  return {
    header: {
      ...first.header,
      startedAt: (firstMs === startMs ? first : second).header.startedAt,
      sides: SIDES,
      accounts: [...new Set([...first.header.accounts, ...second.header.accounts])],
    },
    offsets: [firstMs - startMs, secondMs - startMs],
  };
}

type Named = Pick<Recording, 'file' | 'header'>;

/** Two recordings without an account in common have nothing to be paired. */
function refuseStrangers(first: Named, second: Named): void {
  const accounts = [first.header.accounts, second.header.accounts];
  const [some = [], others = []] = accounts;
  if (some.length === 0 || others.length === 0 || some.some((account) => others.includes(account))) return;
  const [one, other] = accounts.map((ids) => `${ids.slice(0, 3).join(', ')}${ids.length > 3 ? ' …' : ''}`);
  throw new CallError(
    `${first.file} holds accounts ${one} and ${second.file} holds ${other}: none is in both; name two recordings of the same accounts`,
  );
}

/** Wall time of the recording's `t = 0`, in milliseconds since 1970. */
function startOf({ file, header }: Named): Ms {
  const ms = Date.parse(header.startedAt);
  if (Number.isNaN(ms)) {
    const found = JSON.stringify(header.startedAt);
    throw new CallError(
      `${file}: its header says it began at ${found}, which is no time; two recordings need it to be aligned`,
    );
  }
  return ms;
}

type Entries = AsyncGenerator<readonly TimelineEntry[]>;

async function* shifted(recording: Recording, offsetMs: number): Entries {
  for await (const entries of recording.entries) {
    yield offsetMs === 0 ? entries : entries.map((entry) => at(entry, microseconds(entry.t + offsetMs)));
  }
}

/** The entry at another time. */
export function at(entry: TimelineEntry, t: Ms): TimelineEntry {
  return entry instanceof BytesFrame ? entry.at(t) : { ...entry, t };
}

interface Shifted {
  readonly header: TimelineHeader;
  readonly entries: Entries;
}

/**
 * Takes from both in the order of their stamps. The next block of either is asked for only when the last one is used up.
 * Where one ends before the other, its side no longer listens: what the other still tells must not be held against it.
 */
async function* interleave(a: Shifted, b: Shifted): Entries {
  let left = await block(a.entries);
  let right = await block(b.entries);
  let i = 0;
  let j = 0;
  // The latest: stamps may go back.
  let t = 0;
  while (i < left.length && j < right.length) {
    const taken: TimelineEntry[] = [];
    while (i < left.length && j < right.length) {
      const one = left[i] as TimelineEntry;
      const other = right[j] as TimelineEntry;
      if (one.t <= other.t) i++;
      else j++;
      const next = one.t <= other.t ? one : other;
      t = Math.max(t, next.t);
      taken.push(next);
    }
    yield taken;
    if (i === left.length) {
      left = await block(a.entries);
      i = 0;
    }
    if (j === right.length) {
      right = await block(b.entries);
      j = 0;
    }
  }
  yield* i < left.length ? after(b.header, t, left.slice(i), a.entries) : after(a.header, t, right.slice(j), b.entries);
}

/** What is left of one recording when the other has ended. */
async function* after(ended: TimelineHeader, t: Ms, rest: readonly TimelineEntry[], more: Entries): Entries {
  let isTold = false;
  for (let entries = rest; entries.length > 0; entries = await block(more)) {
    if (!isTold && entries.some((entry) => entry.t > t)) {
      yield ends(ended, t);
      isTold = true;
    }
    yield entries;
  }
}

/** The links of a recording that has ended: its side no longer listens. */
export function ends({ sides, accounts }: TimelineHeader, t: Ms): Link[] {
  const reason = 'its recording ends here';
  return sides.flatMap((side) =>
    accounts.map((account): Link => ({ kind: 'link', t, side, account, state: 'down', reason })),
  );
}

async function block(entries: Entries): Promise<readonly TimelineEntry[]> {
  for (;;) {
    const next = await entries.next();
    if (next.done === true) return [];
    if (next.value.length > 0) return next.value;
  }
}

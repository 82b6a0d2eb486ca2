import type { Worker } from 'node:worker_threads';
import { open } from './far-recording.js';
import type { Books } from './model/report.js';
import { rowSize } from './model/rows.js';
import type { Settings } from './model/settings.js';
import { belongs, type Share } from './recording/byte-frame.js';
import { Cursor, type Batch, type Taker } from './recording/line-scanner.js';
import { align } from './recording/merge.js';
import { FileOrigin } from './recording/origin.js';
import { play, playBoth } from './recording/play.js';
import { openRecording, type Recording, type Tell } from './recording/reader.js';
import { Line } from './run.js';
import { Deck, Tape } from './scan/tape.js';

/** Is told, block by block, how many bytes of the files have been read, and how many entries (about) were new. */
export type Look = (bytes: number, entries: number) => void;

/** The same, with the line that takes them in. */
export type LineLook = (bytes: number, entries: number, line: Pick<Line, 'unequal'>) => void;

/** A recording whose lines come as rows. */
export interface Track extends Pick<Recording, 'file' | 'header' | 'read'> {
  batches(): AsyncGenerator<Batch>;
}

/** How recordings are swept. */
export interface Sweep {
  readonly files: readonly string[];
  readonly settings: Settings;
  /** Only the accounts of this share; all of them, if not given. */
  readonly share?: Share | undefined;
  /** A thread of its own that reads and scans the files. It takes a moment to start, and then twice as much gets done. */
  readonly thread?: Worker | undefined;
}

/**
 * Puts one recording, or two as one, through the line as rows of numbers that are found in their bytes. For plain files:
 * what is compressed has no place in its file to be read again from.
 */
export async function sweep({ files, settings, share, thread }: Sweep, tell: Tell, look: LineLook): Promise<Books> {
  const line = new Line(settings);
  const origins = files.map((file) => new FileOrigin(file));
  const far = thread === undefined ? undefined : open(thread, files, settings, line.kernel, origins, tell);
  try {
    const tracks = far === undefined ? await near(origins, settings, share, line, tell) : await far.tracks;
    const startedAt = await playAll(tracks, line, rowSize(settings.rules.length), look);
    return line.books({ startedAt });
  } finally {
    for (const origin of origins) origin.close();
    await far?.stop();
  }
}

/** The recordings, read and scanned right here as the line goes along. */
async function near(
  origins: readonly FileOrigin[],
  settings: Settings,
  share: Share | undefined,
  line: Line,
  tell: Tell,
): Promise<Track[]> {
  const deck = new Deck(settings, line.kernel, share === undefined ? undefined : (account) => belongs(account, share));
  const tracks: Track[] = [];
  for (const origin of origins) {
    const tape = new Tape(deck, origin);
    const recording = await openRecording(origin.file, tell, share, (size) => tape.allocate(size));
    tracks.push({ ...recording, batches: () => recording.batches(tape) });
  }
  return tracks;
}

/** Plays the tracks to their ends; returns when they began, in wall time. */
async function playAll(tracks: readonly Track[], line: Line, size: number, look: LineLook): Promise<string> {
  let seen = 0;
  const taker: Taker = {
    get t() {
      return line.t;
    },
    add: (entry) => {
      seen++;
      line.add(entry);
    },
    addRows: (a, b) => {
      const [fromA, fromB] = [a.at, b?.at ?? 0];
      const stretch = line.addRows(a, b);
      seen += (a.at - fromA + (b?.at ?? 0) - fromB) / size;
      return stretch;
    },
  };
  const told = (): void => {
    look(
      tracks.reduce((sum, track) => sum + track.read(), 0),
      seen,
      line,
    );
    seen = 0;
  };
  const [first, second] = tracks as [Track, Track | undefined];
  if (second === undefined) {
    await play(new Cursor(first.batches(), size), taker, told);
    return first.header.startedAt;
  }
  const { header, offsets } = align(first, second);
  const played = (track: Track, offsetMs: number) => ({
    header: track.header,
    cursor: new Cursor(track.batches(), size, offsetMs),
  });
  await playBoth(played(first, offsets[0]), played(second, offsets[1]), taker, told);
  return header.startedAt;
}

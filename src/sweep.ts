import type { Books } from './model/report.js';
import { rowSize } from './model/rows.js';
import type { Settings } from './model/settings.js';
import { belongs, type Share } from './recording/byte-frame.js';
import { Cursor, type Taker } from './recording/line-scanner.js';
import { align } from './recording/merge.js';
import { FileOrigin } from './recording/origin.js';
import { play, playBoth } from './recording/play.js';
import { openRecording, type FileRecording, type Tell } from './recording/reader.js';
import { Line } from './run.js';
import { Deck, Tape } from './scan/tape.js';

/** Is told, block by block, how many bytes of the files have been read, and how many entries (about) were new. */
export type Look = (bytes: number, entries: number) => void;

/** A recording, and the tape on which its bytes are scanned. */
interface Track {
  readonly recording: FileRecording;
  readonly tape: Tape;
}

/**
 * Puts one recording, or two as one, through the line as rows of numbers that are found in their bytes. For plain files:
 * what is compressed has no place in its file to be read again from.
 */
export async function sweep(
  files: readonly string[],
  settings: Settings,
  share: Share | undefined,
  tell: Tell,
  look: Look,
): Promise<Books> {
  const line = new Line(settings);
  const deck = new Deck(settings, line.kernel, share === undefined ? undefined : (account) => belongs(account, share));
  const origins: FileOrigin[] = [];
  const tracks: Track[] = [];
  try {
    for (const file of files) {
      const origin = new FileOrigin(file);
      origins.push(origin);
      const tape = new Tape(deck, origin);
      tracks.push({ tape, recording: await openRecording(file, tell, share, (size) => tape.allocate(size)) });
    }
    const startedAt = await playAll(tracks, line, rowSize(settings.rules.length), look);
    return line.books({ startedAt });
  } finally {
    for (const origin of origins) origin.close();
  }
}

/** Plays the tracks to their ends; returns when they began, in wall time. */
async function playAll(tracks: readonly Track[], line: Line, size: number, look: Look): Promise<string> {
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
      tracks.reduce((sum, { recording }) => sum + recording.read(), 0),
      seen,
    );
    seen = 0;
  };
  const [first, second] = tracks as [Track, Track | undefined];
  if (second === undefined) {
    await play(new Cursor(first.recording.batches(first.tape)), taker, told);
    return first.recording.header.startedAt;
  }
  const { header, offsets } = align(first.recording, second.recording);
  const track = ({ recording, tape }: Track, offsetMs: number) => ({
    header: recording.header,
    cursor: new Cursor(recording.batches(tape), offsetMs),
  });
  await playBoth(track(first, offsets[0]), track(second, offsets[1]), taker, told);
  return header.startedAt;
}

import { rm, stat } from 'node:fs/promises';
import type { Secrets } from '../config/secrets.js';
import type { Settings } from '../model/settings.js';
import type { Side, TimelineEntry } from '../model/timeline.js';
import { redactor } from '../recording/redact.js';
import { openRecorder } from '../recording/writer.js';
import { bytes } from './status.js';
import type { Say } from './say.js';
import { refuseUnwritable } from './whole-file.js';

/** A recording that runs beside whatever listens. */
export interface Tape {
  readonly onStart: (startedAt: string) => void;
  readonly tee: (entry: TimelineEntry) => void;
  /** Resolves with a sentence if the recording ends early. */
  readonly ended: Promise<string>;
  /** What it holds so far: `120 control and 118 candidate events, 1.2 MB`. */
  told(): string;
  /**
   * Writes what is left; says how much was recorded, unless it ended early. If the run failed before any event came, the
   * file goes, so that the next try finds its place free.
   */
  close(hasListened: boolean, say: Say): Promise<void>;
}

/** Opens a recording of these accounts and sides. @throws CallError where it cannot be written */
export async function openTape(
  file: string,
  { accounts }: Settings,
  sides: readonly Side[],
  secrets: Secrets,
): Promise<Tape> {
  await refuseUnwritable(file, 'recording');
  const recorder = await openRecorder(
    file,
    (text) => secrets.redact(text),
    () => secrets.words(),
  );
  const told = () => {
    const frames = sides.map(
      (side, index) => `${recorder.frames[side]} ${side}${index === sides.length - 1 ? ' events' : ''}`,
    );
    return `${frames.join(' and ')}, ${bytes(recorder.bytes)}`;
  };
  return {
    onStart: (startedAt) => recorder.begin({ startedAt, sides, accounts: accounts.map(({ id }) => id) }),
    tee: (entry) => recorder.add(entry),
    ended: recorder.ended,
    told,
    close: async (hasListened, say) => {
      await recorder.close();
      if (recorder.hasEnded) return;
      if (hasListened || recorder.frames.control + recorder.frames.candidate > 0) say(`recorded ${told()}: ${file}`);
      // A file that had been there would not have been opened; a device or pipe stays.
      else if ((await stat(file)).isFile()) await rm(file);
    },
  };
}

/** What a run is told so that nobody behind its sources sees what the config hides. */
export function redaction({ redact }: Settings): { readonly redact?: (entry: TimelineEntry) => TimelineEntry } {
  return redact === undefined ? {} : { redact: redactor(redact) };
}

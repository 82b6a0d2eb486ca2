import { open } from '../offline.js';
import { recordedPairs } from '../plan/recorded.js';
import { rehearsalSection } from '../plan/rehearsal.js';
import { redactor } from '../recording/redact.js';
import { readHeader } from '../recording/reader.js';
import { sectionText } from '../reports/section.js';
import { discreetly, duration, loadConfig } from './context.js';
import { judgeWholeOnly, watchReading } from './reading.js';
import { openReading } from './reading-section.js';
import { ofRecorded, refuseOneSided } from './recorded.js';
import { write } from './result.js';
import { sayer } from './say.js';
import { screen } from './screen.js';
import { openStatus } from './status.js';

export interface RehearseOptions {
  readonly config?: string;
  readonly reconnect: string;
  readonly overlap?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

const DONE = 0;
const UNDECIDED = 4;

/** `parity rehearse`: what a flip at each moment of a recording would have lost or shown twice. */
export async function rehearse(first: string, second: string | undefined, options: RehearseOptions): Promise<number> {
  const reconnectMs = duration('--reconnect', options.reconnect);
  const overlap = options.overlap === undefined ? {} : { overlapMs: duration('--overlap', options.overlap) };
  const { settings, secrets } = await loadConfig(options);
  const files = second === undefined ? [first] : [first, second];
  return discreetly(secrets, async () => {
    const status = openStatus(options, sayer(options, secrets));
    const whole = judgeWholeOnly(status);
    try {
      const headers = await Promise.all(files.map(readHeader));
      if (files.length === 1) headers.forEach((header) => refuseOneSided(first, header));
      const reading = openReading(status.say);
      const recorded = ofRecorded(
        settings,
        headers.flatMap(({ accounts }) => accounts),
        reading.tell,
      );
      const recording = await open(files, reading.tell);
      const look = watchReading(files, status);
      const pairs = await recordedPairs(recording, recorded, {
        ...(settings.redact === undefined ? {} : { redact: redactor(settings.redact) }),
        look: (entries) => look(recording.read(), entries),
      });
      const section = rehearsalSection(pairs, { reconnectMs, ...overlap });
      status.close();
      whole.release();
      const text = sectionText(
        { format: 'rehearsal', section, besides: reading.sections() },
        { ...screen(process.stdout), json: options.json === true },
      );
      await write(secrets.redact(text));
      return section.status === 'undecided' ? UNDECIDED : DONE;
    } finally {
      status.close();
      whole.release();
    }
  });
}

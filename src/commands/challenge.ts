import type { Section } from '../model/section.js';
import type { Settings } from '../model/settings.js';
import { open, type Look } from '../offline.js';
import { readHeader, type Tell } from '../recording/reader.js';
import { redactor } from '../recording/redact.js';
import { sectionText } from '../reports/section.js';
import { openChallenger, seedOf } from './challenger.js';
import { discreetly, loadConfig } from './context.js';
import { judgeWholeOnly, watchReading } from './reading.js';
import { openReading } from './reading-section.js';
import { ofRecorded, refuseOneSided } from './recorded.js';
import { write } from './result.js';
import { sayer } from './say.js';
import { screen } from './screen.js';
import { openStatus } from './status.js';

export interface ChallengeOptions {
  readonly config?: string;
  readonly seed: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

const OK = 0;
/** As for a report: whatever a config says that catches nothing, nothing is proven by it. */
const UNPROVEN = 4;

/** `parity challenge`: puts known faults into copies of a recording, and tells which of them the config catches. */
export async function challenge(first: string, second: string | undefined, options: ChallengeOptions): Promise<number> {
  const seed = seedOf(options);
  const { settings, secrets } = await loadConfig(options);
  const files = second === undefined ? [first] : [first, second];
  const status = openStatus(options, sayer(options, secrets));
  return discreetly(secrets, async () => {
    const whole = judgeWholeOnly(status);
    try {
      const reading = openReading(status.say);
      const section = await challengeRecordings(files, settings, seed, reading.tell, watchReading(files, status));
      status.close();
      whole.release();
      const text = sectionText(
        { format: 'challenge', section, besides: reading.sections() },
        { ...screen(process.stdout), json: options.json === true },
      );
      await write(secrets.redact(text));
      return section.status === 'passed' ? OK : UNPROVEN;
    } finally {
      status.close();
      whole.release();
    }
  });
}

/** Challenges the config with recordings. */
export async function challengeRecordings(
  files: readonly string[],
  settings: Settings,
  seed: number,
  tell: Tell,
  look: Look,
): Promise<Section> {
  const headers = await Promise.all(files.map(readHeader));
  if (files.length === 1) headers.forEach((header) => refuseOneSided(files[0] as string, header));
  const recorded = ofRecorded(
    settings,
    headers.flatMap(({ accounts }) => accounts),
    tell,
  );
  const redact = recorded.redact === undefined ? undefined : redactor(recorded.redact);
  const recording = await open(files, tell);
  const challenger = openChallenger(recorded, seed);
  for await (const entries of recording.entries) {
    for (const entry of entries) challenger.add(redact === undefined ? entry : redact(entry));
    look(recording.read(), entries.length);
  }
  return challenger.section();
}

import type { Report } from '../model/report.js';
import type { Settings } from '../model/settings.js';
import { judgeRecordings, type Look } from '../offline.js';
import { readHeader } from '../recording/reader.js';
import { discreetly, loadConfig } from './context.js';
import { judgePlain } from './plain.js';
import { refusePlaces, type PlaceOptions } from './plain-places.js';
import { watchReading } from './reading.js';
import { ofRecorded, refuseOneSided } from './recorded.js';
import { printReport } from './result.js';
import { sayer, type Say } from './say.js';
import { openStatus } from './status.js';

export interface DiffOptions extends PlaceOptions {
  readonly config?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly fast: boolean;
  readonly from: 'recording' | 'plain';
}

/** `parity diff`: judges one recording of both sides, or a control and a candidate recording. */
export async function diff(first: string, second: string | undefined, options: DiffOptions): Promise<number> {
  const { settings, secrets } = await loadConfig(options);
  const files = second === undefined ? [first] : [first, second];
  const status = openStatus(options, sayer(options, secrets));
  return discreetly(secrets, async () => {
    const judge = options.from === 'plain' ? judgePlain : judgeRecorded;
    try {
      const report = await judge(files, settings, options, status.say, watchReading(files, status));
      status.close();
      return await printReport(report, { ...options, secrets });
    } finally {
      status.close();
    }
  });
}

async function judgeRecorded(
  files: readonly string[],
  settings: Settings,
  options: DiffOptions,
  say: Say,
  look: Look,
): Promise<Report> {
  refusePlaces(options);
  const headers = await Promise.all(files.map(readHeader));
  if (files.length === 1) headers.forEach((header) => refuseOneSided(files[0] as string, header));
  const recorded = ofRecorded(
    settings,
    headers.flatMap(({ accounts }) => accounts),
    say,
  );
  return judgeRecordings({ files, settings: recorded, fast: options.fast }, say, look);
}

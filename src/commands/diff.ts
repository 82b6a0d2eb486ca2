import type { Worker } from 'node:worker_threads';
import { conclude, decideAgain } from '../ledger/conclude.js';
import { withSections } from '../ledger/sections.js';
import { CallError } from '../model/errors.js';
import { booksOf, judgeRecordings, readAhead } from '../offline.js';
import type { Share } from '../recording/byte-frame.js';
import { readHeader } from '../recording/reader.js';
import { challengeRecordings } from './challenge.js';
import { seedOf } from './challenger.js';
import { discreetly, loadConfig } from './context.js';
import { withLimits } from './limits.js';
import { judgePlain } from './plain.js';
import { refusePlaces, type PlaceOptions } from './plain-places.js';
import { judgeWholeOnly, watchReading } from './reading.js';
import { openReading } from './reading-section.js';
import { ofRecorded, oneSided } from './recorded.js';
import { checkReporters, type ReporterOptions } from './reporters.js';
import { printReport } from './result.js';
import { sayer } from './say.js';
import { shardOf, withShard } from './shard.js';
import { openStatus } from './status.js';

export interface DiffOptions extends PlaceOptions, ReporterOptions {
  readonly config?: string;
  readonly fast: boolean;
  readonly from: 'recording' | 'plain';
  readonly shard?: string;
  readonly limit?: readonly string[];
  readonly challenge?: boolean;
  readonly seed: string;
}

/** `parity diff`: judges one recording of both sides, or a control and a candidate recording. */
export async function diff(first: string, second: string | undefined, options: DiffOptions): Promise<number> {
  const share = shardOf(options.shard);
  if (share !== undefined && options.from === 'plain')
    throw new CallError('--shard: takes recordings; merge plain files by account before');
  const files = second === undefined ? [first] : [first, second];
  const thread = options.fast && share === undefined && options.from === 'recording' ? readAhead(files) : undefined;
  const { settings: given, secrets, file } = await loadConfig(options);
  const settings = withLimits(given, options.limit);
  await checkReporters(options, [file, ...files]);
  const seed = options.challenge === true ? challengeSeed(options) : undefined;
  const status = openStatus(options, sayer(options, secrets));
  return discreetly(secrets, async () => {
    const whole = judgeWholeOnly(status);
    const judge = options.from === 'plain' ? judgePlain : judgeRecorded(share, thread);
    try {
      const reading = openReading(status.say);
      const report = await judge(files, settings, options, reading.tell, watchReading(files, status));
      const quietly = [() => {}, () => {}] as const;
      const challenge = seed === undefined ? [] : [await challengeRecordings(files, settings, seed, ...quietly)];
      const sections = [...reading.sections(), ...challenge];
      status.close();
      whole.release();
      return await printReport(withShard(withSections(report, sections), share), { ...options, secrets });
    } finally {
      status.close();
      whole.release();
    }
  });
}

function challengeSeed(options: DiffOptions): number {
  if (options.from === 'recording') return seedOf(options);
  throw new CallError(
    '--challenge: takes recordings, since files of another origin do not tell who was listening when',
  );
}

/** Judges recordings: of a share of the accounts, or of all. A recording of one side alone is judged as far as that goes. */
function judgeRecorded(share: Share | undefined, thread: Worker | undefined): typeof judgePlain {
  return async (files, settings, options, tell, look) => {
    refusePlaces(options);
    const headers = await Promise.all(files.map(readHeader));
    const recorded = ofRecorded(
      settings,
      headers.flatMap(({ accounts }) => accounts),
      tell,
    );
    const task = { files, settings: recorded, fast: options.fast, thread };
    const report =
      share === undefined
        ? await judgeRecordings(task, tell, look)
        : conclude(await booksOf(task, share, tell, look), recorded);
    const [first] = headers;
    const lacking = headers.length === 1 && first !== undefined ? oneSided(files[0] as string, first) : undefined;
    if (lacking === undefined) return report;
    return decideAgain([{ ...report, uncovered: [lacking, ...report.uncovered] }], report.terms);
  };
}

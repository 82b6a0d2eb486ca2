import type { Settings } from '../model/settings.js';
import { openRecording, type Recording } from '../recording/reader.js';
import { merge } from '../recording/merge.js';
import { Line } from '../run.js';
import { loadConfig } from './context.js';
import { printReport } from './result.js';
import { sayer, type Say } from './say.js';

export interface DiffOptions {
  readonly config?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `parity diff`: judges one recording of both sides, or a control and a candidate recording. */
export async function diff(first: string, second: string | undefined, options: DiffOptions): Promise<number> {
  const { settings, secrets } = await loadConfig(options);
  const say = sayer(options, secrets);
  const one = await openRecording(first, say);
  const recording = second === undefined ? one : merge(one, await openRecording(second, say));
  warnOfAccounts(settings, recording, say);
  const line = new Line(settings);
  for await (const entries of recording.entries) {
    for (const entry of entries) line.add(entry);
    line.keepBytes();
  }
  return printReport(line.report({ startedAt: recording.header.startedAt }), { ...options, secrets });
}

/** Accounts that only the recording has are judged as well, but their coverage shows only where the config names them. */
function warnOfAccounts(settings: Settings, recording: Recording, say: Say): void {
  const declared = new Set(settings.accounts.map((account) => account.id));
  const unknown = recording.header.accounts.filter((account) => !declared.has(account));
  if (unknown.length > 0) {
    say(
      `${recording.file}: accounts ${unknown.slice(0, 3).join(', ')}${unknown.length > 3 ? ' …' : ''} are not in the config`,
    );
  }
}

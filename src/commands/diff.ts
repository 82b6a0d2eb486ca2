import type { Settings } from '../model/settings.js';
import { judgeRecordings } from '../offline.js';
import { readHeader } from '../recording/reader.js';
import { loadConfig } from './context.js';
import { printReport } from './result.js';
import { sayer, type Say } from './say.js';

export interface DiffOptions {
  readonly config?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly fast: boolean;
}

/** `parity diff`: judges one recording of both sides, or a control and a candidate recording. */
export async function diff(first: string, second: string | undefined, options: DiffOptions): Promise<number> {
  const { settings, secrets } = await loadConfig(options);
  const say = sayer(options, secrets);
  const files = second === undefined ? [first] : [first, second];
  for (const file of files) warnOfAccounts(settings, file, (await readHeader(file)).accounts, say);
  const report = await judgeRecordings({ files, settings, fast: options.fast }, say);
  return printReport(report, { ...options, secrets });
}

/** Accounts that only the recording has are judged as well, but their coverage shows only where the config names them. */
function warnOfAccounts(settings: Settings, file: string, accounts: readonly string[], say: Say): void {
  const declared = new Set(settings.accounts.map((account) => account.id));
  const unknown = accounts.filter((account) => !declared.has(account));
  if (unknown.length === 0) return;
  say(`${file}: accounts ${unknown.slice(0, 3).join(', ')}${unknown.length > 3 ? ' …' : ''} are not in the config`);
}

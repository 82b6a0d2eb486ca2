import { CallError } from '../model/errors.js';
import type { Report } from '../model/report.js';
import type { Settings } from '../model/settings.js';
import { belongs, type Share } from '../recording/byte-frame.js';

/** More shares than this are a slip of the pen. */
const MOST = 10_000;

/** The share that `--shard 3/8` names: the third of eight. @throws CallError */
export function shardOf(text: string | undefined): Share | undefined {
  if (text === undefined) return undefined;
  const [, index = '', of = ''] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? [];
  const share = { index: Number(index) - 1, of: Number(of) };
  if (share.index >= 0 && share.index < share.of && share.of <= MOST) return share;
  throw new CallError(
    `--shard: ${JSON.stringify(text)} is no share; write one such as 3/8, the third of eight, from 1/8 to 8/8`,
  );
}

/** The settings for the accounts of a share alone, by a hash of their ids: every account is in exactly one. */
export function ofShard(settings: Settings, share: Share | undefined): Settings {
  if (share === undefined) return settings;
  return { ...settings, accounts: settings.accounts.filter(({ id }) => belongs(id, share)) };
}

/** The report with the share that it saw, so that none can be missing without anybody noticing. */
export function withShard(report: Report, share: Share | undefined): Report {
  if (share === undefined) return report;
  return { ...report, run: { ...report.run, shards: [`${share.index + 1}/${share.of}`] } };
}

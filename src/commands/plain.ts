import { CallError } from '../model/errors.js';
import type { Report } from '../model/report.js';
import type { Settings } from '../model/settings.js';
import { judgeRecording, type Look } from '../offline.js';
import { merge } from '../recording/merge.js';
import { plainRecording, survey } from '../recording/plain.js';
import type { Tell } from '../recording/reader.js';
import { placesOf, type PlaceOptions } from './plain-places.js';
import { ofRecorded } from './recorded.js';

/** Judges a control and a candidate file of another origin: any NDJSON of payloads. */
export async function judgePlain(
  files: readonly string[],
  settings: Settings,
  options: PlaceOptions & { readonly fast: boolean },
  tell: Tell,
  look: Look,
): Promise<Report> {
  const [first, second] = files;
  if (first === undefined || second === undefined) {
    throw new CallError('--from plain: name two files, that of control and that of candidate');
  }
  const [inControl, inCandidate] = [placesOf(options, 'control', settings), placesOf(options, 'candidate', settings)];
  const control = await survey(first, 'control', inControl);
  const candidate = await survey(second, 'candidate', inCandidate);
  const accounts = [...new Set([...control.accounts, ...candidate.accounts])].sort();
  if (!control.accounts.some((account) => candidate.accounts.includes(account))) {
    throw new CallError(`${first} and ${second}: no account is in both; see where --account should point`);
  }
  const framing = { accounts, settleMs: settings.match.settleMs };
  const recording = merge(plainRecording(control, framing, tell), plainRecording(candidate, framing, tell));
  return judgeRecording(recording, ofRecorded(settings, accounts, tell), options.fast, look);
}

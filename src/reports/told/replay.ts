import type { ReplayFacts } from '../../model/report.js';
import { count, duration, integer } from '../text.js';

const MOST = 5;

/** What a replay did, a line each. */
export function replayLines(replay: ReplayFacts): string[] {
  const { seam, sent, failed, skipped, leftOut, lateness, keys, accounts } = replay;
  const candidate = seam === 'control-only' ? '' : `, ${count(sent.candidate, 'candidate call')} accepted`;
  const renamed = Object.entries(accounts).filter(([recorded, test]) => recorded !== test);
  return [
    `${integer(replay.due)} of ${count(replay.intended, 'event')} sent at ${replay.pace} (${seam}): ${integer(sent.control)} accepted by control${candidate}`,
    ...(replay.notReached === 0 ? [] : [`${integer(replay.notReached)} not reached, cut short`]),
    ...(lateness === null
      ? []
      : [
          `lateness p50 ${duration(lateness.p50Ms)} · p99 ${duration(lateness.p99Ms)} · max ${duration(lateness.maxMs)}`,
        ]),
    ...failed.map(({ target, reason, count }) => `${integer(count)} × send failed on ${target}: ${reason}`),
    ...(leftOut.control + leftOut.candidate === 0
      ? []
      : [
          `left out of the judgement, as a send had failed: ${integer(leftOut.control)} control and ${integer(leftOut.candidate)} candidate frames`,
        ]),
    ...skipped.map(({ reason, count }) => `${integer(count)} × not sent: ${reason}`),
    ...(keys.kind === 'unique' ? [`keys made unique as run ${keys.run}; this report shows the recorded ones`] : []),
    ...(renamed.length === 0
      ? []
      : [`accounts: ${firstFew(renamed.map(([recorded, test]) => `${recorded} → ${test}`))}`]),
  ];
}

function firstFew(items: readonly string[]): string {
  return items.slice(0, MOST).join(', ') + (items.length > MOST ? ` and ${integer(items.length - MOST)} more` : '');
}

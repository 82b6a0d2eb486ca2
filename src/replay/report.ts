import type { Report, ReplayFacts } from '../model/report.js';

/** The watch's report with what the replay did, its keys being the recorded ones again. */
export function withReplay(report: Report, replay: ReplayFacts, restore: (key: string) => string): Report {
  return {
    ...report,
    order: {
      ...report.order,
      examples: report.order.examples.map((example) => ({ ...example, key: restore(example.key) })),
    },
    findings: report.findings.map((finding) => ({ ...finding, key: restore(finding.key) })),
    replay,
  };
}

/** What a replay did, for people: a line each. */
export function replayText(replay: ReplayFacts): string {
  const { seam, sent, failed, skipped, leftOut, lateness, keys, accounts } = replay;
  const candidate = seam === 'control-only' ? '' : `, ${sent.candidate} candidate calls accepted`;
  const renamed = Object.entries(accounts).filter(([recorded, test]) => recorded !== test);
  const lines = [
    `${replay.due} of ${replay.intended} events sent at ${replay.pace} (${seam}): ${sent.control} accepted by control${candidate}`,
    ...(replay.notReached === 0 ? [] : [`${replay.notReached} not reached, cut short`]),
    ...(lateness === null
      ? []
      : [`lateness p50 ${ms(lateness.p50Ms)} · p99 ${ms(lateness.p99Ms)} · max ${ms(lateness.maxMs)}`]),
    ...failed.map(({ target, reason, count }) => `${count} × send failed on ${target}: ${reason}`),
    ...(leftOut.control + leftOut.candidate === 0
      ? []
      : [
          `left out of the judgement, as a send had failed: ${leftOut.control} control and ${leftOut.candidate} candidate frames`,
        ]),
    ...skipped.map(({ reason, count }) => `${count} × not sent: ${reason}`),
    ...(keys.kind === 'unique' ? [`keys made unique as run ${keys.run}; this report shows the recorded ones`] : []),
    ...(renamed.length === 0
      ? []
      : [`accounts: ${firstFew(renamed.map(([recorded, test]) => `${recorded} → ${test}`))}`]),
  ];
  return `Replay\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

function firstFew(items: readonly string[]): string {
  return items.slice(0, 5).join(', ') + (items.length > 5 ? ` and ${items.length - 5} more` : '');
}

function ms(value: number): string {
  return `${value < 10 ? value.toFixed(2) : Math.round(value)} ms`;
}

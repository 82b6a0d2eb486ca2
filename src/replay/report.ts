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
    early: {
      ...report.early,
      suspects: report.early.suspects.map((suspect) => ({ ...suspect, key: restore(suspect.key) })),
    },
    replay,
  };
}

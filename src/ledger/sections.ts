import type { Report, Status } from '../model/report.js';
import type { Section } from '../model/section.js';

/** The report with further sections: a failed one makes it broken, an undecided one keeps it from being proven. */
export function withSections(report: Report, sections: readonly Section[]): Report {
  if (sections.length === 0) return report;
  return {
    ...report,
    status: statusWith(report.status, sections),
    sections: [...(report.sections ?? []), ...sections],
  };
}

/** What a status becomes by what else was found. */
export function statusWith(status: Status, sections: readonly Section[]): Status {
  return sections.reduce<Status>((before, section) => worse(before, section), status);
}

/** The cases decide as well as what was made of them, so that none is passed over in silence. */
function worse(before: Status, { status, cases }: Section): Status {
  const answered = new Set([status, ...cases.map((one) => one.status)]);
  if (answered.has('failed')) return 'broken';
  return answered.has('undecided') && before === 'proven' ? 'unproven' : before;
}

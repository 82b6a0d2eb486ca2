import type { Report } from '../model/report.js';
import type { Score } from '../model/score.js';
import type { Outcome, Verdict } from '../model/verdict.js';
import type { Injected, Published, Truth } from '../sandbox/truth.js';

/** Holds a report against what the sandbox did: each fault found as what it is, and nothing else found. */
export function score(report: Report, truth: Pick<Truth, 'faults' | 'published'>): Score {
  const faults = [...new Set(truth.faults.map(({ fault }) => fault))];
  const rows = faults.map((fault) => {
    const injected = truth.faults.filter((entry) => entry.fault === fault);
    const found = injected.filter((entry, nth) => isFound(entry, nth, report, truth)).length;
    return { fault, expects: [...new Set(injected.map(told))].join(', '), injected: injected.length, found };
  });
  return { rows, falseAlarms: falseAlarms(report, truth) };
}

function told({ expects, fault }: Injected): string {
  return expects === 'inconclusive' || fault === 'refuse-join' ? 'a gap' : expects;
}

type Facts = Pick<Truth, 'faults' | 'published'>;

function isFound(entry: Injected, nth: number, report: Report, truth: Facts): boolean {
  switch (entry.expects) {
    case 'unreadable':
      return unreadable(report, entry) > before(truth, entry, nth);
    case 'inconclusive':
      return report.gaps.some(({ side, account }) => side === entry.side && account === entry.account);
    case 'reordered':
      return report.order.examples.some(({ key, account }) => key === entry.key && account === entry.account);
    default:
      return entry.key === undefined ? lossIsFound(entry, report, truth) : verdictIsFound(entry, report);
  }
}

/** Malformed frames of the same side that were injected before this one. */
function before(truth: Facts, { fault, side }: Injected, nth: number): number {
  return truth.faults.filter((entry) => entry.fault === fault).filter((entry, at) => entry.side === side && at < nth)
    .length;
}

function unreadable(report: Report, { side }: Injected): number {
  return report.unreadable.filter((row) => row.side === side).reduce((sum, row) => sum + row.count, 0);
}

function verdictIsFound({ key, account, expects, detail }: Injected, report: Report): boolean {
  return report.findings.some(
    (verdict) =>
      verdict.key === key &&
      verdict.account === account &&
      verdict.outcome === expects &&
      (detail['path'] === undefined || verdict.differences?.some(({ path }) => path === detail['path']) === true),
  );
}

/** A muted link loses whatever was published meanwhile: all of it has to be found, and there has to be some. */
function lossIsFound({ account, side, fault, expects }: Injected, report: Report, truth: Facts): boolean {
  const lost = truth.published.filter(
    (item) => item.account === account && item.during.includes(`${side} ${fault}`) && lostOn(item, side),
  );
  return lost.length > 0 && lost.every(({ key }) => verdictOf(report, account, key)?.outcome === expects);
}

function lostOn(item: Published, side: 'control' | 'candidate'): boolean {
  const other = side === 'control' ? 'candidate' : 'control';
  return item.type !== 'page_visited' && item.delivered[side] === 0 && item.delivered[other] > 0;
}

function verdictOf(report: Report, account: string, key: string): Verdict | undefined {
  return report.findings.find((verdict) => verdict.key === key && verdict.account === account);
}

/** Outcomes that blame somebody. */
const BLAMING: ReadonlySet<Outcome> = new Set<Outcome>(['mismatch', 'missing', 'extra', 'duplicate', 'late']);

function falseAlarms(report: Report, truth: Facts): string[] {
  const expected = new Set(truth.faults.map(({ account, key, expects }) => `${account} ${key} ${expects}`));
  const muted = new Set(
    truth.published
      .filter((item) => item.during.some((name) => name.endsWith(' mute')))
      .map(({ account, key }) => `${account} ${key}`),
  );
  const afflicted = new Set(truth.faults.filter(({ key }) => key === undefined).map(({ account }) => account));
  return report.findings
    .filter(({ account, key, outcome }) => {
      if (!BLAMING.has(outcome)) return !afflicted.has(account);
      const loss = outcome === 'missing' || outcome === 'extra';
      return !expected.has(`${account} ${key} ${outcome}`) && !(loss && muted.has(`${account} ${key}`));
    })
    .map(
      ({ outcome, type, account, key, reason }) =>
        `${outcome} ${type} ${key} of ${account}${reason === undefined ? '' : `: ${reason}`}`,
    );
}

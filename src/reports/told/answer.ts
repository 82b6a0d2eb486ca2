import type { BothSides, GateDecision, LimitResult, Report, RuleUse } from '../../model/report.js';
import type { Answered } from '../../model/section.js';
import { SIDES } from '../../model/timeline.js';
import { count, duration, integer, percent } from '../text.js';

/** Why the gate says so, in one sentence. */
export function why(report: Report): string {
  const { gate, observed } = report;
  if (report.status === 'proven') return proof(report);
  if (report.status === 'broken') return breach(report);
  const lacking = [...gate.lacking, ...casesOf(report, 'undecided')];
  const absent = nobody(report);
  if (observed.control + observed.candidate === 0 && (report.sections ?? []).length === 0) {
    return `${absent}Nothing was observed, and no data is never a pass.`;
  }
  const [first, ...others] = lacking;
  if (first === undefined) return 'There is too little evidence to decide.';
  const rest = others.length === 0 ? '' : ` (and ${integer(others.length)} more below)`;
  return `${absent}Lacking: ${first.replace(/\.$/, '')}${rest}.`;
}

/** `0 of 6 accounts were subscribed on control, 0 on candidate. `: of the sides that had nobody; else nothing. */
function nobody(report: Report): string {
  const { accounts } = report.run;
  const subscribed = everSubscribed(report);
  const [first, second] = SIDES.filter((side) => accounts > 0 && subscribed[side] === 0);
  if (first === undefined) return '';
  const told = `0 of ${count(accounts, 'account')} ${accounts === 1 ? 'was' : 'were'} subscribed on ${first}`;
  return `${told}${second === undefined ? '' : `, 0 on ${second}`}. `;
}

/** Accounts that were subscribed at some time: of one that never was, a gap has neither beginning nor end. */
function everSubscribed({ gaps, run }: Report): BothSides {
  const on = (side: keyof BothSides): number => {
    const never = gaps.filter((gap) => gap.side === side && gap.fromMs === 0 && gap.toMs === null);
    return run.accounts - new Set(never.flatMap(({ account }) => account ?? [])).size;
  };
  return { control: on('control'), candidate: on('candidate') };
}

function proof({ gate }: Report): string {
  const { events, defects, upperBound } = gate.evidence;
  const found = defects === 0 ? 'without a defect' : `with ${count(defects, 'defect')}`;
  const looked = gate.evidence.bound === 'any-time' ? ', however often one looked' : '';
  return `Every limit holds: ${count(events, 'event')} ${found}, so at most ${percent(upperBound)} are defective, at ${percent(gate.confidence)} confidence${looked}.`;
}

function breach(report: Report): string {
  const exceeded = report.gate.limits.filter(({ status }) => status === 'exceeded');
  const failed = casesOf(report, 'failed');
  const sentences = [
    ...(exceeded.length === 0
      ? []
      : [`${count(exceeded.length, 'limit is', 'limits are')} exceeded: ${firstFew(exceeded.map(breachOf))}.`]),
    ...(failed.length === 0 ? [] : [`${count(failed.length, 'check')} failed: ${firstFew(failed)}.`]),
  ];
  return sentences.length === 0 ? 'A limit is exceeded for certain.' : sentences.join(' ');
}

/** `missing is 12 (limit: at most 0)` */
function breachOf(found: LimitResult): string {
  return `${found.name} is ${actualOf(found)} (limit: ${found.limit})`;
}

/** Cases of the sections that were answered so: `Hand-over, nothing lost: 2 events`. */
function casesOf({ sections }: Report, answered: Answered): string[] {
  return (sections ?? []).flatMap(({ title, cases }) =>
    cases
      .filter(({ status }) => status === answered)
      .map(({ name, detail }) => `${title}, ${name}${detail === '' ? '' : `: ${detail.replace(/\.$/, '')}`}`),
  );
}

function firstFew(all: readonly string[]): string {
  const rest = all.length > 3 ? `, and ${integer(all.length - 3)} more` : '';
  return `${all.slice(0, 3).join(', ')}${rest}`;
}

/** The facts of the run, in two groups. */
export function runFacts(report: Report): string[][] {
  const { run, observed } = report;
  const { control, candidate } = observed;
  const subscribed = everSubscribed(report);
  const isWhole = SIDES.every((side) => subscribed[side] === run.accounts);
  return [
    [
      duration(run.durationMs),
      count(run.accounts, 'account'),
      ...(isWhole
        ? []
        : [`subscribed: ${integer(subscribed.control)} on control, ${integer(subscribed.candidate)} on candidate`]),
      `${count(control, 'event')} on control, ${integer(candidate)} on candidate`,
      ...(run.interrupted === undefined ? [] : [`cut short by ${run.interrupted}`]),
    ],
    [
      `started ${run.startedAt}`,
      `window ${run.window.beforeMs === 0 ? '0' : `−${duration(run.window.beforeMs)}`} to +${duration(run.window.afterMs)}`,
      `config ${run.configHash}`,
      ...(run.shards === undefined ? [] : [`shards ${run.shards.join(', ')}`]),
    ],
  ];
}

/** What the decision rests on. */
export function evidence({ evidence, confidence }: GateDecision): string[] {
  const { events, defects, upperBound, bound, fixedSample } = evidence;
  const looked = bound === 'any-time' ? ', at whatever moment one looks' : '';
  return [
    count(events, 'event'),
    count(defects, 'defect'),
    `defect rate at most ${percent(upperBound)} at ${percent(confidence)} confidence${looked}`,
    ...(fixedSample === undefined ? [] : [fixedSampleTold(fixedSample)]),
  ];
}

/** What not having fixed the number of events before the run costs. */
function fixedSampleTold({ upperBound, events }: NonNullable<GateDecision['evidence']['fixedSample']>): string {
  const enough = events === null ? '' : `, and ${count(events, 'event')} would have been enough`;
  return `with a number of events fixed before the run: at most ${percent(upperBound)}${enough}`;
}

/** What was measured against a limit, and how well it is known. */
export function actualOf({ actual, bound }: LimitResult): string {
  return bound === undefined ? actual : `${actual}, ${bound}`;
}

/** Why a rule is there, and what it has to answer for. */
export function reasonOfRule({ reason, owner, expires, usedWithin }: RuleUse): string {
  const terms = [
    ...(owner === undefined ? [] : [`owner ${owner}`]),
    ...(expires === undefined ? [] : [`until ${expires}`]),
    ...(usedWithin === undefined ? [] : [`to be used within ${count(usedWithin, 'pair')}`]),
  ];
  return terms.length === 0 ? reason : `${reason} (${terms.join(', ')})`;
}

import type { Report } from '../../src/model/report.js';
import { OUTCOMES, type Verdict } from '../../src/model/verdict.js';
import { SIDES } from '../../src/model/timeline.js';
import type { Expectation, Expected } from './oracle.js';
import { ms } from './stamps.js';
import type { Truth } from './truth.js';

/** Every way in which a report differs from what the oracle expects, one sentence each; empty when there is none. */
export function compare(truth: Truth, expected: Expectation, report: Report): string[] {
  return [
    ...falseAlarms(expected, report),
    ...findings(expected, report),
    ...outcomes(expected, report),
    ...noise(truth, report),
    ...figures(expected, report),
  ];
}

/** Whoever is right in the details: nothing healthy may be blamed for anything. */
function falseAlarms({ verdicts }: Expectation, report: Report): string[] {
  const blameless = new Set(verdicts.filter((verdict) => verdict.healthy).map(identity));
  const blamed = new Set(verdicts.filter((verdict) => !verdict.healthy).map(identity));
  const wrong = report.findings.filter(
    (finding) =>
      finding.outcome !== 'inconclusive' && blameless.has(identity(finding)) && !blamed.has(identity(finding)),
  );
  const contrary = verdicts.filter(
    ({ healthy, outcome }) => healthy && !['match', 'allowed', 'inconclusive'].includes(outcome),
  );
  return [
    ...wrong.map((finding) => `false alarm: ${found(finding)}`),
    ...contrary.map((verdict) => `the oracle blames a healthy event: ${sentence(verdict)}`),
  ];
}

function identity({ account, type, key }: { account: string; type: string; key: string }): string {
  return `${account} / ${type} / ${key}`;
}

/** Verdict by verdict: what it says, of whom, when it became certain, and which arrivals it speaks of. */
function findings({ verdicts }: Expectation, report: Report): string[] {
  const worthTelling = verdicts.filter(({ outcome }) => outcome !== 'match' && outcome !== 'allowed');
  const wanted = worthTelling.map(sentence);
  const told = report.findings.map(found);
  return [
    ...without(wanted, told).map((text) => `expected, but not found: ${text}`),
    ...without(told, wanted).map((text) => `found, but not expected: ${text}`),
    ...(report.findingsLeftOut === 0 ? [] : [`${report.findingsLeftOut} findings were left out`]),
  ];
}

/** A verdict in words, as both sides of the comparison say it. */
export function sentence(verdict: Expected): string {
  const { outcome, us, controlUs, candidateUs, places, duplicate } = verdict;
  return [
    `${outcome} ${identity(verdict)} at ${ms(us)}`,
    ...(controlUs === undefined ? [] : [`control ${ms(controlUs)}`]),
    ...(candidateUs === undefined ? [] : [`candidate ${ms(candidateUs)}`]),
    ...(controlUs === undefined || candidateUs === undefined ? [] : [`lag ${ms(candidateUs - controlUs)}`]),
    ...[...places].sort().map((place) => `differs at ${place}`),
    ...(duplicate ? [repetition({ ...duplicate, afterMs: ms(duplicate.afterUs) })] : []),
  ].join(', ');
}

function found(verdict: Verdict): string {
  const { outcome, t, control, candidate, lagMs, differences = [], duplicate } = verdict;
  // An element of an array is told apart; the place that was edited is the array.
  const places = new Set(differences.map(({ path }) => path.replace(/\[\d+\]$/, '')));
  return [
    `${outcome} ${identity(verdict)} at ${round(t)}`,
    ...(control === undefined ? [] : [`control ${control.t}`]),
    ...(candidate === undefined ? [] : [`candidate ${candidate.t}`]),
    ...(lagMs === undefined ? [] : [`lag ${lagMs}`]),
    ...[...places].sort().map((place) => `differs at ${place}`),
    ...(duplicate ? [repetition(duplicate)] : []),
  ].join(', ');
}

function repetition({ side, afterMs, sameContent }: { side: string; afterMs: number; sameContent: boolean }): string {
  return `again on ${side} after ${afterMs} with ${sameContent ? 'the same' : 'other'} content`;
}

/** Deadlines are sums of stamps: what doubles add to the last digit says nothing. */
function round(t: number): number {
  return Math.round(t * 1000) / 1000;
}

/** Elements of the first list that the second lacks, each as often as it lacks them. */
function without(list: readonly string[], other: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const text of other) left.set(text, (left.get(text) ?? 0) + 1);
  return list.filter((text) => {
    const times = left.get(text) ?? 0;
    left.set(text, times - 1);
    return times <= 0;
  });
}

/** The confusion matrix by type, by account and as a whole: with the findings it fixes every match as well. */
function outcomes({ verdicts }: Expectation, report: Report): string[] {
  return OUTCOMES.flatMap((outcome) => {
    const mine = verdicts.filter((verdict) => verdict.outcome === outcome);
    const row = (table: Report['types'], name: 'type' | 'account') =>
      Object.entries(table).flatMap(([value, counts]) =>
        differs(`${outcome} of ${value}`, mine.filter((verdict) => verdict[name] === value).length, counts[outcome]),
      );
    return differs(outcome, mine.length, report.outcomes[outcome]).concat(
      row(report.types, 'type'),
      row(report.accounts, 'account'),
    );
  });
}

function noise(truth: Truth, report: Report): string[] {
  const wanted = truth.noise.map(({ side, what, name }) => `${what} ${side} ${name}`);
  const told = [
    ...report.unmapped.flatMap(({ side, event, count }) => times(count, `unmapped ${side} ${event}`)),
    ...report.unreadable.flatMap(({ side, reason, count }) => times(count, `unreadable ${side} ${reason}`)),
    ...Object.entries(report.only).flatMap(([type, { side, count }]) => times(count, `only ${side} ${type}`)),
  ];
  return [
    ...without(wanted, told).map((text) => `expected, but not counted: ${text}`),
    ...without(told, wanted).map((text) => `counted, but not expected: ${text}`),
  ];
}

function times(count: number, text: string): string[] {
  return Array.from({ length: count }, () => text);
}

function figures(expected: Expectation, { lag, order, rules, duplicates, ...report }: Report): string[] {
  const { verdicts, lagsUs, lateLagsUs } = expected;
  const repeated = (side: string) => verdicts.filter(({ duplicate }) => duplicate?.side === side).length;
  const measured = [...lagsUs, ...lateLagsUs].map(ms).sort((a, b) => a - b);
  return [
    ...SIDES.flatMap((side) =>
      differs(`observed on ${side}`, expected.observed[side], report.observed[side]).concat(
        differs(`open on ${side}`, expected.open[side], report.open[side]),
        differs(`outside coverage on ${side}`, expected.outsideCoverage[side], report.outsideCoverage[side]),
        differs(`duplicates on ${side}`, repeated(side), duplicates[side]),
      ),
    ),
    ...differs('lags', lagsUs.length, lag.count),
    ...differs('censored lags', expected.censored, lag.censored),
    ...differs('lags in a stall', expected.inStall, lag.inStall),
    ...differs('negative lags', lagsUs.filter((us) => us < 0).length, lag.negative),
    ...differs('least lag', measured[0] ?? null, lag.minMs),
    ...differs('greatest lag', measured.at(-1) ?? null, lag.maxMs),
    ...[0.5, 0.95, 0.99].flatMap((q) =>
      quantile(q, expected, lag[q === 0.5 ? 'p50Ms' : q === 0.95 ? 'p95Ms' : 'p99Ms']),
    ),
    ...differs('pairs with an order', expected.order.pairs, order.pairs),
    ...differs('reordered pairs', expected.order.reordered, order.reordered),
    ...rules.flatMap(({ path, letThrough }) =>
      differs(`let through at ${path}`, expected.letThrough.get(path) ?? 0, letThrough),
    ),
  ];
}

/** Nearest rank, the censored being slower than all; a histogram of three digits is off by 0.1 % at most. */
function quantile(q: number, { lagsUs, censored }: Expectation, told: number | null): string[] {
  const us = lagsUs[Math.max(1, Math.ceil(q * (lagsUs.length + censored))) - 1];
  const near =
    us === undefined || told === null
      ? us === undefined && told === null
      : Math.abs(told - ms(us)) <= Math.abs(ms(us)) * 0.001 + 0.001;
  return near ? [] : [`lag quantile ${q}: expected ${us === undefined ? null : ms(us)}, found ${told}`];
}

function differs(what: string, wanted: number | null, told: number | null): string[] {
  return wanted === told ? [] : [`${what}: expected ${wanted}, found ${told}`];
}

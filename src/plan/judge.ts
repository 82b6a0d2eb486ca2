import type { Report } from '../model/report.js';
import type { Section } from '../model/section.js';
import type { SideExpectation } from '../model/plan.js';
import type { Side } from '../model/timeline.js';
import type { Caused } from './sender.js';
import { total, type PhaseSeen } from './stage.js';

export type Case = Section['cases'][number];
export type Table = Section['tables'][number];

/** Holds what came on a side to `flowing` or `silent`. A side that we did not listen to proves nothing by its silence. */
export function judgeSide(side: Side, expected: SideExpectation, seen: PhaseSeen, caused: Caused | undefined): Case {
  const name = `${side} ${expected.state}`;
  const came = total(seen.events[side]);
  const [gap, ...gaps] = seen.gaps[side];
  const deaf =
    gap === undefined
      ? ''
      : `, while it was not listened to (${gap}${gaps.length === 0 ? '' : `, and ${gaps.length} more`})`;
  if (expected.state === 'silent') {
    if (came > 0)
      return {
        name,
        status: 'failed',
        detail: `${events(came)} came (${byAccount(seen.events[side])}), where none should`,
      };
    if (deaf !== '') return { name, status: 'undecided', detail: `no event came${deaf}` };
    const other = total(seen.events[side === 'control' ? 'candidate' : 'control']);
    // Silence is an answer only where there was something to be silent about.
    if (other === 0 && (caused === undefined || total(caused.accepted) === 0))
      return {
        name,
        status: 'undecided',
        detail: 'no event came, and none was caused or came on the other side: nothing was asked',
      };
    return { name, status: 'passed', detail: 'no event came' };
  }
  const forgotten = [...(caused?.accepted.keys() ?? [])].filter((account) => !seen.events[side].has(account));
  const asked = caused === undefined ? '' : `, ${caused.due} were caused`;
  if (came >= expected.atLeast && forgotten.length === 0)
    return { name, status: 'passed', detail: `${events(came)} came${asked}` };
  const lacking =
    came < expected.atLeast
      ? `${events(came)} came, at least ${expected.atLeast} should${asked}`
      : `none came for ${forgotten.join(', ')}${asked}`;
  return { name, status: deaf === '' ? 'failed' : 'undecided', detail: `${lacking}${deaf}` };
}

/** A phase's own events under its own limits. */
export function judgeParity(report: Report): Case {
  const { status, limits, lacking, evidence } = report.gate;
  const exceeded = limits.filter((limit) => limit.status === 'exceeded');
  if (status === 'broken')
    return {
      name: 'parity',
      status: 'failed',
      detail: exceeded.map(({ name, actual, limit }) => `${name} is ${actual} (limit: ${limit})`).join(', '),
    };
  if (status === 'unproven') return { name: 'parity', status: 'undecided', detail: `lacking: ${lacking.join('; ')}` };
  return { name: 'parity', status: 'passed', detail: `${events(evidence.events)} agree` };
}

/** Sends that were not accepted are nobody's fault on the feeds, but leave the question open. */
export function judgeCaused({ due, failures }: Caused): Case {
  if (due === 0) return { name: 'events caused', status: 'undecided', detail: 'none was due' };
  if (failures.length === 0) return { name: 'events caused', status: 'passed', detail: `${events(due)}, all accepted` };
  return {
    name: 'events caused',
    status: 'undecided',
    detail: `of ${events(due)} some were not accepted: ${failures.join(', ')}`,
  };
}

/** A section of another room, as one case of a phase: what stands against it, or what it found. */
export function asCase(name: string, { status, summary, cases }: Section): Case {
  const [first, ...others] = cases.filter((one) => one.status === status && status !== 'passed');
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  return {
    name,
    status: status === 'informs' ? 'undecided' : status,
    detail: first === undefined ? summary : `${first.name}: ${first.detail}${more}`,
  };
}

export function cameTable(seen: PhaseSeen): Table {
  const accounts = [...new Set([...seen.events.control.keys(), ...seen.events.candidate.keys()])].sort();
  const rows = accounts.map((account) => [
    account,
    seen.events.control.get(account) ?? 0,
    seen.events.candidate.get(account) ?? 0,
  ]);
  const all = ['all', total(seen.events.control), total(seen.events.candidate)];
  return {
    title: 'Events of the phase',
    columns: ['account', 'control', 'candidate'],
    rows: accounts.length === 1 ? rows : [...rows, all],
  };
}

export function limitsTable({ gate }: Report): Table {
  return {
    title: 'Limits',
    columns: ['limit', 'is', 'may be', 'answer'],
    rows: gate.limits.map(({ name, actual, limit, status }) => [name, actual, limit, status]),
  };
}

/** Combinations of type and account that a phase tells one by one. */
const CELLS_TOLD = 100;

/** How much of each type was seen for each account in this phase. */
export function coverageTable({ cells }: Report): Table {
  const told = cells.slice(0, CELLS_TOLD);
  const left = cells.length - told.length;
  return {
    title: left === 0 ? 'Coverage' : `Coverage (${left} more types and accounts are not shown)`,
    columns: ['type', 'account', 'agree', 'defects', 'inconclusive'],
    rows: told.map(({ type, account, counts }) => {
      const { match, allowed, mismatch, missing, extra, duplicate, late, inconclusive } = counts;
      return [type, account, match + allowed, mismatch + missing + extra + duplicate + late, inconclusive];
    }),
  };
}

/** Of several answers the worst; without any, a section only informs. */
export function worst(cases: readonly Case[]): Section['status'] {
  if (cases.length === 0) return 'informs';
  if (cases.some(({ status }) => status === 'failed')) return 'failed';
  return cases.some(({ status }) => status === 'undecided') ? 'undecided' : 'passed';
}

function events(count: number): string {
  return count === 1 ? '1 event' : `${count} events`;
}

const SHOWN = 5;

function byAccount(counts: ReadonlyMap<string, number>): string {
  const all = [...counts].sort(([, a], [, b]) => b - a).map(([account, count]) => `${account} ${count}`);
  return all.slice(0, SHOWN).join(', ') + (all.length > SHOWN ? ` and ${all.length - SHOWN} more accounts` : '');
}

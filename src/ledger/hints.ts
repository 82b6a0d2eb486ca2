import type { Report } from '../model/report.js';
import { count } from './figures.js';
import { compare } from './order.js';

/** Control events that an account must have had before its silent candidate side is called out. */
const ENOUGH = 5;

/** Of control's events, the share that are repeats beyond which its keys hardly name events. */
const USUAL_REPEATS = 0.01;

/** Advice that only the whole run can give, said once instead of once an event. */
export function hints(
  report: Pick<Report, 'accounts' | 'findings' | 'groups' | 'rules' | 'outcomes' | 'lag' | 'observed' | 'duplicates'>,
): string[] {
  return [
    ...silentAccounts(report),
    ...repeatedKeys(report),
    ...retypedPaths(report),
    ...idleRules(report),
    ...candidateFirst(report),
  ];
}

function silentAccounts({ accounts }: Pick<Report, 'accounts'>): string[] {
  const silent = Object.entries(accounts)
    .filter(
      ([, outcomes]) =>
        outcomes.missing >= ENOUGH &&
        outcomes.match + outcomes.allowed + outcomes.mismatch + outcomes.late + outcomes.extra === 0,
    )
    .sort(([a], [b]) => compare(a, b));
  if (silent.length === 0) return [];
  const names = silent.slice(0, 3).map(([name]) => name);
  const more = silent.length > 3 ? ` and ${count(silent.length - 3)} more` : '';
  const events = silent.reduce((sum, [, outcomes]) => sum + outcomes.missing, 0);
  return [
    `${names.join(', ')}${more}: none of ${count(events)} events came on the candidate; is the flag on for them?`,
  ];
}

/** Control is what candidate is held to: where it repeats keys all along, they name records and not what happened to them. */
function repeatedKeys({
  duplicates,
  observed,
  findings,
}: Pick<Report, 'duplicates' | 'observed' | 'findings'>): string[] {
  const { control, candidate } = duplicates;
  if (control < ENOUGH || control < observed.control * USUAL_REPEATS) return [];
  const repeats = findings.filter(({ duplicate }) => duplicate?.side === 'control');
  const types = [...new Set(repeats.map(({ type }) => type))].sort(compare).join(', ');
  return [
    `control repeats keys itself (${types}: ${count(control)} times, candidate ${count(candidate)} times); where a repeat is an event of its own, \`repeats: occurrences\` in its type pairs each, and so does a key that tells them apart`,
  ];
}

function retypedPaths({ findings, groups }: Pick<Report, 'findings' | 'groups'>): string[] {
  const retyped = findings.flatMap(({ differences = [] }) => differences.filter(({ kind }) => kind === 'retyped'));
  const alike = retyped.filter(({ control, candidate }) => spellsTheSame(control, candidate));
  return [...new Set(alike.map(({ group }) => group))].map((path) => {
    // Of more findings than are kept, the groups know how many there were; those that are kept, whether all are so.
    const [all, kept] = [retyped, alike].map((some) => some.filter(({ group }) => group === path).length);
    const counted = groups.filter((group) => group.kind === 'retyped' && group.path === path);
    const pairs = all === kept ? counted.reduce((sum, { count }) => sum + count, 0) : (kept ?? 0);
    return `${path} has the same text but another JSON type in ${count(pairs)} ${pairs === 1 ? 'pair' : 'pairs'}; \`as: string\` permits that`;
  });
}

function spellsTheSame(control: string | undefined, candidate: string | undefined): boolean {
  return control !== undefined && control.replaceAll('"', '') === candidate?.replaceAll('"', '');
}

function idleRules({ rules, outcomes }: Pick<Report, 'rules' | 'outcomes'>): string[] {
  const pairs = outcomes.match + outcomes.allowed + outcomes.mismatch;
  if (pairs < 100) return [];
  const idle = rules.filter((rule) => rule.letThrough === 0);
  return idle.map(
    (rule) => `the rule for ${rule.path} let nothing through in ${count(pairs)} pairs; it may be removed`,
  );
}

function candidateFirst({ lag }: Pick<Report, 'lag'>): string[] {
  if (lag.count < 100 || lag.negative * 2 < lag.count) return [];
  return ['the candidate came first in most pairs; a wider window.before may be needed'];
}

import type { Report } from '../model/report.js';
import { count } from './figures.js';

/** Control events that an account must have had before its silent candidate side is called out. */
const ENOUGH = 5;

/** Advice that only the whole run can give, said once instead of once an event. */
export function hints(report: Pick<Report, 'accounts' | 'findings' | 'rules' | 'outcomes' | 'lag'>): string[] {
  return [...silentAccounts(report), ...retypedPaths(report), ...idleRules(report), ...candidateFirst(report)];
}

function silentAccounts({ accounts }: Pick<Report, 'accounts'>): string[] {
  const silent = Object.entries(accounts).filter(
    ([, outcomes]) =>
      outcomes.missing >= ENOUGH &&
      outcomes.match + outcomes.allowed + outcomes.mismatch + outcomes.late + outcomes.extra === 0,
  );
  if (silent.length === 0) return [];
  const names = silent.slice(0, 3).map(([name]) => name);
  const more = silent.length > 3 ? ` and ${count(silent.length - 3)} more` : '';
  const events = silent.reduce((sum, [, outcomes]) => sum + outcomes.missing, 0);
  return [
    `${names.join(', ')}${more}: none of ${count(events)} events came on the candidate; is the flag on for them?`,
  ];
}

function retypedPaths({ findings }: Pick<Report, 'findings'>): string[] {
  const paths = new Map<string, number>();
  for (const verdict of findings) {
    for (const difference of verdict.differences ?? []) {
      if (difference.kind !== 'retyped' || !spellsTheSame(difference.control, difference.candidate)) continue;
      paths.set(difference.group, (paths.get(difference.group) ?? 0) + 1);
    }
  }
  return [...paths].map(
    ([path, times]) =>
      `${path} has the same text but another JSON type in ${count(times)} pairs; \`as: string\` permits that`,
  );
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

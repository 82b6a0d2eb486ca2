import type { FindingGroup } from '../../../model/report.js';
import { OUTCOMES, type Outcome } from '../../../model/verdict.js';
import type { Finding } from '../findings.js';

/** What the reader wants to see; empty ones want everything. */
export interface Wanted {
  /** Words that all have to occur, in any case, anywhere in a finding. */
  readonly text: string;
  readonly outcomes: ReadonlySet<Outcome>;
  readonly type: string;
  /** A part of the account's name. */
  readonly account: string;
}

/** Answers which findings are wanted. What a finding says is gathered once, when text is first looked for. */
export class Filter {
  readonly #findings: readonly Finding[];
  #texts: string[] | undefined;

  constructor(findings: readonly Finding[]) {
    this.#findings = findings;
  }

  wanted({ text, outcomes, type, account }: Wanted): Finding[] {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const texts = words.length === 0 ? undefined : (this.#texts ??= this.#findings.map(textOf));
    const named = account.trim().toLowerCase();
    return this.#findings.filter(
      (finding, at) =>
        (outcomes.size === 0 || outcomes.has(finding.outcome)) &&
        (type === '' || finding.type === type) &&
        (named === '' || finding.account.toLowerCase().includes(named)) &&
        words.every((word) => texts?.[at]?.includes(word)),
    );
  }
}

function textOf({ id, outcome, account, type, key, reason, differences, control, candidate }: Finding): string {
  const parts = [id, outcome, account, type, key, reason, control?.payload, candidate?.payload];
  for (const { path, kind, control, candidate } of differences ?? []) parts.push(path, kind, control, candidate);
  return parts.join('\n').toLowerCase();
}

/** Findings that have something in common. */
export interface Group extends Omit<FindingGroup, 'count'> {
  /** Those that the page holds. */
  readonly findings: Finding[];
  /** How many there were in the run; undefined where that is not known. */
  readonly inRun?: number;
}

/**
 * Findings by outcome and type; mismatches by where and how they differ, so that one may stand in several groups. With
 * `all`, groups of which no finding is held are told as well.
 */
export function grouped(findings: readonly Finding[], counted: readonly FindingGroup[], all: boolean): Group[] {
  const groups = new Map<string, Group>();
  const counts = new Map(counted.map((group) => [nameOf(group), group.count]));
  const put = (group: Omit<Group, 'findings'>): Group => {
    const name = nameOf(group);
    const inRun = counts.get(name);
    const known = groups.get(name) ?? { ...group, findings: [], ...(inRun !== undefined && { inRun }) };
    groups.set(name, known);
    return known;
  };
  if (all)
    for (const { outcome, type, path, kind } of counted) put({ outcome, type, ...(path && kind && { path, kind }) });
  for (const finding of findings) {
    const { outcome, type, differences = [] } = finding;
    const places = outcome === 'mismatch' ? differences.map(({ group: path, kind }) => ({ path, kind })) : [];
    const each = new Set((places.length === 0 ? [{}] : places).map((place) => put({ outcome, type, ...place })));
    for (const group of each) group.findings.push(finding);
  }
  return [...groups.values()];
}

function nameOf({ outcome, type, path, kind }: Omit<FindingGroup, 'count'>): string {
  return JSON.stringify([outcome, type, path, kind]);
}

/** Outcomes in their order, within each the most frequent first. */
export function byFrequency(groups: readonly Group[], all: boolean): Group[] {
  const times = ({ findings, inRun }: Group): number => (all ? (inRun ?? findings.length) : findings.length);
  return groups.toSorted((a, b) => OUTCOMES.indexOf(a.outcome) - OUTCOMES.indexOf(b.outcome) || times(b) - times(a));
}

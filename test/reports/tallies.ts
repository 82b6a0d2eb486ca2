import type { Report, Status } from '../../src/model/report.js';
import { OUTCOMES } from '../../src/model/verdict.js';
import { tablesOf } from './rendered.js';
import { casesOf, propertiesOf } from './xml.js';

/** What every form of a report has to agree on. */
export interface Tallies {
  readonly status: Status;
  /** By outcome; those that never happened are left out, here and below. */
  readonly outcomes: Counts;
  readonly types: Readonly<Record<string, Counts>>;
  /** Statuses of the limits by name. */
  readonly limits: Readonly<Record<string, string>>;
  /** `rep-1 passed`, of all sections. */
  readonly cases: readonly string[];
}

type Counts = Readonly<Record<string, number>>;

/** What a report says of itself. */
export function talliesOf({ status, outcomes, types, gate, sections = [] }: Report): Tallies {
  return {
    status,
    outcomes: happened(outcomes),
    types: Object.fromEntries(Object.entries(types).map(([type, counts]) => [type, happened(counts)])),
    limits: Object.fromEntries(gate.limits.map(({ name, status }) => [name, status])),
    cases: sections.flatMap(({ cases }) => cases.map(({ name, status }) => `${name} ${status}`)),
  };
}

/** How a reader of each form finds them in it. Of the terminal's, on a page of 200 columns. */
export const readers: Readonly<Record<string, (text: string) => Tallies>> = {
  json: (text) => talliesOf(JSON.parse(text) as Report),

  terminal: (text) => {
    const parts = text.split('\n\n');
    const below = (heading: string): string[] =>
      (parts.find((lines) => lines.startsWith(`${heading}\n`)) ?? '').trimEnd().split('\n').slice(1);
    const held = { '✓': 'held', '✗': 'exceeded', '?': 'undecided' } as const;
    const answered = { '✓': 'passed', '✗': 'failed', '?': 'undecided' } as const;
    const limits = below('Gate').flatMap((line) => [...line.matchAll(/^ {2}([✓✗?]) {2}(\S+)/g)]);
    const sections = parts.filter((lines) => /^.*: (?:passed|failed|undecided)\n/.test(lines)).join('\n');
    const grid = below('Outcomes').map((line) => line.trim().split(/ {2,}/));
    return {
      status: /^PARITY (\w+)\./.exec(text)?.[1]?.toLowerCase() as Status,
      // A line with fewer cells is a remark.
      ...counted(grid.filter((row) => row.length === grid[0]?.length)),
      limits: Object.fromEntries(limits.map(([, sign, name = '']) => [name, held[sign as keyof typeof held]])),
      cases: [...sections.matchAll(/^ {2}([✓✗?]) {2}(\S+)/gm)].map(
        ([, sign, name = '']) => `${name} ${answered[sign as keyof typeof answered]}`,
      ),
    };
  },

  junit: (text) => {
    const said = propertiesOf(text);
    const cases = casesOf(text);
    const held = { passed: 'held', failure: 'exceeded', error: 'undecided' } as const;
    const answered = { passed: 'passed', failure: 'failed', error: 'undecided' } as const;
    const ofSections = cases.filter(({ suite }) => suite !== 'stream' && suite !== 'gate');
    return {
      status: said['status'] as Status,
      outcomes: happened(Object.fromEntries(OUTCOMES.map((name) => [name, number(said[`outcomes.${name}`] ?? '')]))),
      types: typesOf(said),
      limits: Object.fromEntries(
        cases
          .filter(({ classname }) => classname === 'gate.limits')
          .map(({ name, kind }) => [name.split(':')[0] ?? '', held[kind]]),
      ),
      cases: ofSections.map(({ name, kind }) => `${name} ${answered[kind]}`),
    };
  },

  markdown: (text) => {
    const tables = tablesOf(text);
    const under = (heading: string): string[][] => tables.find((table) => table.heading === heading)?.rows ?? [];
    const word = (status = ''): string => status.split(' ')[1] ?? '';
    const asked = tables.filter(({ rows }) => rows[0]?.[1] === 'check');
    return {
      status: /^## \S+ Parity (\w+)\n/.exec(text)?.[1] as Status,
      ...counted(under('Outcomes')),
      limits: Object.fromEntries(
        under('Limits')
          .slice(1)
          .map(([status, name = '']) => [name, word(status)]),
      ),
      cases: asked.flatMap(({ rows }) => rows.slice(1).map(([status, name]) => `${name} ${word(status)}`)),
    };
  },
};

/** `types.email_opened.match` as counts by type and outcome. */
function typesOf(properties: Readonly<Record<string, string>>): Record<string, Counts> {
  const types: Record<string, Record<string, number>> = {};
  for (const [name, count] of Object.entries(properties)) {
    const [, type, outcome] = /^types\.(.+)\.(\w+)$/.exec(name) ?? [];
    if (type !== undefined && outcome !== undefined) (types[type] ??= {})[outcome] = number(count);
  }
  return types;
}

/** Reads a table with a heading line, a row a type, and a last one for all unless there is but one type. */
function counted([heads = [], ...rows]: readonly string[][]): Pick<Tallies, 'outcomes' | 'types'> {
  const byName = rows.map(([name = '', ...figures]): [string, Counts] => [
    name,
    happened(
      Object.fromEntries(OUTCOMES.map((outcome) => [outcome, number(figures[heads.indexOf(outcome) - 1] ?? '0')])),
    ),
  ]);
  const all = byName.at(-1);
  return {
    outcomes: all?.[1] ?? {},
    types: Object.fromEntries(byName.filter(([name]) => name !== 'total')),
  };
}

function happened(counts: Readonly<Record<string, number>>): Counts {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

/** A figure as people read it; a dot stands for none. */
function number(text: string): number {
  return text === '·' ? 0 : Number(text.replaceAll(',', ''));
}

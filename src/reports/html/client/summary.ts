/// <reference lib="dom" />
import { integer } from '../../text.js';
import { OUTCOMES } from '../../../model/verdict.js';
import type { PageData } from '../data.js';
import { h, type Child } from './dom.js';
import { KINDS } from './finding.js';
import { badge, part, table } from './tables.js';
import { themeButton } from './theme.js';

const STATUS = { proven: 'good', broken: 'bad', unproven: 'doubt' } as const;

/** The answer first: what the gate says, why, and what that rests on. */
export function banner({ status, why, facts, evidence }: PageData): HTMLElement {
  return h(
    'header',
    { class: `banner ${STATUS[status]}` },
    h('div', { class: 'brand' }, h('span', {}, 'feed-parity'), themeButton()),
    h(
      'h1',
      {},
      h('span', { 'aria-hidden': 'true', class: 'sign' }, { good: '✓', bad: '✗', doubt: '?' }[STATUS[status]]),
      `Parity ${status}`,
    ),
    h('p', { class: 'why' }, why),
    h('p', { class: 'evidence' }, evidence.join(' · ')),
    facts.map((line) => h('p', { class: 'notes' }, line.join(' · '))),
  );
}

const LIMITS = { held: 'good', exceeded: 'bad', undecided: 'doubt' } as const;

/** The limits, what was measured against each, and what is lacking. */
export function gatePart({ limits, lacking, uncovered }: PageData): HTMLElement | undefined {
  if (limits.length + lacking.length + uncovered.length === 0) return undefined;
  const rows = limits.map(({ name, limit, actual, status }) => [
    h('code', {}, name),
    badge(LIMITS[status], status),
    limit,
    actual,
  ]);
  return part(
    'gate',
    'Gate',
    rows.length === 0 ? undefined : table('Limits', ['limit', 'status', 'allows', 'actual'], rows),
    list('What is lacking', lacking),
    list('Never seen', uncovered),
  );
}

/** Advice drawn from the whole run. */
export function hintsPart({ hints }: PageData): HTMLElement | undefined {
  return hints.length === 0 ? undefined : part('hints', 'Hints', list(undefined, hints));
}

const SENTENCES = 100;

function list(title: string | undefined, sentences: readonly string[]): Child {
  if (sentences.length === 0) return undefined;
  const rest = sentences.length - SENTENCES;
  return [
    title === undefined ? undefined : h('h3', {}, title),
    h(
      'ul',
      { class: 'sentences' },
      sentences.slice(0, SENTENCES).map((sentence) => h('li', {}, sentence)),
      rest > 0 ? h('li', { class: 'faint' }, `and ${integer(rest)} more`) : undefined,
    ),
  ];
}

/** A row a type, a column an outcome. */
export function outcomesPart({ types, outcomes, duplicates }: PageData): HTMLElement | undefined {
  const cell = (name: (typeof OUTCOMES)[number], times: number): Node =>
    h('span', { class: times === 0 ? 'none' : KINDS[name] === 'bad' ? 'bad' : '' }, integer(times));
  const row = (name: string, counts: PageData['outcomes']): (string | Node)[] => [
    name,
    ...OUTCOMES.map((outcome) => cell(outcome, counts[outcome])),
    h('strong', {}, integer(OUTCOMES.reduce((sum, outcome) => sum + counts[outcome], 0))),
  ];
  if (types.length === 0 && OUTCOMES.every((outcome) => outcomes[outcome] === 0)) return undefined;
  const found = table(
    'Outcomes by type',
    ['type', ...OUTCOMES, 'total'],
    types.map(([name, counts]) => row(name, counts)),
    types.length > 1 ? { foot: row('total', outcomes) } : {},
  );
  found.classList.add('counts');
  const { control, candidate } = duplicates;
  const told = `Duplicates: ${integer(control)} on control, ${integer(candidate)} on candidate.`;
  return part('outcomes', 'Outcomes', found, control + candidate > 0 ? h('p', { class: 'notes' }, told) : undefined);
}

/** How much was judged of each type for each account. */
export function coveragePart({ coverage }: PageData): HTMLElement | undefined {
  if (coverage === undefined) return undefined;
  const { types, rows, accountsLeft } = coverage;
  const found = table(
    'Events judged by account and type',
    ['account', ...types],
    rows.map(({ account, counts }) => [
      account,
      ...counts.map((times) =>
        h('span', { class: times === 0 ? 'doubtful' : '' }, times === 0 ? 'none' : integer(times)),
      ),
    ]),
    { page: 25 },
  );
  found.classList.add('counts');
  const told = `${integer(accountsLeft)} more accounts, of which more was judged, are not shown.`;
  return part('coverage', 'Coverage', found, accountsLeft > 0 ? h('p', { class: 'notice' }, told) : undefined);
}

/** What a replay sent. */
export function replayPart({ replay }: PageData): HTMLElement | undefined {
  return replay.length === 0 ? undefined : part('replay', 'Replay', list(undefined, replay));
}

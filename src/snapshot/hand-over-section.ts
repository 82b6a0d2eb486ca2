import type { Section } from '../model/section.js';
import { SIDES, type Side } from '../model/timeline.js';
import type { HandedOver } from './hand-over.js';
import { further, ROWS_TOLD, worst } from './section.js';

/** How the hand-over went for one account on one side. */
export interface SideAccount extends HandedOver {
  readonly side: Side;
  readonly account: string;
}

/** Keys that the facts name one by one. */
const KEYS_TOLD = 1_000;

/** The hand-over from list to stream as a section of the report. Without a limit it only informs. */
export function handOverSection(all: readonly SideAccount[], limit: number | undefined, dedupe: boolean): Section {
  const cases = limit === undefined ? [] : SIDES.flatMap((side) => casesOf(side, ofSide(all, side), limit));
  const [control, candidate] = SIDES.map((side) => told(ofSide(all, side)));
  return {
    kind: 'hand-over',
    title: 'Hand-over from list to stream',
    status: worst(cases),
    summary: `List and stream together: control ${control}; candidate ${candidate}. The page ${dedupe ? 'drops pushed events that its list shows' : 'shows every pushed event'}.`,
    cases,
    tables: [sidesTable(all), ...itemsTable(all), ...undecidedTable(all)],
    facts: Object.fromEntries(SIDES.map((side) => [side, factsOf(ofSide(all, side))])),
  };
}

function ofSide(all: readonly SideAccount[], side: Side): SideAccount[] {
  return all.filter((one) => one.side === side);
}

function casesOf(side: Side, accounts: readonly SideAccount[], limit: number): Section['cases'] {
  const decided = accounts.filter(({ undecided }) => undecided === undefined);
  const doubt = accounts.length - decided.length;
  const fresh = sum(decided, ({ fresh }) => fresh);
  return (['lost', 'doubled'] as const).map((what) => {
    const count = sum(decided, (one) => one[what].length);
    const name = `${side}: events ${what}`;
    if (count > limit) return { name, status: 'failed', detail: `${count}, at most ${limit}` };
    if (doubt > 0) return { name, status: 'undecided', detail: `${doubt} accounts cannot be told` };
    // Without an event between the list and its end nothing was handed over.
    if (fresh === 0) return { name, status: 'undecided', detail: 'no event came meanwhile; try a longer --duration' };
    return { name, status: 'passed', detail: `${count} of ${sum(decided, ({ judged }) => judged)}` };
  });
}

function told(accounts: readonly SideAccount[]): string {
  const lost = sum(accounts, (one) => one.lost.length);
  const doubled = sum(accounts, (one) => one.doubled.length);
  const judged = sum(accounts, (one) => one.judged);
  if (lost + doubled === 0) return `showed each of ${judged} events once`;
  return `lost ${lost} and doubled ${doubled} of ${judged} events`;
}

function sidesTable(all: readonly SideAccount[]): Section['tables'][number] {
  const row = (name: string, figure: (one: SideAccount) => number) => [
    name,
    ...SIDES.map((side) => sum(ofSide(all, side), figure)),
  ];
  return {
    title: 'list and stream',
    columns: ['', 'control', 'candidate'],
    rows: [
      row('events', ({ judged }) => judged),
      row('after the first list', ({ fresh }) => fresh),
      row('in both', ({ overlap }) => overlap),
      row('lost', ({ lost }) => lost.length),
      row('doubled', ({ doubled }) => doubled.length),
    ],
  };
}

function itemsTable(all: readonly SideAccount[]): Section['tables'] {
  const rows = all.flatMap(({ side, account, lost, doubled }) => [
    ...lost.map(({ type, key }) => [side, account, type, key, 'lost']),
    ...doubled.map(({ type, key }) => [side, account, type, key, 'doubled']),
  ]);
  if (rows.length === 0) return [];
  const columns = ['side', 'account', 'type', 'key', 'what'];
  return [
    {
      title: 'events not shown exactly once',
      columns,
      rows: [...rows.slice(0, ROWS_TOLD), ...further(rows.length, columns.length)],
    },
  ];
}

function undecidedTable(all: readonly SideAccount[]): Section['tables'] {
  const rows = all.flatMap(({ side, account, undecided }) =>
    undecided === undefined ? [] : [[side, account, undecided]],
  );
  if (rows.length === 0) return [];
  const columns = ['side', 'account', 'why'];
  return [{ title: 'cannot be told', columns, rows: [...rows.slice(0, ROWS_TOLD), ...further(rows.length, 3)] }];
}

function factsOf(accounts: readonly SideAccount[]): NonNullable<Section['facts']> {
  const keys = (what: 'lost' | 'doubled') =>
    accounts.flatMap((one) => one[what].map(({ account, type, key }) => ({ account, type, key }))).slice(0, KEYS_TOLD);
  return {
    events: sum(accounts, ({ judged }) => judged),
    overlap: sum(accounts, ({ overlap }) => overlap),
    lost: keys('lost'),
    doubled: keys('doubled'),
  };
}

function sum(accounts: readonly SideAccount[], figure: (one: SideAccount) => number): number {
  return accounts.reduce((total, one) => total + figure(one), 0);
}

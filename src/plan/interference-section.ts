import { count, duration, share } from '../ledger/figures.js';
import type { Json } from '../model/json.js';
import type { Answered, Section } from '../model/section.js';
import type { Side } from '../model/timeline.js';
import type { Interfered, Interference } from './interference.js';
import { fewestPairs } from './signed-rank.js';

/** The answer as a part of the report: a case a figure, with its shift and the interval that holds the true one. */
export function interferenceSection(side: Side, { confidence, level, figures }: Interference): Section {
  const status = worst(figures.map(({ status }) => status));
  return {
    kind: 'interference',
    title: `Interference with ${side}`,
    status,
    summary: `${SUMMARIES[status](side)} Every interval holds the true shift at ${share(confidence)} confidence for all figures together.`,
    cases:
      figures.length === 0
        ? [
            {
              name: `${side} with the flag on against off`,
              status,
              detail: 'nothing was measured in two repetitions of a pair',
            },
          ]
        : figures.map((figure) => ({ name: figure.figure, status: figure.status, detail: told(figure, level) })),
    tables: [
      {
        title: '',
        columns: ['figure', 'flag off', 'flag on', 'shift', 'interval', 'pairs'],
        rows: figures.map((figure) => [
          figure.figure,
          value(figure, figure.off),
          value(figure, figure.on),
          signed(figure.shift.estimate),
          `${signed(figure.shift.lower)} to ${signed(figure.shift.upper)}`,
          figure.pairs,
        ]),
      },
    ],
    // JSON knows no infinity: a bound that is none is null there.
    facts: JSON.parse(JSON.stringify({ side, confidence, level, figures })) as Json,
  };
}

const SUMMARIES: Readonly<Record<Answered, (side: Side) => string>> = {
  passed: (side) => `With the flag on ${side} does as well as with it off, within what is tolerated.`,
  failed: (side) => `With the flag on ${side} does worse than with it off.`,
  undecided: (side) => `Whether the flag does harm to ${side} is not decided yet.`,
};

function worst(answers: readonly Answered[]): Answered {
  if (answers.includes('failed')) return 'failed';
  return answers.length === 0 || answers.includes('undecided') ? 'undecided' : 'passed';
}

function told({ figure, status, shift, pairs, tolerated, pairsNeeded }: Interfered, level: number): string {
  const [more, less] = figure === 'delivery' ? ['more lost', 'fewer lost'] : ['slower', 'faster'];
  const change = `${share(Math.abs(shift.estimate))} ${shift.estimate < 0 ? less : more}`;
  const known = `${change} (${signed(shift.lower)} to ${signed(shift.upper)}) over ${count(pairs)} pairs, tolerated ${share(tolerated)}`;
  if (status !== 'undecided') return known;
  const fewest = fewestPairs(level);
  if (pairs < fewest)
    return `${count(pairs)} pairs can show nothing at this confidence: repeat at least ${count(fewest)} times`;
  return pairsNeeded === undefined ? known : `${known}; about ${count(pairsNeeded)} pairs would decide`;
}

function value({ figure }: Interfered, of: number): string {
  return figure === 'delivery' ? share(1 - of) : duration(of);
}

function signed(shift: number): string {
  if (!Number.isFinite(shift)) return shift < 0 ? '−∞' : '∞';
  return `${shift < 0 ? '−' : '+'}${share(Math.abs(shift))}`;
}

import type { Score } from '../model/score.js';
import { page, wrap } from './layout.js';
import { table } from './terminal/table.js';
import { count, integer, plain } from './text.js';

/** False alarms told one by one. */
const TOLD = 10;

/** What was injected beside what was found, as text that ends in a line break. */
export function scoreTable(score: Score, options: { readonly width: number; readonly colour: boolean }): string {
  const paper = page(options);
  const right = { align: 'right' as const };
  const lines = table(
    paper,
    [
      { heading: 'fault' },
      { heading: 'to be found as' },
      { heading: 'injected', ...right },
      { heading: 'found', ...right },
      { heading: 'missed', ...right },
    ],
    score.rows.map(({ fault, expects, injected, found }) => {
      const missed = injected - found;
      return [
        fault,
        expects,
        integer(injected),
        integer(found),
        { text: integer(missed), style: missed > 0 ? ('bad' as const) : ('good' as const) },
      ];
    }),
  );
  const alarms = score.falseAlarms.length;
  const missed = score.rows.some((row) => row.found < row.injected);
  const verdict =
    alarms > 0
      ? paper.ink('bad', `${count(alarms, 'false alarm')}:`)
      : paper.ink(
          missed ? 'bad' : 'good',
          missed ? 'Not all faults were found.' : 'All faults were found, and there was no false alarm.',
        );
  const told = score.falseAlarms.slice(0, TOLD).flatMap((alarm) => wrap(`  - ${plain(alarm)}`, paper.width, 4));
  return [paper.ink('strong', 'What was injected, and what was found'), ...lines, `  ${verdict}`, ...told, ''].join(
    '\n',
  );
}

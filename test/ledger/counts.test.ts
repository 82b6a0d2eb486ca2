import { describe, expect, it } from 'vitest';
import { Cells, noOutcomes, toldCells } from '../../src/ledger/counts.js';
import { CELLS_KEPT } from '../../src/model/report.js';

const counted = (some: object) => ({ ...noOutcomes(), ...some });

describe('coverage', () => {
  it('is counted once, and all tables are made of it', () => {
    const cells = new Cells(['opened', 'called'], ['rep-1', 'rep-2']);
    const cell = cells.of('opened', 'rep-1');
    cell.match += 2;
    cells.of('opened', 'rep-3').missing++;
    expect(cells.of('opened', 'rep-1')).toBe(cell);
    expect(cells.tables()).toEqual({
      types: { opened: counted({ match: 2, missing: 1 }), called: noOutcomes() },
      accounts: { 'rep-1': counted({ match: 2 }), 'rep-2': noOutcomes(), 'rep-3': counted({ missing: 1 }) },
      // Where nothing was judged, there is no cell.
      cells: [
        { type: 'opened', account: 'rep-1', counts: counted({ match: 2 }) },
        { type: 'opened', account: 'rep-3', counts: counted({ missing: 1 }) },
      ],
      cellsLeftOut: 0,
    });
  });

  it('of very many accounts is told of the first by name, and the sums are of all', () => {
    const cells = new Cells([], []);
    const name = (n: number): string => `rep-${String(n).padStart(5, '0')}`;
    for (let n = CELLS_KEPT + 9; n >= 0; n--) cells.of('opened', name(n)).match++;
    const { cells: told, cellsLeftOut, types } = cells.tables();
    expect(told).toHaveLength(CELLS_KEPT);
    expect(told.at(-1)?.account).toBe(name(CELLS_KEPT - 1));
    expect(cellsLeftOut).toBe(10);
    expect(types['opened']).toEqual(counted({ match: CELLS_KEPT + 10 }));
    expect(toldCells(told, cellsLeftOut)).toEqual({ cells: told, cellsLeftOut });
  });
});

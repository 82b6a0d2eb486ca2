import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Ms, TimelineEntry } from '../../src/model/timeline.js';
import { InOrder } from '../../src/recording/in-order.js';
import { frame } from '../given.js';

const at = (t: Ms, n = 0): TimelineEntry => frame('control', t, `{"id":${n}}`);

describe('entries in the order of their stamps', () => {
  it('wait no longer than something earlier can follow', () => {
    const order = new InOrder('x', 10);
    expect(order.take([at(5), at(3)])).toEqual([]);
    expect(order.take([at(13)])).toEqual([at(3)]);
    expect(order.take([at(20), at(10)])).toEqual([at(5), at(10)]);
    expect(order.rest()).toEqual([at(13), at(20)]);
    expect(order.rest()).toEqual([]);
  });

  it('pass as they are where no stamp goes back', () => {
    const batch = [at(1), at(2)];
    expect(new InOrder('x', 0).take(batch)).toBe(batch);
  });

  it('are all there, those of one stamp in the order of the file', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.nat(50))), (blocks) => {
        let latest = 0;
        let back = 0;
        for (const t of blocks.flat()) back = Math.max(back, (latest = Math.max(latest, t)) - t);
        let n = 0;
        const given = blocks.map((block) => block.map((t) => at(t, n++)));
        const order = new InOrder('x', back);
        const found = [...given.flatMap((block) => order.take(block)), ...order.rest()];
        expect(found).toEqual(given.flat().toSorted((a, b) => a.t - b.t));
      }),
    );
  });

  it('that are too many to wait are refused', () => {
    const order = new InOrder('old.ndjson', 90_000, 20);
    order.take([at(90_000)]);
    expect(() => order.take([at(2), at(1)])).toThrow(
      /^old\.ndjson: its lines go back in time by up to 90 s, and are too many to be put in order here; sort/,
    );
  });
});

import { describe, expect, it } from 'vitest';
import { Deadlines } from '../../src/correlate/deadlines.js';

function drain(deadlines: Deadlines): number[] {
  const items: number[] = [];
  while (deadlines.next < Infinity) items.push(deadlines.take());
  return items;
}

describe('deadlines', () => {
  it('without items never fall due', () => {
    expect(new Deadlines().next).toBe(Infinity);
  });

  it('come first in, first out, each with its moment', () => {
    const deadlines = new Deadlines();
    deadlines.push(5, 1);
    deadlines.push(5, 2);
    deadlines.push(7, 3);
    expect([deadlines.next, deadlines.take(), deadlines.next, deadlines.take()]).toEqual([5, 1, 5, 2]);
    expect([deadlines.next, deadlines.take(), deadlines.next]).toEqual([7, 3, Infinity]);
  });

  it('lose and repeat none of many thousands, however pushing and taking take turns', () => {
    const deadlines = new Deadlines();
    const taken: number[] = [];
    let pushed = 0;
    for (let round = 0; round < 300; round++) {
      for (let n = 0; n < 100; n++) deadlines.push(pushed, pushed++);
      for (let n = 0; n < 90; n++) {
        expect(deadlines.next).toBe(taken.length);
        taken.push(deadlines.take());
      }
    }
    taken.push(...drain(deadlines));
    expect(taken).toEqual(Array.from({ length: 30_000 }, (_, n) => n));
    deadlines.push(1, 42);
    expect(drain(deadlines)).toEqual([42]);
  });

  it('pushed out of order wait for those before them', () => {
    const deadlines = new Deadlines();
    deadlines.push(9, 1);
    deadlines.push(3, 2);
    expect(deadlines.next).toBe(9);
    expect(drain(deadlines)).toEqual([1, 2]);
  });

  it('give nothing in place of one that was cancelled, also after growing', () => {
    const deadlines = new Deadlines();
    const numbers = Array.from({ length: 3000 }, (_, n) => deadlines.push(n, n));
    for (const number of numbers) if (number % 3 !== 0) deadlines.cancel(number);
    expect(deadlines.next).toBe(0);
    expect(drain(deadlines)).toEqual(numbers.map((n) => (n % 3 === 0 ? n : -1)));
  });
});

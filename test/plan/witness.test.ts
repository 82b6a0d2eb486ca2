import { describe, expect, it } from 'vitest';
import type { Seen } from '../../src/plan/members.js';
import { Witness } from '../../src/plan/witness.js';

const WINDOW = 500;

function seen(side: Seen['side'], t: number, name: string, controlT?: number): Seen {
  return { side, account: 'rep-1', type: 'email_opened', name, t, ...(controlT === undefined ? {} : { controlT }) };
}

/** Both sides of an event, or control alone. */
function event(witness: Witness, t: number, name: string, delivered: boolean): void {
  witness.note(seen('control', t, name));
  if (delivered) witness.note(seen('candidate', t + 20, name, t));
}

describe('a witness', () => {
  it('says on with the first event that the candidate delivers', () => {
    const witness = new Witness(1_000, WINDOW);
    expect(witness.agreed('on', 1)).toBeUndefined();
    event(witness, 1_100, 'a', true);
    expect(witness.agreed('on', 1)).toBe(1_100);
    expect(witness.agreed('off', 1)).toBeUndefined();
  });

  it('says off one window after the first event that it does not deliver, and not a moment earlier', () => {
    const witness = new Witness(1_000, WINDOW);
    event(witness, 1_100, 'a', false);
    witness.advance(1_600);
    expect(witness.agreed('off', 1)).toBeUndefined();
    witness.advance(1_600.001);
    expect(witness.agreed('off', 1)).toBe(1_100);
  });

  it('takes no event from before the flag was set for an answer', () => {
    const witness = new Witness(1_000, WINDOW);
    witness.note(seen('candidate', 1_010, 'a', 990));
    expect(witness.counts).toEqual({ delivered: 0, silent: 0 });
  });

  it('counts from the latest events that agree', () => {
    const witness = new Witness(1_000, WINDOW);
    event(witness, 1_100, 'a', true);
    event(witness, 1_200, 'b', false);
    event(witness, 1_300, 'c', false);
    witness.advance(2_000);
    expect(witness.agreed('off', 3)).toBeUndefined();
    expect(witness.agreed('off', 2)).toBe(1_200);
    // One instance of the service has not heard of it yet.
    event(witness, 2_100, 'd', true);
    expect(witness.agreed('off', 1)).toBeUndefined();
    expect(witness.counts).toEqual({ delivered: 2, silent: 2 });
  });

  it('believes the candidate where control says nothing', () => {
    const witness = new Witness(1_000, WINDOW);
    witness.note(seen('candidate', 1_100, 'a'));
    expect(witness.agreed('on', 1)).toBe(1_100);
  });
});

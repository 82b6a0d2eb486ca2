import { describe, expect, it } from 'vitest';
import { ownHooks } from '../../src/plan/own-hooks.js';
import { settings } from '../given.js';
import { FAIR, repetitions } from './weather.js';

const INTERFERENCE = { side: 'control', off: 'before', on: 'after' } as const;

describe('what a plan asks of this room', () => {
  it('judges interference by the repetitions of its two phases', () => {
    const { interference } = ownHooks(settings(), { interference: INTERFERENCE });
    const pairs = repetitions(3, { ...FAIR, slowdown: 1.5 });
    const section = interference?.(
      pairs.map(({ off }) => off),
      pairs.map(({ on }) => on),
    );
    expect(section).toMatchObject({ kind: 'interference', status: 'failed', facts: { side: 'control' } });
  });

  it('is not asked for interference by a plan without it', () => {
    expect(ownHooks(settings(), {}).interference).toBeUndefined();
  });

  it('cannot say that accounts are kept apart where there is one alone', async () => {
    const section = await ownHooks(settings(), {}).isolation?.(new AbortController().signal);
    expect(section).toMatchObject({
      kind: 'isolation',
      status: 'undecided',
      cases: [{ detail: 'there is no second account' }, {}],
    });
  });
});

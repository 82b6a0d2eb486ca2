import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Link } from '../../src/model/timeline.js';
import { AccountLink } from '../../src/sources/link.js';
import { PACE } from '../../src/sources/pace.js';
import { Ramp } from '../../src/sources/ramp.js';
import { Redial } from '../../src/sources/redial.js';
import { fillIn } from '../../src/sources/template.js';
import { Stage, accountsNamed } from './stage.js';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('the ramp', () => {
  it('never has more on their way up than its width, and gives each a place in turn', async () => {
    const ramp = new Ramp({ width: 3, leastPlaceMs: 100, placeMs: 1_000 });
    const leaving: (() => void)[] = [];
    for (let member = 0; member < 7; member++) ramp.enter((leave) => leaving.push(leave));
    await vi.advanceTimersByTimeAsync(200);
    expect(leaving.length).toBe(3);
    leaving[0]?.();
    leaving[0]?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(leaving.length).toBe(4);
    leaving[3]?.();
    await vi.advanceTimersByTimeAsync(99);
    expect(leaving.length).toBe(4);
    await vi.advanceTimersByTimeAsync(1);
    expect(leaving.length).toBe(5);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(leaving.length).toBe(7);
  });

  it('lets nobody in after it was stopped', async () => {
    const ramp = new Ramp({ width: 1, leastPlaceMs: 0, placeMs: 100 });
    const dial = vi.fn();
    for (let member = 0; member < 3; member++) ramp.enter(dial);
    await vi.advanceTimersByTimeAsync(0);
    ramp.stop();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(dial).toHaveBeenCalledTimes(1);
  });
});

describe('redialling', () => {
  /** When each dial happened, if every attempt ends at once, with jitter in the middle. */
  async function dials(forMs: number, upAfterMs?: number): Promise<number[]> {
    const times: number[] = [];
    const ramp = new Ramp(PACE);
    const redial = new Redial(
      PACE,
      ramp,
      () => 0.5,
      () => {
        times.push(Date.now());
        if (upAfterMs === undefined) redial.again();
        else {
          redial.up();
          setTimeout(() => redial.again(), upAfterMs);
        }
      },
    );
    const start = Date.now();
    redial.first(0);
    await vi.advanceTimersByTimeAsync(forMs);
    redial.stop();
    await vi.advanceTimersByTimeAsync(10_000);
    return times.map((time) => time - start);
  }

  it('grows to one attempt a second, however fast they fail, and stops when told', async () => {
    expect(await dials(5_000)).toEqual([0, 100, 300, 700, 1_500, 2_500, 3_500, 4_500]);
  });

  it('is quick again only after a calm while', async () => {
    expect(await dials(3_000, 10)).toEqual([0, 110, 320, 730, 1_540, 2_550]);
    const calm = await dials(20_000, 6_000);
    expect(calm).toEqual([0, 6_100, 12_200, 18_300]);
  });

  it('asks once however often it is told, and spreads by half either way', async () => {
    for (const [random, waitMs] of [
      [0, 50],
      [0.999, 149.9],
    ] as const) {
      const dial = vi.fn();
      const redial = new Redial(PACE, new Ramp(PACE), () => random, dial);
      redial.again();
      redial.again();
      await vi.advanceTimersByTimeAsync(waitMs - 1);
      expect(dial).not.toHaveBeenCalled();
      await vi.advanceTimersByTimeAsync(2);
      await vi.advanceTimersByTimeAsync(10_000);
      expect(dial).toHaveBeenCalledTimes(1);
      redial.stop();
    }
  });
});

describe('an account’s link', () => {
  function told(act: (link: AccountLink) => void): Link[] {
    const stage = new Stage('control', accountsNamed('a'));
    act(new AccountLink(stage.context, 'a'));
    return stage.links;
  }

  it('tells ups and downs in turn', () => {
    const links = told((link) => {
      link.up();
      link.up();
      link.down('close 4200');
      link.down('connect ECONNREFUSED');
      link.up();
    });
    expect(links.map(({ state, reason }) => `${state} ${reason}`)).toEqual([
      'up subscribed',
      'down close 4200',
      'up subscribed',
    ]);
  });

  it('before the first up tells each reason once', () => {
    const links = told((link) => ['x', 'x', 'y', 'x'].forEach((reason) => link.down(reason)));
    expect(links.map(({ reason }) => reason)).toEqual(['x', 'y']);
  });

  it('tells a final end once, also after a down, and nothing after it', () => {
    const links = told((link) => {
      link.down('socket closed (1006)');
      link.end('HTTP 403', 'check it');
      link.end('HTTP 401', 'check it');
      link.up();
      link.down('x');
    });
    expect(links).toMatchObject([
      { state: 'down', reason: 'socket closed (1006)' },
      { state: 'down', reason: 'HTTP 403', final: true, remedy: 'check it' },
    ]);
  });
});

describe('templates', () => {
  const [account] = accountsNamed('rep-1') as [ReturnType<typeof accountsNamed>[number]];

  it('are filled in wherever strings are', () => {
    const template = { a: ['x-{account.id}', 1, null], b: { c: '{account.token}{account.id}' } };
    expect(fillIn(template, account)).toEqual({ a: ['x-rep-1', 1, null], b: { c: 'token-of-rep-1rep-1' } });
  });

  it('that name what the account lacks are a wrong call', () => {
    expect(() => fillIn('{account.tokn}', account)).toThrow(/rep-1 has no value for \{account\.tokn\}/);
    expect(() => fillIn('{account.constructor}', account)).toThrow(/has no value/);
  });
});

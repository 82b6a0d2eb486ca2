import { SIDES, type Side } from '../../src/model/timeline.js';
import { Random } from '../../src/sandbox/random.js';
import type { Shape } from './shape.js';
import type { Us } from './truth.js';

/** A subscription changing, when it truly does. */
export interface Turn {
  readonly side: Side;
  readonly account: string;
  readonly state: 'up' | 'down';
  readonly atUs: Us;
  readonly reason: string;
  readonly final: boolean;
}

/** A time in which the line's process does not run; `told` if it is longer than the settings let pass. */
export interface Pause {
  readonly fromUs: Us;
  readonly toUs: Us;
  readonly told: boolean;
}

/** What the links and the process do to what is sent, whatever is sent. */
export interface Weather {
  readonly turns: readonly Turn[];
  readonly pauses: readonly Pause[];
  /** Whether what arrives then gets through. While a link settles, it may or may not. */
  carries(side: Side, account: string, atUs: Us): boolean;
  /** Whether a pause touches the interval. */
  paused(fromUs: Us, toUs: Us): boolean;
}

export function weather(seed: number, shape: Shape): Weather {
  const random = new Random(seed, 'weather');
  const turns = shape.accounts.flatMap((account) =>
    SIDES.flatMap((side) =>
      plan(random, shape).map(({ state, atUs, reason, final = false }): Turn => ({
        side,
        account,
        state,
        atUs,
        reason,
        final,
      })),
    ),
  );
  const pauses = planPauses(random, shape);
  const settling = new Random(seed, 'settling');
  return {
    turns,
    pauses,
    carries(side, account, atUs) {
      const last = turns.findLast((turn) => turn.side === side && turn.account === account && turn.atUs <= atUs);
      if (last?.state !== 'up') return false;
      return atUs >= last.atUs + shape.rules.settleUs || settling.chance(0.5);
    },
    paused: (fromUs, toUs) => pauses.some((pause) => pause.fromUs <= toUs && pause.toUs >= fromUs),
  };
}

type Change = Pick<Turn, 'state' | 'atUs' | 'reason'> & Partial<Pick<Turn, 'final'>>;

/** One subscription's life: comes up, is cut and returns, sometimes falls again while it settles, sometimes never comes. */
function plan(random: Random, { rules, durationUs }: Shape): Change[] {
  const { afterUs } = rules;
  const changes: Change[] = [];
  if (random.chance(0.1)) changes.push({ state: 'down', atUs: 500, reason: 'connection refused' });
  if (random.chance(0.02)) return [...changes, { state: 'down', atUs: 900, reason: 'forbidden', final: true }];
  let atUs = rise(changes, random.integer(1000, afterUs * 0.6), random, rules.settleUs);
  for (let cuts = random.pick([0, 0, 0, 1, 1, 2]); cuts > 0; cuts--) {
    atUs += random.integer(afterUs, afterUs * 6);
    changes.push({ state: 'down', atUs, reason: 'connection lost' });
    if (random.chance(0.1)) break;
    atUs += random.chance(0.3) ? random.integer(2000, 20_000) : random.integer(20_000, afterUs * 1.5);
    if (random.chance(0.2)) changes.push({ state: 'down', atUs: atUs - 1000, reason: 'connection refused' });
    atUs = rise(changes, atUs, random, rules.settleUs);
  }
  return changes.filter((change) => change.atUs < durationUs);
}

function rise(changes: Change[], atUs: Us, random: Random, settleUs: Us): Us {
  changes.push({ state: 'up', atUs, reason: 'subscribed' });
  if (settleUs === 0 || !random.chance(0.15)) return atUs;
  const fallsUs = atUs + Math.floor(settleUs / 2);
  changes.push({ state: 'down', atUs: fallsUs, reason: 'lost again' });
  const againUs = fallsUs + random.integer(3000, settleUs * 2);
  changes.push({ state: 'up', atUs: againUs, reason: 'subscribed' });
  return againUs;
}

function planPauses(random: Random, { rules, durationUs }: Shape): Pause[] {
  const pauses: Pause[] = [];
  let atUs = random.integer(0, durationUs / 2);
  for (let count = random.pick([0, 1, 2, 3]); count > 0; count--) {
    const told = random.chance(0.5);
    const beyondUs = random.chance(0.2) ? 1000 : random.integer(1000, rules.stallUs * 5);
    const withinUs = random.chance(0.3) ? rules.stallUs : random.integer(1000, rules.stallUs);
    const toUs = atUs + (told ? rules.stallUs + beyondUs : withinUs);
    if (toUs + rules.afterUs > durationUs) break;
    pauses.push({ fromUs: atUs, toUs, told });
    // Sometimes close behind, so that one stall begins before the last one's burst has passed.
    atUs =
      toUs + (random.chance(0.3) ? random.integer(5000, rules.stallUs) : random.integer(rules.afterUs, durationUs / 3));
  }
  return pauses;
}

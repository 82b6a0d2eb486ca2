import { Random } from '../../src/sandbox/random.js';
import { interleaved, PAIRS, type Repetition, type RepetitionPair } from '../../src/plan/interference.js';

/** What a side goes through while a flag is turned on and off beside it. */
export interface Weather {
  /** Pairs of repetitions. */
  readonly pairs: number;
  /** 1.2: whatever the side does takes a fifth longer with the flag on. */
  readonly slowdown: number;
  /** Share of events that are lost, whatever the flag. */
  readonly lost: number;
  readonly lostWithFlag: number;
}

export const FAIR: Weather = { pairs: PAIRS, slowdown: 1, lost: 0.002, lostWithFlag: 0.002 };

const EVENTS = 200;
const CALLS = 60;

/**
 * Repetitions of a side whose machine is now busier, now less so: its pace drifts from one repetition to the next, every
 * repetition has a mood of its own besides, and within it an event that waits makes the next one wait.
 */
export function repetitions(seed: number, { pairs, slowdown, lost, lostWithFlag }: Weather): RepetitionPair[] {
  const random = new Random(seed, 'weather');
  let drift = 0.15 * normal(random);
  return interleaved(pairs, () => random.next()).map((order) => {
    const made = order.map((variant): Repetition => {
      drift = 0.8 * drift + 0.15 * Math.sqrt(1 - 0.8 ** 2) * normal(random);
      const mood = drift + 0.05 * normal(random);
      const pace = Math.exp(mood) * (variant === 'on' ? slowdown : 1);
      const lostHere = variant === 'on' ? lostWithFlag : lost;
      const lagsMs = waits(EVENTS, 20 * pace, random).filter(() => random.next() >= lostHere);
      return { sent: EVENTS, arrived: lagsMs.length, lagsMs, latenciesMs: waits(CALLS, 45 * pace, random) };
    });
    const [first, second] = made as [Repetition, Repetition];
    return order[0] === 'off' ? { off: first, on: second } : { off: second, on: first };
  });
}

/** Log-normal waits around a median, each like the one before it. */
function waits(count: number, medianMs: number, random: Random): number[] {
  let log = normal(random);
  return Array.from({ length: count }, () => {
    log = 0.5 * log + Math.sqrt(0.75) * normal(random);
    return medianMs * Math.exp(0.5 * log);
  });
}

/** Box and Muller's. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

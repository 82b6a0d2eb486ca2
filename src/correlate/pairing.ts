import type { Observation } from '../model/observation.js';
import type { Side } from '../model/timeline.js';
import type { Verdict } from '../model/verdict.js';

/** The observations that await or found each other under one correlation key. */
export interface Pairing {
  readonly account: string;
  readonly type: string;
  readonly key: string;
  control: Observation | undefined;
  candidate: Observation | undefined;
  /** Set once the wait of a single observation is over. */
  expired: boolean;
  /** The side that was alone outside coverage, and so has no verdict. */
  outside?: Side | undefined;
  /** How far the pairing has been judged: the verdict that stands, if one was reached. */
  verdict: Omit<Verdict, 'id'> | undefined;
}

/** What the correlator made of an observation, or of time passing. */
export type Step =
  /** Both sides are there; late when the candidate came after the window. */
  | { readonly kind: 'paired'; readonly pairing: Pairing; readonly late: boolean }
  /** The wait is over, and only one side came. `deadline` is when that became certain. */
  | { readonly kind: 'alone'; readonly pairing: Pairing; readonly deadline: number }
  /** A further observation of a side that already has its share. */
  | { readonly kind: 'repeat'; readonly pairing: Pairing; readonly observation: Observation };

/** What became of an observation: it waits, it found its counterpart, or its side already had its share. */
export type Fate = 'waits' | 'paired' | 'repeat';

import type { Observation } from '../model/observation.js';
import type { Ms, Origin } from '../model/timeline.js';
import type { Verdict } from '../model/verdict.js';

/**
 * What is remembered of a pair that agreed: enough to know a repeat, and nothing that holds a payload in memory. Flat,
 * since there is one for every pair of the last minute.
 */
export interface Past {
  readonly controlT: Ms;
  readonly candidateT: Ms;
  /** The lanes that both prints have in common, and what neither can tell. */
  readonly a: number;
  readonly b: number;
  readonly fine: number;
  readonly controlOrigin: Origin;
  readonly controlOffset: number;
  readonly controlLength: number;
  readonly candidateOrigin: Origin;
  readonly candidateOffset: number;
  readonly candidateLength: number;
}

/** The observations that await or found each other under one correlation key. */
export interface Pairing {
  readonly account: string;
  readonly type: string;
  readonly key: string;
  control: Observation | undefined;
  candidate: Observation | undefined;
  /** Stands for both observations once they agreed by their prints. */
  past: Past | undefined;
  /** Set once the wait of a single observation is over. */
  expired: boolean;
  /** How far the pairing has been judged: the verdict that stands, if one was reached. */
  verdict: Omit<Verdict, 'id'> | undefined;
  /** The moment after which the key is forgotten. */
  forgetAt: number;
  /** The next pairing of the same key, where repeats are events of their own. */
  next: Pairing | undefined;
}

/** What the correlator made of an observation, or of time passing. */
export type Step =
  /** Both sides are there; late when the candidate came after the window. */
  | { readonly kind: 'paired'; readonly pairing: Pairing; readonly late: boolean }
  /** The wait is over, and only one side came. `deadline` is when that became certain. */
  | { readonly kind: 'alone'; readonly pairing: Pairing; readonly deadline: number }
  /** A further observation of a side that already has its share. */
  | { readonly kind: 'repeat'; readonly pairing: Pairing; readonly observation: Observation };

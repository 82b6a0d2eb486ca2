import type { Ms, Side } from './timeline.js';

/** How one pairing ended. */
export type Outcome = 'match' | 'allowed' | 'mismatch' | 'missing' | 'extra' | 'duplicate' | 'late' | 'inconclusive';

export const OUTCOMES: readonly Outcome[] = [
  'match',
  'allowed',
  'mismatch',
  'missing',
  'extra',
  'duplicate',
  'late',
  'inconclusive',
];

/** How one place of two bodies differs. */
export interface Difference {
  /** Place in control's terms, as a normalised JSONPath: `$['person']['phone']` written `$.person.phone`. */
  readonly path: string;
  /** The same place with array indices as `[*]`, by which reports group. */
  readonly group: string;
  /** changed: same JSON type, other value; retyped: other JSON type; absent: candidate lacks it; added: only candidate has it. */
  readonly kind: 'changed' | 'retyped' | 'absent' | 'added';
  /** JSON text of each side's value, cut to a readable length; undefined where the side has none. */
  readonly control?: string;
  readonly candidate?: string;
}

/** One arrival that a verdict speaks of. */
export interface Sighting {
  readonly t: Ms;
  readonly channel: string;
  readonly event: string;
  readonly payload: string;
}

/** The judgement of one pairing. Later news amends by a further verdict, never by an edit. */
export interface Verdict {
  /** Its place among the report's findings: `v17`. The same timeline gives the same ids. */
  readonly id: string;
  readonly outcome: Outcome;
  readonly account: string;
  readonly type: string;
  readonly key: string;
  /** The moment it became certain: an arrival or a deadline, never the tick that noticed. */
  readonly t: Ms;
  readonly control?: Sighting;
  readonly candidate?: Sighting;
  /** Candidate's arrival minus control's; positive when the candidate came later. */
  readonly lagMs?: Ms;
  readonly differences?: readonly Difference[];
  /** Paths of the rules that let differences through. */
  readonly allowedBy?: readonly string[];
  /** Why, in a sentence, where the outcome does not say it all. */
  readonly reason?: string;
  /** Duplicates: on which side, how long after the first, and whether the content is the same. */
  readonly duplicate?: { readonly side: Side; readonly afterMs: Ms; readonly sameContent: boolean };
  /** The outcome that stood before later news changed it. */
  readonly amends?: Outcome;
}

/** How the contents of a pair compare. */
export type Comparison =
  | { readonly outcome: 'match' }
  | { readonly outcome: 'allowed'; readonly used: readonly number[] }
  | {
      readonly outcome: 'mismatch';
      readonly used: readonly number[];
      readonly differences: readonly Difference[];
      /** Differences beyond the told ones. */
      readonly untold: number;
    };

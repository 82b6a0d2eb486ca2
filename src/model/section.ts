import type { Json } from './json.js';

/** How a question of a section was answered; `failed` is against the system under test, `undecided` nobody's fault. */
export type Answered = 'passed' | 'failed' | 'undecided';

/** A part of a report besides the stream's verdicts: a snapshot, a plan's phase, a challenge. Every format renders any section. */
export interface Section {
  /** What made it, for programs and as the group of its test cases. */
  readonly kind:
    | 'recording'
    | 'replay'
    | 'snapshot'
    | 'hand-over'
    | 'phase'
    | 'rehearsal'
    | 'interference'
    | 'isolation'
    | 'challenge';
  readonly title: string;
  /** The worst answer among its cases decides, unless nothing was asked: then it only informs. */
  readonly status: Answered | 'informs';
  /** What came out, in a sentence or two. */
  readonly summary: string;
  /** What was asked, and what came out; a test case each. */
  readonly cases: readonly {
    readonly name: string;
    readonly status: Answered;
    /** For people: the figure, or why it failed. */
    readonly detail: string;
  }[];
  readonly tables: readonly {
    readonly title: string;
    readonly columns: readonly string[];
    /** As many cells as columns; numbers are aligned to the right. */
    readonly rows: readonly (readonly (string | number)[])[];
  }[];
  /** The figures, for programs. */
  readonly facts?: Json;
}

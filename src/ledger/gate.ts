import type { GateDecision, Status } from '../model/report.js';
import type { Answer, Bar, Found } from './limits/answer.js';
import { counts, inconclusive, reordering, unmapped } from './limits/counts.js';
import { accounts, anything, perType, shards } from './limits/coverage.js';
import { lag } from './limits/lag.js';
import { defectRate, evidence } from './limits/rate.js';
import { expiredRules, usedRules } from './limits/rules.js';

/** How a report is decided that was saved: on what day, and whether every share of the run has to be there. */
export interface Occasion {
  /** ISO date. */
  readonly today?: string;
  readonly wantsAllShards?: boolean;
}

/**
 * Decides: broken as soon as one limit is exceeded for certain, proven only if every limit holds with enough evidence
 * and coverage, else unproven with what is lacking. No data is never a pass.
 */
export function decide(found: Found, bar: Bar, { today, wantsAllShards = false }: Occasion = {}): GateDecision {
  const weight = evidence(found, bar);
  // What kept events from being judged is told first: it is why the rest is lacking.
  const blind = [...accounts(found), ...anything(weight)];
  const answers = [
    ...defectRate(found, bar),
    ...counts(found, bar),
    ...lag(found, bar),
    ...reordering(found, bar),
    ...unmapped(found, bar),
    inconclusive(found, bar),
    ...perType(found, bar),
    ...usedRules(found),
    ...(today === undefined ? [] : expiredRules(found, today)),
    ...(wantsAllShards ? shards(found) : []),
    ...blind,
  ];
  return {
    status: status(answers),
    confidence: bar.gate.confidence,
    limits: answers.map((answer) => {
      const { lacking: _, ...limit } = answer;
      return limit;
    }),
    lacking: [...new Set([...blind, ...answers])].flatMap((answer) => answer.lacking ?? []),
    evidence: weight,
  };
}

function status(answers: readonly Answer[]): Status {
  if (answers.some((answer) => answer.status === 'exceeded')) return 'broken';
  return answers.some((answer) => answer.status === 'undecided') ? 'unproven' : 'proven';
}

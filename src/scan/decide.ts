import type { Print } from '../model/print.js';

/** What two prints say: equal under the rules (and which rules had to speak), or nothing at all. */
export type Decision = { readonly used: readonly number[] } | 'look closer';

const NONE: Decision = { used: [] };

/** Decides equality from prints alone. Never wrongly equal; what they cannot tell is to be looked at closer. */
export function decide(control: Print | undefined, candidate: Print | undefined): Decision {
  if (control === undefined || candidate === undefined) return 'look closer';
  if (control.a !== candidate.a || control.b !== candidate.b) return 'look closer';
  const bothFine = control.fine & candidate.fine;
  let used: number[] | undefined;
  for (let rule = 0; rule < control.ruled.length; rule++) {
    if (control.ruled[rule] === candidate.ruled[rule]) continue;
    // Instants that both sides write finer than milliseconds may differ below them.
    if ((bothFine & (1 << rule)) !== 0) return 'look closer';
    (used ??= []).push(rule);
  }
  return used === undefined ? NONE : { used };
}

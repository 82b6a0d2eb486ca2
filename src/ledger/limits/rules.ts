import { count } from '../figures.js';
import { held, undecided, type Answer, type Found } from './answer.js';

/** Rules that have to let something through, so that one that was written for nothing (or spelt wrong) is noticed. */
export function usedRules({ rules, outcomes }: Found): Answer[] {
  const pairs = outcomes.match + outcomes.allowed + outcomes.mismatch + outcomes.late;
  return rules.flatMap(({ path, letThrough, usedWithin }) => {
    if (usedWithin === undefined) return [];
    const asked = { name: `rules ${path}`, limit: `used within ${count(usedWithin)} pairs` };
    if (letThrough > 0) return [held(asked, `${count(letThrough)} differences`)];
    const actual = `nothing in ${count(pairs)} pairs`;
    if (pairs < usedWithin) return [held(asked, actual)];
    return [
      undecided(asked, actual, [
        `the rule for ${path} let nothing through in ${count(pairs)} pairs, and was to within ${count(usedWithin)}: correct its path, or remove it`,
      ]),
    ];
  });
}

/** Rules that no longer stand on this day (an ISO date): what they let through was let through in vain. */
export function expiredRules({ rules }: Found, today: string): Answer[] {
  return rules.flatMap(({ path, expires }) => {
    if (expires === undefined || expires >= today) return [];
    const asked = { name: `rules ${path}`, limit: `until ${expires}` };
    return [
      undecided(asked, 'expired', [
        `the rule for ${path} expired on ${expires}: remove it, or renew it, and judge again`,
      ]),
    ];
  });
}

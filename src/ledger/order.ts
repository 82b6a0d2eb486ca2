import type { Verdict } from '../model/verdict.js';

type Named = Pick<Verdict, 'account' | 'type' | 'key' | 't'>;

/** Findings by time, and at one moment by what they speak of: the order does not depend on who found them. */
export function inOrder(a: Named, b: Named): number {
  return a.t - b.t || compare(a.account, b.account) || compare(a.type, b.type) || compare(a.key, b.key);
}

export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

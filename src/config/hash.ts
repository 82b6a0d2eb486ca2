import { createHash } from 'node:crypto';
import type { Settings } from '../model/settings.js';

type Judging = Pick<Settings, 'events' | 'rename' | 'rules' | 'unmapped' | 'match' | 'gate'>;

/**
 * SHA-256 over what judgement depends on, the first 16 hex digits. How a path is spelt, and why and until when a rule
 * stands, judge nothing, so that a better reason leaves reports mergeable.
 */
export function hashOf({ events, rename, rules, unmapped, match, gate }: Judging): string {
  const judging = {
    events,
    rename,
    rules: rules.map(({ path, permits }) => ({ path, permits })),
    unmapped,
    match,
    gate,
  };
  return createHash('sha256').update(canonical(judging)).digest('hex').slice(0, 16);
}

/** JSON with the members of each map in order of their names. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) => {
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
    if ('segments' in member) return member.segments;
    return Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

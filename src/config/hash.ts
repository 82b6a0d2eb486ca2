import { createHash } from 'node:crypto';
import type { ConfigHashes } from '../model/report.js';
import type { GateSettings, Settings } from '../model/settings.js';

type Judging = Pick<Settings, 'events' | 'rename' | 'rules' | 'unmapped' | 'match' | 'gate'>;

/**
 * SHA-256 over what judgement depends on, the first 16 hex digits. How a path is spelt, and why and until when a rule
 * stands, judge nothing, so that a better reason leaves reports mergeable.
 */
export function hashOf(settings: Judging): string {
  return wholeHash(hashesOf(settings));
}

/** The same, from the hashes of the parts. */
export function wholeHash({ events, rename, rules, unmapped, match, gate }: ConfigHashes): string {
  return digest({ events, rename, rules, unmapped, match, gate });
}

/** Of limits alone. Whether a run goes on until it is proven is no matter of the config. */
export function gateHash(gate: GateSettings): string {
  const { bound: _, ...limits } = gate;
  return digest(limits);
}

/** The same, of each part by itself. */
export function hashesOf({ events, rename, rules, unmapped, match, gate }: Judging): ConfigHashes {
  return {
    events: digest(events),
    rename: digest(rename),
    rules: digest(rules.map(({ path, permits }) => ({ path, permits }))),
    unmapped: digest(unmapped),
    match: digest(match),
    gate: gateHash(gate),
  };
}

function digest(part: unknown): string {
  return createHash('sha256').update(canonical(part)).digest('hex').slice(0, 16);
}

/** JSON with the members of each map in order of their names. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) => {
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
    if ('segments' in member) return member.segments;
    return Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

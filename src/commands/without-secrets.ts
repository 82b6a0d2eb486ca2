import type { Secrets } from '../config/secrets.js';
import type { Report } from '../model/report.js';

/** Members whose value is one of our own words: a secret of that spelling is not told by them. */
const OURS: ReadonlySet<string> = new Set([
  'format',
  'status',
  'outcome',
  'amends',
  'side',
  'target',
  'kind',
  'state',
  'seam',
]);

/** Members whose own members are named by the config or the wire. */
const NAMED_ELSEWHERE: ReadonlySet<string> = new Set(['types', 'accounts', 'only', 'facts']);

/**
 * The report with every secret replaced, in the names of accounts and types as well. To be done before it is rendered: a
 * format escapes, cuts and breaks text, which gives a secret another look, and has words of its own that look like one.
 */
export function withoutSecrets(report: Report, secrets: Secrets): Report {
  const copy = (value: unknown, name: string, free: boolean): unknown => {
    if (typeof value === 'string') return OURS.has(name) && !free ? value : secrets.redact(value);
    if (Array.isArray(value)) return value.map((item) => copy(item, name, free));
    if (typeof value !== 'object' || value === null) return value;
    const named = NAMED_ELSEWHERE.has(name);
    // What is below `facts` is all the caller's.
    const below = free || name === 'facts';
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [
        named || free ? secrets.redact(key) : key,
        copy(member, key, below),
      ]),
    );
  };
  return copy(report, '', false) as Report;
}

import type { Secrets } from '../config/secrets.js';
import type { Report } from '../model/report.js';
import { remade } from '../reports/remade.js';

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
  if (secrets.isEmpty) return report;
  const redact = (text: string): string => secrets.redact(text);
  const clean = (value: unknown, name: string, free: boolean): unknown => {
    if (typeof value === 'string') return OURS.has(name) && !free ? value : redact(value);
    if (typeof value !== 'object' || value === null) return value;
    // What is below `facts` is all the caller's.
    const below = free || name === 'facts';
    const nameOf = NAMED_ELSEWHERE.has(name) || free ? redact : same;
    return remade(value, (member, key = name) => clean(member, key, below), nameOf);
  };
  return clean(report, '', false) as Report;
}

function same(name: string): string {
  return name;
}

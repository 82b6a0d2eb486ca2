import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { Report } from '../../src/model/report.js';
import type { Outcome } from '../../src/model/verdict.js';

export const root = join(import.meta.dirname, '..', '..');

export interface Ended {
  readonly code: number;
  readonly report: Report;
  /** What was said to people. */
  readonly said: string;
}

/** Judges recordings with the built command, as a user would, and reads the one JSON document on stdout. */
export function diff(config: string, ...recordings: readonly string[]): Promise<Ended> {
  const args = [join(root, 'bin', 'parity.js'), 'diff', ...recordings, '--config', config, '--json'];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { maxBuffer: 256 * 1024 * 1024 }, (error, stdout, said) => {
      const code = error === null ? 0 : error.code;
      if (typeof code !== 'number') reject(new Error('parity diff did not end by itself', { cause: error }));
      else if (stdout === '') reject(new Error(`parity diff printed nothing and ended with ${code}: ${said}`));
      else resolve({ code, report: JSON.parse(stdout) as Report, said });
    });
  });
}

/** Correlation keys of the findings by outcome, in the order of numbers. */
export function keysByOutcome(report: Report, outcomes: readonly Outcome[]): Record<string, readonly string[]> {
  const keysOf = (wanted: Outcome) =>
    report.findings
      .filter(({ outcome }) => outcome === wanted)
      .map(({ key }) => key)
      .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  return Object.fromEntries(outcomes.map((outcome) => [outcome, keysOf(outcome)]));
}

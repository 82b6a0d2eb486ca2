import type { Secrets } from '../config/secrets.js';
import type { Report } from '../model/report.js';
import { REPORTS } from '../reports/index.js';
import { screen } from './screen.js';

const EXIT_OF = { proven: 0, broken: 1, unproven: 4 } as const;

/** Prints a report on stdout, redacted, and returns the exit code of what it says. */
export async function printReport(
  report: Report,
  options: { readonly json?: boolean; readonly secrets?: Secrets },
): Promise<number> {
  const render = REPORTS[options.json === true ? 'json' : 'terminal'];
  const text = render?.(report, screen(process.stdout)) ?? '';
  await write(options.secrets?.redact(text) ?? text);
  return EXIT_OF[report.status];
}

/** Writes all of a text before returning, so that a slow pipe loses nothing when the process ends. */
export function write(text: string): Promise<void> {
  return new Promise((resolve) => process.stdout.write(text, () => resolve()));
}

import type { Secrets } from '../config/secrets.js';
import { CallError } from '../model/errors.js';
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

/**
 * Writes all of a text to stdout before returning, so that a slow pipe loses nothing when the process ends. A reader that
 * went away (`parity … | head`) has read enough: whatever is said remains what it was.
 */
export function write(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error: NodeJS.ErrnoException | null | undefined) => {
      if (error === undefined || error === null || error.code === 'EPIPE') resolve();
      else reject(new CallError(`stdout: could not be written (${error.code}); direct it to where there is room`));
    });
  });
}

import type { Secrets } from '../config/secrets.js';
import { CallError, KnownError } from '../model/errors.js';
import type { Report } from '../model/report.js';
import { annotations, summarise } from './actions.js';
import { ALONE, reportersOf, type Reporter, type ReporterOptions } from './reporters.js';
import { jsonPieces } from '../reports/json.js';
import { inActions, unheard } from './runner.js';
import { printable, sayer } from './say.js';
import { screen } from './screen.js';
import { writeWhole } from './whole-file.js';
import { withoutSecrets } from './without-secrets.js';

const EXIT_OF = { proven: 0, broken: 1, unproven: 4 } as const;

/** A file is read by whoever opens it, whatever this terminal can show. */
const ON_FILE = { width: 100, colour: false };

/**
 * Gives a report out in every form that was asked for, never with a secret in it, and returns the exit code of what it says.
 * That code stands even if a file could not be written, which is told on stderr: `checkReporters` before the run refuses
 * what can be known then.
 * @throws CallError when stdout could not be written
 */
export async function printReport(
  report: Report,
  options: ReporterOptions & { readonly secrets?: Secrets },
): Promise<number> {
  const clean = options.secrets === undefined ? report : withoutSecrets(report, options.secrets);
  const reporters = reportersOf(options);
  const spoken = reporters.filter(({ file }) => file === undefined);
  const outcomes = [
    await told(writeAll(onStdoutAll(spoken, clean))),
    ...(await Promise.all(
      reporters.flatMap((reporter) => {
        const { name, file } = reporter;
        return file === undefined ? [] : [told(toFile(reporter, clean, file, `--reporter ${name}`))];
      }),
    )),
  ];
  if (inActions() && options.quiet !== true && !reporters.some(({ name }) => name === 'github')) {
    process.stderr.write(annotations(clean));
  }
  const unsummarised = await summarise(clean);
  if (unsummarised !== undefined) sayer(options, options.secrets)(unsummarised);
  const [unspoken, ...unwritten] = outcomes;
  for (const failure of unwritten) if (failure !== undefined) complain(failure, options.secrets);
  if (unspoken !== undefined) throw unspoken;
  return EXIT_OF[report.status];
}

/** All that stdout gets, piece by piece. JSON is alone there, and the one that can be long. */
function onStdoutAll(spoken: readonly Reporter[], report: Report): Iterable<string> {
  if (spoken.some(({ name }) => name === 'json')) return jsonPieces(report);
  return [spoken.map((reporter) => onStdout(reporter, report)).join('\n')];
}

/** A report as stdout gets it. */
export function onStdout({ name, render }: Reporter, report: Report): string {
  const text = render(report, screen(process.stdout));
  return inActions() && name !== 'github' && !ALONE.has(name) ? unheard(text) : text;
}

/** Writes a report to a file; `what` is what the caller calls it. @throws CallError */
export async function toFile({ render }: Reporter, report: Report, file: string, what: string): Promise<void> {
  await writeWhole(file, render(report, ON_FILE), what);
}

/** What went wrong, as far as the user can mend it. */
async function told(work: Promise<void>): Promise<KnownError | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (error instanceof KnownError) return error;
    throw error;
  }
}

/** An error that does not end the command: also told where nothing else is. */
function complain({ message }: KnownError, secrets: Secrets | undefined): void {
  process.stderr.write(`parity: ${printable(secrets?.redact(message) ?? message)}; the answer stands all the same\n`);
}

/** Writes one piece after the other, as long as somebody reads them. */
async function writeAll(pieces: Iterable<string>): Promise<void> {
  for (const piece of pieces) if (!(await write(piece))) return;
}

/**
 * Writes all of a text to stdout before returning, so that a slow pipe loses nothing when the process ends. A reader that
 * went away (`parity … | head`) has read enough: whatever is said remains what it was. Returns whether there still is one.
 */
export function write(text: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error: NodeJS.ErrnoException | null | undefined) => {
      if (error === undefined || error === null) resolve(true);
      else if (error.code === 'EPIPE') resolve(false);
      else reject(new CallError(`stdout: could not be written (${error.code}); direct it to where there is room`));
    });
  });
}

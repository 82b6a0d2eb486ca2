import { readFile, stat } from 'node:fs/promises';
import { parseReport, reportJsonSchema } from '../config/schema-report.js';
import { CallError } from '../model/errors.js';
import type { Report } from '../model/report.js';

export { reportJsonSchema };

const FORMAT = 'feed-parity/report';
const VERSION = 1;

/** Reports are bounded, and far smaller. */
const LARGEST_BYTES = 256 * 1024 * 1024;

/**
 * Reads a report that `--json` or `--reporter json=FILE` wrote.
 * @throws CallError saying in a sentence why the file is none
 */
export async function readReport(file: string): Promise<Report> {
  const value = parsed(await textOf(file), file);
  const { format, version } = isObject(value) ? value : {};
  if (format !== FORMAT) {
    const found = typeof format === 'string' ? ` but ${JSON.stringify(format.slice(0, 60))}` : '';
    throw new CallError(`${file}: is no report${found}; name a file that --reporter json=FILE wrote`);
  }
  if (version !== VERSION) {
    const found = typeof version === 'number' ? String(version) : 'none';
    throw new CallError(
      `${file}: is a report of version ${found}, and this parity reads version ${VERSION}; make it again, or use the parity that wrote it`,
    );
  }
  const report = parseReport(value);
  if (!('problems' in report)) return report;
  const [first = '', ...others] = report.problems;
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  throw new CallError(`${file}: is no whole report: ${first}${more}; make it again`);
}

async function textOf(file: string): Promise<string> {
  try {
    const status = await stat(file);
    if (status.isDirectory()) throw new CallError(`${file}: is a directory; name a report in it`);
    if (status.size > LARGEST_BYTES) throw new CallError(`${file}: is too large for a report; name another`);
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof CallError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    const why = code === 'ENOENT' ? 'there is no such report; correct its name' : `cannot be read (${code})`;
    throw new CallError(`${file}: ${why}`, { cause: error });
  }
}

function parsed(text: string, file: string): unknown {
  if (text.trim() === '') throw new CallError(`${file}: is empty; was the run that wrote it cut short?`);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CallError(`${file}: is no JSON, so no report; name a file that --reporter json=FILE wrote`, {
      cause: error,
    });
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
